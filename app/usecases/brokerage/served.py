"""What each provider serves now: packages of the current snapshot under its name, and requests it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import HELD
from app.storage.brokerage.tables import CareRequest
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage
from brokerage.providers import name_key


def hours_served(session: Session, council: str, names: Mapping[int, str]) -> dict[int, float]:
    """Care hours a week that each provider serves now, by its number.

    Args:
        session: A read session.
        council: Whose.
        names: The providers; packages of a snapshot know them by name alone.
    """
    out: dict[int, float] = defaultdict(float)
    snapshot = current_snapshot(session, council)
    if snapshot is not None:
        numbers = {name_key(name): number for number, name in names.items()}
        rows = session.execute(
            select(CarePackage.provider, func.sum(CarePackage.minutes_per_week))
            .where(CarePackage.snapshot_id == snapshot.id, CarePackage.provider.is_not(None))
            .group_by(CarePackage.provider)
        )
        for name, minutes in rows:
            number = numbers.get(name_key(name))
            if number is not None:
                out[number] += float(minutes) / 60
    held = session.execute(
        select(CareRequest.provider_id, func.sum(CareRequest.hours_per_week))
        .where(CareRequest.council == council, CareRequest.state.in_(HELD), CareRequest.provider_id.is_not(None))
        .group_by(CareRequest.provider_id)
    )
    for provider, hours in held:
        if provider is not None:
            out[provider] += float(hours)
    return dict(out)
