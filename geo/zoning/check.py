"""An independent check of a plan and of a bound, which shares no code with the engine and reads only the raw problem.

It is slow and plain on purpose: lists, dictionaries and loops, each rule written once more from its definition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from geo.zoning.problem import ZoningProblem

ROUNDING = 1e-6
"""Share by which a recomputed figure may differ from a reported one."""


def broken_rules(problem: ZoningProblem, labels: Sequence[int] | npt.NDArray[np.int64]) -> list[str]:
    """Return every rule that the plan `labels` breaks, in words; an empty list for a feasible plan."""
    zone_of = [int(zone) for zone in labels]
    if len(zone_of) != problem.units:
        return [f"labels: found {len(zone_of)}, expected one for each of {problem.units} units"]
    wrong = [unit for unit, zone in enumerate(zone_of) if not 0 <= zone < problem.zones]
    if wrong:
        return [f"{problem.unit_name(unit)} is in zone {zone_of[unit]}, which does not exist" for unit in wrong]
    return [*_shape_rules(problem, zone_of), *_hour_rules(problem, zone_of), *_named_rules(problem, zone_of)]


def _shape_rules(problem: ZoningProblem, zone_of: list[int]) -> Iterator[str]:
    neighbours: dict[int, list[int]] = {unit: [] for unit in range(problem.units)}
    pairs = problem.adjacency.tocoo()
    for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        neighbours[a].append(b)
    for zone in range(problem.zones):
        members = {unit for unit, found in enumerate(zone_of) if found == zone}
        if not members:
            yield f"{problem.zone_name(zone)} has no units"
            continue
        waiting, reached = [min(members)], {min(members)}
        while waiting:
            for other in neighbours[waiting.pop()]:
                if other in members and other not in reached:
                    reached.add(other)
                    waiting.append(other)
        if reached != members:
            cut_off = ", ".join(problem.unit_name(unit) for unit in sorted(members - reached)[:5])
            where = problem.unit_name(min(members))
            yield f"{problem.zone_name(zone)} is not contiguous: {cut_off} cannot be reached from {where}"


def _hour_rules(problem: ZoningProblem, zone_of: list[int]) -> Iterator[str]:
    total = math.fsum(problem.hours.tolist())
    given = [total / problem.zones] * problem.zones if problem.targets is None else [float(t) for t in problem.targets]
    if not any(math.isnan(target) for target in given):
        given = [target * total / math.fsum(given) for target in given]
    for zone, target in enumerate(given):
        hours = math.fsum(float(problem.hours[unit]) for unit, found in enumerate(zone_of) if found == zone)
        allowed = target * problem.tolerance
        if not math.isnan(target) and abs(hours - target) > allowed + 1e-8 * total:
            name = problem.zone_name(zone)
            yield f"{name} has {hours:,.2f} hours, expected {target:,.2f} give or take {allowed:,.2f}"


def _named_rules(problem: ZoningProblem, zone_of: list[int]) -> Iterator[str]:
    for unit, zone in (problem.locked or {}).items():
        if zone_of[unit] != zone:
            found = problem.zone_name(zone_of[unit])
            yield f"{problem.unit_name(unit)} is locked to {problem.zone_name(zone)} but is in {found}"
    for zone, unit in (problem.bases or {}).items():
        if zone_of[unit] != zone:
            yield f"{problem.unit_name(unit)} must be the base of {problem.zone_name(zone)} but is elsewhere"
    for a, b in problem.together or ():
        if zone_of[a] != zone_of[b]:
            yield f"{problem.unit_name(a)} and {problem.unit_name(b)} must be together but are not"
    for a, b in problem.apart or ():
        if zone_of[a] == zone_of[b]:
            yield f"{problem.unit_name(a)} and {problem.unit_name(b)} must be apart but are not"


def recomputed_cost(problem: ZoningProblem, labels: Sequence[int] | npt.NDArray[np.int64]) -> float:
    """Return the cost of the plan from its definition: the best base in every zone, and the priced extras.

    Units without hours cost nothing to serve, whatever the distance.
    """
    zone_of = [int(zone) for zone in labels]
    terms = []
    for zone in range(problem.zones):
        members = [unit for unit, found in enumerate(zone_of) if found == zone]
        needing = [unit for unit in members if problem.hours[unit] > 0]
        required = (problem.bases or {}).get(zone)
        candidates = members if required is None else [required]
        terms.append(
            min(
                math.fsum(float(problem.hours[u]) * float(problem.cost[u, base]) for u in needing)
                for base in candidates
            )
        )
    if problem.membership_cost is not None:
        terms += [float(problem.membership_cost[unit, zone]) for unit, zone in enumerate(zone_of)]
    if problem.areas is not None:
        zones_of_area: dict[int, set[int]] = {}
        for unit, area in enumerate(problem.areas.tolist()):
            if area >= 0:
                zones_of_area.setdefault(area, set()).add(zone_of[unit])
        terms += [problem.area_price * (len(zones) - 1) for zones in zones_of_area.values()]
    pairs = problem.adjacency.tocoo()
    parted = sum(zone_of[a] != zone_of[b] for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True) if a < b)
    terms.append(problem.cut_price * parted)
    return math.fsum(terms)
