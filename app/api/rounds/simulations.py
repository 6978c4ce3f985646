"""Travel per visit from simulated rounds over a zone plan: asked for as a job, read, and put into a rate card."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.api.dependencies import AppServices, require
from app.api.jobs.schemas import JobView
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.json_value import JsonObject
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.models import TravelSimulation
from app.storage.rounds import find_simulation, list_simulations
from app.usecases.rounds.rates import RatesFromRounds, draft_from_rounds, implied_beside_measured
from app.usecases.rounds.simulation import KIND, SimulationRequest, settled_simulation

router = APIRouter(prefix="/rounds/simulations", tags=["rounds"])
Planner = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]


class SimulationSummary(BaseModel):
    """A simulation without its figures."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    plan_id: int
    snapshot_id: int
    created_by: str
    created_at: datetime


class SimulationView(SimulationSummary):
    """What simulated rounds take, with what was asked and what made it."""

    parameters: JsonObject
    result: JsonObject = Field(
        description="`by` holds, for all, band, zone and length, what a carer's visit takes with its 95% interval."
    )
    provenance: JsonObject


class CardDrafted(BaseModel):
    """The rate card that was drafted."""

    rate_card_id: int
    basis: str
    pounds_per_hour: dict[str, float]


@router.post("", status_code=202)
def simulate_rounds(request: SimulationRequest, caller: Analyst, services: AppServices, response: Response) -> JobView:
    """Simulate rounds over a plan, as a job; its result names the simulation."""
    with services.database.read() as session:
        asked = settled_simulation(session, caller.council, request, drafts=caller.may(Permission.DRAFTS_READ))
    job = services.jobs.submit(KIND, asked, caller.council, caller.name)
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return JobView.model_validate(job)


@router.get("")
def list_round_simulations(
    caller: Planner, services: AppServices, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[SimulationSummary]:
    """List simulations, newest first."""
    with services.database.read() as session:
        rows = list_simulations(session, caller.council, limit, cursor_value(cursor, "id", int))
        return page_of(rows, limit, SimulationSummary.model_validate, lambda row: {"id": row.id})


@router.get("/{simulation_id}")
def get_simulation(simulation_id: int, caller: Planner, services: AppServices) -> SimulationView:
    """One simulation: travel, waiting and miles by band, zone and visit length, carbon, and what made it."""
    with services.database.read() as session:
        return SimulationView.model_validate(_find(session, caller, simulation_id))


@router.get("/{simulation_id}/prices")
def price_simulation(
    simulation_id: int,
    caller: Planner,
    services: AppServices,
    rate_card_id: Annotated[int | None, Query(description="The card in force when absent.")] = None,
) -> JsonObject:
    """What a card's prices imply about travel beside what the simulated rounds give, band by band."""
    with services.database.read() as session:
        found = _find(session, caller, simulation_id)
        drafts = caller.may(Permission.DRAFTS_READ)
        return implied_beside_measured(session, caller.council, found, rate_card_id, drafts=drafts)


@router.post("/{simulation_id}/rates", status_code=201)
def draft_rates_from_simulation(
    simulation_id: int, request: RatesFromRounds, caller: Analyst, services: AppServices, response: Response
) -> CardDrafted:
    """Draft a rate card with this travel in place of the assumed; the card says which it used."""
    with services.database.write() as session:
        found = _find(session, caller, simulation_id)
        made = draft_from_rounds(
            session, caller.council, found, request, caller.name, drafts=caller.may(Permission.DRAFTS_READ)
        )
        drafted = CardDrafted(**made)
    response.headers["location"] = f"/v1/rate-cards/{drafted.rate_card_id}"
    return drafted


def _find(session: Session, caller: Principal, simulation_id: int) -> TravelSimulation:
    found = find_simulation(session, caller.council, simulation_id)
    if found is None:
        raise not_found("simulation", simulation_id)
    return found
