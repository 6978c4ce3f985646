"""Outlooks: stated paths of wages and prices for years whose figures are not known yet.

An outlook is never a fact. Each of its figures says whose forecast it is, or that it is an assumption, and a forecast
shows it beside the rate it leads to.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field

from pricing.errors import UnknownYearError
from pricing.parsing import parse
from pricing.quantities import Exact, Strict
from pricing.rounding import to_pennies
from pricing.statutory import Figure, Statutory, StatutoryYear, after

FinancialYear = Annotated[str, Field(pattern=r"^20\d\d-\d\d$", examples=["2027-28"])]
GrowthShare = Annotated[Exact, Field(ge=Decimal("-0.5"), le=1)]
"""A rise as a share: 0.03 is 3%."""
Kind = Literal["forecast", "assumption"]
WAGE_FIGURES = (
    "national_living_wage_pounds_per_hour",
    "real_living_wage_uk_pounds_per_hour",
    "real_living_wage_london_pounds_per_hour",
    "national_minimum_wage_18_to_20_pounds_per_hour",
    "national_minimum_wage_under_18_pounds_per_hour",
    "national_minimum_wage_apprentice_pounds_per_hour",
)
NOT_KNOWN = "Not known; part of an outlook"
"""The note on every figure that an outlook says, and nobody has published."""
_PRICES = "consumer_prices_12_months_to_"


class OutlookYear(Strict):
    """What an outlook says of one year to come, each figure with its basis."""

    wage_share: GrowthShare = Field(description="Rise of the living wages over the year before.")
    wage_basis: str = Field(min_length=1, max_length=500)
    wage_kind: Kind = "assumption"
    prices_share: GrowthShare = Field(description="Twelve-month rate of the price index that the contract names.")
    prices_basis: str = Field(min_length=1, max_length=500)
    prices_kind: Kind = "assumption"


class Outlook(Strict):
    """A named path of wages and prices.

    Attributes:
        name: such as ``central``.
        years: by financial year; a year that is known already is never overridden.
    """

    name: str = Field(min_length=1, max_length=60)
    years: Annotated[dict[FinancialYear, OutlookYear], Field(min_length=1, max_length=20)]


class OutlookFigure(Strict):
    """One figure that a forecast rests on."""

    financial_year: str
    name: str
    share: Exact | None = Field(description="The rise; null for what is held.")
    kind: Literal["forecast", "assumption", "held"]
    basis: str


@cache
def shipped_outlooks() -> dict[str, Outlook]:
    """The outlooks that come with the package: low, central and high."""
    text = resources.files("pricing").joinpath("data/outlooks.toml").read_text(encoding="utf-8")
    given = tomllib.loads(text, parse_float=Decimal)["outlook"]
    return {one.name: one for one in (parse(Outlook, table) for table in given)}


def figures_used(outlook: Outlook, years: list[str], known: Statutory) -> list[OutlookFigure]:
    """Every figure of an outlook that years without figures of their own rest on."""
    found = []
    for year in years:
        if year in known.years or year not in outlook.years:
            continue
        said = outlook.years[year]
        held = f"NI, pension, sick pay and other statutory figures stay as in {max(known.years)}"
        found += [
            OutlookFigure(
                financial_year=year,
                name="living wages",
                share=said.wage_share,
                kind=said.wage_kind,
                basis=said.wage_basis,
            ),
            OutlookFigure(
                financial_year=year,
                name="prices",
                share=said.prices_share,
                kind=said.prices_kind,
                basis=said.prices_basis,
            ),
            OutlookFigure(financial_year=year, name="statutory figures", share=None, kind="held", basis=held),
        ]
    return found


def with_outlook(known: Statutory, outlook: Outlook) -> Statutory:
    """The figures known, and after the last of them the years of an outlook.

    Wages grow as the outlook says, and price indices are what it says; thresholds, rates and allowances stay as they
    are in the last year known. Years follow each other: what lies behind a year the outlook leaves out is not reached.
    """
    years = dict(known.years)
    last = years[max(years)]
    while (name := after(last.financial_year)) in outlook.years:
        last = _year_after(last, outlook.years[name], outlook.name)
        years[name] = last
    return Statutory(years)


def outlook_year(outlook: Outlook | None, financial_year: str) -> OutlookYear:
    """What an outlook says of a year.

    Raises:
        UnknownYearError: there is no outlook, or it ends before the year.
    """
    if outlook is None or financial_year not in outlook.years:
        said = "there is no outlook" if outlook is None else f"the outlook {outlook.name!r} does not reach it"
        raise UnknownYearError(f"{financial_year} is not known, and {said}")
    return outlook.years[financial_year]


def _year_after(last: StatutoryYear, said: OutlookYear, name: str) -> StatutoryYear:
    return StatutoryYear(
        financial_year=after(last.financial_year),
        starts=last.starts.replace(year=last.starts.year + 1),
        ends=last.ends.replace(year=last.ends.year + 1),
        figure=tuple(_figure_after(figure, said, name) for figure in last.figure),
    )


def _figure_after(figure: Figure, said: OutlookYear, name: str) -> Figure:
    changes: dict[str, object] = {
        "applies_from": figure.applies_from.replace(year=figure.applies_from.year + 1),
        "applies_to": figure.applies_to.replace(year=figure.applies_to.year + 1),
        "confidence": "user",
        "source": f"outlook {name}: held as in the last year known",
        "note": NOT_KNOWN,
    }
    if figure.name in WAGE_FIGURES:
        grown = to_pennies(figure.value * (1 + said.wage_share))
        changes |= {"value": grown, "source": f"outlook {name}: {said.wage_basis} ({said.wage_kind})"}
    elif figure.name.startswith(_PRICES):
        changes |= {"value": said.prices_share, "source": f"outlook {name}: {said.prices_basis} ({said.prices_kind})"}
    return figure.model_copy(update=changes)
