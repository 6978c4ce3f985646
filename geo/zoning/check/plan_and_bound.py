"""An independent check of a plan and of a bound, which shares no code with the engine and reads only the raw problem.

It is slow and plain on purpose: lists, dictionaries and loops, each rule written once more from its definition.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from geo.zoning.check.zone_list import checked_list
from geo.zoning.plan.certificate import Leaf, SharedBorders, Split, ZoneList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from geo.zoning.plan.certificate import Certificate
    from geo.zoning.problem.problem import ZoningProblem

    _Counts = dict[tuple[int, ...], list[tuple[npt.NDArray[np.int64], int, float]]]

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
    asked = problem.least_hours
    least = [float(asked)] * problem.zones if isinstance(asked, (int, float)) else [float(hours) for hours in asked]
    for zone, target in enumerate(given):
        hours = math.fsum(float(problem.hours[unit]) for unit, found in enumerate(zone_of) if found == zone)
        allowed = target * problem.tolerance
        if hours < least[zone] - 1e-8 * total:
            yield f"{problem.zone_name(zone)} has {hours:,.2f} hours, expected at least {least[zone]:,.2f}"
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
    for grouping in problem.groupings:
        groups_of_zone: list[set[int]] = [set() for _ in range(problem.zones)]
        for zone, group in zip(zone_of, grouping.of_unit.tolist(), strict=True):
            if group >= 0:
                groups_of_zone[zone].add(group)
        met = sum(map(len, groups_of_zone))
        once = problem.zones if grouping.whole == "zones" else len(set().union(*groups_of_zone))
        terms.append(grouping.price * (met - once))
    pairs = problem.pair_price.tocoo()
    for a, b, price in zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True):
        if a < b and zone_of[a] != zone_of[b]:
            terms.append(price)
    return math.fsum(terms)


def checked_bound(problem: ZoningProblem, proof: Certificate | Sequence[float] | npt.NDArray[np.float64]) -> float:
    """Return the lower bound that `proof` proves, worked out from the definition in double precision.

    For any prices, the sum of prices plus, for each zone, the least that one base and some units within the zone's
    hours cost net of their prices, is a lower bound on every plan. Here each zone chooses its base on its own, or,
    among zones with the same rules, the cheapest different bases. Units may be split, and contiguity is left out.

    A proof by cases splits on how many bases of some zones lie among some units: at most a number, or more. Each case
    has prices of its own, and may only choose bases within its counts; the bound is that of the weakest case. How a
    proof by listing zones is checked, `check_list.checked_list` says.

    Args:
        problem: What was asked.
        proof: `ZonePlan.certificate`, or (n,) one price for each unit.

    Raises:
        ValueError: The proof splits on zones that do not all have the same rules, or on too few of them.
    """
    if isinstance(proof, ZoneList):
        return checked_list(problem, proof)
    if isinstance(proof, SharedBorders):
        return max(0.0, checked_bound(_borders_shared(problem, proof), proof.proof) - math.fsum(proof.shift.tolist()))
    items = _Items(problem)
    bound = _weakest_case(items, proof if isinstance(proof, Leaf | Split) else Leaf(np.asarray(proof, float)), {})
    if problem.membership_cost is not None:
        bound += float(problem.membership_cost.min(axis=1).sum())
    return max(0.0, bound)


def _borders_shared(problem: ZoningProblem, proof: SharedBorders) -> ZoningProblem:
    """The problem without prices of pairs, each unit charged from each base what is sent from it less what it gets."""
    price = problem.pair_price.todok()
    most = np.array([float(price.get((int(a), int(b)), 0.0)) / 2 for a, b in proof.pairs])
    sent = proof.sent.astype(np.float64)
    if sent.shape != (problem.units, len(proof.pairs)) or not (np.abs(sent) <= most).all():
        raise ValueError("sent: found more than half a pair's price, or not a row for each base")
    if len({frozenset((int(a), int(b))) for a, b in proof.pairs}) < len(proof.pairs):
        raise ValueError("pairs: found one twice")
    charged = np.tile(proof.shift, (problem.units, 1))
    for (a, b), amount in zip(proof.pairs.tolist(), sent.T, strict=True):
        charged[:, a] += amount
        charged[:, b] -= amount
    idle = problem.hours <= 0
    if np.abs(charged[:, idle]).max(initial=0.0) > 0 or (charged < 0).any():
        raise ValueError("shift: found a unit that would cost less than 0, or one without hours that would cost any")
    hours = np.where(idle, 1.0, problem.hours)
    return replace(problem, cost=problem.cost + (charged / hours).T, cut_price=0.0)


class _Items:
    """Units, those that must be together as one, and the zones that share all their rules."""

    def __init__(self, problem: ZoningProblem) -> None:
        head = list(range(problem.units))
        for a, b in problem.together or ():
            old, new = head[a], head[b]
            head = [new if found == old else found for found in head]
        names = sorted(set(head))
        self.problem, self.item = problem, np.array([names.index(found) for found in head])
        self.count = len(names)
        self.hours = self.summed(problem.hours)
        fixed = {**{unit: zone for zone, unit in (problem.bases or {}).items()}, **(problem.locked or {})}
        self.lock = {int(self.item[unit]): zone for unit, zone in fixed.items()}
        self.kinds: dict[tuple[float, float, int], tuple[int, ...]] = {}
        for zone in range(problem.zones):
            special = zone if zone in fixed.values() else -1
            key = (float(problem.floor_hours[zone]), float(problem.ceiling_hours[zone]), special)
            self.kinds[key] = (*self.kinds.get(key, ()), zone)

    def summed(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum of the values of each item's units."""
        return np.bincount(self.item, values, minlength=self.count).astype(np.float64)


