"""Stateless pricing: one price, the bands, the words and the files. Nothing stored is read or written."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Body, Depends, Response

from app.api.dependencies import require
from app.api.openapi import files
from app.api.rates.answers import BandPrice, BandsAnswer, ExplainAnswer, PeriodPrice
from app.api.rates.examples import BANDS_EXAMPLE, BANDS_FILE_EXAMPLE, PERIODS_EXAMPLE, PRICE_EXAMPLE
from app.api.rates.requests import BandsRequest
from app.api.rates.router import router
from app.exports.files import MEDIA_TYPES
from app.problems import pricing_problem
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.benchmarks import PricedHour, beside_rate, priced_hour
from pricing import (
    Assumptions,
    BandedAssumptions,
    InputProblem,
    PricingInputError,
    annex_a_csv,
    bands_workbook,
    lines_csv,
    price,
    price_bands,
    price_by_period,
    rate_workbook,
    sentences,
    table,
    weighted_mean_rate,
)

Pricer = Annotated[Principal, Depends(require(Permission.PRICE))]
Priced = Annotated[Assumptions, Body(openapi_examples=PRICE_EXAMPLE)]
PricedBands = Annotated[BandedAssumptions, Body(openapi_examples=BANDS_FILE_EXAMPLE)]


@router.post("/pricing/rates")
async def price_hour(assumptions: Priced, caller: Pricer) -> PricedHour:
    """Build a price line by line from wage and mileage, beside its benchmarks. Nothing stored is read or written."""
    return priced_hour(price(assumptions), caller.council)


@router.post("/pricing/bands")
def price_every_band(
    request: Annotated[BandsRequest, Body(openapi_examples=BANDS_EXAMPLE)], caller: Pricer
) -> BandsAnswer:
    """Price every band of one parameter set, with each band's enhancement over urban (or the base band named)."""
    rates = price_bands(request)
    base = request.base_band or ("urban" if "urban" in rates else next(iter(rates)))
    hours = request.hours_per_week or {}
    problems = [
        InputProblem(field, band, f"one of {', '.join(rates)}")
        for field, band in [("base_band", base), *((f"hours_per_week.{band}", band) for band in hours)]
        if band not in rates
    ]
    if problems:
        raise pricing_problem(PricingInputError(problems))
    totals = {band: rate.total for band, rate in rates.items()}
    return BandsAnswer(
        base_band=base,
        bands=[
            BandPrice(
                band=band,
                pounds_per_hour=total,
                over_base_pounds_per_hour=total - totals[base],
                rate=rates[band],
                benchmarks=beside_rate(rates[band], band=band, council=caller.council),
            )
            for band, total in totals.items()
        ],
        weighted_mean_pounds_per_hour=weighted_mean_rate(totals, hours) if sum(hours.values(), Decimal(0)) else None,
    )


@router.post("/pricing/periods")
def price_every_period(
    assumptions: Annotated[Assumptions, Body(openapi_examples=PERIODS_EXAMPLE)], _caller: Pricer
) -> list[PeriodPrice]:
    """Price basic hours and each enhanced part of the week, as if all hours were of that kind."""
    rates = price_by_period(assumptions)
    basic = next(iter(rates.values())).total
    return [
        PeriodPrice(
            period=name,
            pounds_per_hour=rate.total,
            over_basic_pounds_per_hour=rate.total - basic,
            pounds_per_visit_by_minutes={
                f"{visit.minutes.normalize():f}": visit.rounded_pounds_per_visit for visit in rate.by_visit_length
            },
        )
        for name, rate in rates.items()
    ]


@router.post("/pricing/explain")
def explain_price(assumptions: Priced, _caller: Pricer) -> ExplainAnswer:
    """The price as readable sentences and as a table: formula, inputs and source of every line."""
    rate = price(assumptions)
    text = sentences(rate)
    return ExplainAnswer(total=rate.total, text=text, sentences=text.splitlines(), table=table(rate))


def _file(body: bytes | str, name: str, form: str) -> Response:
    return Response(
        body, media_type=MEDIA_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}.{form}"'}
    )


@router.post("/pricing/workbook.xlsx", response_class=Response, responses=files("xlsx"))
def download_price_workbook(assumptions: Priced, _caller: Pricer) -> Response:
    """The price as a workbook with live formulas: change an input and all follows."""
    return _file(rate_workbook(assumptions), "price", "xlsx")


@router.post("/pricing/annex-a.csv", response_class=Response, responses=files("csv"))
def download_annex_a(assumptions: Priced, _caller: Pricer) -> Response:
    """The price under the headings of Annex A, as CSV."""
    return _file(annex_a_csv({assumptions.label or "price": price(assumptions)}), "annex-a", "csv")


@router.post("/pricing/lines.csv", response_class=Response, responses=files("csv"))
def download_price_lines(assumptions: Priced, _caller: Pricer) -> Response:
    """The build-up as CSV: one row a line, with formula, inputs and source."""
    return _file(lines_csv(price(assumptions)), "lines", "csv")


@router.post("/pricing/bands/workbook.xlsx", response_class=Response, responses=files("xlsx"))
def download_bands_workbook(banded: PricedBands, _caller: Pricer) -> Response:
    """Every band as a column of one workbook with live formulas."""
    return _file(bands_workbook(banded), "bands", "xlsx")


@router.post("/pricing/bands/annex-a.csv", response_class=Response, responses=files("csv"))
def download_bands_annex_a(banded: PricedBands, _caller: Pricer) -> Response:
    """Every band under the headings of Annex A, one column a band, as CSV."""
    return _file(annex_a_csv(price_bands(banded)), "annex-a", "csv")
