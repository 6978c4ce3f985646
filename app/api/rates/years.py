"""Figures by year, prices in another year, and what a demand costs in one. Stateless."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body

from app.api.rates import answers as given
from app.api.rates.costing import cost_answer
from app.api.rates.examples import (
    COST_EXAMPLE,
    CQC_EXAMPLE,
    ON_COST_EXAMPLE,
    UPLIFT_EXAMPLE,
    YEAR_EXAMPLE,
)
from app.api.rates.pricing import Pricer
from app.api.rates.requests import CostRequest, CqcRequest, OnCostRequest, UpliftRequest, YearRequest
from app.api.rates.router import router
from app.problems import not_found
from app.usecases.rates.pricing_questions import held_in_pounds, price_in_year
from pricing import (
    Calibration,
    UpliftYear,
    calibration,
    calibrations,
    cqc_fee_pounds_per_contact_hour,
    cqc_fee_pounds_per_year,
    effective_on_costs,
    load_statutory,
    price,
    uplift,
)


@router.post("/pricing/cost")
def cost_a_year(
    request: Annotated[CostRequest, Body(openapi_examples=COST_EXAMPLE)], _caller: Pricer
) -> given.PricingCostAnswer:
    """Annual cost of hours by band, zone, funder and provider at one tariff or two; weeks or days stated."""
    return cost_answer(request)


@router.post("/pricing/year")
def price_in_a_year(
    request: Annotated[YearRequest, Body(openapi_examples=YEAR_EXAMPLE)], _caller: Pricer
) -> given.YearAnswer:
    """A price moved to a year: what moved each input, what was held and why, and what somebody has to decide."""
    moved = price_in_year(request)
    return given.YearAnswer(
        financial_year=request.financial_year,
        applied=[given.AppliedAnswer.model_validate(item) for item in moved.applied],
        held=list(held_in_pounds(moved)),
        moves=list(moved.moves),
        assumptions=moved.assumptions,
        rate=price(moved.assumptions),
    )


@router.post("/pricing/uplift")
def uplift_price(
    request: Annotated[UpliftRequest, Body(openapi_examples=UPLIFT_EXAMPLE)], _caller: Pricer
) -> list[given.UpliftYearAnswer]:
    """Carry a price over years with an index for each input; inputs without one are named as held."""
    years = uplift(
        request.assumptions,
        request.years,
        request.indices,
        hours=request.weekly_hours,
        pension_participation=request.pension_participation,
        statutory=load_statutory(request.own_figures_toml),
    )
    return [_uplift_year(year, before) for year, before in zip(years, [None, *years], strict=False)]


def _uplift_year(year: UpliftYear, before: UpliftYear | None) -> given.UpliftYearAnswer:
    rise = None if before is None else year.rate.unrounded - before.rate.unrounded
    return given.UpliftYearAnswer(
        financial_year=year.financial_year,
        pounds_per_hour=year.rate.total,
        unrounded_pounds_per_hour=year.rate.unrounded,
        rise_pounds_per_hour=rise,
        rise_share=None if before is None or rise is None else rise / before.rate.unrounded,
        changes=[given.ChangeAnswer.model_validate(change) for change in year.changes],
        held=list(year.held),
        line_changes_pounds_per_contact_hour={} if before is None else year.line_changes(before),
    )


@router.post("/pricing/on-costs")
def work_out_on_costs(
    request: Annotated[OnCostRequest, Body(openapi_examples=ON_COST_EXAMPLE)], _caller: Pricer
) -> given.OnCostAnswer:
    """Employer NI and pension as shares of pay, from the hours people work and not from the headline rates."""
    year = load_statutory(request.own_figures_toml).year(request.financial_year)
    return given.OnCostAnswer.model_validate(
        effective_on_costs(
            year,
            request.wage_pounds_per_hour,
            request.weekly_hours,
            pension_participation=request.pension_participation,
            start=request.first_day,
            end=request.last_day,
            pay_bill_pounds_per_year=request.pay_bill_pounds_per_year,
            employment_allowance=request.employment_allowance,
        )
    )


@router.post("/pricing/cqc-fee")
def work_out_cqc_fee(
    request: Annotated[CqcRequest, Body(openapi_examples=CQC_EXAMPLE)], _caller: Pricer
) -> given.CqcAnswer:
    """The Care Quality Commission's annual fee of a provider, and what it comes to in an hour of care."""
    size = {"locations": request.locations, "people": request.people}
    return given.CqcAnswer(
        pounds_per_year=cqc_fee_pounds_per_year(request.scheme, **size),
        pounds_per_contact_hour=cqc_fee_pounds_per_contact_hour(
            request.scheme, **size, contact_hours_per_year=request.contact_hours_per_year
        ),
    )


@router.get("/pricing/statutory")
def list_statutory_years(_caller: Pricer) -> list[given.StatutoryYearAnswer]:
    """Every financial year there are figures for, each figure with its source, date and confidence."""
    return [given.StatutoryYearAnswer.model_validate(year) for _, year in sorted(load_statutory().years.items())]


@router.get("/pricing/statutory/{financial_year}")
def get_statutory_year(financial_year: str, _caller: Pricer) -> given.StatutoryYearAnswer:
    """The figures of one financial year, such as 2026-27. A year without figures is refused, never extrapolated."""
    return given.StatutoryYearAnswer.model_validate(load_statutory().year(financial_year))


@router.get("/pricing/calibrations")
def list_parameter_sets(_caller: Pricer) -> list[str]:
    """Names of the parameter sets that come with the service."""
    return list(calibrations())


@router.get("/pricing/calibrations/{name}")
def get_parameter_set(name: str, _caller: Pricer) -> Calibration:
    """One parameter set: its inputs, what it rests on, and whether it is published or inferred."""
    if name not in calibrations():
        raise not_found("calibration", name)
    return calibration(name)
