"""Stored plans as they are edited and measured: their zones, priorities and demand; and copies of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.decisions import save_plan, zone_of_areas, zones_of_plan
from app.storage.demand import find_snapshot
from app.storage.models import ZonePlan
from app.storage.plan_proofs import copy_proof, proof_of
from app.storage.provenance import made_from
from app.usecases.plans.measure.checks import DEFAULT_TOLERANCE
from app.usecases.plans.measure.costs import Priorities, measured_plan
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.prices import TravelTerms
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.rules.table import PlanRules, joined, judged
from app.usecases.plans.measure.rules.wanted import ZoneWanted
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


@dataclass(frozen=True, slots=True)
class Promised:
    """What a stored plan was asked to be.

    Attributes:
        rules: The rules it is to keep.
        wanted: The zones it was drawn with, by which its rules call them; none where nobody named any.
        priorities: What else it is judged by.
        tolerance: Largest deviation from a target, as a share of it.
    """

    rules: PlanRules
    wanted: Sequence[ZoneWanted]
    priorities: Priorities
    tolerance: float


def promised(session: Session, plan: ZonePlan) -> Promised:
    """What a plan was asked to be when it was drawn or imported; what any plan is where nobody asked for more."""
    rules = rules_of(plan)
    kept = proof_of(session, plan.id)
    wanted = [ZoneWanted.model_validate(zone) for zone in kept["wanted"]] if kept else list(rules.wanted or ())
    return Promised(rules, wanted, *judged_by(plan))


def rules_of(plan: ZonePlan) -> PlanRules:
    """The rules a plan was drawn or imported with."""
    return PlanRules.model_validate({k: v for k, v in plan.parameters.items() if k in PlanRules.model_fields})


def judged_by(plan: ZonePlan) -> tuple[Priorities, float]:
    """The priorities and tolerance a plan was drawn with; those of any plan where it was not drawn."""
    given = plan.parameters.get("priorities")
    priorities = Priorities.model_validate(given) if given else Priorities()
    return priorities, float(plan.parameters.get("tolerance_share", DEFAULT_TOLERANCE))


def inputs_of(session: Session, council: str, plan: ZonePlan, settings: Settings) -> PlanInputs:
    """What a plan is measured on: the demand and prices it was made with where they stand, otherwise today's."""
    return judged_like(plan, on_own_ground(plan, county_of(session, council, plan, settings)))


def county_of(session: Session, council: str, plan: ZonePlan, settings: Settings) -> PlanInputs:
    """The same before the plan's rules make anything of it."""
    terms = TravelTerms.model_validate(plan.parameters["travel"]) if plan.parameters.get("travel") else None
    snapshot_id = standing_snapshot(session, council, plan)
    return plan_inputs(session, council, settings, snapshot_id=snapshot_id, terms=terms)


def on_own_ground(plan: ZonePlan, inputs: PlanInputs) -> PlanInputs:
    """The county with the neighbours that a plan's rules make: what its zones hang together by."""
    return joined(rules_of(plan), inputs)


def judged_like(plan: ZonePlan, inputs: PlanInputs) -> PlanInputs:
    """The county with what a plan's rules judge and price it by, such as natural areas in place of settlements."""
    return judged(rules_of(plan), inputs)


def labelled(inputs: PlanInputs, draft: Draft, asked: Promised) -> Labelled:
    """A plan, measured, as its rules are checked on it."""
    measured = measured_plan(inputs, len(draft.zones), labels_of(inputs, draft), asked.priorities)
    return Labelled(inputs, draft.zones, measured, asked.wanted, asked.tolerance, asked.priorities)


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
