"""What the plan endpoints share: who may call them, which plans they see, and the short form of a plan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from app.api.dependencies import require
from app.api.rates.endpoints import visible
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import find
from app.storage.models import ZonePlan

Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


class PlanSummary(BaseModel):
    """A plan without its zones."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    status: Literal["draft", "candidate", "published", "retired"]
    method: str
    snapshot_id: int | None
    created_by: str
    created_at: datetime
    published_at: datetime | None
    retired_at: datetime | None


def seen_plan(session: Session, caller: Principal, plan_id: int) -> ZonePlan:
    """A plan of the council that this caller may see.

    Raises:
        Problem: there is none.
    """
    plan: ZonePlan | None = find(session, ZonePlan, caller.council, plan_id)
    if plan is None or plan.status not in visible(caller, None):
        raise not_found("plan", plan_id)
    return plan
