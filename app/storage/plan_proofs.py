"""Proofs of drawn plans, kept beside them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.storage.models import ZonePlanProof


def save_proof(session: Session, plan_id: int, content: Mapping[str, Any]) -> None:
    """Keep a plan's proof: plain data."""
    text = json.dumps(content, separators=(",", ":"))
    # without the time of day in its head, so that the same proof is the same bytes
    session.add(ZonePlanProof(plan_id=plan_id, content=gzip.compress(text.encode(), 6, mtime=0)))
    session.flush()


def proof_of(session: Session, plan_id: int) -> dict[str, Any] | None:
    """A plan's proof as it was kept; None where there is none."""
    row = session.get(ZonePlanProof, plan_id)
    if row is None:
        return None
    found: dict[str, Any] = json.loads(gzip.decompress(row.content))
    return found


def copy_proof(session: Session, from_plan_id: int, to_plan_id: int) -> None:
    """Keep one plan's proof, where it has one, for another plan of the same zones too."""
    row = session.get(ZonePlanProof, from_plan_id)
    if row is not None:
        session.add(ZonePlanProof(plan_id=to_plan_id, content=row.content))
        session.flush()
