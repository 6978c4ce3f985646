"""Large matrices a block of origins at a time, so that memory holds one block and not the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.positions import as_positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from routing.model import TravelMatrix, TravelModel

PAIRS_A_BLOCK = 2_000_000


def matrix_in_blocks(
    model: TravelModel, origins: ArrayLike, destinations: ArrayLike, pairs_a_block: int = PAIRS_A_BLOCK
) -> Iterator[tuple[int, TravelMatrix]]:
    """Yield the first origin's row and the matrix of each block of origins to all destinations, in order.

    Args:
        model: Any travel model.
        origins: (n, 2) easting, northing in metres.
        destinations: (m, 2) likewise.
        pairs_a_block: About how many pairs a block holds, at least one origin.

    Raises:
        PositionError: A position is missing or off the grid; its row is named, before any block is worked out.
    """
    a, b = as_positions("origins", origins), as_positions("destinations", destinations)
    rows = max(1, pairs_a_block // max(1, b.shape[0]))
    for start in range(0, a.shape[0], rows):
        yield start, model.matrix(a[start : start + rows], b)


def unreachable_reasons(
    model: TravelModel, origins: ArrayLike, destinations: ArrayLike
) -> tuple[list[str | None], list[str | None]]:
    """Return for each origin and each destination why nothing leads there, ``None`` where something does."""
    reasons = getattr(model, "off_the_map", None)
    if reasons is None:
        return [None] * int(np.shape(origins)[0]), [None] * int(np.shape(destinations)[0])
    return reasons(origins), reasons(destinations)


def reason_of_pair(origin: str | None, destination: str | None) -> str:
    """Return in words why a pair has no answer, from the reasons of its ends."""
    if origin is not None:
        return f"origin {origin}"
    if destination is not None:
        return f"destination {destination}"
    return "no way leads from the one to the other"
