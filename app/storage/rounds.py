"""Days of rounds and simulated travel: kept, found, listed and erased."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.models import RoundsRun, TravelSimulation

ERASED = ""
"""Stands where the fingerprint of an erased run's content stood."""


def save_run(
    session: Session,
    council: str,
    *,
    label: str,
    content_sha256: str,
    day: dict[str, Any],
    search: dict[str, Any],
    synthetic: bool,
    replans_id: int | None,
    actor: str,
) -> RoundsRun:
    """Keep a day to be planned. The audit log gets its number and counts, nothing of what is in it."""
    run = RoundsRun(
        council=council,
        label=label,
        job_id=None,
        replans_id=replans_id,
        content_sha256=content_sha256,
        day=day,
        search=search,
        answer=None,
        changes=None,
        synthetic=synthetic,
        created_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(run)
    session.flush()
    record(
        session,
        council=council,
        actor=actor,
        action="rounds.ask" if replans_id is None else "rounds.replan",
        entity="rounds_run",
        entity_id=run.id,
        after={
            "visits": len(day["visits"]),
            "carers": len(day["carers"]),
            "synthetic": synthetic,
            "replans_id": replans_id,
        },
    )
    return run


def find_run(session: Session, council: str, run_id: int) -> RoundsRun | None:
    """One run of the council that was not erased."""
    return session.scalar(
        select(RoundsRun).where(
            RoundsRun.council == council, RoundsRun.id == run_id, RoundsRun.content_sha256 != ERASED
        )
    )


def newest_planned(session: Session, council: str) -> RoundsRun | None:
    """The newest run that has a plan and was not erased."""
    return session.scalars(
        select(RoundsRun)
        .where(RoundsRun.council == council, RoundsRun.content_sha256 != ERASED, RoundsRun.answer.is_not(None))
        .order_by(RoundsRun.id.desc())
        .limit(1)
    ).first()


def run_with_content(session: Session, council: str, content_sha256: str) -> RoundsRun | None:
    """The newest run of exactly this day and search."""
    return session.scalars(
        select(RoundsRun)
        .where(RoundsRun.council == council, RoundsRun.content_sha256 == content_sha256)
        .order_by(RoundsRun.id.desc())
    ).first()


def list_runs(session: Session, council: str, limit: int, before_id: int | None) -> list[Any]:
    """Runs without their days and plans, newest first; up to ``limit + 1`` of them."""
    columns = (
        RoundsRun.id,
        RoundsRun.label,
        RoundsRun.job_id,
        RoundsRun.replans_id,
        RoundsRun.synthetic,
        RoundsRun.created_by,
        RoundsRun.created_at,
    )
    query = select(*columns).where(RoundsRun.council == council, RoundsRun.content_sha256 != ERASED)
    if before_id is not None:
        query = query.where(RoundsRun.id < before_id)
    return list(session.execute(query.order_by(RoundsRun.id.desc()).limit(limit + 1)))


def erase_run(session: Session, run: RoundsRun, actor: str) -> None:
    """Empty a run of its day and plan, for good. Its number stays taken: jobs and the audit log go by it."""
    record(
        session,
        council=run.council,
        actor=actor,
        action="rounds.erase",
        entity="rounds_run",
        entity_id=run.id,
        before={"planned": run.answer is not None},
    )
    run.label, run.content_sha256 = "", ERASED
    run.day, run.search, run.answer, run.changes = {}, {}, None, None


def save_simulation(
    session: Session,
    council: str,
    *,
    plan_id: int,
    snapshot_id: int,
    parameters: dict[str, Any],
    result: dict[str, Any],
    provenance: dict[str, Any],
    actor: str,
) -> TravelSimulation:
    """Keep what simulated rounds gave."""
    made = TravelSimulation(
        council=council,
        plan_id=plan_id,
        snapshot_id=snapshot_id,
        parameters=parameters,
        result=result,
        provenance=provenance,
        created_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(made)
    session.flush()
    record(
        session,
        council=council,
        actor=actor,
        action="travel_simulation.create",
        entity="travel_simulation",
        entity_id=made.id,
        after={"plan_id": plan_id, "snapshot_id": snapshot_id},
    )
    return made


def find_simulation(session: Session, council: str, simulation_id: int) -> TravelSimulation | None:
    """One simulation of the council."""
    return session.scalar(
        select(TravelSimulation).where(TravelSimulation.council == council, TravelSimulation.id == simulation_id)
    )


def newest_simulation(session: Session, council: str, plan_id: int) -> TravelSimulation | None:
    """The newest simulation of a plan."""
    return session.scalars(
        select(TravelSimulation)
        .where(TravelSimulation.council == council, TravelSimulation.plan_id == plan_id)
        .order_by(TravelSimulation.id.desc())
    ).first()


def list_simulations(session: Session, council: str, limit: int, before_id: int | None) -> list[TravelSimulation]:
    """Simulations, newest first; up to ``limit + 1`` of them."""
    query = select(TravelSimulation).where(TravelSimulation.council == council)
    if before_id is not None:
        query = query.where(TravelSimulation.id < before_id)
    return list(session.scalars(query.order_by(TravelSimulation.id.desc()).limit(limit + 1)))
