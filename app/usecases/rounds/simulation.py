"""Rounds simulated over a zone plan, as a job: travel per visit by band, zone and visit length, with what made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.problems import Problem, invalid_input, not_found
from app.settings import Settings
from app.storage.database import Database
from app.storage.decisions import find, made_by_job, note_job, published, zones_of_plan
from app.storage.models import TravelSimulation, ZonePlan
from app.storage.provenance import made_from
from app.storage.rounds import save_simulation
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.rounds.packages import plan_demand
from app.usecases.travel.roads import travel_model
from routing.rounds import DayError, PerVisit
from routing.rounds.carbon import kg_co2e_per_mile, scenarios
from routing.rounds.simulate import Sampling, Simulation, planned_days, summed
from routing.rounds.simulate_visits import DAYS_A_WEEK, demand_table
from routing.rounds.workforce import SYNTHETIC_NOTE

KIND = "simulate-rounds"
Report = Callable[[float, str], None]


class SampledRounds(BaseModel):
    """How many rounds are planned, and how long each is searched."""

    days: int = Field(default=5, ge=1, le=28, description="Sampled days; two or more give intervals.")
    providers_per_zone: int = Field(default=3, ge=1, le=50, description="Providers that share each zone's packages.")
    planned_per_zone: int | None = Field(
        default=1,
        ge=1,
        le=50,
        description="Of them, planned on each sampled day; they stand for the others. All when null.",
    )
    seconds_per_round: float = Field(default=60, ge=0.5, le=300, description="Longest search for one provider's day.")
    solutions_per_round: int | None = Field(
        default=5,
        ge=1,
        le=1_000,
        description="Stop each search after so many solutions: the same request then gives the same figures wherever "
        "the seconds suffice. Null searches for the seconds.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1)

    def sampling(self, monday: date) -> Sampling:
        """The same as the domain takes it, from a Monday on."""
        return Sampling(
            monday=monday,
            days=self.days,
            providers_per_zone=self.providers_per_zone,
            planned_per_zone=self.planned_per_zone,
            seconds_per_round=self.seconds_per_round,
            solution_limit=self.solutions_per_round,
            seed=self.seed,
        )


class SimulationRequest(SampledRounds):
    """What is to be simulated over which plan."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"zones": ["Bottesford"], "days": 2, "providers_per_zone": 1, "planned_per_zone": 1, "seed": 1}
            ]
        },
    )

    plan_id: int | None = Field(default=None, description="The plan; the published one when null.")
    snapshot_id: int | None = Field(default=None, description="Packages to visit; the current snapshot when null.")
    zones: tuple[str, ...] | None = Field(
        default=None, min_length=1, max_length=100, description="Only these zones, by name; all when null."
    )


def settled_simulation(
    session: Session, council: str, request: SimulationRequest, *, drafts: bool
) -> SimulationRequest:
    """The request with the plan and snapshot it means by number, so that the same request stays the same job.

    Raises:
        Problem: there is no such plan or zone, or nothing is loaded.
    """
    plan = plan_asked(session, council, request.plan_id, drafts=drafts)
    snapshot = snapshot_or_current(session, council, request.snapshot_id)
    names = {zone.name for zone in zones_of_plan(session, plan.id)}
    unknown = [name for name in request.zones or () if name not in names]
    if unknown:
        raise invalid_input(
            f"zones: {', '.join(unknown)} not in plan {plan.id}; expected some of {', '.join(sorted(names))}.",
            errors=[{"field": "body.zones", "message": "no such zone in the plan", "found": name} for name in unknown],
        )
    return request.model_copy(update={"plan_id": plan.id, "snapshot_id": snapshot.id})


def plan_asked(session: Session, council: str, plan_id: int | None, *, drafts: bool) -> ZonePlan:
    """The plan asked for, or the published one.

    Raises:
        Problem: there is none, or the caller may not see it.
    """
    plan: ZonePlan | None = (
        published(session, ZonePlan, council) if plan_id is None else find(session, ZonePlan, council, plan_id)
    )
    if plan is not None and (drafts or plan.status == "published"):
        return plan
    if plan_id is not None:
        raise not_found("plan", plan_id)
    raise Problem(409, "nothing-published", "No plan published", "Publish a zone plan first.")


