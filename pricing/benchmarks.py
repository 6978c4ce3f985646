"""What others say an hour of home care costs or is paid, each figure with its year, source and standing.

Three kinds: the Homecare Association's minimum price, by nation and wage; what councils pay, one by one and on average;
and the medians of councils' cost of care exercises of 2022. Beside them stands how much fees rose, as councils returned
it to the Department of Health and Social Care. The figures are data files; none is carried to another year.
"""

from __future__ import annotations

import csv
import io
import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from pricing.parsing import parse
from pricing.quantities import Exact, Strict

Kind = Literal["minimum-price", "average-paid", "rate-paid", "cost-of-care"]
KINDS: tuple[Kind, ...] = ("minimum-price", "average-paid", "rate-paid", "cost-of-care")
KIND_WORDS: dict[Kind, str] = {
    "minimum-price": "Minimum price",
    "average-paid": "Average that councils pay",
    "rate-paid": "Rate that a council pays",
    "cost-of-care": "Median of a council's cost of care exercise",
}
LIVING_WAGE = "National Living Wage"
HOME_NATION = "England"
_COST_OF_CARE_YEAR = "2022-23"
_NOT_LINES = ("council", "median", "lower_quartile", "upper_quartile", "source", "source_date")


class BenchmarkLine(Strict):
    """One published line of a build-up, and the lines of our price it is held against, by key or by group."""

    name: str
    pounds_per_hour: Exact
    ours: tuple[str, ...]


class Benchmark(Strict):
    """One published figure.

    Attributes:
        publisher: whose figure it is.
        council: the council that pays it, or whose exercise it is; empty for others.
        band: the place or distance it is for, in the words of its council; empty where it is for all.
        wage_basis: the pay it is worked out for, where it is worked out for one.
        standing: published, or cited by others where only that was read.
        line: its build-up, where that is published; lines of medians do not add up to the median total.
    """

    kind: Kind
    publisher: str
    nation: str
    council: str = ""
    band: str = ""
    financial_year: str = Field(pattern=r"^20\d\d-\d\d$")
    pounds_per_hour: Exact
    lower_quartile_pounds_per_hour: Exact | None = None
    upper_quartile_pounds_per_hour: Exact | None = None
    wage_basis: str = ""
    wage_pounds_per_hour: Exact | None = None
    source: str
    source_date: str
    standing: Literal["published", "cited by others"] = "published"
    note: str = ""
    line: tuple[BenchmarkLine, ...] = ()

    @property
    def called(self) -> str:
        """Who and what, in words."""
        if self.kind == "minimum-price":
            basis = f" at the {self.wage_basis}" if self.wage_basis not in {"", LIVING_WAGE} else ""
            nation = f", {self.nation}" if self.nation != HOME_NATION else ""
            return f"the minimum price of the {self.publisher.removesuffix(' (England)')}{nation}{basis}"
        if self.kind == "average-paid":
            return "the average that councils pay"
        place = f" ({self.band})" if self.band else ""
        if self.kind == "rate-paid":
            return f"the rate of {self.council}{place}"
        return f"the median of the cost of care exercise of {self.council}"


class FeeRise(Strict):
    """How much councils' fees for home care rose from the year before, as they returned it."""

    financial_year: str
    share: Exact
    source: str
    source_date: str


def _text(name: str) -> str:
    return resources.files("pricing").joinpath("data", name).read_text(encoding="utf-8")


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Every benchmark held, by kind and year."""
    found = [
        parse(Benchmark, table)
        for name in ("benchmarks_minimum_price.toml", "benchmarks_rates_paid.toml")
        for table in tomllib.loads(_text(name), parse_float=Decimal)["benchmark"]
    ]
    found += [_cost_of_care(row) for row in csv.DictReader(io.StringIO(_text("benchmarks_cost_of_care_2022_23.csv")))]
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.kind), each.financial_year)))


@cache
def fee_rises() -> tuple[FeeRise, ...]:
    """Yearly rises of fees for home care in England."""
    given = tomllib.loads(_text("fee_rises.toml"), parse_float=Decimal)["rise"]
    return tuple(parse(FeeRise, table) for table in given)


@cache
def neighbours_of(council: str) -> frozenset[str]:
    """Names of the councils next to one, by its code; none where that is not known."""
    return frozenset(tomllib.loads(_text("neighbours.toml")).get(council, ()))


_OURS_OF_MEDIANS = {
    "direct_care": ("Direct care", ("direct_care", "enhanced_pay")),
    "travel_time": ("Travel time", ("travel_time", "waiting_time")),
    "mileage": ("Mileage", ("mileage",)),
    "ppe": ("PPE", ("ppe",)),
    "training": ("Training (staff time)", ("training",)),
    "holiday": ("Holiday", ("holiday",)),
    "non_contact": ("Additional non-contact pay", ("non_contact", "other_careworker")),
    "sickness": ("Sickness, maternity and paternity pay", ("sickness",)),
    "notice": ("Notice and suspension pay", ("notice",)),
    "employer_ni": ("NI (employer)", ("employer_ni", "apprenticeship_levy")),
    "pension": ("Pension (employer)", ("pension",)),
    "business": ("Business costs", ("business",)),
    "return": ("Return on operations", ("return",)),
}


def _cost_of_care(row: dict[str, str]) -> Benchmark:
    lines = [
        {"name": _OURS_OF_MEDIANS[key][0], "pounds_per_hour": Decimal(value), "ours": _OURS_OF_MEDIANS[key][1]}
        for key, value in row.items()
        if key not in _NOT_LINES and value
    ]
    return parse(
        Benchmark,
        {
            "kind": "cost-of-care",
            "publisher": row["council"],
            "council": row["council"],
            "nation": HOME_NATION,
            "financial_year": _COST_OF_CARE_YEAR,
            "pounds_per_hour": Decimal(row["median"]),
            "lower_quartile_pounds_per_hour": row["lower_quartile"] or None,
            "upper_quartile_pounds_per_hour": row["upper_quartile"] or None,
            "source": row["source"],
            "source_date": row["source_date"],
            "note": "Median of providers' own costs, in prices of April 2022",
            "line": lines,
        },
    )
