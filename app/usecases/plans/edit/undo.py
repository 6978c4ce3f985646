"""Edits of a draft taken back and done again, unless somebody else edited it meanwhile."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.models import ZonePlan
from app.storage.plan_edits import hold_plan, note_edit, to_redo, to_undo
from app.usecases.plans.edit.bench import bench_of
from app.usecases.plans.edit.editing import not_edited_since, only_drafts, outcome
from app.usecases.plans.measure.stored import draft_of
from geo.plans.editing import Draft, ZoneRow


class StepRequest(BaseModel):
    """What somebody who undoes or does again knows of the plan: with it, what another did meanwhile is left alone."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"after_edit": 3, "edit": 3}]})

    after_edit: int | None = Field(
        default=None, ge=0, description="Number of the last edit you know of, 0 for none: 409 if there is a newer one."
    )
    edit: int | None = Field(
        default=None, ge=1, description="Number of the edit you mean to take back or do again: 409 if it is another."
    )


def undo_edit(
    session: Session, council: str, plan: ZonePlan, request: StepRequest, settings: Settings, actor: str
) -> dict[str, Any]:
    """Take back the edit made last of those that stand.

    Raises:
        Problem: the plan is no draft, was edited by somebody else meanwhile, or there is nothing to take back.
    """
    return _step(session, council, plan, request, settings, actor, back=True)


def redo_edit(
    session: Session, council: str, plan: ZonePlan, request: StepRequest, settings: Settings, actor: str
) -> dict[str, Any]:
    """Do again the edit taken back last.

    Raises:
        Problem: the plan is no draft, was edited by somebody else meanwhile, or there is nothing to do again.
    """
    return _step(session, council, plan, request, settings, actor, back=False)


def _step(
    session: Session,
    council: str,
    plan: ZonePlan,
    request: StepRequest,
    settings: Settings,
    actor: str,
    *,
    back: bool,
) -> dict[str, Any]:
    hold_plan(session, plan)
    only_drafts(plan)
    not_edited_since(session, plan, request.after_edit)
    edit = to_undo(session, plan.id) if back else to_redo(session, plan.id)
    if edit is None:
        raise Problem(409, "conflict", "Nothing to do", f"Plan {plan.id} has no edit to {'undo' if back else 'redo'}.")
    if request.edit is not None and request.edit != edit.number:
        raise Problem(
            409,
            "conflict",
            "Edited meanwhile",
            f"The edit of plan {plan.id} to {'undo' if back else 'redo'} is {edit.number}, not {request.edit}.",
            edit=edit.number,
        )
    bench = bench_of(session, council, plan, settings)
    before = draft_of(session, plan)
    rows = edit.zones_before if back else edit.zones_after
    which = 0 if back else 1
    zone_of = {**before.zone_of, **{area: int(pair[which]) for area, pair in edit.moved.items()}}
    after = Draft(tuple(ZoneRow(**row) for row in rows), zone_of)
    edit.status = "undone" if back else "made"
    note_edit(session, plan, edit, "undo" if back else "redo", actor)
    return outcome(session, plan, bench, before, after, edit)
