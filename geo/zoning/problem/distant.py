"""Units that must share a zone but do not touch: the least hours of a zone that joins them, and the way it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.zoning.problem.errors import Finding

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.problem.spec import ProblemSpec

    Ints = npt.NDArray[np.int64]

NAMES_SHOWN = 6

NEXT_TO_NOTHING = 1e-9
"""Hours that a unit without any counts for on a way, so that of ways as light the one through fewer units is taken."""


@dataclass(frozen=True, eq=False)
class DistantGroup:
    """Units that must be together and hang together only through others.

    Attributes:
        pieces: The units of each connected piece.
        own_hours: Hours of all of them.
        way: Units on the lightest way between the two pieces that are hardest to join.
        least_hours: Hours that any zone with all of them holds at the least: their own and those of that way.
    """

    pieces: list[Ints]
    own_hours: float
    way: Ints
    least_hours: float


def distant_groups(problem: ProblemSpec) -> list[DistantGroup]:
    """Find the groups of units that must be together but do not touch.

    The hours are a lower bound: with more than two pieces, joining the rest may take more. The way is a shortest path
    on which every unit costs its hours (Dijkstra).
    """
    coo = problem.adjacency.tocoo()
    same = problem.groups[coo.row] == problem.groups[coo.col]
    inside = csr_matrix((np.ones(int(same.sum())), (coo.row[same], coo.col[same])), coo.shape)
    piece_of = connected_components(inside, directed=False)[1]
    pieces_of_group = np.bincount(problem.groups[np.unique(piece_of, return_index=True)[1]])
    found = []
    for group in np.flatnonzero(pieces_of_group > 1):
        members = np.flatnonzero(problem.groups == group)
        free = np.where(problem.groups == group, 0.0, problem.hours)
        entered = csr_matrix((free[coo.col] + NEXT_TO_NOTHING, (coo.row, coo.col)), coo.shape)
        pieces = [members[piece_of[members] == piece] for piece in np.unique(piece_of[members])]
        firsts = np.array([int(piece[0]) for piece in pieces])
        far, before = dijkstra(entered, indices=firsts, return_predecessors=True)
        across = far[:, firsts]
        one, two = np.unravel_index(int(np.argmax(across)), across.shape)
        if not np.isfinite(across[one, two]):
            continue  # the map is in pieces, which is told elsewhere
        way, unit = [], int(before[one, firsts[two]])
        while unit >= 0:
            way.append(unit)
            unit = int(before[one, unit])
        between = np.array([unit for unit in reversed(way) if problem.groups[unit] != group], np.int64)
        own = float(problem.hours[members].sum())
        found.append(DistantGroup(pieces, own, between, own + float(problem.hours[between].sum())))
    return found


def distance_findings(problem: ProblemSpec, zone_of_group: dict[int, int]) -> list[Finding]:
    """Groups that no zone can join, as the lightest way between them takes more hours than it may hold."""
    findings = []
    for held in distant_groups(problem):
        units = np.concatenate(held.pieces)
        zone = zone_of_group.get(int(problem.groups[units[0]]), -1)
        highest = float(problem.ceiling_hours[zone] if zone >= 0 else problem.ceiling_hours.max())
        if held.own_hours > highest or held.least_hours <= highest:
            continue
        which = f"{problem.zone_name(zone)} may hold" if zone >= 0 else "any zone may hold"
        text = f"{said(problem, held)}, more than the {highest:,.1f} that {which}."
        needed = held.least_hours / highest * (1 + problem.tolerance) - 1
        remedy = f"Ask for fewer zones, drop the pair, or raise the tolerance to at least {needed:.3f}."
        findings.append(Finding("too_far_apart", text, remedy, tuple(units.tolist())))
    return findings


def said(problem: ProblemSpec, held: DistantGroup) -> str:
    """What a group is and the least hours of a zone that joins it, in words without a full stop."""
    names = " and ".join(problem.unit_name(int(piece[0])) for piece in held.pieces[:NAMES_SHOWN])
    more = f" and {len(held.pieces) - NAMES_SHOWN} more" if len(held.pieces) > NAMES_SHOWN else ""
    through = ""
    if held.way.size:
        middle = problem.unit_name(int(held.way[held.way.size // 2]))
        through = f" with the lightest way between, {held.way.size} units such as {middle},"
    return (
        f"{names}{more} must share a zone but do not touch: a zone that joins them{through} holds at least "
        f"{held.least_hours:,.1f} hours"
    )
