"""Pricing questions that need more than one call of the domain: a price in a year, lawful pay, the mean visit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pandas as pd
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import published
from app.storage.demand import load_packages
from app.storage.models import BandRun, DemandSnapshot
from app.usecases.demand_figures import labels
from geo.demand import carer_visits, in_force, label, mean_visit_minutes, visit_lengths
from pricing import (
    Assumptions,
    WageSupported,
    WageTest,
    WeeklyHours,
    YearApplied,
    calibration,
    in_year,
    load_statutory,
    minimum_wage_tests,
    minimum_wage_tests_at,
    wages_supported,
)
from pricing.minimum_wage import Pattern
from pricing.quantities import Share, Strict
from pricing.structure import inputs_of
from pricing.years import WageBasis

CALIBRATION = "leicestershire-2019-20"
MINIMUM_WAGE = "national_living_wage_pounds_per_hour"


class YearQuestion(Strict):
    """A financial year to move a price to."""

    financial_year: str = Field(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])
    wage: WageBasis | None = Field(
        default=None, description="Which wage of the year; without assumptions real-living, else the wage as given."
    )
    assumptions: Assumptions | None = Field(default=None, description="The Leicestershire calibration where not given.")
    weekly_hours: Annotated[tuple[WeeklyHours, ...], Field(max_length=100)] = Field(
        default=(), description="Paid hours a week behind NI and pension; the calibration's own where not given."
    )
    pension_participation: Share | None = Field(default=None, description="The calibration's own where not given.")
    own_figures_toml: str | None = Field(default=None, max_length=200_000)


def price_in_year(question: YearQuestion) -> YearApplied:
    """Put a year's wage, mileage, NI and pension into a set of assumptions, or into the calibration.

    Every input that the year set is named in ``applied`` with its source, the weekly hours behind NI and pension too.

    Raises:
        UnknownYearError: there are no figures for the year.
        PricingInputError: the shares of hours do not add up to 1, or the own figures cannot be read.
    """
    known = calibration(CALIBRATION)
    worked = known.weekly_hours
    participation = question.pension_participation
    given = question.assumptions
    if given is None:
        label_of = f"{known.title}, moved to {question.financial_year} ({known.standing})"
        given = known.banded.base.model_copy(update={"label": label_of[:200]})
    wage = question.wage or ("real-living" if question.assumptions is None else None)
    return in_year(
        given,
        question.financial_year,
        wage=wage,
        hours=question.weekly_hours or worked.groups,
        pension_participation=worked.pension_participation if participation is None else participation,
        statutory=load_statutory(question.own_figures_toml),
    )


def held_in_pounds(moved: YearApplied) -> tuple[str, ...]:
    """Sums of money that the year did not move: overheads and the like, still in the money they were given in."""
    lines = moved.assumptions.business.lines
    shares = {f"business.lines.{line.name}" for line in lines if line.share_of_price is not None}
    set_by_year = {item.field for item in moved.applied}
    return tuple(
        path
        for path, value in inputs_of(moved.assumptions).items()
        if value
        and path not in set_by_year
        and ("pounds_per_" in path or path.startswith("business.lines."))
        # a line that is a share of the price moves with the price
        and path not in shares
    )


def national_living_wage(financial_year: str, own_figures_toml: str | None) -> Decimal:
    """The minimum that pay must reach in a financial year.

    Raises:
        UnknownYearError: there are no figures for the year.
    """
    return load_statutory(own_figures_toml).year(financial_year).only(MINIMUM_WAGE).value


def lawful_pay(
    bands: Mapping[str, Assumptions],
    minimum_pounds_per_hour: Decimal,
    *,
    pounds_per_hour: Mapping[str, Decimal] | None,
    patterns: Sequence[Pattern],
    other_working_minutes_per_contact_hour: Decimal,
) -> tuple[list[WageTest], list[WageSupported]]:
    """Test each pattern of paid time: at the wage assumed, or at the pay that the prices support.

    Raises:
        PricingInputError: a band has no price.
    """
    other = other_working_minutes_per_contact_hour
    if pounds_per_hour is None:
        tests = minimum_wage_tests(
            bands, minimum_pounds_per_hour, patterns=patterns, other_working_minutes_per_contact_hour=other
        )
        return tests, []
    tests = minimum_wage_tests_at(
        bands,
        pounds_per_hour,
        minimum_pounds_per_hour,
        patterns=patterns,
        other_working_minutes_per_contact_hour=other,
    )
    return tests, wages_supported(bands, pounds_per_hour, minimum_pounds_per_hour)


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
