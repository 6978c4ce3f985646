"""Plans, classifications and rate cards: drafts that somebody publishes, one in force at a time, history kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.audit import record
from app.storage.models import BandArea, BandRun, RateCard, TravelSimulation, Zone, ZoneArea, ZonePlan
from app.storage.plan_edits import insert_zones
from app.storage.state import bump_state, hold_council

Decision = ZonePlan | BandRun | RateCard
STATUSES = ["draft", "candidate", "published", "retired"]
"""Of a plan; classifications and rate cards have all but the second."""
_NOUN = {ZonePlan: "zone_plan", BandRun: "band_run", RateCard: "rate_card"}


def save_plan(
    session: Session,
    council: str,
    *,
    name: str,
    method: str,
    snapshot_id: int | None,
    zones: Sequence[Mapping[str, Any]],
    polygons: Sequence[BaseGeometry],
    zone_of_area: Mapping[str, int],
    parameters: dict[str, Any],
    report: dict[str, Any],
    provenance: dict[str, Any],
    actor: str,
) -> ZonePlan:
    """Store a plan as a draft.

    Args:
        session: A write session.
        council: Whose.
        name: What people call it.
        method: How it came about: ``optimised``, ``imported``, ``copied``, ``reconstructed``.
        snapshot_id: The demand it was drawn on.
        zones: number, name, tier, target_hours_per_week, base_area_id of each zone.
        polygons: The outline of each zone.
        zone_of_area: Zone number by area id; every area once.
        parameters: What was asked for.
        report: What came out.
        provenance: What it was made from.
        actor: Who made it.
    """
    plan = ZonePlan(
        council=council,
        name=name,
        status="draft",
        method=method,
        snapshot_id=snapshot_id,
        parameters=parameters,
        report=report,
        provenance=provenance,
        created_by=actor,
        created_at=datetime.now(UTC),
        published_at=None,
        retired_at=None,
    )
    session.add(plan)
    session.flush()
    insert_zones(session, plan.id, zones, polygons, zone_of_area)
    _note(session, plan, "create", actor, None, {"name": name, "method": method, "status": "draft"})
    return plan


def save_band_run(
    session: Session,
    council: str,
    *,
    scheme: str,
    scheme_version: str,
    areas: Sequence[Mapping[str, Any]],
    parameters: dict[str, Any],
    provenance: dict[str, Any],
    actor: str,
) -> BandRun:
    """Store a classification as a draft; ``areas`` holds the columns of :class:`BandArea` but the run."""
    run = BandRun(
        council=council,
        scheme=scheme,
        scheme_version=scheme_version,
        status="draft",
        parameters=parameters,
        provenance=provenance,
        created_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(run)
    session.flush()
    session.execute(insert(BandArea), [{**area, "run_id": run.id} for area in areas])
    _note(session, run, "create", actor, None, {"scheme": scheme, "status": "draft", "areas": len(areas)})
    return run


def publish(session: Session, decision: Decision, actor: str) -> None:
    """Put a classification in force in place of the published one, which is retired. Publishing twice changes nothing.

    Raises:
        Problem: it was retired; history is not rewritten.
        TypeError: it is a plan or a rate card: those have gates of their own that check what they promise.
    """
    if not isinstance(decision, BandRun):  # `find` may hand another over
        gate = "plans.publish.status.set_status" if isinstance(decision, ZonePlan) else "rates.publish.publish_card"
        raise TypeError(f"this goes through app.usecases.{gate}, which checks what it promises")
    _put_in_force(session, decision, actor, {})


def put_card_in_force(session: Session, card: RateCard, actor: str, noted: Mapping[str, Any]) -> None:
    """Publish a rate card; others stay, for the rule of ``pricing.publication`` says which is paid on a day.

    Only :func:`app.usecases.rates.publish.publish_card` calls this: it is the one gate that checks days and warnings.

    Args:
        session: A write session.
        card: Which.
        actor: Who publishes it.
        noted: What the audit log says beside its status: the warnings accepted, and why.

    Raises:
        Problem: it was retired; history is not rewritten.
    """
    _put_in_force(session, card, actor, noted)


def publish_plan(
    session: Session, plan: ZonePlan, actor: str, *, broken_rules: Sequence[str], reason: str | None = None
) -> None:
    """Put a plan in force in place of the published one, which is retired. Publishing twice changes nothing.

    Only :func:`app.usecases.plans.publish.status.set_status` calls this: it is the one gate that checks the rules.

    Args:
        session: A write session.
        plan: Which.
        actor: Who publishes it.
        broken_rules: The rules it breaks, in words; the audit log names them.
        reason: Why, in the publisher's words, for the audit log.

    Raises:
        Problem: it was retired; history is not rewritten.
    """
    said = {"reason": reason} if reason else {}
    broken = {"despite_broken_rules": list(broken_rules)} if broken_rules else {}
    _put_in_force(session, plan, actor, {**broken, **said})


def _put_in_force(session: Session, decision: Decision, actor: str, noted: Mapping[str, Any]) -> None:
    _settle(session, decision)
    if decision.status == "published":
        return
    if decision.status == "retired":
        raise Problem(
            409,
            "conflict",
            "Already retired",
            f"{_name(decision)} was retired and stays so; make a copy of it to publish it again.",
        )
    if not isinstance(decision, RateCard):
        kind = type(decision)
        standing: ZonePlan | BandRun | None = published(session, kind, decision.council)
        if standing is not None:
            retire(session, standing, actor)
            session.flush()
    before = {"status": decision.status}
    decision.status = "published"
    if not isinstance(decision, BandRun):
        decision.published_at = datetime.now(UTC)
    _note(session, decision, "publish", actor, before, {"status": "published", **noted})
    bump_state(session, decision.council)


def retire(session: Session, decision: Decision, actor: str) -> None:
    """Take a decision out of force, for good. Retiring twice changes nothing."""
    _settle(session, decision)
    if decision.status == "retired":
        return
    before = {"status": decision.status}
    decision.status = "retired"
    if not isinstance(decision, BandRun):
        decision.retired_at = datetime.now(UTC)
    _note(session, decision, "retire", actor, before, {"status": "retired"})
    bump_state(session, decision.council)


def _settle(session: Session, decision: Decision) -> None:
    """Wait for whoever else publishes or retires, then see the decision as they left it."""
    session.flush()
    hold_council(session, decision.council)
    session.refresh(decision, ["status"])


def find(session: Session, kind: type[Any], council: str, number: int) -> Any:
    """One plan, classification or rate card of the council by its number; None when there is none."""
    return session.scalar(select(kind).where(kind.council == council, kind.id == number))


def published(session: Session, kind: type[Any], council: str) -> Any:
    """The plan or classification in force; None when there is none."""
    return session.scalar(select(kind).where(kind.council == council, kind.status == "published"))


def listing(
    session: Session, kind: type[Any], council: str, limit: int, before_id: int | None, statuses: Sequence[str]
) -> list[Any]:
    """Plans, classifications or rate cards of some statuses, newest first; up to ``limit + 1`` of them."""
    query = select(kind).where(kind.council == council, kind.status.in_(statuses))
    if before_id is not None:
        query = query.where(kind.id < before_id)
    return list(session.scalars(query.order_by(kind.id.desc()).limit(limit + 1)))


def bands_of_run(session: Session, run_id: int) -> dict[str, str]:
    """Band by area id."""
    rows = session.execute(select(BandArea.area_id, BandArea.band).where(BandArea.run_id == run_id))
    return {row.area_id: row.band for row in rows}


def zones_of_plan(session: Session, plan_id: int) -> list[Zone]:
    """The zones of a plan by number."""
    return list(session.scalars(select(Zone).where(Zone.plan_id == plan_id).order_by(Zone.number)))


def zone_of_areas(session: Session, plan_id: int) -> dict[str, int]:
    """Zone number by area id."""
    rows = session.execute(select(ZoneArea.area_id, ZoneArea.zone_number).where(ZoneArea.plan_id == plan_id))
    return {row.area_id: row.zone_number for row in rows}


def _name(decision: Decision) -> str:
    noun = _NOUN[type(decision)].replace("_", " ").capitalize()
    return f"{noun} {decision.id}"


def _note(
    session: Session,
    decision: Decision,
    verb: str,
    actor: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    noun = _NOUN[type(decision)]
    record(
        session,
        council=decision.council,
        actor=actor,
        action=f"{noun}.{verb}",
        entity=noun,
        entity_id=decision.id,
        before=before,
        after=after,
    )


def band_of_area(session: Session, run_id: int, area_id: str) -> BandArea | None:
    """One area's band in one classification."""
    return session.get(BandArea, (run_id, area_id))


def rename_plan(session: Session, plan: ZonePlan, name: str, actor: str) -> None:
    """Give a plan another name."""
    before, plan.name = plan.name, name
    _note(session, plan, "rename", actor, {"name": before}, {"name": name})


def set_candidate(session: Session, plan: ZonePlan, status: str, actor: str) -> None:
    """Put a draft forward as a candidate, or take it back."""
    before, plan.status = plan.status, status
    _note(session, plan, "status", actor, {"status": before}, {"status": status})


def made_by_job(
    session: Session, kind: type[ZonePlan] | type[BandRun] | type[TravelSimulation], council: str, job_id: str | None
) -> int | None:
    """The number of what a job stored before it was run again; None when it had not come so far."""
    if job_id is None:
        return None
    return session.scalar(select(kind.id).where(kind.council == council, kind.job_id == job_id))


def note_job(session: Session, made: ZonePlan | BandRun | TravelSimulation, job_id: str | None) -> int:
    """Note which job made something just stored; return its number.

    Raises:
        IntegrityError: the job stored one already.
    """
    made.job_id = job_id
    session.flush()
    return made.id
