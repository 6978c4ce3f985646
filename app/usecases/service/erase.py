"""Erasing what has served its purpose: packages of withdrawn snapshots, uploads, quoted findings, rounds, old answers.

Figures that were published, and the audit log, hold no package and stay.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.problems import Problem, not_found
from app.storage.audit import record
from app.storage.brokerage.requests import erase_requests
from app.storage.database import Database
from app.storage.models import (
    CarePackage,
    DemandSnapshot,
    IdempotencyRecord,
    Job,
    RoundsRun,
    Upload,
    ZonePlan,
    ZonePlanProof,
)
from app.storage.rounds import ERASED, erase_run

_ENDED = ("succeeded", "failed", "cancelled")
_QUOTES_THE_FILE = "import-packages"


@dataclass(frozen=True, slots=True)
class Erased:
    """Rows that were erased, or would be.

    Attributes:
        snapshots: numbers of the withdrawn snapshots whose packages go.
        packages: their packages.
        uploads: files that waited for an import which has ended or never came.
        findings: ended imports whose quotations of the file go.
        rounds: days handed in to be planned, with their plans.
        answers: kept answers to writes that carried an ``Idempotency-Key``.
        proofs: proofs of plans drawn on those snapshots: their prices follow the hours of single areas.
        requests: requests for care that ended or were withdrawn: person, postcode and place go, zone and figures stay.
    """

    snapshots: tuple[int, ...]
    packages: int
    uploads: int
    findings: int
    rounds: int
    answers: int
    proofs: int
    requests: int = 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def erase(
    database: Database,
    council: str,
    *,
    older_than_days: int,
    actor: str,
    snapshot_id: int | None = None,
    do_it: bool = False,
) -> Erased:
    """Erase what is older than some days, in one transaction; or only count it.

    Args:
        database: the service's database.
        council: whose data.
        older_than_days: days since a snapshot was withdrawn, a job ended, or anything else was kept.
        actor: who asked, for the audit log.
        snapshot_id: only the packages of this withdrawn snapshot, whenever it was withdrawn.
        do_it: False counts and changes nothing.

    Raises:
        Problem: there is no such snapshot, or it is still in use.
    """
    before = datetime.now(UTC) - timedelta(days=older_than_days)
    with database.write() if do_it else database.read() as session:
        snapshots = _one(session, council, snapshot_id) if snapshot_id is not None else _old(session, council, before)
        all_kinds = snapshot_id is None
        of_snapshots = CarePackage.snapshot_id.in_(snapshots)
        of_plans = ZonePlanProof.plan_id.in_(select(ZonePlan.id).where(ZonePlan.snapshot_id.in_(snapshots)))
        old_uploads = (Upload.council == council) & (Upload.created_at < before) & ~_import_under_way(council)
        old_answers = (IdempotencyRecord.council == council) & (IdempotencyRecord.created_at < before)
        old_days = (
            (RoundsRun.council == council) & (RoundsRun.created_at < before) & (RoundsRun.content_sha256 != ERASED)
        )
        quoting = _quoting(session, council, before) if all_kinds else []
        found = Erased(
            snapshots=tuple(snapshots),
            packages=_count(session, CarePackage, of_snapshots),
            uploads=_count(session, Upload, old_uploads) if all_kinds else 0,
            findings=len(quoting),
            rounds=_count(session, RoundsRun, old_days) if all_kinds else 0,
            answers=_count(session, IdempotencyRecord, old_answers) if all_kinds else 0,
            proofs=_count(session, ZonePlanProof, of_plans),
            requests=erase_requests(session, council, before, do_it=do_it) if all_kinds else 0,
        )
        if do_it:
            session.execute(delete_rows(CarePackage).where(of_snapshots))
            session.execute(delete_rows(ZonePlanProof).where(of_plans))
            if all_kinds:
                session.execute(delete_rows(Upload).where(old_uploads))
                session.execute(delete_rows(IdempotencyRecord).where(old_answers))
                for day in session.scalars(select(RoundsRun).where(old_days)):
                    erase_run(session, day, actor)
            for job in quoting:
                problem = {key: value for key, value in (job.problem or {}).items() if key != "errors"}
                job.problem = {**problem, "detail": "The findings were erased.", "errors_erased": True}
            record(
                session,
                council=council,
                actor=actor,
                action="erase",
                entity="demand_snapshot",
                entity_id=",".join(map(str, snapshots)) or "none",
                after={**found.as_json(), "snapshots": len(snapshots), "older_than_days": older_than_days},
            )
    if do_it:
        database.give_back_space()
    return found


def _one(session: Session, council: str, snapshot_id: int) -> list[int]:
    snapshot = session.get(DemandSnapshot, snapshot_id)
    if snapshot is None or snapshot.council != council:
        raise not_found("snapshot", snapshot_id)
    if snapshot.withdrawn_at is None:
        raise Problem(
            409,
            "conflict",
            "Snapshot in use",
            f"Snapshot {snapshot_id} is in use. Withdraw it first: "
            "then no figure rests on it, and its packages can go.",
        )
    return [snapshot_id]


def _old(session: Session, council: str, before: datetime) -> list[int]:
    with_packages = select(CarePackage.snapshot_id).where(CarePackage.snapshot_id == DemandSnapshot.id).exists()
    return list(
        session.scalars(
            select(DemandSnapshot.id)
            .where(DemandSnapshot.council == council, DemandSnapshot.withdrawn_at < before, with_packages)
            .order_by(DemandSnapshot.id)
        )
    )


def _import_under_way(council: str) -> Any:
    running = (Job.council == council) & (Job.kind == _QUOTES_THE_FILE) & Job.status.not_in(_ENDED)
    return select(Job.id).where(running).exists()


def _quoting(session: Session, council: str, before: datetime) -> list[Job]:
    ended = session.scalars(
        select(Job).where(
            Job.council == council,
            Job.kind == _QUOTES_THE_FILE,
            Job.status.in_(_ENDED),
            Job.finished_at < before,
            Job.problem.is_not(None),
        )
    )
    return [job for job in ended if "errors" in (job.problem or {})]


def _count(session: Session, model: Any, condition: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(model).where(condition)) or 0)
