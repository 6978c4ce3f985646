"""A plan parted along the lines of proposals for new councils."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from app.api.dependencies import AppServices
from app.api.plans.access import Analyst, seen_plan
from app.usecases.reorganisation.proposals import ReorganisationRequest
from app.usecases.reorganisation.reorganise import reorganise
from app.usecases.reorganisation.report import ReorganisationReport

router = APIRouter()


@router.post("/{plan_id}/reorganisation")
def part_plan_among_new_councils(
    plan_id: int, request: Annotated[ReorganisationRequest, Body()], caller: Analyst, services: AppServices
) -> ReorganisationReport:
    """Part a plan, its packages, the rate card and contracts along the line of each proposal.

    Each side has its hours, packages, people and pounds a year, and what a council there would publish: zones, bands
    with their rates, and the providers it would take over. Zones that the line cuts have their figures on each side.
    Districts of a proposal that this council does not hold are named, and nothing of them is counted. Nothing is kept.
    """
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        return reorganise(session, caller.council, plan, request, services.settings, services.audience(caller))
