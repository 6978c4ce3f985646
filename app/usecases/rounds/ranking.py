"""The zone engine's cost of a plan beside simulated rounds, over several plans: does it put them in the same order?

The model expects the way to the next visit of one provider. Rounds planned on the same visits, shared among the same
number of providers, are nearer to what a provider pays. Both are put in pounds a year at the same wage and mileage.

Which packages a provider has is drawn once for all plans, so that every plan is judged on the same packages and days:
what is left between two plans is theirs. The search is as long for each visit whatever the size of a day, for a search
that is short for a large day finds fault with plans of few zones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ConfigDict, Field
from scipy.stats import kendalltau, spearmanr

from app.problems import not_found
from app.settings import Settings
from app.storage.database import Database
from app.storage.decisions import find, zone_of_areas, zones_of_plan
from app.storage.models import ZonePlan
from app.usecases.plans.measure.costs import Priorities, measured_plan, plan_cost
from app.usecases.plans.measure.inputs import plan_inputs
from app.usecases.plans.measure.prices import TravelTerms
from app.usecases.rounds.packages import PlanDemand, plan_demand
from app.usecases.rounds.simulation import SampledRounds
from app.usecases.travel.roads import travel_model
from routing.model import TravelModel
from routing.rounds.simulate import ALL, Sampling, simulate
from routing.rounds.simulate_visits import DAYS_A_WEEK, package_draw

Report = Callable[[float, str], None]

VISITS_PER_SOLUTION = 8
"""Visits of a provider's mean day for each solution searched for. With a fixed few, days of 125 visits were found to
take a fifth more travel than after a long search, and days of 30 a twentieth."""
_SHARE, _PLANNED = 8, 9
"""What the seeded draws are for: the provider of a package, and the providers planned."""


class RankRequest(SampledRounds):
    """Which plans are compared, and how much is planned of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan_ids: tuple[int, ...] = Field(min_length=2, max_length=50)
    snapshot_id: int | None = None
    days: int = Field(default=1, ge=1, le=14)
    solutions_per_round: int | None = Field(
        default=1,
        ge=1,
        le=1_000,
        description="Stop each search after so many solutions, or one for every eight visits of a provider's day where "
        "that is more. Null searches for the seconds.",
    )


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
        terms = TravelTerms(providers_per_zone=request.providers_per_zone)
        inputs = plan_inputs(session, council, settings, snapshot_id=request.snapshot_id, terms=terms)
        numbers = [zone.number for zone in zones_of_plan(session, plan.id)]
        labels = inputs.labels(zone_of_areas(session, plan.id), numbers)
        demand = plan_demand(session, council, plan, inputs.snapshot)
        name = plan.name
    modelled = plan_cost(inputs, measured_plan(inputs, len(numbers), labels, Priorities()))
    found = _simulated(demand, request, len(numbers), travel_model(settings), report)
    prices, weeks = inputs.travel.prices, inputs.travel.shape.weeks_per_year
    # sampled providers stand for others, whose visits are a few more or less: a visit's travel times the plan's visits
    per_visit = float(inputs.travel.visits().sum()) / found.visits_per_week
    travel_hours, waiting_hours = (
        minutes / 60 * per_visit for minutes in (found.travel_minutes_per_week, found.waiting_minutes_per_week)
    )
    miles = found.miles_per_week * per_visit

    def pounds(hours: float) -> float:
        return round(weeks * (hours * prices.pounds_per_paid_hour + miles * prices.pounds_per_mile), 2)

    return {
        "plan_id": plan_id,
        "name": name,
        "zones": len(numbers),
        "model_pounds_per_year": modelled["travel_pounds_per_year"],
        "model_travel_and_waiting_pounds_per_year": modelled["travel_and_waiting_pounds_per_year"],
        "model_minutes_per_visit": modelled["paid_travel_minutes_per_visit"],
        "model_miles_per_visit": modelled["miles_per_visit"],
        "rounds_travel_pounds_per_year": pounds(travel_hours),
        "rounds_travel_and_waiting_pounds_per_year": pounds(travel_hours + waiting_hours),
        "rounds_minutes_per_visit": round(found.travel_minutes_per_week / found.visits_per_week, 4),
        "rounds_miles_per_visit": round(found.miles_per_week / found.visits_per_week, 4),
        "provider_days": found.provider_days,
        "visits_planned": found.visits,
        "unserved_visits": found.unserved_visits,
    }


