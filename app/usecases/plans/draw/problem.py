"""From a request to the engine's problem: places by name become units by number, and prices become a cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.usecases.plans.draw.infeasible import explained, refuse_out_of_reach
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.measure.costs import measured_problem
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import NaturalAreas, Places, contradiction, neighbours, unit_names
from geo.plans.travel_cost import travel_assumptions, yearly_cost
from geo.zoning import InvalidProblemError, ZoningProblem


@dataclass(frozen=True, eq=False)
class Ground:
    """What a request comes to on a county whatever the zones: made once for a range of numbers of zones.

    Attributes:
        inputs: The county, with the natural areas that the request judges it by.
        places: Its places by name.
        natural: Its natural areas.
        cost: (n, n) pounds a year for each care hour a week of area i when its zone's base is at j; infinite where the
            request's longest minutes rule it out.
        adjacency: (n, n) sparse: neighbours with barriers and crossings.
        together: Pairs of units that share a zone.
        apart: Pairs that do not.
    """

    inputs: PlanInputs
    places: Places
    natural: NaturalAreas
    cost: NDArray[np.float64]
    adjacency: Any
    together: list[tuple[int, int]]
    apart: list[tuple[int, int]]


def ground_of(inputs: PlanInputs, request: PlanRequest) -> Ground:
    """Read the rules of a request that hold for any number of zones.

    Raises:
        JobProblem: a place is not known, or barriers lie where nothing touches; the detail names it.
    """
    places = Places(inputs)
    natural = NaturalAreas(inputs, request, places)
    cost = yearly_cost(inputs.travel)
    if request.longest_minutes is not None:
        cost[(inputs.travel.minutes > request.longest_minutes) & (inputs.travel.hours > 0)[:, None]] = np.inf
    return Ground(
        inputs=natural.judge(inputs),
        places=places,
        natural=natural,
        cost=cost,
        adjacency=neighbours(inputs, request.barriers, request.crossings),
        together=[*places.chains(request.together, "together"), *natural.ties()],
        apart=places.pairs(request.apart, "apart"),
    )


def zones_problem(
    inputs: PlanInputs,
    request: PlanRequest,
    wanted: Sequence[ZoneWanted],
    standing: Mapping[str, str] | None = None,
    ground: Ground | None = None,
) -> ZoningProblem:
    """What the engine is asked.

    Args:
        inputs: The county.
        request: What was asked.
        wanted: The zones, in order of their numbers.
        standing: Name of the zone each area is in now, where changing it has a price.
        ground: The request read by :func:`ground_of`, where it was before.

    Raises:
        JobProblem: the request contradicts itself; the detail names what does.
    """
    ground = ground or ground_of(inputs, request)
    places, inputs = ground.places, ground.inputs
    bases = _bases(wanted, places)
    refuse_out_of_reach(inputs, request.longest_minutes, len(wanted), bases)
    targets = _targets(wanted, request.tier_hours_per_week)
    names = [zone.name for zone in wanted]
    try:
        return measured_problem(
            inputs,
            len(wanted),
            request.priorities,
            membership_cost=_membership(inputs, request, wanted, standing),
            cost=ground.cost,
            adjacency=ground.adjacency,
            tolerance=request.tolerance_share,
            targets=targets,
            least_hours=least_hours_of(request, wanted, targets),
            locked=_locked(inputs, request, wanted, places) or None,
            bases=bases,
            together=ground.together,
            apart=ground.apart,
            zone_names=names,
        )
    except InvalidProblemError as error:
        raise contradiction(explained(error, ground.natural, names)) from error


def zone_hours_needed(viable_hours_per_week: float) -> float:
    """Least hours of a zone whose prime providers each have so many."""
    return viable_hours_per_week * int(travel_assumptions()["viability"]["prime_providers"])


def least_hours_of(
    request: PlanRequest, wanted: Sequence[ZoneWanted], targets: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """(zones,) least hours that make each zone viable, 0 for those that are exempt."""
    free = np.zeros(len(wanted), dtype=np.bool_) if targets is None else np.isnan(targets)
    for_all = request.viable_hours_per_week or 0.0
    given = [
        zone.viable_hours_per_week
        if zone.viable_hours_per_week is not None
        else 0.0
        if exempt and not request.viable_without_target
        else for_all
        for zone, exempt in zip(wanted, free.tolist(), strict=True)
    ]
    return np.array([zone_hours_needed(hours) for hours in given])


def _bases(wanted: Sequence[ZoneWanted], places: Places) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, zone in enumerate(wanted):
        if zone.base_area_id is not None:
            found[number] = places.unit(zone.base_area_id, f"wanted[{number}].base_area_id")
        elif zone.base_settlement is not None:
            found[number] = places.middle(zone.base_settlement, f"wanted[{number}].base_settlement")
    return found


def _locked(inputs: PlanInputs, request: PlanRequest, wanted: Sequence[ZoneWanted], places: Places) -> dict[int, int]:
    number_of = {zone.name: number for number, zone in enumerate(wanted)}
    strange = sorted(set(request.locked) - set(number_of))
    if strange:
        raise contradiction(f"locked: there is no zone {strange[0]!r}; the zones are {', '.join(number_of)}.")
    given = [(number, zone.areas, f"wanted[{number}].areas") for number, zone in enumerate(wanted)]
    given += [(number_of[name], held, f"locked[{name}]") for name, held in request.locked.items()]
    locked: dict[int, int] = {}
    for number, held, where in given:
        for place in held:
            for unit in places.units(place, where):
                if locked.setdefault(unit, number) != number:
                    one, two = wanted[locked[unit]].name, wanted[number].name
                    raise contradiction(f"{unit_names(inputs)[unit]} is wanted in both {one!r} and {two!r}.")
    return locked


def _targets(wanted: Sequence[ZoneWanted], by_tier: Mapping[str, float]) -> NDArray[np.float64] | None:
    unused = sorted(set(by_tier) - {zone.tier for zone in wanted})
    if unused:
        raise contradiction(f"tier_hours_per_week: no wanted zone has the tier {unused[0]!r}.")
    given = [
        zone.target_hours_per_week or (by_tier.get(zone.tier, math.nan) if zone.tier else math.nan) for zone in wanted
    ]
    return None if all(math.isnan(target) for target in given) else np.array(given)


def by_packages(inputs: PlanInputs, standing: Mapping[str, str]) -> list[str]:
    """Names of the zones of the standing plan, those with the most packages first."""
    held = inputs.packages["area_id"].map(standing).value_counts()
    return sorted(set(standing.values()), key=lambda name: (-int(held.get(name, 0)), name))


def heirs(inputs: PlanInputs, standing: Mapping[str, str], names: Sequence[str]) -> dict[str, int]:
    """Number of the zone that each zone of the standing plan lives on in.

    Zones keep their identity by name. Where no name is kept, zones without names of their own take over those with the
    most packages.
    """
    number = {name: i for i, name in enumerate(names)}
    ranked = by_packages(inputs, standing)
    if set(ranked) & set(number):
        return {name: number[name] for name in ranked if name in number}
    return {name: i for i, name in enumerate(ranked[: len(names)])}


def _membership(
    inputs: PlanInputs, request: PlanRequest, wanted: Sequence[ZoneWanted], standing: Mapping[str, str] | None
) -> NDArray[np.float64] | None:
    """Price of an area's packages leaving their zone."""
    price = request.priorities.disruption_pounds_per_package
    if standing is None or price <= 0:
        return None
    stays = heirs(inputs, standing, [zone.name for zone in wanted])
    ids = inputs.areas.ids.tolist()
    packages = inputs.packages.groupby("area_id").size().reindex(ids, fill_value=0).to_numpy(dtype=np.float64)
    cost = np.repeat((packages * price)[:, None], len(wanted), axis=1)
    for unit, area_id in enumerate(ids):
        number = stays.get(standing.get(area_id, ""))
        if number is not None:
            cost[unit, number] = 0.0
    return cost
