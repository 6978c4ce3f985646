"""Giving every area its band: rules on settlements and densities, then the council's recorded overrides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator
from scipy.sparse import csr_array
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.lookup.directory import national_directory
from app.settings import Settings
from app.storage.areas import built_up_of_postcodes, load_areas, newest_dataset
from app.storage.database import Database
from app.storage.decisions import made_by_job, note_job, save_band_run
from app.storage.facts import official_classes
from app.storage.models import BandOverride, BandRun
from app.storage.provenance import made_from
from app.usecases.bands.inputs import Known, demand_of, known_of_areas
from app.usecases.bands.overrides import overdue_overrides, stored_overrides
from app.usecases.travel.answers import model_in_use
from geo.banding.explain import Explanation
from geo.banding.scheme_files import SchemeName, parse_scheme
from geo.bands import Bands, Smoothing, classify
from geo.gazetteer import Gazetteer, Status
from geo.postcodes import clean

MARGIN_METRES = 15_000
"""How far beyond the county postcodes are read: a town cut at the county line looks like a village."""


class ClassifyRequest(BaseModel):
    """What a classification is asked to be."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"scheme": "settlement"}]})

    scheme: SchemeName | None = Field(
        default=None,
        description="A shipped scheme: `official` takes the official class of each area, `settlement` finds towns and "
        "villages in live postcodes, `care` counts hours of care. Left out: `official` where official classes are "
        "loaded, else `settlement`.",
    )
    own_scheme: str | None = Field(
        default=None,
        min_length=1,
        max_length=20_000,
        description="A scheme of the council's own, as TOML, in place of a shipped one. It is kept with the "
        "classification. Begin from a shipped one: `GET /v1/bands/schemes/{name}`.",
    )
    snapshot_id: int | None = Field(
        default=None, description="Demand whose hours and visits are the features of care; the current one when absent."
    )
    smooth: bool = Field(
        default=False,
        description="An area that stands alone among another band's goes with its neighbours. Never with `official`: "
        "the official class is served as it is.",
    )
    overrides: bool = Field(default=True, description="Apply the recorded overrides.")
    reach_by_travel: bool = Field(
        default=False,
        description="Minutes of the travel model in use say what lies within reach, instead of straight lines. The "
        "thresholds of the shipped care scheme were chosen with straight lines.",
    )
    dataset_id: int | None = Field(default=None, description="Areas classified; filled in by the service.")
    override_ids: tuple[int, ...] = Field(default=(), description="Overrides applied; filled in by the service.")
    statistics_id: int | None = Field(
        default=None, description="Newest figures of residents and official classes; filled in by the service."
    )

    @field_validator("own_scheme")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_scheme(text, "own_scheme")
        return text


def settled(session: Session, council: str, request: ClassifyRequest) -> ClassifyRequest:
    """The request with the areas, figures, demand and overrides it means, so that the same request stays the same job.

    Raises:
        Problem: no areas are loaded, or there is no such snapshot.
    """
    dataset = newest_dataset(session, council, "postcodes")
    if dataset is None:
        raise _no_areas()
    statistics = newest_dataset(session, council, "statistics")
    standing = session.scalars(
        select(BandOverride.id)
        .where(BandOverride.council == council, BandOverride.withdrawn_at.is_(None))
        .order_by(BandOverride.id)
    )
    return request.model_copy(
        update={
            "dataset_id": dataset.id,
            "override_ids": tuple(standing) if request.overrides else (),
            "snapshot_id": demand_of(session, council, request.snapshot_id),
            "statistics_id": statistics.id if statistics is not None else None,
            "scheme": request.scheme or ("official" if official_classes(session, council) else "settlement"),
        }
    )


def _no_areas() -> JobProblem:
    return JobProblem("No areas loaded", "Load the council's postcodes first.", slug="nothing-published", status=409)


