"""A plan's way from draft to candidate, published and retired."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import publish, retire, set_candidate
from app.storage.models import ZonePlan

Status = Literal["draft", "candidate", "published", "retired"]


def still_open(plan: ZonePlan) -> None:
    """Hold that a plan may still change.

    Raises:
        Problem: it is published or retired.
    """
    if plan.status in {"published", "retired"}:
        raise Problem(
            409, "conflict", "Not a draft", f"Plan {plan.id} is {plan.status}; only drafts and candidates change."
        )


def set_status(session: Session, plan: ZonePlan, status: Status, actor: str) -> None:
    """Put a plan forward, take it back, put it in force in place of the one that is, or retire it for good.

    Raises:
        Problem: the step cannot be taken from where the plan stands.
    """
    if status == "published":
        publish(session, plan, actor)
    elif status == "retired":
        retire(session, plan, actor)
    else:
        still_open(plan)
        set_candidate(session, plan, status, actor)
