"""Whether a plan keeps its rules, zone by zone, and what it costs: asked of every plan, however it came about."""

from __future__ import annotations

from typing import Any

from app.usecases.plans.measure.costs import imbalance, plan_cost, scaled_targets
from app.usecases.plans.measure.rules.ground import pieces_of_zones
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.rules.table import ZoneRules, breaches, check_rules

DEFAULT_TOLERANCE = 0.05


def plan_checks(plan: Labelled, asked: ZoneRules | None = None) -> dict[str, Any]:
    """Figures of a plan, a line for each zone, and every rule it breaks.

    Args:
        plan: The plan.
        asked: The rules it is to keep; where None those of any plan: zones that hang together, near their targets.
    """
    asked = asked or ZoneRules()
    measured, labels = plan.plan, plan.plan.labels
    pieces = pieces_of_zones(asked, plan)
    scaled = scaled_targets(measured.hours, [zone.target_hours_per_week for zone in plan.zones])
    drawn = plan.inputs.pieces_as_drawn(labels, len(plan.zones))
    base_names = plan.inputs.base_names
    rows = [
        {
            "number": zone.number,
            "name": zone.name,
            "tier": zone.tier,
            "areas": int((labels == i).sum()),
            "hours_per_week": round(float(measured.hours[i]), 4),
            "target_hours_per_week": None if aim is None else round(aim, 4),
            "deviation_share": None if not aim else round(float(measured.hours[i]) / aim - 1, 6),
            "pieces": len(pieces[i]),
            "pieces_as_drawn": int(drawn[i]),
            "base_area_id": str(plan.inputs.areas.ids[measured.bases[i]]),
            "base": base_names[measured.bases[i]],
        }
        for i, (zone, aim) in enumerate(zip(plan.zones, scaled, strict=True))
    ]
    verdicts = check_rules(asked, plan)
    return {
        "figures": {**plan_cost(plan.inputs, measured), "imbalance_share": imbalance(measured.hours, scaled)},
        "zones": rows,
        "rules": [verdict.row() for verdict in verdicts],
        "broken_rules": breaches(verdicts),
    }