def simulate_plan(
    database: Database,
    council: str,
    request: SimulationRequest,
    settings: Settings,
    report: Report = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Simulate and return what :func:`app.storage.rounds.save_simulation` stores of it.

    Raises:
        Problem: nothing is loaded, no package has visits, or a place cannot be reached.
    """
    with database.read() as session:
        plan = plan_asked(session, council, request.plan_id, drafts=True)
        snapshot = snapshot_or_current(session, council, request.snapshot_id)
        demand = plan_demand(session, council, plan, snapshot, None if request.zones is None else list(request.zones))
        model = travel_model(settings)
        provenance = made_from(
            session,
            snapshot=snapshot,
            seed=request.seed,
            travel_model=model.version,
            plan={"id": plan.id, "name": plan.name},
            assumptions=f"rounds_demand {demand_table()['version']}: {demand_table()['source']}",
        )
        synthetic, plan_id, snapshot_id = snapshot.synthetic, plan.id, snapshot.id
    sampling = request.sampling(demand.monday)
    try:
        found = summed(planned_days(demand.packages, model, sampling, report), sampling)
    except DayError as error:
        raise JobProblem(
            "A place cannot be reached", "A package lies where no road leads on the roads loaded.", slug="infeasible"
        ) from error
    except ValueError as error:
        raise JobProblem(
            "Nothing to visit", "No package in force in these zones has visits a week.", slug="infeasible"
        ) from error
    return {
        "plan_id": plan_id,
        "snapshot_id": snapshot_id,
        "parameters": request.model_dump(mode="json"),
        "result": simulation_document(found)
        | {
            "packages": len(demand.packages),
            "packages_without_visits": demand.without_visits,
            "demand_is_synthetic": synthetic,
            "workforce": SYNTHETIC_NOTE,
            "carbon": [asdict(row) for row in scenarios(found.cycle_reach)],
        },
        "provenance": provenance,
    }


def simulation_document(found: Simulation) -> dict[str, Any]:
    """What simulated rounds take, as plain data."""
    return {
        "by": {
            name: [
                {"group": group, **_rounded(asdict(per_visit)), **_a_week(per_visit, len(found.days))}
                for group, per_visit in groups.items()
            ]
            for name, groups in found.by.items()
        },
        "days": [on.isoformat() for on in found.days],
        "provider_days": found.provider_days,
        "visits": found.visits,
        "unserved_visits": found.unserved_visits,
        "care_hours_per_week": round(found.care_minutes_per_week / 60, 2),
        "travel_hours_per_week": round(found.travel_minutes_per_week / 60, 2),
        "waiting_hours_per_week": round(found.waiting_minutes_per_week / 60, 2),
        "paid_hours_per_week": round(found.paid_minutes_per_week / 60, 2),
        "miles_per_week": round(found.miles_per_week, 2),
        "engine": found.engine,
        "travel_version": found.travel_version,
    }


def _a_week(per_visit: PerVisit, days: int) -> dict[str, float]:
    """A group's visits, miles and carbon in a week of the whole plan, every car an average petrol one."""
    visits = per_visit.carer_visits * DAYS_A_WEEK / days
    miles = visits * per_visit.miles.mean
    return {
        "carer_visits_per_week": round(visits, 1),
        "miles_per_week": round(miles, 2),
        "kg_co2e_per_week": round(miles * kg_co2e_per_mile("petrol_car"), 2),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value


@job_kind(KIND, SimulationRequest)
def run_simulation(context: JobContext, request: SimulationRequest) -> dict[str, Any]:
    """Simulate rounds over a plan and keep what they take."""
    made = simulate_plan(context.database, context.council, request, context.settings, context.progress)
    simulation_id = context.step(
        "store", store_simulation, context.database, context.council, made, context.requested_by, context.job_id
    )
    result = made["result"]
    return {
        "simulation_id": simulation_id,
        "provider_days": result["provider_days"],
        "visits": result["visits"],
        "unserved_visits": result["unserved_visits"],
        "all": result["by"]["all"][0],
    }


def store_simulation(database: Database, council: str, made: dict[str, Any], actor: str, job_id: str | None) -> int:
    """Keep a simulation; for the same job only once."""
    with database.write() as session:
        known = made_by_job(session, TravelSimulation, council, job_id)
        if known is not None:
            return known
        parts = {**made, "provenance": {**made["provenance"], **({"job_id": job_id} if job_id else {})}}
        return note_job(session, save_simulation(session, council, **parts, actor=actor), job_id)
