"""Ways from lines with tags: what every reader of a line layer ends in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from routing.positions import EAST_LIMITS_M, NORTH_LIMITS_M
from routing.ways import Ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Line ends nearer than this meet: files round their coordinates.
MEET_WITHIN_M = 0.1


def ways_from_lines(
    lines: Sequence[NDArray[np.float64]],
    tags: Sequence[Mapping[str, str]],
    source: str,
    *,
    metres: Sequence[float | None] | None = None,
    ends: Sequence[tuple[Hashable, Hashable]] | None = None,
    notes: tuple[str, ...] = (),
) -> Ways:
    """Make ways of lines on the British National Grid.

    Args:
        lines: Each (k, 2) easting and northing in metres, k at least 2.
        tags: OpenStreetMap's words for each line.
        source: What was read, its date and licence.
        metres: Each line's length, spread over its parts; measured where not given.
        ends: The node each line starts and ends at, where the file names them: then lines meet there and nowhere
            else. Without, they meet wherever a corner of the one lies on a corner of the other.
        notes: What a person should know about the reading.
    """
    sizes = np.array([len(line) for line in lines])
    points = np.concatenate(lines)
    number = _numbered_by_place(points) if ends is None else _numbered_by_name(sizes, ends)
    _, first, order = np.unique(number, return_index=True, return_inverse=True)
    steps = np.hypot(*np.diff(points, axis=0).T)
    if metres is not None:
        steps *= _stretch(steps, sizes, metres)
    kinds: dict[tuple[tuple[str, str], ...], int] = {}
    tags_of_way = [kinds.setdefault(tuple(sorted(tag.items())), len(kinds)) for tag in tags]
    return Ways(
        east_m=points[first, 0],
        north_m=points[first, 1],
        order=order.ravel(),
        sizes=sizes,
        metres=steps,
        tags_of_way=np.array(tags_of_way),
        tags=tuple(dict(kind) for kind in kinds),
        source=source,
        notes=notes,
    )


def on_grid(points: NDArray[np.float64]) -> bool:
    """Whether all of (k, 2) points are finite and on the British National Grid."""
    low, high = (EAST_LIMITS_M[0], NORTH_LIMITS_M[0]), (EAST_LIMITS_M[1], NORTH_LIMITS_M[1])
    return bool((np.isfinite(points) & (points >= low) & (points <= high)).all())


def _numbered_by_place(points: NDArray[np.float64]) -> NDArray[np.int64]:
    cells = np.rint(points / MEET_WITHIN_M).astype(np.int64)
    return np.asarray(cells[:, 1] * np.int64(1 << 32) + cells[:, 0], np.int64)


def _numbered_by_name(sizes: NDArray[np.int64], ends: Sequence[tuple[Hashable, Hashable]]) -> NDArray[np.int64]:
    names: dict[Hashable, int] = {}
    last = np.cumsum(sizes) - 1
    number = np.arange(last[-1] + 1) + 2 * len(ends)  # corners between the ends meet nothing
    for row, (start, end) in enumerate(ends):
        number[last[row] - sizes[row] + 1] = names.setdefault(start, len(names))
        number[last[row]] = names.setdefault(end, len(names))
    return np.asarray(number, np.int64)


def _stretch(
    steps: NDArray[np.float64], sizes: NDArray[np.int64], metres: Sequence[float | None]
) -> NDArray[np.float64]:
    """Return by what to multiply each step so that each line has the length its file says."""
    of_line = np.repeat(np.arange(sizes.size), sizes)[:-1]
    inside = of_line == np.repeat(np.arange(sizes.size), sizes)[1:]
    drawn = np.bincount(of_line[inside], weights=steps[inside], minlength=sizes.size)
    said = np.array([np.nan if value is None else value for value in metres], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = said / drawn
    factor[~(np.isfinite(factor) & (factor > 0))] = 1.0
    return np.asarray(factor[of_line], np.float64)
