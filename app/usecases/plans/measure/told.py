"""What a plan says of itself to an audience: its report and what made it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.storage.demand import find_snapshot
from app.storage.models import ZonePlan
from app.usecases.demand.gate import Audience, demand_of_snapshot

OF_THE_MAP = (
    "note",
    "parted_neighbours",
    "natural_areas_cut",
    "natural_areas_cut_names",
    "border_pounds_per_year",
    "pieces_of_zones",
    "zones_in_pieces",
    "zones_in_pieces_as_drawn",
)
"""Parts of a report that say nothing of demand."""

OF_DEMAND = (
    "travel_pounds_per_year",
    "paid_travel_hours_per_year",
    "miles_per_year",
    "mileage_pounds_per_year",
    "kg_co2_per_year",
    "decided_by_the_plan_pounds_per_year",
    "paid_travel_minutes_per_visit",
    "miles_per_visit",
    "objective_pounds_per_year",
)
"""Figures of the whole county that are told in whole steps. What is named in neither list stays inside the council."""

OF_MAKING = ("code_version", "made_at", "dataset", "seed", "travel_model", "job_id")


def report_for(session: Session, plan: ZonePlan, audience: Audience) -> dict[str, Any]:
    """A plan's report as an audience may see it."""
    if audience.exact:
        return plan.report
    told = {name: plan.report[name] for name in OF_THE_MAP if name in plan.report}
    snapshot = None if plan.snapshot_id is None else find_snapshot(session, plan.council, plan.snapshot_id)
    if snapshot is None:
        return told
    demand = demand_of_snapshot(session, snapshot, audience)
    known = {name: plan.report[name] for name in OF_DEMAND if isinstance(plan.report.get(name), int | float)}
    return told | {name: demand.figure(name, float(value)) for name, value in known.items()}


def provenance_for(plan: ZonePlan, audience: Audience) -> dict[str, Any]:
    """What made a plan as an audience may see it: of the demand its number and day only."""
    if audience.exact:
        return plan.provenance
    told = {name: plan.provenance[name] for name in OF_MAKING if name in plan.provenance}
    snapshot = plan.provenance.get("snapshot")
    if snapshot:
        told["snapshot"] = {name: snapshot.get(name) for name in ("id", "taken_on", "synthetic")}
    return told
