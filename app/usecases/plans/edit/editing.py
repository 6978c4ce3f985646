"""Editing drafts: steps applied and checked, kept or only tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.models import ZonePlan, ZonePlanEdit
from app.storage.plan_edits import (
    add_edit,
    change_zones,
    edits_of,
    hold_plan,
    note_edit,
    replace_zones,
    to_redo,
    to_undo,
)
from app.usecases.plans.edit.bench import Bench, bench_of
from app.usecases.plans.edit.gathering import gathered
from app.usecases.plans.edit.halving import halved
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.stored import difference, draft_of, labels_of
from geo.plans.editing import Draft, EditError, Operation, edited
from geo.zoning.plan.boundaries import merge_clean


class EditRequest(BaseModel):
    """Steps to take on a draft, together or not at all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"operations": [{"do": "rename", "zone": 1, "name": "North"}], "keep": False}]},
    )

    operations: list[Operation] = Field(min_length=1, max_length=200)
    keep: bool = Field(default=True, description="False only tries the steps: the answer shows what would follow.")
    after_edit: int | None = Field(
        default=None, ge=0, description="Number of the last edit you know of, 0 for none: 409 if there is a newer one."
    )
    note: str | None = Field(default=None, max_length=500, description="Why, for the history.")


def edit_plan(
    session: Session, council: str, plan: ZonePlan, request: EditRequest, settings: Settings, actor: str
) -> dict[str, Any]:
    """Take steps on a draft and say what they do: figures before and after, and every rule broken.

    A plan that breaks a rule is kept all the same: a draft on its way may be out of balance, and the answer says so.

    Raises:
        Problem: the plan is no draft, was edited by somebody else meanwhile, or a step cannot be taken.
    """
    if request.keep:
        hold_plan(session, plan)
        only_drafts(plan)
    not_edited_since(session, plan, request.after_edit)
    bench = bench_of(session, council, plan, settings)
    inputs = bench.inputs
    before = draft_of(session, plan)
    try:
        after = edited(
            before,
            request.operations,
            areas_of_settlement=_settlements(inputs),
            halve=lambda members: halved(inputs, members),
            gather=lambda draft, zone: gathered(inputs, draft, zone),
            hours=dict(zip(inputs.areas.ids.tolist(), inputs.travel.hours.tolist(), strict=True)),
        )
    except EditError as error:
        raise Problem(
            422,
            "invalid-input",
            "Cannot be done",
            f"{error}.",
            errors=[{"field": str(error).split(" ", 1)[0], "message": str(error)}],
        ) from error
    edit = None
    if request.keep:
        if after == before:
            said = "the steps leave the plan as it is: the areas are there and the zones are so already"
            raise Problem(422, "invalid-input", "Nothing to do", f"operations: {said}.")
        moved = {
            area: [before.zone_of[area], zone] for area, zone in after.zone_of.items() if before.zone_of[area] != zone
        }
        edit = add_edit(
            session,
            plan,
            operations=[operation.model_dump(mode="json", exclude_unset=True) for operation in request.operations],
            moved=moved,
            zones_before=[asdict(zone) for zone in before.zones],
            zones_after=[asdict(zone) for zone in after.zones],
            note=request.note,
            actor=actor,
        )
        note_edit(session, plan, edit, "edit", actor)
    return outcome(session, plan, bench, before, after, edit)


def not_edited_since(session: Session, plan: ZonePlan, after_edit: int | None) -> None:
    """Hold that nobody edited a plan after the edit that somebody knows of; None holds nothing.

    Raises:
        Problem: there is a newer edit; or the one known of was taken back.
    """
    last = to_undo(session, plan.id)
    number = last.number if last else 0
    if after_edit is not None and after_edit != number:
        raise Problem(
            409,
            "conflict",
            "Edited meanwhile",
            f"The last edit of plan {plan.id} is {number}, not {after_edit}.",
            last_edit=number,
        )


def only_drafts(plan: ZonePlan) -> None:
    """Hold that a plan may be edited.

    Raises:
        Problem: it is no draft.
    """
    if plan.status != "draft":
        raise Problem(
            409,
            "conflict",
            "Not a draft",
            f"Plan {plan.id} is {plan.status}; only drafts are edited. Take a candidate back, or copy the plan.",
        )


def outcome(
    session: Session, plan: ZonePlan, bench: Bench, before: Draft, after: Draft, edit: ZonePlanEdit | None
) -> dict[str, Any]:
    """What an edit does to a plan, which is stored where there is an edit: rules, zones, figures before and after."""
    checks = [bench.checks(draft) for draft in (before, after)]
    bound = _bound(plan.report.get("proof") or _proof(plan.report, before), after, checks[1])
    if edit is not None:
        _store(session, plan, bench, (before, after), checks[1])
    figures = [check["figures"] for check in checks]
    undo, redo = to_undo(session, plan.id), to_redo(session, plan.id)
    return {
        "plan_id": plan.id,
        "kept": edit is not None,
        "edit": edit.number if edit is not None else None,
        "last_edit": undo.number if undo else 0,
        "can_undo": undo is not None,
        "can_redo": redo is not None,
        "areas_moved": sum(before.zone_of[area] != zone for area, zone in after.zone_of.items()),
        "broken_rules": checks[1]["broken_rules"],
        "zones": checks[1]["zones"],
        "before": figures[0],
        "after": figures[1],
        "change": difference(figures[0], figures[1]),
        "bound": bound,
    }


