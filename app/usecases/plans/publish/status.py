"""A plan's way from draft to candidate, published and retired: the one gate for every door that publishes a plan."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.database import Database
from app.storage.decisions import find, publish_plan, retire, set_candidate
from app.storage.models import ZonePlan
from app.storage.plan_edits import hold_plan
from app.usecases.plans.publish.promises import broken_promises

Status = Literal["draft", "candidate", "published", "retired"]
RULES_SHOWN = 10


def still_open(plan: ZonePlan) -> None:
    """Hold that a plan may still change.

    Raises:
        Problem: it is published or retired.
    """
    if plan.status in {"published", "retired"}:
        raise Problem(
            409, "conflict", "Not a draft", f"Plan {plan.id} is {plan.status}; only drafts and candidates change."
        )


def set_status(
    session: Session,
    plan: ZonePlan,
    status: Status,
    settings: Settings,
    actor: str,
    *,
    despite_broken_rules: bool = False,
    reason: str | None = None,
) -> None:
    """Put a plan forward, take it back, put it in force in place of the one that is, or retire it for good.

    Args:
        session: A write session.
        plan: Which.
        status: What it becomes.
        settings: The service's.
        actor: Who does it, for the history.
        despite_broken_rules: Publish it although it breaks rules; the history then names them.
        reason: Why it is published, for the history.

    Raises:
        Problem: the step cannot be taken from where the plan stands, or it breaks rules.
    """
    if status == "published":
        _publish(session, plan, settings, actor, reason, despite_broken_rules=despite_broken_rules)
    elif status == "retired":
        retire(session, plan, actor)
    else:
        still_open(plan)
        set_candidate(session, plan, status, actor)


def publish_drawn(
    database: Database, settings: Settings, plan_id: int, actor: str, *, despite_broken_rules: bool = False
) -> None:
    """Put a plan that was just drawn and stored in force, by the same gate as any other.

    Raises:
        Problem: it breaks rules; it stays a draft.
    """
    with database.write() as session:
        plan = find(session, ZonePlan, settings.council, plan_id)
        set_status(session, plan, "published", settings, actor, despite_broken_rules=despite_broken_rules)


def _publish(
    session: Session, plan: ZonePlan, settings: Settings, actor: str, reason: str | None, *, despite_broken_rules: bool
) -> None:
    hold_plan(session, plan)  # or an edit made while the rules are looked at would be published unseen
    if plan.status in {"published", "retired"}:
        publish_plan(session, plan, actor, broken_rules=())
        return
    broken = broken_promises(session, plan.council, plan, settings)
    if broken and not despite_broken_rules:
        shown = " ".join(rule["detail"] for rule in broken[:RULES_SHOWN])
        more = f" And {len(broken) - RULES_SHOWN} more." if len(broken) > RULES_SHOWN else ""
        raise Problem(
            409,
            "conflict",
            "The plan breaks its rules",
            f"Plan {plan.id} breaks {len(broken)} of its rules: {shown}{more} Mend it, or publish it all the same with "
            "despite_broken_rules; the history will then name them.",
            broken_rules=broken,
        )
    publish_plan(session, plan, actor, broken_rules=[rule["detail"] for rule in broken], reason=reason)
