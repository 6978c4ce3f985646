"""Plans read and measured alike, ready to be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.problems import invalid_input, not_found
from app.settings import Settings
from app.storage.decisions import find, zones_of_plan
from app.storage.models import Zone
from app.storage.models import ZonePlan as StoredPlan
from app.usecases.plans.measure.checks import plan_checks
from app.usecases.plans.measure.costs import Priorities, measured_plan
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.prices import TravelTerms
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.stored import draft_of, judged_by, judged_like, labels_of, on_own_ground, promised
from geo.zoning import ZonePlan

MOST_PLANS = 8


@dataclass(frozen=True, eq=False)
class Side:
    """One plan of a comparison, measured like the others."""

    stored: StoredPlan
    zones: list[Zone]
    plan: ZonePlan
    checks: dict[str, Any]

    @property
    def zone_of(self) -> list[str]:
        """Name of each area's zone."""
        names = [zone.name for zone in self.zones]
        return [names[label] for label in self.plan.labels.tolist()]


@dataclass(frozen=True, eq=False)
class Sides:
    """Every plan of a comparison and what they are measured on."""

    inputs: PlanInputs
    priorities: Priorities
    all: list[Side]


def sides_of(
    session: Session,
    council: str,
    settings: Settings,
    plan_ids: Sequence[int],
    *,
    statuses: Sequence[str],
    snapshot_id: int | None = None,
    terms: TravelTerms | None = None,
) -> Sides:
    """Read and measure plans on the same demand, prices and priorities: those of the first of them.

    Raises:
        Problem: fewer than two or too many plans, one named twice, or one that is not there for this caller.
    """
    if not 2 <= len(plan_ids) <= MOST_PLANS or len(set(plan_ids)) < len(plan_ids):
        raise invalid_input(
            f"plan: found {', '.join(map(str, plan_ids))}; expected two to {MOST_PLANS} different plans.",
            errors=[{"field": "query.plan", "message": f"expected two to {MOST_PLANS} different plans"}],
        )
    plans = []
    for plan_id in plan_ids:
        plan = find(session, StoredPlan, council, plan_id)
        if plan is None or plan.status not in statuses:
            raise not_found("plan", plan_id)
        plans.append(plan)
    inputs = judged_like(plans[0], plan_inputs(session, council, settings, snapshot_id=snapshot_id, terms=terms))
    priorities, _ = judged_by(plans[0])
    priorities = priorities.model_copy(update={"disruption_pounds_per_package": 0.0})
    sides = []
    for plan in plans:
        draft = draft_of(session, plan)
        measured = measured_plan(inputs, len(draft.zones), labels_of(inputs, draft), priorities)
        asked = promised(session, plan)
        own = Labelled(
            on_own_ground(plan, inputs), draft.zones, measured, asked.wanted, asked.tolerance, asked.priorities
        )
        checks = plan_checks(own, asked.rules)
        sides.append(Side(plan, zones_of_plan(session, plan.id), measured, checks))
    return Sides(inputs, priorities, sides)
