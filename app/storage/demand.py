"""Demand snapshots: stored whole or not at all, read back as the frames the domain works on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, cast

import pandas as pd
from psycopg import sql
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.models import CarePackage, DemandSnapshot
from geo.demand import visit_lengths

_BATCH = 5_000
_TABLE = cast("Table", CarePackage.__table__)


def save_snapshot(
    session: Session,
    council: str,
    *,
    packages: pd.DataFrame,
    label: str,
    taken_on: date,
    synthetic: bool,
    content_sha256: str,
    mapping_name: str | None,
    warnings: list[Any],
    provenance: dict[str, Any],
    actor: str,
    set_aside: dict[str, Any] | None = None,
) -> DemandSnapshot:
    """Store a checked frame of packages as one snapshot in the caller's transaction."""
    snapshot = DemandSnapshot(
        council=council,
        label=label,
        taken_on=taken_on,
        synthetic=synthetic,
        mapping_name=mapping_name,
        content_sha256=content_sha256,
        packages=len(packages),
        minutes_per_week=int(packages["minutes_per_week"].sum()),
        warnings=warnings,
        provenance=provenance,
        set_aside=set_aside or {},
        created_by=actor,
        created_at=datetime.now(UTC),
        withdrawn_at=None,
    )
    session.add(snapshot)
    session.flush()
    _store_rows(session, _rows(packages, snapshot.id))
    record(
        session,
        council=council,
        actor=actor,
        action="snapshot.load",
        entity="demand_snapshot",
        entity_id=snapshot.id,
        after={"label": label, "taken_on": taken_on.isoformat(), "packages": len(packages), "synthetic": synthetic},
    )
    return snapshot


