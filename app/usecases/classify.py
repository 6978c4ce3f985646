"""Giving every area its band: rules on settlements and densities, then the council's recorded overrides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.sparse import csr_array
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.lookup.directory import national_directory
from app.settings import Settings
from app.storage.areas import load_areas, newest_dataset
from app.storage.audit import record
from app.storage.database import Database
from app.storage.decisions import made_by_job, save_band_run
from app.storage.models import BandOverride, BandRun
from app.usecases.provenance import made_from
from app.usecases.travel import model_in_use
from geo.banding.explain import Explanation
from geo.banding.overrides import Override
from geo.bands import Bands, Smoothing, classify
from geo.gazetteer import Gazetteer, Status

MARGIN_METRES = 15_000
"""How far beyond the county postcodes are read: a town cut at the county line looks like a village."""


class ClassifyRequest(BaseModel):
    """What a classification is asked to be."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"scheme": "settlement"}]})

    scheme: str = Field(
        default="settlement", max_length=40, description="A shipped scheme: settlement, care, official."
    )
    smooth: bool = Field(default=True, description="One odd area inside a town is not priced apart.")
    overrides: bool = Field(default=True, description="Apply the recorded overrides.")
    reach_by_travel: bool = Field(
        default=False,
        description="Minutes of the travel model in use say what lies within reach, instead of straight lines. The "
        "thresholds of the shipped care scheme were chosen with straight lines.",
    )
    dataset_id: int | None = Field(default=None, description="Areas classified; filled in by the service.")
    override_ids: tuple[int, ...] = Field(default=(), description="Overrides applied; filled in by the service.")


def settled(session: Session, council: str, request: ClassifyRequest) -> ClassifyRequest:
    """The request with the areas and overrides it means by name, so that the same request stays the same job.

    Raises:
        Problem: no areas are loaded.
    """
    dataset = newest_dataset(session, council, "postcodes")
    if dataset is None:
        raise _no_areas()
    standing = session.scalars(
        select(BandOverride.id)
        .where(BandOverride.council == council, BandOverride.withdrawn_at.is_(None))
        .order_by(BandOverride.id)
    )
    return request.model_copy(
        update={"dataset_id": dataset.id, "override_ids": tuple(standing) if request.overrides else ()}
    )


def _no_areas() -> JobProblem:
    return JobProblem("No areas loaded", "Load the council's postcodes first.", slug="nothing-published", status=409)


def classify_areas(session: Session, council: str, request: ClassifyRequest, settings: Settings) -> dict[str, Any]:
    """Classify every area and return what :func:`app.storage.decisions.save_band_run` stores.

    Raises:
        Problem: no areas are loaded, or the scheme is not known.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise _no_areas()
    table = pd.DataFrame({"area_id": areas.ids, "easting": areas.eastings, "northing": areas.northings})
    around = postcodes_around(national_directory(settings), areas.eastings, areas.northings)
    model = model_in_use(settings, "car", "all_day") if request.reach_by_travel else None
    try:
        result = classify(
            table,
            around,
            scheme=request.scheme,
            adjacency=csr_array(areas.adjacency),
            smoothing=Smoothing() if request.smooth else None,
            overrides=stored_overrides(session, council) if request.overrides else [],
            travel=model.minutes if model is not None else None,
        )
    except ValueError as error:
        raise JobProblem("Cannot classify", str(error)) from error
    return {
        "scheme": result.scheme.name,
        "scheme_version": result.scheme.version,
        "areas": [_area(result, i) for i in range(len(areas))],
        "parameters": {
            **request.model_dump(mode="json"),
            "overrides_overdue_for_review": overdue_overrides(session, council) if request.overrides else [],
            "postcode_bands": {
                done.override.name.replace(" ", "").upper(): done.override.band
                for done in result.overrides
                if done.override.kind == "postcode"
            },
        },
        "provenance": made_from(
            session,
            dataset_id=areas.dataset_id,
            scheme_source=result.scheme.source,
            reach=model.version if model is not None else "straight line at the scheme's speed",
        ),
    }


def postcodes_around(directory: Gazetteer, eastings: Any, northings: Any) -> pd.DataFrame:
    """Live postcodes in and around the areas: easting, northing."""
    inside = (
        (directory.status == Status.LIVE)
        & (directory.easting >= eastings.min() - MARGIN_METRES)
        & (directory.easting <= eastings.max() + MARGIN_METRES)
        & (directory.northing >= northings.min() - MARGIN_METRES)
        & (directory.northing <= northings.max() + MARGIN_METRES)
    )
    return pd.DataFrame(
        {
            "easting": directory.easting[inside].astype(float),
            "northing": directory.northing[inside].astype(float),
        }
    )


def _area(result: Bands, i: int) -> dict[str, Any]:
    told = result.explain(str(result.ids[i]))
    return {
        "area_id": told.area_id,
        "band": told.band,
        "rule_band": told.band_by_rule,
        "rule": told.rule,
        "decided_by": told.decided_by,
        "why": _why(told),
        "features": {name: _number(values[i]) for name, values in result.features.items()},
        "explanation": {**told.as_dict(), "read_aloud": told.read_aloud()},
    }


def _why(told: Explanation) -> str:
    if told.override is not None:
        return f"Decided for {told.override['name']}: {told.override['reason']}"
    if told.decided_by == "smoothing":
        return f"By the rule it would be {told.band_by_rule}; its neighbours are all {told.band}."
    return told.rule_says


def _number(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain


def stored_overrides(session: Session, council: str) -> list[Override]:
    """The council's overrides that stand, as the classification takes them."""
    rows = session.scalars(
        select(BandOverride)
        .where(BandOverride.council == council, BandOverride.withdrawn_at.is_(None))
        .order_by(BandOverride.id)
    )
    return [
        Override(
            kind=row.kind,
            name=row.target,
            band=row.band,
            reason=row.reason,
            author=row.author,
            decided=row.decided_on,
            review=row.review_on,
            easting=row.easting,
            northing=row.northing,
        )
        for row in rows
    ]