def _check_official(known: Known, *, smooth: bool) -> None:
    """Refuse to call bands official that are not.

    Raises:
        JobProblem: no official class is loaded, or smoothing is asked for.
    """
    if not known.official_classes:
        raise JobProblem(
            "No official class loaded",
            "None of the council's areas has an official rural-urban class. Load a postcode directory that holds it (a "
            "column ruc21ind or ru11ind), or a file of classes with `patchwork import statistics --official-class`. "
            "The scheme `settlement` needs none.",
            slug="invalid-input",
            errors=[{"field": "body.scheme", "message": "no official class is loaded", "found": "official"}],
        )
    if smooth:
        raise JobProblem(
            "Official class is not smoothed",
            "smooth: found true with the scheme official, expected false: the official class is served as it is.",
            errors=[{"field": "body.smooth", "message": "expected false with the scheme official", "found": True}],
        )


def classify_areas(session: Session, council: str, request: ClassifyRequest, settings: Settings) -> dict[str, Any]:
    """Classify every area and return what :func:`app.storage.decisions.save_band_run` stores.

    Without a snapshot in the request (see `settled`) every live postcode stands for the same demand.

    Raises:
        Problem: no areas are loaded, or the scheme is not known.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise _no_areas()
    known = known_of_areas(session, council, areas, request.snapshot_id)
    scheme = request.scheme or ("official" if known.official_classes else "settlement")
    if request.own_scheme is None and scheme == "official":
        _check_official(known, smooth=request.smooth)
    around = postcodes_around(national_directory(settings), areas.eastings, areas.northings)
    around = with_built_up(around, session, council)
    model = model_in_use(settings, "car", "all_day") if request.reach_by_travel else None
    try:
        result = classify(
            known.table,
            around,
            scheme=scheme if request.own_scheme is None else parse_scheme(request.own_scheme, "own_scheme"),
            adjacency=csr_array(areas.adjacency),
            smoothing=Smoothing() if request.smooth else None,
            overrides=stored_overrides(session, council) if request.overrides else [],
            travel=model.minutes if model is not None else None,
        )
    except ValueError as error:
        raise JobProblem("Cannot classify", str(error)) from error
    # Whoever may look up a place may ask for its reasons, so nothing is kept there that tells of single packages.
    result = result.fit_to_show(settings.suppression_threshold)
    return {
        "scheme": result.scheme.name,
        "scheme_version": result.scheme.version,
        "areas": [_area(result, i) for i in range(len(areas))],
        "parameters": {
            **request.model_dump(mode="json"),
            "overrides_overdue_for_review": overdue_overrides(session, council) if request.overrides else [],
            "postcode_bands": {
                clean(done.override.name): done.override.band
                for done in result.overrides
                if done.override.kind == "postcode"
            },
        },
        "provenance": made_from(
            session,
            dataset_id=areas.dataset_id,
            scheme_source=result.scheme.source,
            reach=model.version if model is not None else "straight line at the scheme's speed",
            demand=known.demand,
            official_classes=known.official_classes,
            residents_75_plus=known.residents_75_plus,
        ),
    }


def postcodes_around(directory: Gazetteer, eastings: Any, northings: Any) -> pd.DataFrame:
    """Live postcodes in and around the areas: easting, northing, key."""
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
            "key": directory.keys[inside].astype(str),
        }
    )


def with_built_up(around: pd.DataFrame, session: Session, council: str) -> pd.DataFrame:
    """The same with the built-up area that the council's own directory puts each postcode in, where it names any.

    Of neighbours' postcodes nothing is known: settlements are found among those as they are without a directory.
    """
    held = built_up_of_postcodes(session, council)
    if not held.codes:
        return around
    codes = around["key"].map(held.codes).fillna("")
    return around.assign(built_up=codes, built_up_postcodes=codes.map(held.postcodes).fillna(0))


def _area(result: Bands, i: int) -> dict[str, Any]:
    told = result.explain(str(result.ids[i]))
    return {
        "area_id": told.area_id,
        "band": told.band,
        "rule_band": told.band_by_rule,
        "rule": told.rule,
        "decided_by": told.decided_by,
        "why": _why(told),
        "features": {name: _number(values[i]) for name, values in result.told.items()},
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
        known = made_by_job(session, BandRun, council, job_id)
        if known is not None:
            return known
        if job_id is not None:
            made = {**made, "provenance": {**made["provenance"], "job_id": job_id}}
        return note_job(session, save_band_run(session, council, **made, actor=actor), job_id)
