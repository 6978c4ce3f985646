"""Drafts changed by hand: each edit kept with what it takes to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.models import AuditEntry, Zone, ZoneArea, ZonePlan, ZonePlanEdit
from app.storage.state import hold_council

AREAS_AT_A_TIME = 500
"""Named in one statement; databases take so many values and more."""


def hold_plan(session: Session, plan: ZonePlan) -> None:
    """Wait for whoever else changes the council's plans, then see this one as they left it."""
    session.flush()
    hold_council(session, plan.council)
    session.refresh(plan, ["status", "report", "name"])


def replace_zones(
    session: Session,
    plan: ZonePlan,
    zones: Sequence[Mapping[str, Any]],
    polygons: Sequence[BaseGeometry],
    zone_of_area: Mapping[str, int],
) -> None:
    """Put zones and their areas in place of those a plan had."""
    session.execute(delete(ZoneArea).where(ZoneArea.plan_id == plan.id))
    session.execute(delete(Zone).where(Zone.plan_id == plan.id))
    insert_zones(session, plan.id, zones, polygons, zone_of_area)


def change_zones(
    session: Session,
    plan: ZonePlan,
    zones: Sequence[Mapping[str, Any]],
    polygons: Mapping[int, BaseGeometry],
    moved: Mapping[str, int],
) -> None:
    """Store a plan whose zones keep their numbers and names: what they are meant to hold, and the areas that moved.

    Args:
        session: A write session.
        plan: Whose zones.
        zones: Those that changed, as they are now.
        polygons: The ground of those that gained or lost some, by number.
        moved: Number of its new zone for each area that moved.
    """
    for zone in zones:
        ground = {"polygon": polygons[zone["number"]]} if zone["number"] in polygons else {}
        session.execute(
            update(Zone).where(Zone.plan_id == plan.id, Zone.number == zone["number"]).values({**zone, **ground})
        )
    for number in sorted(set(moved.values())):
        areas = [area for area, zone in moved.items() if zone == number]
        for at in range(0, len(areas), AREAS_AT_A_TIME):
            some = ZoneArea.area_id.in_(areas[at : at + AREAS_AT_A_TIME])
            session.execute(update(ZoneArea).where(ZoneArea.plan_id == plan.id, some).values(zone_number=number))


def insert_zones(
    session: Session,
    plan_id: int,
    zones: Sequence[Mapping[str, Any]],
    polygons: Sequence[BaseGeometry],
    zone_of_area: Mapping[str, int],
) -> None:
    """Store the zones and areas of a plan that has none."""
    session.execute(
        insert(Zone),
        [{**zone, "plan_id": plan_id, "polygon": polygon} for zone, polygon in zip(zones, polygons, strict=True)],
    )
    session.execute(
        insert(ZoneArea),
        [
            {"plan_id": plan_id, "area_id": area_id, "zone_number": int(number)}
            for area_id, number in zone_of_area.items()
        ],
    )


def edits_of(session: Session, plan_id: int) -> list[ZonePlanEdit]:
    """Every edit of a plan, oldest first."""
    return list(
        session.scalars(select(ZonePlanEdit).where(ZonePlanEdit.plan_id == plan_id).order_by(ZonePlanEdit.number))
    )


def to_undo(session: Session, plan_id: int) -> ZonePlanEdit | None:
    """The edit made last of those that stand; None when there is none."""
    return _one(session, plan_id, "made", newest=True)


def to_redo(session: Session, plan_id: int) -> ZonePlanEdit | None:
    """The edit undone last; None when there is none."""
    return _one(session, plan_id, "undone", newest=False)


def _one(session: Session, plan_id: int, status: str, *, newest: bool) -> ZonePlanEdit | None:
    order = ZonePlanEdit.number.desc() if newest else ZonePlanEdit.number
    return session.scalars(
        select(ZonePlanEdit).where(ZonePlanEdit.plan_id == plan_id, ZonePlanEdit.status == status).order_by(order)
    ).first()


def add_edit(
    session: Session,
    plan: ZonePlan,
    *,
    operations: list[Any],
    moved: dict[str, Any],
    zones_before: list[Any],
    zones_after: list[Any],
    note: str | None,
    actor: str,
) -> ZonePlanEdit:
    """Keep an edit; those undone before it can no longer be done again."""
    for gone in session.scalars(
        select(ZonePlanEdit).where(ZonePlanEdit.plan_id == plan.id, ZonePlanEdit.status == "undone")
    ):
        gone.status = "discarded"
    newest = session.scalar(select(func.max(ZonePlanEdit.number)).where(ZonePlanEdit.plan_id == plan.id)) or 0
    edit = ZonePlanEdit(
        plan_id=plan.id,
        number=newest + 1,
        status="made",
        note=note,
        operations=operations,
        moved=moved,
        zones_before=zones_before,
        zones_after=zones_after,
        made_by=actor,
        made_at=datetime.now(UTC),
    )
    session.add(edit)
    session.flush()
    return edit


def note_edit(session: Session, plan: ZonePlan, edit: ZonePlanEdit, verb: str, actor: str) -> None:
    """Write an edit, or its undoing, into the audit log."""
    record(
        session,
        council=plan.council,
        actor=actor,
        action=f"zone_plan.{verb}",
        entity="zone_plan",
        entity_id=plan.id,
        before={"zones": len(edit.zones_before)},
        after={
            "edit": edit.number,
            "operations": [operation["do"] for operation in edit.operations],
            "areas_moved": len(edit.moved),
            "zones": len(edit.zones_after),
            "note": edit.note,
        },
    )


def plan_history(session: Session, council: str, plan_id: int) -> list[AuditEntry]:
    """What was done to a plan, oldest first: made, renamed, edited, put forward, published, retired."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(
                AuditEntry.council == council,
                AuditEntry.entity == "zone_plan",
                AuditEntry.entity_id == str(plan_id),
            )
            .order_by(AuditEntry.id)
        )
    )