def _store(
    session: Session, plan: ZonePlan, bench: Bench, drafts: tuple[Draft, Draft], checks: Mapping[str, Any]
) -> None:
    before, after = drafts
    bases = {row["number"]: row["base_area_id"] for row in checks["zones"]}
    rows = [{**asdict(zone), "base_area_id": bases[zone.number]} for zone in after.zones]
    moved = {area: zone for area, zone in after.zone_of.items() if before.zone_of.get(area) != zone}
    touched = {*moved.values(), *(before.zone_of[area] for area in moved)}
    if [(zone.number, zone.name) for zone in before.zones] == [(zone.number, zone.name) for zone in after.zones]:
        stood = {zone.number: asdict(zone) for zone in before.zones}
        changed = [row for row in rows if row["number"] in touched or row != stood[row["number"]]]
        change_zones(session, plan, changed, _shapes(bench, after, touched), moved)
    else:
        shapes = _shapes(bench, after, {zone.number for zone in after.zones})
        replace_zones(session, plan, rows, [shapes[zone.number] for zone in after.zones], dict(after.zone_of))
    proof = plan.report.get("proof") or _proof(plan.report, before)
    plan.report = {
        **checks["figures"],
        **_gap(proof, after, checks),
        "hours_by_zone": [row["hours_per_week"] for row in checks["zones"]],
        "broken_rules": checks["broken_rules"],
        "edited": True,
        "proof": proof,
    }


def _shapes(bench: Bench, draft: Draft, numbers: set[int]) -> dict[int, Any]:
    """The ground of some zones of a draft, by number."""
    wanted = np.isin([zone.number for zone in draft.zones], sorted(numbers))
    labels = labels_of(bench.inputs, draft)
    at = np.flatnonzero(wanted[labels])
    among = np.cumsum(wanted) - 1
    found = merge_clean(bench.ground[at], among[labels[at]], int(wanted.sum()))
    return dict(zip((zone.number for zone, yes in zip(draft.zones, wanted, strict=True) if yes), found, strict=True))


def _proof(report: Mapping[str, Any], draft: Draft) -> dict[str, Any] | None:
    """What was proven when the plan was drawn, and for which hours to aim at."""
    bound = report.get("least_possible_pounds_per_year")
    return None if bound is None else {"least_possible_pounds_per_year": bound, "targets": _targets(draft)}


def _gap(proof: Mapping[str, Any] | None, after: Draft, checks: Mapping[str, Any]) -> dict[str, Any]:
    """How much an edited plan can exceed the least possible: known while it aims at the same hours and keeps them."""
    if proof is None or checks["broken_rules"] or proof["targets"] != _targets(after):
        return {"least_possible_pounds_per_year": None, "gap_share": None}
    bound, pounds = float(proof["least_possible_pounds_per_year"]), checks["figures"]["objective_pounds_per_year"]
    return {
        "least_possible_pounds_per_year": bound,
        "gap_share": max(0.0, (pounds - bound) / pounds) if pounds > 0 else 0.0,
    }


def _bound(proof: Mapping[str, Any] | None, after: Draft, checks: Mapping[str, Any]) -> dict[str, Any]:
    """The least that a plan of these zones can cost where it keeps its rules, and how far this one is from it."""
    least = proof["least_possible_pounds_per_year"] if proof and proof["targets"] == _targets(after) else None
    pounds = float(checks["figures"]["objective_pounds_per_year"])
    return {
        "least_possible_pounds_per_year": least,
        "above_it_pounds_per_year": None if least is None else round(pounds - float(least), 2),
        "gap_share": _gap(proof, after, checks)["gap_share"],
    }


def _targets(draft: Draft) -> list[float | None]:
    return [zone.target_hours_per_week for zone in draft.zones]


def edit_list(session: Session, plan: ZonePlan) -> list[dict[str, Any]]:
    """Every edit of a plan, newest first."""
    return [
        {
            "number": edit.number,
            "status": edit.status,
            "note": edit.note,
            "operations": edit.operations,
            "areas_moved": len(edit.moved),
            "made_by": edit.made_by,
            "made_at": edit.made_at,
        }
        for edit in reversed(edits_of(session, plan.id))
    ]


def _settlements(inputs: PlanInputs) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {name: [] for name in inputs.natural_names}
    for area, number in zip(inputs.areas.ids.tolist(), inputs.natural.tolist(), strict=True):
        if number >= 0:
            held[inputs.natural_names[number]].append(area)
    return held
