"""Figures of a demand snapshot: totals by group, as an audience may see them, and changes."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app.problems import Problem, not_found
from app.storage.decisions import bands_of_run, find, published, zone_of_areas, zones_of_plan
from app.storage.demand import current_snapshot, find_snapshot, load_packages
from app.storage.models import BandRun, DemandSnapshot, ZonePlan
from app.usecases.demand.gate import INSIDE, Audience, demand_of_snapshot
from geo.demand import in_force
from geo.demand_changes import compare


def snapshot_or_current(
    session: Session, council: str, snapshot_id: int | None, audience: Audience = INSIDE
) -> DemandSnapshot:
    """The snapshot asked for, or the newest that stands; those without exact figures see the newest alone.

    Raises:
        Problem: there is none, or it is an older one and not for this audience.
    """
    if not audience.exact and snapshot_id is not None:
        newest = current_snapshot(session, council)
        if newest is None or newest.id != snapshot_id:
            raise Problem(
                403,
                "not-permitted",
                "Not permitted",
                "Figures of another snapshot than the current one need the permission demand:exact: what changes from "
                "one to the next would point to people.",
                permission="demand:exact",
            )
    if snapshot_id is not None:
        row = find_snapshot(session, council, snapshot_id)
        if row is None:
            raise not_found("snapshot", snapshot_id)
        return row
    row = current_snapshot(session, council)
    if row is None:
        raise Problem(409, "nothing-published", "No demand loaded", "Load a snapshot of care packages first.")
    return row


def labels(
    session: Session, council: str, by: list[str], plan_id: int | None = None, *, drafts: bool = True
) -> dict[str, dict[str, str]]:
    """Band and zone name by area, for the groupings that need them.

    Raises:
        Problem: nothing is published, or the plan is not there for this caller.
    """
    found: dict[str, dict[str, str]] = {}
    if "band" in by:
        run = published(session, BandRun, council)
        if run is None:
            raise Problem(409, "nothing-published", "No bands published", "Publish a classification first.")
        found["bands"] = bands_of_run(session, run.id)
    if "zone" in by:
        plan = find(session, ZonePlan, council, plan_id) if plan_id else published(session, ZonePlan, council)
        if plan_id and (plan is None or (plan.status != "published" and not drafts)):
            raise not_found("plan", plan_id)
        if plan is None:
            raise Problem(409, "nothing-published", "No plan published", "Publish a zone plan first.")
        names = {zone.number: zone.name for zone in zones_of_plan(session, plan.id)}
        found["zones"] = {area: names[number] for area, number in zone_of_areas(session, plan.id).items()}
    return found


def snapshot_totals(
    session: Session,
    council: str,
    snapshot: DemandSnapshot,
    by: list[str],
    *,
    plan_id: int | None = None,
    drafts: bool = True,
    audience: Audience = INSIDE,
) -> list[dict[str, Any]]:
    """Totals of the packages in force on the snapshot's day, one row a group.

    Args:
        session: A read session.
        council: Whose.
        snapshot: Which.
        by: ``band``, ``zone``, ``service_type``, ``provider``, ``area_id``; up to two.
        plan_id: Zones of this plan; the published one when None.
        drafts: Whether the caller may see plans that are not published.
        audience: Whom they are for.
    """
    found = labels(session, council, by, plan_id, drafts=drafts)
    demand = demand_of_snapshot(session, snapshot, audience)
    return rows_of(demand.totals(by, bands=found.get("bands"), zones=found.get("zones")))


def compare_snapshots(
    session: Session, council: str, before: DemandSnapshot, after: DemandSnapshot, by: list[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What changed between two snapshots, in all and by group."""
    changes = compare(
        in_force(load_packages(session, before.id), before.taken_on),
        in_force(load_packages(session, after.id), after.taken_on),
    )
    found = labels(session, council, by)
    table = changes.by(by, bands=found.get("bands"), zones=found.get("zones"))
    summary = {name: _plain(value) for name, value in changes.summary().items()}
    return summary, rows_of(table)


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as JSON rows; what is missing is null."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if not math.isfinite(value) else round(value, 4)
    return None if value is pd.NA else value
