"""Choose bases at least cost, so many in all and so many within each region of a nested family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@kernel
def rank_inside(value: Floats, region: Ints, top: Floats, item: Ints) -> None:
    """Write the cheapest of each region's own bases to the rows of `top`, cheapest first, and which they are."""
    last = top.shape[1] - 1
    for at in range(value.shape[0]):
        here, cost = region[at], value[at]
        if cost >= top[here, last]:
            continue
        place = last
        while place > 0 and top[here, place - 1] > cost:
            top[here, place] = top[here, place - 1]
            item[here, place] = item[here, place - 1]
            place -= 1
        top[here, place] = cost
        item[here, place] = at


@kernel
def choose_bases(value: Floats, region: Ints, parent: Ints, least: Ints, most: Ints, pick: Ints) -> float:
    """Write the cheapest choice to `pick` and return its cost, infinite where there is none.

    Args:
        value: (b,) cost of choosing each base.
        region: (b,) innermost region of each base; region 0 holds them all.
        parent: (r,) region around each region, itself of a lower number; any number for region 0.
        least: (r,) least number of bases chosen in each region, inner regions included.
        most: (r,) largest number; for region 0 the number chosen.
        pick: (most[0],) index of the chosen, written.
    """
    regions, count = parent.shape[0], most[0]
    top = np.full((regions, count), np.inf)
    item = np.full((regions, count), -1)
    rank_inside(value, region, top, item)
    best = np.full((regions, count + 1), np.inf)
    given = np.zeros((regions, count + 1), np.int64)
    for here in range(regions):
        best[here, 0] = 0.0
        for number in range(count):
            best[here, number + 1] = best[here, number] + top[here, number]
    for here in range(regions - 1, 0, -1):
        around = parent[here]
        merged = np.full(count + 1, np.inf)
        for number in range(count + 1):
            for inside in range(least[here], min(most[here], number) + 1):
                cost = best[around, number - inside] + best[here, inside]
                if cost < merged[number]:
                    merged[number] = cost
                    given[here, number] = inside
        for number in range(count + 1):
            best[around, number] = merged[number]
    if not best[0, count] < np.inf:
        return np.inf
    held = np.zeros(regions, np.int64)
    held[0] = count
    for here in range(1, regions):
        held[here] = given[here, held[parent[here]]]
        held[parent[here]] -= held[here]
    place = 0
    for here in range(regions):
        for number in range(held[here]):
            pick[place] = item[here, number]
            place += 1
    return float(best[0, count])
