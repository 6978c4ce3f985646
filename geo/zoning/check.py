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


def checked_bound(problem: ZoningProblem, prices: Sequence[float] | npt.NDArray[np.float64]) -> float:
    """Return the lower bound that unit prices prove, worked out from the definition in double precision.

    For any prices, the sum of prices plus, for each zone, the least that one base and some units within the zone's
    hours cost net of their prices, is a lower bound on every plan. Here each zone chooses its base on its own, or,
    among zones with the same rules, the cheapest different bases. Units may be split, and contiguity is left out.

    Args:
        problem: What was asked.
        prices: (n,) price of each unit, such as `ZonePlan.multipliers`.
    """
    given = np.asarray(prices, dtype=np.float64)
    needing = np.flatnonzero(problem.hours > 0)
    fixed = {**{unit: zone for zone, unit in (problem.bases or {}).items()}, **(problem.locked or {})}
    kinds: dict[tuple[float, float, int], int] = {}
    for zone in range(problem.zones):
        special = zone if zone in fixed.values() else -1
        key = (float(problem.floor_hours[zone]), float(problem.ceiling_hours[zone]), special)
        kinds[key] = kinds.get(key, 0) + 1
    total = math.fsum(given[needing].tolist())
    for (floor, ceiling, special), count in kinds.items():
        own = {unit for unit, zone in fixed.items() if zone == special}
        barred = set(fixed) - own
        required = (problem.bases or {}).get(special)
        bases = [required] if required is not None else [b for b in range(problem.units) if b not in barred]
        nets = [_least_net(problem, given, needing, base, own, barred, floor, ceiling) for base in bases]
        total += math.fsum(sorted(nets)[:count])
    if problem.membership_cost is not None:
        total += float(problem.membership_cost.min(axis=1).sum())
    return max(0.0, total)


def _least_net(
    problem: ZoningProblem,
    prices: npt.NDArray[np.float64],
    needing: npt.NDArray[np.int64],
    base: int,
    own: set[int],
    barred: set[int],
    floor: float,
    ceiling: float,
) -> float:
    """Least cost net of prices of units served from `base` within `floor` and `ceiling` hours, by sorting."""
    reach = np.minimum(problem.cost[needing, base], 1e12)
    net = problem.hours[needing] * reach - prices[needing]
    rate = net / problem.hours[needing]
    must = np.isin(needing, [*own, base])
    may = ~must & ~np.isin(needing, list(barred))
    held, total = float(problem.hours[needing[must]].sum()), float(net[must].sum())
    for at in np.flatnonzero(may)[np.argsort(rate[may], kind="stable")]:
        wanted = ceiling - held if rate[at] < 0 else floor - held
        hours = min(float(problem.hours[needing[at]]), wanted)
        if hours <= 0:
            break
        total += rate[at] * hours
        held += hours
    return total
