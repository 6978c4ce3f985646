"""From a request to the engine's problem: places by name become units by number, and prices become a cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.usecases.plans.draw.infeasible import explained
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.measure.costs import measured_problem
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places, contradiction
from app.usecases.plans.measure.rules.rule import Ground, Zones
from app.usecases.plans.measure.rules.table import RULES, joined, judged, limited
from geo.plans.travel_cost import yearly_cost
from geo.zoning import InvalidProblemError, ZoningProblem


def ground_of(inputs: PlanInputs, request: PlanRequest) -> Ground:
    """What the rules of a request make of a county for any number of zones.

    Raises:
        JobProblem: a place is not known, or barriers lie where nothing touches; the detail names it.
    """
    inputs = judged(request, joined(request, inputs))
    return limited(request, Ground(inputs, Places(inputs), yearly_cost(inputs.travel)))


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
    zones = Zones(wanted, standing, request.priorities, request.tolerance_share)
    for rule in RULES:
        rule.fix(request, ground, zones)
    names = [zone.name for zone in wanted]
    try:
        problem = measured_problem(
            ground.inputs,
            len(wanted),
            request.priorities,
            membership_cost=zones.membership_cost,
            cost=ground.cost,
            tolerance=request.tolerance_share,
            targets=zones.targets,
            least_hours=zones.least_hours,
            locked=zones.locked or None,
            bases=zones.bases,
            together=ground.together,
            apart=ground.apart,
            zone_names=names,
        )
    except InvalidProblemError as error:
        raise contradiction(explained(error, request, ground, names)) from error
    for rule in RULES:
        rule.refuse(request, ground, problem)
    return problem