@dataclass(slots=True)
class _Planned:
    """What the planned providers of a plan take in a week, and how many rounds and visits were planned."""

    travel_minutes_per_week: float = 0.0
    waiting_minutes_per_week: float = 0.0
    miles_per_week: float = 0.0
    visits_per_week: float = 0.0
    provider_days: int = 0
    visits: int = 0
    unserved_visits: int = 0


def _simulated(demand: PlanDemand, request: RankRequest, zones: int, travel: TravelModel, report: Report) -> _Planned:
    """Plan the same providers' packages whatever the plan: one provider a zone at a time."""
    providers = request.providers_per_zone
    shares = [int(package_draw(request.seed, p.reference, _SHARE).random() * providers) for p in demand.packages]
    order = np.random.default_rng([request.seed, _PLANNED]).permutation(sorted(set(shares)))
    chosen = order[: request.planned_per_zone or providers].tolist()
    weekly = sum(sum(package.visits_per_week.values()) for package in demand.packages)
    day = weekly / DAYS_A_WEEK / providers / zones
    limit = request.solutions_per_round
    out = _Planned()
    for number, provider in enumerate(chosen):
        packages = [p for p, share in zip(demand.packages, shares, strict=True) if share == provider]

        def tell(share: float, stage: str, done: int = number) -> None:
            report((done + share) / len(chosen), stage)

        sampling = Sampling(
            monday=demand.monday,
            days=request.days,
            providers_per_zone=1,
            seconds_per_round=request.seconds_per_round,
            solution_limit=None if limit is None else max(limit, math.ceil(day / VISITS_PER_SOLUTION)),
            seed=request.seed,
        )
        found = simulate(packages, travel, sampling, (), tell)
        out.travel_minutes_per_week += found.travel_minutes_per_week
        out.waiting_minutes_per_week += found.waiting_minutes_per_week
        out.miles_per_week += found.miles_per_week
        out.visits_per_week += found.by[ALL][ALL].carer_visits * DAYS_A_WEEK / len(found.days)
        out.provider_days += found.provider_days
        out.visits += found.visits
        out.unserved_visits += found.unserved_visits
    return out


def agreement(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How well the model's pounds a year agree with those of simulated rounds over some plans.

    Rank correlations are Spearman's and Kendall's. The error is of the model against the rounds: on the whole
    (``bias_share``, positive where the model is dearer), and for one plan once that is taken out
    (``error_share_once_scaled``, root mean square).

    Args:
        rows: With ``model_pounds_per_year`` and ``rounds_travel_pounds_per_year``, and the same with waiting.
    """
    model = np.array([row["model_pounds_per_year"] for row in rows])
    rounds = np.array([row["rounds_travel_pounds_per_year"] for row in rows])
    waiting = np.array([row["rounds_travel_and_waiting_pounds_per_year"] for row in rows])
    model_waiting = np.array([row["model_travel_and_waiting_pounds_per_year"] for row in rows])
    ratio = float(model.sum() / rounds.sum())
    error = model / ratio / rounds - 1
    return {
        "spearman": _correlation(spearmanr(model, rounds).statistic),
        "kendall": _correlation(kendalltau(model, rounds).statistic),
        "spearman_with_waiting": _correlation(spearmanr(model_waiting, waiting).statistic),
        "bias_share": round(ratio - 1, 4),
        "error_share_once_scaled": round(float(np.sqrt((error**2).mean())), 4),
        "largest_error_share_once_scaled": round(float(np.abs(error).max()), 4),
    }


def _correlation(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
