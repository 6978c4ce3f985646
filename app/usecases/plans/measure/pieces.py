"""Pieces of zones, counted both ways: as their areas hang together, and as they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.usecases.plans.measure.inputs import PlanInputs
from geo.zoning.problem.islands import piece_of_each


def pieces_told(inputs: PlanInputs, labels: NDArray[np.int64], names: Sequence[str]) -> dict[str, Any]:
    """``pieces_of_zones``, zones of more than one piece with both counts, and how many there are by either.

    Args:
        inputs: The county.
        labels: (n,) zone of each area, from 0.
        names: (z,) what the zones are called.
    """
    drawn = inputs.pieces_as_drawn(labels, len(names))
    hang = [_hanging(inputs, np.flatnonzero(labels == zone)) for zone in range(len(names))]
    rows: list[dict[str, Any]] = [
        {"zone": name, "pieces": hang[i], "pieces_as_drawn": int(drawn[i])}
        for i, name in enumerate(names)
        if hang[i] > 1 or drawn[i] > 1
    ]
    return {
        "pieces_of_zones": rows,
        "zones_in_pieces_as_drawn": sum(row["pieces_as_drawn"] > 1 for row in rows),
    }


def pieces_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The same in words."""
    if not rows:
        return "Every zone is one piece, by its neighbours and as drawn."
    lines = [
        f"  {row['zone']}: {row['pieces']} by its neighbours, bridges and ferries included; "
        f"{row['pieces_as_drawn']} as drawn, where water parts it."
        for row in rows
    ]
    return "\n".join(["Pieces of zones; the others are one piece, by their neighbours and as drawn:", *lines])


def _hanging(inputs: PlanInputs, members: NDArray[np.int64]) -> int:
    return int(piece_of_each(inputs.areas.adjacency[members][:, members]).max(initial=0)) + 1