def _weakest_case(items: _Items, proof: Leaf | Split | ZoneList, counts: _Counts) -> float:
    if isinstance(proof, Leaf):
        return _case_bound(items, proof.prices, counts)
    if isinstance(proof, ZoneList):
        raise ValueError("found a list of zones within a split, expected splits and prices only")  # noqa: TRY004
    if proof.zones not in items.kinds.values():
        raise ValueError(f"zones {proof.zones}: found a split on zones that are not all there are with the same rules")
    known = counts.get(proof.zones, [])
    few = {**counts, proof.zones: [*known, (proof.units, 0, float(proof.number))]}
    more = {**counts, proof.zones: [*known, (proof.units, proof.number + 1, math.inf)]}
    return min(_weakest_case(items, proof.few, few), _weakest_case(items, proof.more, more))


def _case_bound(items: _Items, prices: npt.NDArray[np.float64], counts: _Counts) -> float:
    problem, paid = items.problem, items.summed(prices)
    needing = np.flatnonzero(items.hours > 0)
    total = math.fsum(paid[needing].tolist())
    for (floor, ceiling, special), zones in items.kinds.items():
        own = {item for item, zone in items.lock.items() if zone == special}
        barred = set(items.lock) - own
        required = (problem.bases or {}).get(special)
        bases = [base for base in range(problem.units) if int(items.item[base]) not in barred]
        bases = bases if required is None else [required]
        nets = [_least_net(items, paid, needing, base, own, barred, floor, ceiling) for base in bases]
        total += _cheapest_choice(np.array(nets), np.array(bases), len(zones), counts.get(zones, []))
    return total


def _cheapest_choice(
    nets: npt.NDArray[np.float64],
    bases: npt.NDArray[np.int64],
    wanted: int,
    counts: list[tuple[npt.NDArray[np.int64], int, float]],
) -> float:
    """Least sum of `wanted` of `nets` with the numbers among some bases within limits; infinite where impossible."""
    if not counts:
        return math.fsum(np.sort(nets)[:wanted].tolist()) if bases.size >= wanted else math.inf
    rows = np.array([np.isin(bases, units) for units, _, _ in counts], float)
    least = np.array([low for _, low, _ in counts], float)
    most = np.array([min(high, wanted) for _, _, high in counts], float)
    found = linprog(
        nets,
        A_ub=np.vstack([rows, -rows]),
        b_ub=np.concatenate([most, -least]),
        A_eq=np.ones((1, bases.size)),
        b_eq=[wanted],
        bounds=(0, 1),
    )
    return float(found.fun) if found.status == 0 else math.inf


def _least_net(
    items: _Items,
    paid: npt.NDArray[np.float64],
    needing: npt.NDArray[np.int64],
    base: int,
    own: set[int],
    barred: set[int],
    floor: float,
    ceiling: float,
) -> float:
    """Least cost net of prices of items served from `base` within `floor` and `ceiling` hours, by sorting."""
    problem, hours = items.problem, items.hours[needing]
    net = items.summed(problem.hours * np.minimum(problem.cost[:, base], 1e12))[needing] - paid[needing]
    rate = net / hours
    must = np.isin(needing, [*own, int(items.item[base])])
    order = np.flatnonzero(~must & ~np.isin(needing, list(barred)))
    order = order[np.argsort(rate[order], kind="stable")]
    held, total = float(hours[must].sum()), float(net[must].sum())
    room = np.where(rate[order] < 0, ceiling, floor) - held
    before = np.concatenate([[0.0], np.cumsum(hours[order])[:-1]])
    taken = np.clip(room - before, 0.0, hours[order])
    return total + float((rate[order] * taken).sum())
