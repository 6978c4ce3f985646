"""Every rule that a plan breaks as it stands: the one check before it is published."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.models import ZonePlan
from app.usecases.plans.measure.rules.table import breaches, check_rules
from app.usecases.plans.measure.stored import draft_of, inputs_of, labelled, promised


def broken_promises(session: Session, council: str, plan: ZonePlan, settings: Settings) -> list[dict[str, Any]]:
    """Rows of ``rule``, ``zone_number`` (None for the whole plan), ``detail`` and ``remedy``; none for a sound plan.

    Zones in pieces and hours off their targets are told of every plan; of one that was drawn or imported with rules,
    those too. Zones go by the numbers they were drawn with, whatever they are called now.

    Raises:
        Problem: it was made on other areas than are loaded.
    """
    inputs, draft, asked = inputs_of(session, council, plan, settings), draft_of(session, plan), promised(session, plan)
    found = breaches(check_rules(asked.rules, labelled(inputs, draft, asked)))
    return [{name: value for name, value in row.items() if name != "areas"} for row in found]
