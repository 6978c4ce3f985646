"""Regions that fix how many bases lie within them: how nodes of the search tree differ, and where to divide next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.ascent import Shortlist
from geo.zoning.bound.parameters import BOUND

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]


OUT_OF_REACH = 1e12
"""Stands for the cost from a base that may never serve a unit."""


@dataclass(frozen=True, eq=False)
class Region:
    """Among zones of one kind, `least` to `most` have their base inside.

    Regions of a node are nested or apart: ``around`` is the position of the innermost earlier region of the same kind
    that holds this one, -1 for the whole map.
    """

    kind: int
    inside: Bools
    around: int
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Division:
    """A set of bases, and the two numbers between which a node is divided: at most `number` inside, or more."""

    kind: int
    inside: Bools
    around: int
    number: int

    def sides(self, most: int) -> tuple[Region, Region]:
        """The two regions the division makes."""
        few = Region(self.kind, self.inside, self.around, 0, self.number)
        return few, Region(self.kind, self.inside, self.around, self.number + 1, most)


def shortlist_of(regions: tuple[Region, ...], bases: list[Ints], counts: Ints, n: int) -> Shortlist:
    """Bases of each kind that `regions` leave open, with the counts they must keep."""
    columns: list[list[Ints]] = [[], [], [], [], []]
    base_start, region_start = [0], [0]
    for kind, (own, count) in enumerate(zip(bases, counts.tolist(), strict=True)):
        innermost, closed = np.zeros(n, np.int64), np.zeros(n, np.bool_)
        place, parent, least, most = {-1: 0}, [0], [count], [count]
        for position, region in enumerate(regions):
            if region.kind != kind:
                continue
            place[position] = len(parent)
            innermost[region.inside] = len(parent)
            parent.append(place[region.around])
            least.append(region.least)
            most.append(min(region.most, count))
            if region.most == 0:
                closed |= region.inside
        kept = own[~closed[own]]
        rows = (kept, innermost[kept], parent, least, most)
        for column, row in zip(columns, rows, strict=True):
            column.append(np.asarray(row, np.int64))
        base_start.append(base_start[-1] + kept.size)
        region_start.append(region_start[-1] + len(parent))
    base, inner, around, low, high = (np.concatenate(column) for column in columns)
    starts = (np.array(base_start, np.int64), np.array(region_start, np.int64))
    return Shortlist(base, starts[0], inner, around, low, high, starts[1])


def innermost_region(regions: tuple[Region, ...], kind: int, n: int) -> Ints:
    """(n,) position of the innermost region of `kind` that holds each base, -1 where none does."""
    found = np.full(n, -1, np.int64)
    for position, region in enumerate(regions):
        if region.kind == kind:
            found[region.inside] = position
    return found


def divisions(
    regions: tuple[Region, ...],
    bases: list[Ints],
    counts: Ints,
    chosen_share: Floats,
    far: Callable[[int], Floats],
    wanted: int,
) -> list[Division]:
    """The most promising ways to divide a node: discs of bases whose number in the relaxed solution is far from whole.

    A disc is the better the nearer its number is to a half, the wider the empty ring round it, and the more bases it
    has, up to a zone's worth.

    Args:
        regions: Regions of the node.
        bases: Bases of each kind.
        counts: (c,) zones of each kind.
        chosen_share: (c, n) how often each base is chosen near the best prices.
        far: Gives (n,) the cost per hour of every unit from a base.
        wanted: Number of divisions to return.
    """
    n, zones = chosen_share.shape[1], int(counts.sum())
    scored: list[tuple[float, Division]] = []
    for kind, own in enumerate(bases):
        region_of = innermost_region(regions, kind, n)
        share = np.zeros(n)
        share[own] = chosen_share[kind, own]
        share *= counts[kind] / max(float(share.sum()), 1e-9)
        for centre in np.flatnonzero(share > BOUND.faint).tolist():
            near = own[region_of[own] == region_of[centre]]
            away = np.minimum(far(centre)[near], OUT_OF_REACH)
            order = np.argsort(away, kind="stable")
            near, away = near[order], away[order]
            held = np.cumsum(share[near])
            bright = np.flatnonzero(share[near] > BOUND.faint)
            for at, after in zip(bright[:-1].tolist(), bright[1:].tolist(), strict=True):
                number = float(held[at])
                fraction = min(number % 1, 1 - number % 1)
                if fraction < BOUND.least_fraction or number > BOUND.most_bases:
                    continue
                middle = 0.5 * (away[at] + away[after])
                size = int(np.searchsorted(away, middle))
                if size in {0, near.size}:
                    continue
                ring = (away[after] - away[at]) / (away[after] + 0.02 * away[-1] + 1e-12)
                score = fraction * (0.3 + ring) * min(1.0, (size / n * zones) ** 0.5 + 0.05)
                inside = np.zeros(n, np.bool_)
                inside[near[:size]] = True
                scored.append((score, Division(kind, inside, int(region_of[centre]), int(number))))
    scored.sort(key=lambda pair: -pair[0])
    return _unlike([division for _, division in scored], wanted)


def _unlike(found: list[Division], wanted: int) -> list[Division]:
    kept: list[Division] = []
    for division in found:
        size = int(division.inside.sum())
        alike = (
            int((division.inside & other.inside).sum()) >= BOUND.look_alike * max(size, int(other.inside.sum()))
            for other in kept
            if other.kind == division.kind
        )
        if not any(alike):
            kept.append(division)
        if len(kept) >= wanted:
            break
    return kept
