"""Drafts changed by hand: copied, edited, undone, done again, with the history of every plan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AppServices
from app.api.plans.access import Analyst, PlanSummary, seen_plan
from app.json_value import JsonObject
from app.storage.plan_edits import plan_history
from app.usecases.plans.edit.editing import EditRequest, edit_list, edit_plan
from app.usecases.plans.edit.undo import StepRequest, redo_edit, undo_edit
from app.usecases.plans.measure.stored import copy_plan

router = APIRouter()


class PlanCopy(BaseModel):
    """What to call a copy."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Variant B"}]})

    name: str = Field(min_length=1, max_length=120)


class BrokenRule(BaseModel):
    """A rule that the plan breaks as it stands."""

    rule: str
    zone_number: int | None = Field(description="Null where it is the whole plan that breaks it.")
    detail: str
    areas: list[str] = Field(description="The areas concerned, such as those cut off from the rest of the zone.")
    remedy: str = Field(description="What would help.")


class ZoneChecked(BaseModel):
    """One zone of an edited plan."""

    number: int
    name: str
    tier: str | None
    areas: int
    hours_per_week: float
    target_hours_per_week: float | None
    deviation_share: float | None
    pieces: int = Field(description="1 for a contiguous zone.")
    pieces_as_drawn: int = Field(description="Pieces on the map: more than `pieces` where water parts a zone.")
    base_area_id: str
    base: str = Field(description="The town or village of the base.")


class EditBound(BaseModel):
    """The least that any plan that keeps its rules can cost, as it was proven when the plan was drawn."""

    least_possible_pounds_per_year: float | None = Field(
        description="Null where nothing was proven for zones that are meant to hold these hours."
    )
    above_it_pounds_per_year: float | None = Field(
        description="What this plan costs over it; a plan that breaks rules may be under it."
    )
    gap_share: float | None = Field(
        description="Share of its cost that could be saved at most; null while it breaks a rule."
    )


class EditOutcome(BaseModel):
    """What an edit does to a plan: its rules, its zones, and its figures before and after."""

    plan_id: int
    kept: bool
    edit: int | None = Field(description="Number of the edit made, undone or done again; null when it was only tried.")
    last_edit: int = Field(description="Send it as `after_edit` with the next edit; 0 when none stands.")
    can_undo: bool
    can_redo: bool
    areas_moved: int
    broken_rules: list[BrokenRule]
    zones: list[ZoneChecked]
    before: JsonObject
    after: JsonObject
    change: dict[str, float]
    bound: EditBound


class EditView(BaseModel):
    """One edit of a plan."""

    number: int
    status: str = Field(description="made, undone, or discarded: undone and then overtaken by another edit.")
    note: str | None
    operations: list[JsonObject]
    areas_moved: int
    made_by: str
    made_at: datetime


class HistoryEntry(BaseModel):
    """One thing done to a plan."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    actor: str
    action: str
    before: JsonObject | None
    after: JsonObject | None


@router.post("/{plan_id}/copy", status_code=201)
def copy_plan_to_draft(
    plan_id: int, request: PlanCopy, caller: Analyst, services: AppServices, response: Response
) -> PlanSummary:
    """Copy any plan, retired ones too, into a new draft."""
    with services.database.write() as session:
        made = copy_plan(session, caller.council, seen_plan(session, caller, plan_id), request.name, caller.name)
        view = PlanSummary.model_validate(made)
    response.headers["location"] = f"/v1/plans/{view.id}"
    return view


@router.post("/{plan_id}/edits")
def edit_draft_plan(
    plan_id: int, request: Annotated[EditRequest, Body()], caller: Analyst, services: AppServices
) -> EditOutcome:
    """Move areas, split, merge, rename zones, or set tiers: all the steps, or none.

    The answer has the live checks: which zones are in pieces or out of balance, what the plan costs a year, part by
    part, before and after. With `keep: false` any plan may be tried; with `keep: true` it must be a draft.
    """
    if not request.keep:
        with services.database.read() as session:
            plan = seen_plan(session, caller, plan_id)
            tried = edit_plan(session, caller.council, plan, request, services.settings, caller.name)
        return EditOutcome.model_validate(tried)
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        done = edit_plan(session, caller.council, plan, request, services.settings, caller.name)
    return EditOutcome.model_validate(done)


@router.get("/{plan_id}/edits")
def list_plan_edits(plan_id: int, caller: Analyst, services: AppServices) -> list[EditView]:
    """Every edit of a plan, newest first, undone ones too."""
    with services.database.read() as session:
        return [EditView(**row) for row in edit_list(session, seen_plan(session, caller, plan_id))]


@router.post("/{plan_id}/edits/undo")
def undo_plan_edit(
    plan_id: int, caller: Analyst, services: AppServices, request: Annotated[StepRequest | None, Body()] = None
) -> EditOutcome:
    """Take back the last edit that stands. With `after_edit`, or `edit`, only where nobody edited meanwhile."""
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        asked = request or StepRequest()
        done = undo_edit(session, caller.council, plan, asked, services.settings, caller.name)
    return EditOutcome.model_validate(done)


@router.post("/{plan_id}/edits/redo")
def redo_plan_edit(
    plan_id: int, caller: Analyst, services: AppServices, request: Annotated[StepRequest | None, Body()] = None
) -> EditOutcome:
    """Do again the edit taken back last. With `after_edit`, or `edit`, only where nobody edited meanwhile."""
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        asked = request or StepRequest()
        done = redo_edit(session, caller.council, plan, asked, services.settings, caller.name)
    return EditOutcome.model_validate(done)


@router.get("/{plan_id}/history")
def get_plan_history(plan_id: int, caller: Analyst, services: AppServices) -> list[HistoryEntry]:
    """What was done to a plan and by whom, oldest first: made, edited, put forward, published, retired."""
    with services.database.read() as session:
        seen_plan(session, caller, plan_id)
        return [HistoryEntry.model_validate(entry) for entry in plan_history(session, caller.council, plan_id)]
