"""The benchmarks beside a price, a card and each band of a proposal, and the list of those held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pricing import Benchmark, BesideBenchmark, FeeRise, Line, Rate, benchmarks, beside, fee_rises, neighbours_of
from pricing.benchmarks import Kind

_LINES = TypeAdapter(tuple[Line, ...])


class PricedHour(Rate):
    """A price with the benchmarks nearest to its year beside it."""

    benchmarks: tuple[BesideBenchmark, ...]


class BenchmarksAnswer(BaseModel):
    """The benchmarks held, each with its year and source."""

    items: list[Benchmark]
    fee_rises: list[FeeRise] = Field(
        description="How much fees for home care rose from the year before, as councils returned it to the "
        "Department of Health and Social Care."
    )


def held(kind: Kind | None, financial_year: str | None, nation: str | None) -> BenchmarksAnswer:
    """The benchmarks held, all or of one kind, year or nation."""
    return BenchmarksAnswer(
        items=[
            each
            for each in benchmarks()
            if kind in {None, each.kind}
            and financial_year in {None, each.financial_year}
            and nation in {None, each.nation}
        ],
        fee_rises=[rise for rise in fee_rises() if financial_year in {None, rise.financial_year}],
    )


def priced_hour(rate: Rate, council: str = "") -> PricedHour:
    """A price with its benchmarks."""
    found = beside_rate(rate, council=council)
    return PricedHour.model_construct(**{name: getattr(rate, name) for name in Rate.model_fields}, benchmarks=found)


def beside_rate(rate: Rate, *, band: str = "", council: str = "") -> tuple[BesideBenchmark, ...]:
    """The benchmarks beside a price that was just built up."""
    year, near = rate.assumptions.financial_year, neighbours_of(council)
    return beside(rate.total, year, rate.lines, band=band, neighbours=near)


def beside_stored(
    pounds_per_hour: Decimal, financial_year: str, band: str, lines: Sequence[Mapping[str, Any]], council: str
) -> tuple[BesideBenchmark, ...]:
    """The benchmarks beside a rate of a card, whose lines are as they were stored with it."""
    try:
        known = _LINES.validate_python(lines)
    except ValidationError:  # a card of before lines had keys is shown without an explanation of the gap
        known = ()
    return beside(pounds_per_hour, financial_year, known, band=band, neighbours=neighbours_of(council))


def benchmark_sentences(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands beside a price, for people at a terminal; the gap line by line under each whose build-up is known."""
    said = []
    for each in found:
        said.append(f"  {each['sentence']}")
        if each["benchmark"]["kind"] != "minimum-price" or not each["lines"]:
            continue
        said.append(f"      {'':<40}{'ours':>9}{'theirs':>9}{'gap':>9}")
        said += [
            f"      {line['name']:<40}{line['ours_pounds_per_hour']:>9.4f}{line['theirs_pounds_per_hour']:>9.4f}"
            f"{line['difference_pounds_per_hour']:>+9.4f}"
            for line in each["lines"]
        ]
    return said
