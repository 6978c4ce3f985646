"""Rules that contradict each other or the map: found before any search, each with the units and zones concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning.problem.distant import distance_findings
from geo.zoning.problem.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from geo.zoning.problem.spec import ProblemSpec

NAMES_SHOWN = 6

HOURS_ROUNDING = 1e-8
"""Share of all hours by which a limit may be missed through rounding."""


def together_groups(n: int, pairs: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Return (n,) the group of each unit: units joined by `pairs`, directly or through others, share a group."""
    inside = [(a, b) for a, b in pairs if 0 <= a < n and 0 <= b < n]
    rows, columns = np.array(inside, np.int64).reshape(-1, 2).T
    graph = csr_matrix((np.ones(rows.size, np.int8), (rows, columns)), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def locked_with_groups(problem: ProblemSpec) -> dict[int, int]:
    """{unit: zone} of what is locked, and of what must be together with it or with a required base.

    A group follows the one of it that is fixed anyhow; a search that knows so from the start cannot part them.
    """
    given = dict(problem.locked or {})
    fixed = [*given.items(), *((unit, zone) for zone, unit in (problem.bases or {}).items())]
    zone_of_group = {int(problem.groups[unit]): zone for unit, zone in fixed}
    sizes = np.bincount(problem.groups)
    tied = np.flatnonzero(np.isin(problem.groups, [group for group in zone_of_group if sizes[group] > 1]))
    return {**given, **{int(unit): zone_of_group[int(problem.groups[unit])] for unit in tied}}


def rule_findings(problem: ProblemSpec) -> list[Finding]:
    """Return every contradiction found, or an empty list."""
    findings = [*_index_findings(problem)]
    if findings:
        return findings
    zone_of_group, findings = _lock_findings(problem)
    findings += _apart_findings(problem, zone_of_group)
    findings += _hours_findings(problem, zone_of_group)
    findings += _reach_findings(problem, zone_of_group)
    return findings or distance_findings(problem, zone_of_group)


def _index_findings(problem: ProblemSpec) -> Iterable[Finding]:
    n, zones = problem.units, problem.zones
    for unit, zone in (problem.locked or {}).items():
        if not (0 <= unit < n and 0 <= zone < zones):
            text = f"locked: unit {unit} in zone {zone}, expected units 0 to {n - 1} and zones 0 to {zones - 1}."
            yield Finding("locked", text)
    for zone, unit in (problem.bases or {}).items():
        if not (0 <= unit < n and 0 <= zone < zones):
            yield Finding(
                "bases", f"bases: zone {zone} at unit {unit}, expected zones below {zones} and units below {n}."
            )
    for name, pairs in (("apart", problem.apart), ("together", problem.together)):
        for a, b in pairs or ():
            if not (0 <= a < n and 0 <= b < n):
                yield Finding(name, f"{name}: pair ({a}, {b}), expected units 0 to {n - 1}.")


def _lock_findings(problem: ProblemSpec) -> tuple[dict[int, int], list[Finding]]:
    """Follow locks and required bases through together-groups; a group with two zones is a contradiction."""
    fixed = list((problem.locked or {}).items()) + [(unit, zone) for zone, unit in (problem.bases or {}).items()]
    zone_of_group: dict[int, int] = {}
    first_unit: dict[int, int] = {}
    findings = []
    for unit, zone in fixed:
        group = int(problem.groups[unit])
        known = zone_of_group.setdefault(group, zone)
        other = first_unit.setdefault(group, unit)
        if known != zone:
            where = f"{problem.unit_name(unit)} is fixed to {problem.zone_name(zone)}"
            why = f"{problem.unit_name(other)}, which must be with it, to {problem.zone_name(known)}"
            if other == unit:
                why = f"also to {problem.zone_name(known)}"
            findings.append(
                Finding(
                    "locks",
                    f"{where} and {why}.",
                    "Drop one of the two, or the together pair.",
                    (other, unit),
                    (known, zone),
                )
            )
    return zone_of_group, findings


def _apart_findings(problem: ProblemSpec, zone_of_group: dict[int, int]) -> Iterable[Finding]:
    for a, b in problem.apart or ():
        group_a, group_b = int(problem.groups[a]), int(problem.groups[b])
        pair = f"{problem.unit_name(a)} and {problem.unit_name(b)} must be apart"
        if group_a == group_b:
            reason = "are one and the same unit" if a == b else "must also be together, directly or through other pairs"
            yield Finding("apart", f"{pair}, but they {reason}.", "Drop one of the pairs.", (a, b))
        elif zone_of_group.get(group_a, -1) == zone_of_group.get(group_b, -2):
            zone = zone_of_group[group_a]
            text = f"{pair}, but both are fixed to {problem.zone_name(zone)}."
            yield Finding("apart", text, "Unlock one of them.", (a, b), (zone,))
    apart = _all_apart(problem)
    if len(apart) > problem.zones:
        names = ", ".join(problem.unit_name(unit) for unit in apart[:NAMES_SHOWN])
        more = f" and {len(apart) - NAMES_SHOWN} more" if len(apart) > NAMES_SHOWN else ""
        text = (
            f"{names}{more} must all be apart from each other, which takes {len(apart)} zones: found {problem.zones}."
        )
        yield Finding("apart", text, "Ask for more zones, or drop some of the pairs.", tuple(apart))


def _all_apart(problem: ProblemSpec) -> list[int]:
    """Units of which every two must be apart, taken greedily from those with the most pairs: maybe not the most."""
    others: dict[int, set[int]] = {}
    unit_of: dict[int, int] = {}
    for a, b in problem.apart or ():
        one, two = int(problem.groups[a]), int(problem.groups[b])
        others.setdefault(one, set()).add(two)
        others.setdefault(two, set()).add(one)
        unit_of.setdefault(one, a)
        unit_of.setdefault(two, b)
    best: list[int] = []
    order = sorted(others, key=lambda group: (-len(others[group]), group))
    for first in order[:NAMES_SHOWN]:
        found, left = [first], others[first] - {first}
        while left:
            taken = max(left, key=lambda group: (len(others[group] & left), -group))
            found.append(taken)
            left &= others[taken] - {taken}
        best = max(best, found, key=len)
    return [unit_of[group] for group in best]


def _hours_findings(problem: ProblemSpec, zone_of_group: dict[int, int]) -> Iterable[Finding]:
    total, floor, ceiling = float(problem.hours.sum()), problem.floor_hours, problem.ceiling_hours
    if floor.sum() > total or ceiling.sum() < total:
        yield _sums_finding(problem, total)
        if problem.least_hours_by_zone.sum() > total:
            return
    yield from _unviable_findings(problem, HOURS_ROUNDING * max(total, 1.0))
    group_hours = np.bincount(problem.groups, problem.hours)
    highest = float(ceiling.max())
    for group in np.flatnonzero(group_hours > highest):
        members = np.flatnonzero(problem.groups == group)
        piece = connected_components(problem.adjacency[members][:, members], directed=False)[1]
        firsts = members[np.unique(piece, return_index=True)[1]]
        names = " and ".join(problem.unit_name(int(unit)) for unit in firsts[:NAMES_SHOWN])
        more = f" and {firsts.size - NAMES_SHOWN} more" if firsts.size > NAMES_SHOWN else ""
        what = f"{names} has"
        if members.size > 1:
            what = f"{names}{more}, with all that must be together with them ({members.size} units), have"
        largest = f"more than any zone may hold: the highest ceiling is {highest:,.1f}"
        needed = float(group_hours[group]) / highest * (1 + problem.tolerance) - 1
        yield Finding(
            "unit_too_large",
            f"{what} {group_hours[group]:,.1f} hours, {largest}.",
            f"Split it, ask for fewer zones, or raise the tolerance to at least {needed:.3f}.",
            tuple(int(unit) for unit in members),
        )
    held = np.zeros(problem.zones)
    for index, fixed_zone in zone_of_group.items():
        held[fixed_zone] += group_hours[index]
    for zone in np.flatnonzero(held > ceiling).tolist():
        units = tuple(u for u in range(problem.units) if zone_of_group.get(int(problem.groups[u])) == zone)
        text = f"The units fixed to {problem.zone_name(int(zone))} have {held[zone]:,.1f} hours"
        over = f"over its ceiling of {ceiling[zone]:,.1f} (target {problem.target_hours[zone]:,.1f})."
        remedy = "Unlock some of them, raise the zone's target, or widen the tolerance."
        yield Finding("locks_too_large", f"{text}, {over}", remedy, units, (int(zone),))


def _sums_finding(problem: ProblemSpec, total: float) -> Finding:
    """Limits that no sharing of all the hours can keep."""
    least, floor, ceiling = problem.least_hours_by_zone, problem.floor_hours, problem.ceiling_hours
    if least.sum() > total and least.min() == least.max():
        short = f"{problem.zones} zones of at least {least[0]:,.1f} hours need more than the {total:,.1f} there are."
        return Finding("not_viable", short, f"Ask for at most {max(int(total // least[0]), 1)} zones.")
    raised = np.flatnonzero((least > 0) & (floor <= least))
    if floor.sum() > total and raised.size:
        named = [f"{problem.zone_name(zone)} {least[zone]:,.1f}" for zone in raised[:NAMES_SHOWN].tolist()]
        more = f" and {raised.size - NAMES_SHOWN} more" if raised.size > NAMES_SHOWN else ""
        needed = f"The zones need at least {floor.sum():,.1f} hours in all, more than the {total:,.1f} there are"
        return Finding(
            "not_viable",
            f"{needed}: some must be viable ({', '.join(named)}{more}).",
            "Lower what makes a zone viable, exempt some, lower the other targets, or ask for fewer zones.",
            zones=tuple(raised.tolist()),
        )
    span = (
        f"{floor.sum():,.1f} to {ceiling.sum():,.1f}" if np.isfinite(ceiling).all() else f"{floor.sum():,.1f} or more"
    )
    return Finding(
        "targets",
        f"The targets allow {span} hours in all, but the units have {total:,.1f}.",
        "With a free zone targets are taken as hours: scale them, or leave more to the free zone.",
    )


def _unviable_findings(problem: ProblemSpec, rounding: float) -> Iterable[Finding]:
    """Zones that may never hold what makes them viable."""
    least, ceiling, target = problem.least_hours_by_zone, problem.ceiling_hours, problem.target_hours
    for zone in np.flatnonzero(ceiling < least - rounding).tolist():
        text = f"{problem.zone_name(zone)} may hold at most {ceiling[zone]:,.1f} hours (target {target[zone]:,.1f})"
        raised = f"raise its target to {least[zone] / (1 + problem.tolerance):,.1f}"
        yield Finding(
            "not_viable",
            f"{text}, but is not viable below {least[zone]:,.1f}.",
            f"Ask for fewer zones, {raised}, lower what makes it viable, or exempt it.",
            zones=(zone,),
        )


def _reach_findings(problem: ProblemSpec, zone_of_group: dict[int, int]) -> Iterable[Finding]:
    """Locked units of one zone that units locked to other zones cut off from each other."""
    zone_of_unit = np.array([zone_of_group.get(int(group), -1) for group in problem.groups])
    for zone in sorted(set(zone_of_group.values())):
        usable = np.flatnonzero((zone_of_unit == zone) | (zone_of_unit == -1))
        piece = connected_components(problem.adjacency[usable][:, usable], directed=False)[1]
        mine = zone_of_unit[usable] == zone
        held = np.unique(piece[mine])
        if held.size < 2:
            continue
        sides = [int(usable[mine & (piece == p)][0]) for p in held]
        names = " and ".join(problem.unit_name(unit) for unit in sides[:NAMES_SHOWN])
        where = problem.zone_name(zone)
        text = f"{names} are fixed to {where}, but units fixed to other zones lie all the way between them."
        yield Finding("locks_cut_off", text, "Unlock a unit on the way.", tuple(sides), (zone,))
