"""The mean visit of a snapshot, as a price needs it."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import published
from app.storage.demand import load_packages
from app.storage.models import BandRun, DemandSnapshot
from app.usecases.demand.figures import labels
from geo.demand import carer_visits, in_force, label, mean_visit_minutes, visit_lengths


class MeanVisit(BaseModel):
    """Visits of one band, or of all, as a price needs them."""

    band: str | None = Field(description="Null for all bands together.")
    mean_visit_minutes: float | None = Field(description="Care minutes over carers' visits: the mean, not the median.")
    carer_visits_per_week: float = Field(description="A visit by two carers counts twice.")
    double_handed_share_of_visits: float | None = Field(description="Of the person's visits, those two carers make.")
    visits_per_week_by_minutes: dict[int, float]


class MeanVisitAnswer(BaseModel):
    """The mean visit of a snapshot of demand."""

    snapshot_id: int
    taken_on: date
    synthetic: bool
    packages: int
    packages_without_visits: int = Field(description="Left out: their extract does not say how they are visited.")
    total: MeanVisit
    by_band: list[MeanVisit] = Field(description="Empty until a classification is published.")


def mean_visits(session: Session, council: str, snapshot: DemandSnapshot, *, maintenance_only: bool) -> MeanVisitAnswer:
    """Mean visit, double-handed share and visits by length of the packages to be served on the snapshot's day.

    Raises:
        Problem: no package says how it is visited.
    """
    packages = load_packages(session, snapshot.id)
    packages = in_force(packages, snapshot.taken_on)
    if maintenance_only:
        packages = packages[packages["service_type"] == "maintenance"]
    known = packages[packages["visits_per_week"] > 0]
    if known.empty:
        raise Problem(409, "conflict", "No visits known", f"Snapshot {snapshot.id} names no visit lengths.")
    by_band = []
    if published(session, BandRun, council) is not None:
        bands = label(known, ["band"], bands=labels(session, council, ["band"])["bands"])["band"]
        by_band = [_mean_visit(str(band), rows) for band, rows in known.groupby(bands.to_numpy(), sort=True)]
    return MeanVisitAnswer(
        snapshot_id=snapshot.id,
        taken_on=snapshot.taken_on,
        synthetic=snapshot.synthetic,
        packages=len(packages),
        packages_without_visits=len(packages) - len(known),
        total=_mean_visit(None, known),
        by_band=by_band,
    )


def _mean_visit(band: str | None, packages: pd.DataFrame) -> MeanVisit:
    mean = mean_visit_minutes(packages)
    visits = float(packages["visits_per_week"].sum())
    double = float(packages["visits_per_week"][packages["carers_per_visit"] > 1].sum())
    lengths: dict[int, Any] = {length: packages[f"visits_{length}"].sum() for length in visit_lengths(packages)}
    return MeanVisit(
        band=band,
        mean_visit_minutes=round(mean, 4) if math.isfinite(mean) else None,
        carer_visits_per_week=round(float(carer_visits(packages).sum()), 4),
        double_handed_share_of_visits=round(double / visits, 6) if visits else None,
        visits_per_week_by_minutes={length: round(float(count), 4) for length, count in lengths.items() if count},
    )
