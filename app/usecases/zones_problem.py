"""From a request to the engine's problem: areas by name become units by number, and prices become a cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.jobs.problems import JobProblem
from app.usecases.plan_costs import measured_problem
from app.usecases.plan_inputs import PlanInputs
from app.usecases.zones_request import AreaPair, PlanRequest, ZoneWanted
from geo.plans.travel_cost import yearly_cost
from geo.zoning import InvalidProblemError, ZoningProblem


def zones_problem(
    inputs: PlanInputs,
    request: PlanRequest,
    wanted: Sequence[ZoneWanted],
    standing: Mapping[str, str] | None = None,
) -> ZoningProblem:
    """What the engine is asked.

    Args:
        inputs: The county.
        request: What was asked.
        wanted: The zones, in order of their numbers.
        standing: Name of the zone each area is in now, where changing it has a price.

    Raises:
        JobProblem: the request contradicts itself; the detail names what does.
    """
    position = {area_id: i for i, area_id in enumerate(inputs.areas.ids.tolist())}
    cost = yearly_cost(inputs.travel)
    if request.longest_minutes is not None:
        cost[(inputs.travel.minutes > request.longest_minutes) & (inputs.travel.hours > 0)[:, None]] = np.inf
    targets = _targets(wanted, request.tier_hours_per_week)
    try:
        return measured_problem(
            inputs,
            len(wanted),
            request.priorities,
            membership_cost=_membership(inputs, request, wanted, standing),
            cost=cost,
            adjacency=_neighbours(inputs, request, position),
            tolerance=request.tolerance_share,
            targets=targets,
            locked=_locked(wanted, position) or None,
            bases={
                number: _unit(position, zone.base_area_id, f"wanted[{number}].base_area_id")
                for number, zone in enumerate(wanted)
                if zone.base_area_id is not None
            },
            together=_pairs(request.together, position, "together"),
            apart=_pairs(request.apart, position, "apart"),
            zone_names=[zone.name for zone in wanted],
        )
    except InvalidProblemError as error:
        raise contradiction(str(error)) from error


def contradiction(detail: str) -> JobProblem:
    """The problem that says why no plan can meet a request."""
    return JobProblem("No plan can meet this", detail, slug="infeasible")


def _unit(position: Mapping[str, int], area_id: str, where: str) -> int:
    if area_id not in position:
        raise contradiction(f"{where}: {area_id} is not an area of this council.")
    return position[area_id]


def _pairs(pairs: Iterable[AreaPair], position: Mapping[str, int], field: str) -> list[tuple[int, int]]:
    return [
        (_unit(position, a, f"{field}[{i}]"), _unit(position, b, f"{field}[{i}]")) for i, (a, b) in enumerate(pairs)
    ]


def _locked(wanted: Sequence[ZoneWanted], position: Mapping[str, int]) -> dict[int, int]:
    locked: dict[int, int] = {}
    for number, zone in enumerate(wanted):
        for area_id in zone.areas:
            unit = _unit(position, area_id, f"wanted[{number}].areas")
            if locked.get(unit, number) != number:
                raise contradiction(f"{area_id} is wanted in both {wanted[locked[unit]].name!r} and {zone.name!r}.")
            locked[unit] = number
    return locked


def _targets(wanted: Sequence[ZoneWanted], by_tier: Mapping[str, float]) -> NDArray[np.float64] | None:
    unused = sorted(set(by_tier) - {zone.tier for zone in wanted})
    if unused:
        raise contradiction(f"tier_hours_per_week: no wanted zone has the tier {unused[0]!r}.")
    given = [
        zone.target_hours_per_week or (by_tier.get(zone.tier, math.nan) if zone.tier else math.nan) for zone in wanted
    ]
    return None if all(math.isnan(target) for target in given) else np.array(given)


def _neighbours(inputs: PlanInputs, request: PlanRequest, position: Mapping[str, int]) -> Any:
    if not (request.barriers or request.crossings):
        return inputs.areas.adjacency
    changed = inputs.areas.adjacency.tolil(copy=True)
    for a, b in _pairs(request.barriers, position, "barriers"):
        if not changed[a, b]:
            raise contradiction(
                f"barriers: {inputs.areas.ids[a]} and {inputs.areas.ids[b]} are not neighbours, so nothing parts them."
            )
        changed[a, b] = changed[b, a] = 0
    for a, b in _pairs(request.crossings, position, "crossings"):
        changed[a, b] = changed[b, a] = 1.0
    return changed.tocsr()


def _membership(
    inputs: PlanInputs, request: PlanRequest, wanted: Sequence[ZoneWanted], standing: Mapping[str, str] | None
) -> NDArray[np.float64] | None:
    """Price of an area's packages leaving their zone: zones keep their identity by name, else by their order."""
    price = request.priorities.disruption_pounds_per_package
    if standing is None or price <= 0:
        return None
    names = {zone.name: number for number, zone in enumerate(wanted)}
    old = list(dict.fromkeys(standing.values()))
    if not set(old) & set(names):
        names = {name: number for number, name in enumerate(sorted(old)) if number < len(wanted)}
    ids = inputs.areas.ids.tolist()
    packages = inputs.packages.groupby("area_id").size().reindex(ids, fill_value=0).to_numpy(dtype=np.float64)
    cost = np.repeat((packages * price)[:, None], len(wanted), axis=1)
    for unit, area_id in enumerate(ids):
        stays = names.get(standing.get(area_id, ""))
        if stays is not None:
            cost[unit, stays] = 0.0
    return cost