def _store_rows(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Insert many packages fast: COPY on PostgreSQL, plain inserts without the mapper's bookkeeping on SQLite."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        source = iter(rows)
        while batch := list(islice(source, _BATCH)):
            connection.execute(insert(_TABLE), batch)
        return
    names = [column.name for column in _TABLE.columns]
    statement = sql.SQL("COPY care_package ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, names)))
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([json.dumps(row[name]) if name == "visits_per_week" else row[name] for name in names])


def _rows(packages: pd.DataFrame, snapshot_id: int) -> Iterable[dict[str, Any]]:
    lengths = visit_lengths(packages)
    visits = packages[[f"visits_{minutes}" for minutes in lengths]].to_numpy()
    columns = {name: packages[name].tolist() for name in ("reference", "person", "area_id", "service_type")}
    keys = packages["postcode"].str.replace(" ", "", regex=False).tolist()
    minutes = packages["minutes_per_week"].astype(int).tolist()
    carers = packages["carers_per_visit"].astype(int).tolist()
    providers = packages["provider"].tolist()
    dates = {name: _dates(packages[name]) for name in ("start_date", "end_date", "waiting_since")}
    for i in range(len(packages)):
        yield {
            "snapshot_id": snapshot_id,
            **{name: values[i] for name, values in columns.items()},
            "postcode_key": keys[i],
            "minutes_per_week": minutes[i],
            "visits_per_week": {
                str(length): float(count) for length, count in zip(lengths, visits[i], strict=True) if count > 0
            },
            "carers_per_visit": carers[i],
            **{name: values[i] for name, values in dates.items()},
            "provider": providers[i] or None,
        }


def _dates(column: pd.Series[Any]) -> list[date | None]:
    return [None if pd.isna(value) else value.date() for value in column]


def load_packages(session: Session, snapshot_id: int) -> pd.DataFrame:
    """Read a snapshot's packages as a demand frame (see ``geo.demand.COLUMNS``)."""
    rows = session.execute(
        select(
            CarePackage.reference,
            CarePackage.person,
            CarePackage.postcode_key,
            CarePackage.area_id,
            CarePackage.service_type,
            CarePackage.minutes_per_week,
            CarePackage.visits_per_week,
            CarePackage.carers_per_visit,
            CarePackage.start_date,
            CarePackage.end_date,
            CarePackage.provider,
            CarePackage.waiting_since,
        )
        .where(CarePackage.snapshot_id == snapshot_id)
        .order_by(CarePackage.reference)
    ).all()
    frame = pd.DataFrame(
        rows,
        columns=[
            "reference",
            "person",
            "postcode",
            "area_id",
            "service_type",
            "minutes_per_week",
            "_visits",
            "carers_per_visit",
            "start_date",
            "end_date",
            "provider",
            "waiting_since",
        ],
    )
    lengths = sorted({int(length) for visits in frame["_visits"] for length in visits})
    for length in lengths:
        frame[f"visits_{length}"] = [float(visits.get(str(length), 0.0)) for visits in frame["_visits"]]
    frame["visits_per_week"] = [float(sum(visits.values())) for visits in frame["_visits"]]
    frame["hours_per_week"] = frame["minutes_per_week"] / 60
    frame["postcode"] = frame["postcode"].str[:-3] + " " + frame["postcode"].str[-3:]
    frame["provider"] = frame["provider"].fillna("").astype(str)
    for name in ("start_date", "end_date", "waiting_since"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame.drop(columns="_visits")


def current_snapshot(session: Session, council: str) -> DemandSnapshot | None:
    """The newest snapshot that stands."""
    return session.scalars(
        select(DemandSnapshot)
        .where(DemandSnapshot.council == council, DemandSnapshot.withdrawn_at.is_(None))
        .order_by(DemandSnapshot.taken_on.desc(), DemandSnapshot.id.desc())
    ).first()


def find_snapshot(session: Session, council: str, snapshot_id: int) -> DemandSnapshot | None:
    """One snapshot of the council."""
    return session.scalar(
        select(DemandSnapshot).where(DemandSnapshot.council == council, DemandSnapshot.id == snapshot_id)
    )


def snapshot_with_content(session: Session, council: str, content_sha256: str) -> DemandSnapshot | None:
    """The standing snapshot that holds exactly this content, if there is one."""
    return session.scalar(
        select(DemandSnapshot).where(
            DemandSnapshot.council == council,
            DemandSnapshot.content_sha256 == content_sha256,
            DemandSnapshot.withdrawn_at.is_(None),
        )
    )


def list_snapshots(session: Session, council: str, limit: int, before_id: int | None) -> list[DemandSnapshot]:
    """Snapshots, newest first; up to ``limit + 1`` of them."""
    query = select(DemandSnapshot).where(DemandSnapshot.council == council)
    if before_id is not None:
        query = query.where(DemandSnapshot.id < before_id)
    return list(session.scalars(query.order_by(DemandSnapshot.id.desc()).limit(limit + 1)))


def list_packages(
    session: Session,
    snapshot_id: int,
    limit: int,
    after_reference: str | None,
    *,
    waiting_only: bool = False,
    area_ids: list[str] | None = None,
) -> list[CarePackage]:
    """Packages of a snapshot in order of reference; up to ``limit + 1`` of them."""
    query = select(CarePackage).where(CarePackage.snapshot_id == snapshot_id)
    if after_reference is not None:
        query = query.where(CarePackage.reference > after_reference)
    if waiting_only:
        query = query.where(CarePackage.waiting_since.is_not(None), CarePackage.provider.is_(None))
    if area_ids is not None:
        query = query.where(CarePackage.area_id.in_(area_ids))
    return list(session.scalars(query.order_by(CarePackage.reference).limit(limit + 1)))


def withdraw_snapshot(session: Session, snapshot: DemandSnapshot, actor: str) -> None:
    """Take a snapshot out of use; its packages stay until they are erased. Withdrawing twice changes nothing."""
    if snapshot.withdrawn_at is not None:
        return
    snapshot.withdrawn_at = datetime.now(UTC)
    record(
        session,
        council=snapshot.council,
        actor=actor,
        action="snapshot.withdraw",
        entity="demand_snapshot",
        entity_id=snapshot.id,
        before={"withdrawn": False},
        after={"withdrawn": True},
    )
