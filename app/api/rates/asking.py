"""What commissioners ask of a price: backwards, how sure, lawful or not, what others published. Stateless."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Body

from app.api.rates import answers as given
from app.api.rates.examples import (
    DIAGNOSE_EXAMPLE,
    MINIMUM_WAGE_EXAMPLE,
    SAMPLE_EXAMPLE,
    SENSITIVITY_EXAMPLE,
    SIMULATE_EXAMPLE,
    SOLVE_EXAMPLE,
)
from app.api.rates.pricing import Pricer
from app.api.rates.requests import (
    MinimumWageRequest,
    SampleRequest,
    SensitivityRequest,
    SimulateRequest,
    SolveRequest,
)
from app.api.rates.router import router
from app.usecases.rates.lawful_pay import LawfulQuestion, lawful_pay, minimums_of, terms_in_year
from pricing import (
    Published,
    break_even_hours_per_year,
    diagnose,
    load_statutory,
    price,
    price_for_share_of_providers,
    return_supported,
    simulate,
    solve,
    summarise,
    tornado,
)

Solved = given.SolutionAnswer | given.ReturnAnswer | given.ProvidersAnswer | given.BreakEvenAnswer


@router.post("/pricing/solve")
def solve_price(request: Annotated[SolveRequest, Body(openapi_examples=SOLVE_EXAMPLE)], _caller: Pricer) -> Solved:
    """Ask backwards: the wage, travel, overhead or any input that a price supports, its return, break-even hours."""
    if request.question == "share_of_providers":
        share = request.share_of_providers or Decimal(0)
        needed = price_for_share_of_providers(request.providers, share, hours=request.hours_per_week)
        return given.ProvidersAnswer(share_of_providers=share, pounds_per_hour=needed)
    # SolveRequest holds that each question has what it needs
    assert request.assumptions is not None  # noqa: S101
    assert request.pounds_per_hour is not None  # noqa: S101
    if request.question == "return":
        return given.ReturnAnswer.model_validate(return_supported(request.assumptions, request.pounds_per_hour))
    if request.question == "break_even":
        hours = break_even_hours_per_year(request.assumptions, request.pounds_per_hour, request.fixed_pounds_per_year)
        return given.BreakEvenAnswer(contact_hours_per_year=hours)
    assert request.field is not None  # noqa: S101
    found = solve(
        request.assumptions, request.field, request.pounds_per_hour, at_visit_minutes=request.at_visit_minutes
    )
    return given.SolutionAnswer(
        field=found.field, value=found.value, pounds_per_hour=found.rate.unrounded, rate=found.rate
    )


@router.post("/pricing/sensitivity")
def measure_sensitivity(
    request: Annotated[SensitivityRequest, Body(openapi_examples=SENSITIVITY_EXAMPLE)], _caller: Pricer
) -> given.SensitivityAnswer:
    """A tornado: one input moved at a time, the widest bar first."""
    ranges = None if request.ranges is None else {path: (r.low, r.high) for path, r in request.ranges.items()}
    bars = tornado(request.assumptions, ranges, share=request.share)
    return given.SensitivityAnswer(
        pounds_per_hour=price(request.assumptions).unrounded,
        bars=[given.BarAnswer.model_validate(bar) for bar in bars],
    )


@router.post("/pricing/simulate")
def simulate_providers(
    request: Annotated[SimulateRequest, Body(openapi_examples=SIMULATE_EXAMPLE)], _caller: Pricer
) -> given.SimulateAnswer:
    """Draw scenarios from the ranges: quantiles of the price, and how often a provider loses money. Seeded."""
    found = simulate(
        request.assumptions,
        request.ranges,
        scenarios=request.scenarios,
        seed=request.seed,
        price_paid=request.price_paid_pounds_per_hour,
        quantiles=request.quantiles,
    )
    return given.SimulateAnswer(
        scenarios=found.scenarios,
        seed=found.seed,
        mean_pounds_per_hour=found.mean,
        quantiles=[given.Quantile(quantile=q, pounds_per_hour=pounds) for q, pounds in found.quantiles.items()],
        price_paid_pounds_per_hour=found.price_paid,
        share_losing_money=found.share_losing_money,
        mean_loss_pounds_per_hour=found.mean_loss,
        share_below_return=found.share_below_return,
    )


@router.post("/pricing/minimum-wage")
def check_minimum_wage(
    request: Annotated[MinimumWageRequest, Body(openapi_examples=MINIMUM_WAGE_EXAMPLE)], _caller: Pricer
) -> given.MinimumWageAnswer:
    """Is every pattern of paid time lawful, with what carers bear themselves, and if not by how much and where."""
    statutory = load_statutory(request.own_figures_toml)
    year, given_minimum = request.financial_year, request.minimum_pounds_per_hour
    minimums = {"": given_minimum} if given_minimum is not None else {}
    if year is not None:
        minimums = minimums_of(statutory, year, by_age=request.by_age)
    banded = request.banded
    bands = {band.name: banded.of_band(band.name) for band in banded.bands} if banded else {}
    if request.assumptions is not None:
        bands = {request.assumptions.label: request.assumptions}
    tests, supported = lawful_pay(
        LawfulQuestion(
            bands=bands,
            minimums=minimums,
            pounds_per_hour=request.pounds_per_hour,
            patterns=request.patterns,
            other_minutes=request.other_working_minutes_per_contact_hour,
            terms=terms_in_year(request.terms, statutory, year),
            pay_by_age=request.pay_by_age,
        )
    )
    return given.MinimumWageAnswer(
        minimum_pounds_per_hour=max(minimums.values()),
        tested_at="the wage assumed" if request.pounds_per_hour is None else "the pay that each band's price supports",
        all_lawful=all(test.lawful for test in tests),
        tests=[given.wage_test_answer(test) for test in tests],
        wages_supported=[given.WageSupportedAnswer.model_validate(found) for found in supported],
    )


@router.post("/pricing/provider-sample")
def summarise_provider_sample(
    request: Annotated[SampleRequest, Body(openapi_examples=SAMPLE_EXAMPLE)], _caller: Pricer
) -> given.SampleAnswer:
    """Medians and quartiles per line of what providers answered, with the warnings that belong beside them."""
    return given.SampleAnswer.model_validate(summarise(request.providers, travel_line=request.travel_line))


@router.post("/pricing/diagnose")
def diagnose_price(
    published: Annotated[Published, Body(openapi_examples=DIAGNOSE_EXAMPLE)], _caller: Pricer
) -> given.DiagnosisAnswer:
    """Hold published prices by visit length against the law they should follow, and name known mistakes in them."""
    found = diagnose(published)
    return given.DiagnosisAnswer(
        pounds_per_hour=found.law.pounds_per_hour if found.law else None,
        pounds_per_visit=found.law.pounds_per_visit if found.law else None,
        implied_mean_visit_minutes=found.implied_mean_visit_minutes,
        findings=[given.FindingAnswer.model_validate(finding) for finding in found.findings],
    )
