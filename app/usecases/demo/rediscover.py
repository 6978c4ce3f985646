"""How well the engine finds a council's own zones again without being told them: the published case as a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.ingest.postcode_directory import load_county as read_county
from app.problems import Problem
from app.settings import Settings
from app.storage.areas import StoredAreas
from app.storage.database import Database
from app.usecases.plans.draw.problem import zones_problem
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.draw.search import solved
from app.usecases.plans.measure.costs import Priorities, plan_cost
from app.usecases.plans.measure.inputs import plan_inputs
from geo.plans.agreement import pair_agreement
from geo.synthetic import report_tables
from geo.synthetic_zones import main_settlements

COUNCIL = "leicestershire"


def rediscover(
    database: Database,
    settings: Settings,
    *,
    priorities: Priorities,
    seconds: float,
    starts: int | None,
    seed: int,
    tolerance_share: float,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Draw fourteen zones with the published tiers and hours, and nothing said of where they are.

    Returns:
        The gap, and of all pairs of the report's main settlements the share that the plan keeps together or apart as
        the report does.

    Raises:
        Problem: another council's data are served, or none are loaded.
    """
    if settings.council != COUNCIL:
        raise Problem(404, "not-found", "No published zones", "Only Leicestershire's published zones are known here.")
    tables = report_tables()
    wanted = [
        ZoneWanted(name=zone.name, tier=zone.tier, target_hours_per_week=float(zone.hours_per_week))
        for zone in tables.zones
    ]
    request = PlanRequest(
        name="rediscovered",
        wanted=wanted,
        seconds=seconds,
        starts=starts,
        seed=seed,
        tolerance_share=tolerance_share,
        priorities=priorities,
    )
    with database.read() as session:
        inputs = plan_inputs(session, settings.council, settings)
    plan = solved(zones_problem(inputs, request, wanted), request, report)
    place = settlement_areas(inputs.areas)
    published = {name: zone.name for zone in tables.zones for name in zone.main_settlements if name in place}
    found = {name: wanted[int(plan.labels[place[name]])].name for name in published}
    pairs = pair_agreement(published, found)
    cost = plan_cost(inputs, plan)
    return {
        "settlements": len(published),
        "pairs": pairs.together + pairs.apart,
        "pairs_treated_the_same_share": round(pairs.share, 6),
        "together": pairs.together,
        "together_kept_share": round(pairs.together_share, 6),
        "apart": pairs.apart,
        "apart_kept_share": round(pairs.apart_share, 6),
        "parted": [list(pair) for pair in pairs.parted],
        "joined": [list(pair) for pair in pairs.joined],
        "gap_share": round(float(plan.gap), 6),
        "objective_pounds_per_year": cost["objective_pounds_per_year"],
        "least_possible_pounds_per_year": round(float(plan.bound), 2),
        "travel_pounds_per_year": cost["travel_pounds_per_year"],
        "imbalance_share": round(float(plan.imbalance), 6),
        "natural_areas_cut": cost["natural_areas_cut"],
        "zone_of_settlement": found,
        "starts": int(plan.work),
        "stopped": plan.stopped,
        "seed": seed,
        "demand": {"snapshot_id": inputs.snapshot.id, "synthetic": inputs.snapshot.synthetic},
    }


def settlement_areas(areas: StoredAreas) -> Mapping[str, int]:
    """Position of the area nearest to each of the report's main settlements that the list of places knows."""
    known = main_settlements(read_county(COUNCIL).settlements, report_tables())
    return {
        name: int(np.argmin(np.hypot(areas.eastings - east, areas.northings - north)))
        for name, (east, north) in known.items()
    }