def overdue_overrides(session: Session, council: str) -> list[int]:
    """Numbers of the overrides in force whose review day has passed.

    They stay in force: a price must not change because nobody held a review. They are reported until somebody does.
    """
    rows = session.scalars(
        select(BandOverride.id)
        .where(
            BandOverride.council == council,
            BandOverride.withdrawn_at.is_(None),
            BandOverride.review_on < date.today(),  # noqa: DTZ011 - by the local calendar
        )
        .order_by(BandOverride.id)
    )
    return list(rows)


def add_override(session: Session, council: str, values: Mapping[str, Any], actor: str) -> BandOverride:
    """Record an override; it counts from the next classification on."""
    row = BandOverride(council=council, withdrawn_at=None, **values)
    session.add(row)
    session.flush()
    after = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
    _note(session, row, "band_override.create", actor, None, after)
    return row


def withdraw_override(session: Session, row: BandOverride, actor: str) -> None:
    """Take an override back; it no longer counts from the next classification on."""
    if row.withdrawn_at is None:
        row.withdrawn_at = datetime.now(UTC)
        _note(session, row, "band_override.withdraw", actor, {"withdrawn": False}, {"withdrawn": True})


def _note(
    session: Session, row: BandOverride, action: str, actor: str, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    # A postcode that somebody overrides may be a person's home, so the audit names the override and not the postcode.
    hidden = {k: v for k, v in after.items() if row.kind != "postcode" or k not in {"target", "easting", "northing"}}
    record(
        session,
        council=row.council,
        actor=actor,
        action=action,
        entity="band_override",
        entity_id=row.id,
        before=before,
        after=hidden,
    )


def list_overrides(
    session: Session, council: str, limit: int, before_id: int | None, *, review_before: date | None = None
) -> list[BandOverride]:
    """Overrides, newest first; up to ``limit + 1`` of them. With a day, those in force to be reviewed before it."""
    query = select(BandOverride).where(BandOverride.council == council)
    if review_before is not None:
        query = query.where(BandOverride.withdrawn_at.is_(None), BandOverride.review_on < review_before)
    if before_id is not None:
        query = query.where(BandOverride.id < before_id)
    return list(session.scalars(query.order_by(BandOverride.id.desc()).limit(limit + 1)))


def find_override(session: Session, council: str, override_id: int) -> BandOverride | None:
    """One override of the council."""
    return session.scalar(select(BandOverride).where(BandOverride.council == council, BandOverride.id == override_id))


@job_kind("classify", ClassifyRequest)
def run_classify(context: JobContext, request: ClassifyRequest) -> dict[str, Any]:
    """Classify every area and store the result as a draft."""
    context.progress(0.1, "reading the postcode directory")
    national_directory(context.settings)
    context.progress(0.3, "classifying")
    with context.database.read() as session:
        made = classify_areas(session, context.council, request, context.settings)
    context.progress(0.9, "storing")
    run_id = context.step(
        "store", store_run, context.database, context.council, made, context.requested_by, context.job_id
    )
    counts = pd.Series([area["band"] for area in made["areas"]]).value_counts()
    overdue = made["parameters"]["overrides_overdue_for_review"]
    return {
        "band_run_id": run_id,
        "areas_by_band": {str(k): int(v) for k, v in counts.items()},
        "overrides_overdue_for_review": overdue,
    }


def store_run(database: Database, council: str, made: dict[str, Any], actor: str, job_id: str | None) -> int:
    """Store a classification; for the same job only once."""
    with database.write() as session:
        if job_id is not None:
            known = made_by_job(session, BandRun, council, job_id)
            if known is not None:
                return known
            made = {**made, "provenance": {**made["provenance"], "job_id": job_id}}
        return save_band_run(session, council, **made, actor=actor).id
