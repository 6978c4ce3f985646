"""Stored plans as they are edited and measured: their zones, priorities and demand; and copies of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.decisions import save_plan, zone_of_areas, zones_of_plan
from app.storage.demand import find_snapshot
from app.storage.models import ZonePlan
from app.storage.plan_proofs import copy_proof
from app.storage.provenance import made_from
from app.usecases.plans.measure.checks import DEFAULT_TOLERANCE
from app.usecases.plans.measure.costs import Priorities
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.places import with_natural_areas, with_neighbours
from app.usecases.plans.measure.prices import TravelTerms
from app.usecases.plans.measure.rules import PlanRules
from geo.plans.editing import Draft, ZoneRow


def row_of(zone: Any) -> ZoneRow:
    """A stored zone without its shape."""
    return ZoneRow(zone.number, zone.name, zone.tier, zone.target_hours_per_week, zone.base_area_id)


def draft_of(session: Session, plan: ZonePlan) -> Draft:
    """A stored plan as the domain edits it."""
    return Draft(tuple(row_of(zone) for zone in zones_of_plan(session, plan.id)), zone_of_areas(session, plan.id))


def labels_of(inputs: PlanInputs, draft: Draft) -> Any:
    """(n,) position in the draft's zones of each area's zone."""
    return inputs.labels(dict(draft.zone_of), [zone.number for zone in draft.zones])


def judged_by(plan: ZonePlan) -> tuple[Priorities, float]:
    """The priorities and tolerance a plan was drawn with; those of any plan where it was not drawn."""
    given = plan.parameters.get("priorities")
    priorities = Priorities.model_validate(given) if given else Priorities()
    return priorities, float(plan.parameters.get("tolerance_share", DEFAULT_TOLERANCE))


def inputs_of(session: Session, council: str, plan: ZonePlan, settings: Settings) -> PlanInputs:
    """What a plan is measured on: the demand and prices it was made with where they stand, otherwise today's."""
    terms = TravelTerms.model_validate(plan.parameters["travel"]) if plan.parameters.get("travel") else None
    snapshot_id = standing_snapshot(session, council, plan)
    inputs = plan_inputs(session, council, settings, snapshot_id=snapshot_id, terms=terms)
    return judged_like(plan, on_own_ground(plan, inputs))


def on_own_ground(plan: ZonePlan, inputs: PlanInputs) -> PlanInputs:
    """The county with the barriers and crossings that a plan was drawn with: what its zones hang together by."""
    given = [[(str(a), str(b)) for a, b in plan.parameters.get(name) or ()] for name in ("barriers", "crossings")]
    return with_neighbours(inputs, given[0], given[1])


def judged_like(plan: ZonePlan, inputs: PlanInputs) -> PlanInputs:
    """The county with the natural areas that a plan was asked for, where it was, in place of its settlements."""
    given = plan.parameters.get("natural_areas")
    return with_natural_areas(inputs, PlanRules(natural_areas=given)) if given else inputs


def standing_snapshot(session: Session, council: str, plan: ZonePlan) -> int | None:
    """The snapshot a plan was made on, unless it was withdrawn."""
    snapshot = find_snapshot(session, council, plan.snapshot_id) if plan.snapshot_id is not None else None
    return snapshot.id if snapshot is not None and snapshot.withdrawn_at is None else None


def copy_plan(session: Session, council: str, plan: ZonePlan, name: str, actor: str) -> ZonePlan:
    """A new draft with the zones of any plan."""
    zones = zones_of_plan(session, plan.id)
    made = save_plan(
        session,
        council,
        name=name,
        method="copied",
        snapshot_id=plan.snapshot_id,
        zones=[asdict(row_of(zone)) for zone in zones],
        polygons=[zone.polygon for zone in zones],
        zone_of_area=zone_of_areas(session, plan.id),
        parameters={**plan.parameters, "copied_from_plan_id": plan.id},
        report=plan.report,
        provenance={**made_from(session), "copied_from": {"plan_id": plan.id, "provenance": plan.provenance}},
        actor=actor,
    )
    copy_proof(session, plan.id, made.id)
    return made


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
    """What each figure of ``after`` is over that of ``before``."""
    return {
        name: round(float(after[name]) - float(value), 6)
        for name, value in before.items()
        if isinstance(value, int | float) and isinstance(after.get(name), int | float)
    }
