"""The zone engine's cost of a plan beside simulated rounds, over several plans: does it put them in the same order?

The engine's cost is a model: bases, line haul and detour. Rounds planned on the same visits, shared among the same
number of providers, are nearer to what a provider pays. Both are put in pounds a year at the same wage and mileage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pydantic import ConfigDict, Field
from scipy.stats import kendalltau, spearmanr

from app.problems import not_found
from app.settings import Settings
from app.storage.database import Database
from app.storage.decisions import find, zone_of_areas, zones_of_plan
from app.storage.models import ZonePlan
from app.usecases.import_roads import travel_model
from app.usecases.plan_costs import Priorities, measured_plan, plan_cost
from app.usecases.plan_inputs import plan_inputs
from app.usecases.rounds_packages import plan_demand
from app.usecases.rounds_simulation import SampledRounds
from routing.rounds.simulate import simulate

Report = Callable[[float, str], None]


class RankRequest(SampledRounds):
    """Which plans are compared, and how much is planned of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan_ids: tuple[int, ...] = Field(min_length=2, max_length=50)
    snapshot_id: int | None = None
    days: int = Field(default=1, ge=1, le=14)
    solutions_per_round: int | None = Field(default=1, ge=1, le=1_000)


def rank_plans(
    database: Database,
    council: str,
    request: RankRequest,
    settings: Settings,
    report: Report = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Cost every plan by the engine's model and by simulated rounds, and say how well the two agree.

    Raises:
        Problem: a plan is not there, or nothing is loaded.
    """
    rows = []
    for number, plan_id in enumerate(request.plan_ids):

        def tell(share: float, stage: str, done: int = number, plan: int = plan_id) -> None:
            report((done + share) / len(request.plan_ids), f"plan {plan}: {stage}")

        rows.append(_one_plan(database, council, plan_id, request, settings, tell))
    return {"plans": rows, "days": request.days, "seed": request.seed, **agreement(rows)}


def _one_plan(
    database: Database, council: str, plan_id: int, request: RankRequest, settings: Settings, report: Report
) -> dict[str, Any]:
    with database.read() as session:
        plan: ZonePlan | None = find(session, ZonePlan, council, plan_id)
        if plan is None:
            raise not_found("plan", plan_id)
        inputs = plan_inputs(session, council, settings, snapshot_id=request.snapshot_id)
        numbers = [zone.number for zone in zones_of_plan(session, plan.id)]
        labels = inputs.labels(zone_of_areas(session, plan.id), numbers)
        demand = plan_demand(session, council, plan, inputs.snapshot)
        name = plan.name
    modelled = plan_cost(inputs, measured_plan(inputs, len(numbers), labels, Priorities()))
    sampling = request.sampling(demand.monday)
    found = simulate(demand.packages, travel_model(settings), sampling, ("zone",), report)
    prices, weeks = inputs.travel.prices, inputs.travel.shape.weeks_per_year
    visits = found.by["all"]["all"].carer_visits * 7 / len(found.days)
    # sampled providers stand for others, whose visits are a few more or less: scaled to the plan's own visits
    scale = float(inputs.travel.visits().sum()) / visits
    paid_hours = (found.travel_minutes_per_week + found.waiting_minutes_per_week) / 60 * scale
    travel_hours, miles = found.travel_minutes_per_week / 60 * scale, found.miles_per_week * scale

    def pounds(hours: float) -> float:
        return round(weeks * (hours * prices.pounds_per_paid_hour + miles * prices.pounds_per_mile), 2)

    return {
        "plan_id": plan_id,
        "name": name,
        "zones": len(numbers),
        "model_pounds_per_year": modelled["travel_pounds_per_year"],
        "model_minutes_per_visit": modelled["paid_travel_minutes_per_visit"],
        "model_miles_per_visit": modelled["miles_per_visit"],
        "rounds_travel_pounds_per_year": pounds(travel_hours),
        "rounds_travel_and_waiting_pounds_per_year": pounds(paid_hours),
        "rounds_minutes_per_visit": round(found.by["all"]["all"].travel_minutes.mean, 4),
        "rounds_miles_per_visit": round(found.by["all"]["all"].miles.mean, 4),
        "provider_days": found.provider_days,
        "visits_planned": found.visits,
        "unserved_visits": found.unserved_visits,
    }


def agreement(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How well the model's pounds a year agree with those of simulated rounds over some plans.

    Rank correlations are Spearman's and Kendall's. The error is of the model against the rounds: on the whole
    (``bias_share``, positive where the model is dearer), and for one plan once that is taken out
    (``error_share_once_scaled``, root mean square).

    Args:
        rows: With ``model_pounds_per_year`` and ``rounds_travel_pounds_per_year``.
    """
    model = np.array([row["model_pounds_per_year"] for row in rows])
    rounds = np.array([row["rounds_travel_pounds_per_year"] for row in rows])
    waiting = np.array([row["rounds_travel_and_waiting_pounds_per_year"] for row in rows])
    ratio = float(model.sum() / rounds.sum())
    error = model / ratio / rounds - 1
    return {
        "spearman": _correlation(spearmanr(model, rounds).statistic),
        "kendall": _correlation(kendalltau(model, rounds).statistic),
        "spearman_with_waiting": _correlation(spearmanr(model, waiting).statistic),
        "bias_share": round(ratio - 1, 4),
        "error_share_once_scaled": round(float(np.sqrt((error**2).mean())), 4),
        "largest_error_share_once_scaled": round(float(np.abs(error).max()), 4),
    }


def _correlation(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
