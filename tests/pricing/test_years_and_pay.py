"""Years: what moves, what is held, what is asked; sick pay; lawful pay with all that carers bear; numbers refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from pricing import (
    BandedAssumptions,
    Index,
    PricingInputError,
    Published,
    WeeklyHours,
    calibration,
    diagnose,
    effective_on_costs,
    in_year,
    load_statutory,
    minimum_wage_tests,
    minimum_wage_tests_at,
    parse_assumptions,
    price,
    price_bands,
    summarise,
    uplift,
)
from pricing.banded_years import bands_in_year
from pricing.sick_pay import Absence, sick_pay_share
from pricing.working_terms import Deduction, WorkingTerms, minimums_by_age
from pricing.years import Growth, YearTerms, mean_pay
from tests.pricing.cases import LEICESTERSHIRE_URBAN

D = Decimal
URBAN = parse_assumptions(LEICESTERSHIRE_URBAN)
HOURS = calibration().weekly_hours.groups
FIGURES = load_statutory()


def test_mileage_is_never_overwritten_and_every_input_is_listed() -> None:
    own = URBAN.model_copy(update={"travel": URBAN.travel.model_copy(update={"pence_per_mile": D(30)})})
    moved = in_year(own, "2026-27", wage="real-living", hours=HOURS)
    assert moved.assumptions.travel.pence_per_mile == 30
    moves = {move.field: move for move in moved.moves}
    assert moves["travel.pence_per_mile"].what == "asked"
    assert "up to 55p" in moves["travel.pence_per_mile"].sentence()
    assert moves["on_costs.sickness"].what == "asked"
    assert moves["business.pounds_per_contact_hour"].what == "asked"
    assert moves["wage_pounds_per_hour"].what == moves["on_costs.pension"].what == "moved"
    assert moves["return.share"].what == moves["mean_visit_minutes"].what == "held"
    assert moved.assumptions.financial_year == "2026-27"
    terms = YearTerms(
        uplift={"": Growth(D("0.05"), "ours")}, pence_per_mile=D(55), hours=HOURS, absence=Absence(days_per_year=D(6))
    )
    answered = in_year(own, "2026-27", terms=terms)
    # the wage is below the floor and nobody said which to pay
    assert [move.field for move in answered.moves if move.what == "asked"] == ["wage_pounds_per_hour"]
    assert answered.assumptions.business.pounds_per_contact_hour == D("3.78")
    with pytest.raises(PricingInputError, match=r"uplift\.return\.share"):
        in_year(own, "2026-27", terms=YearTerms(uplift={"return.share": Growth(D("0.05"), "ours")}))


def test_national_insurance_falls_on_all_pay_under_additive_on_costs_too() -> None:
    enhanced = LEICESTERSHIRE_URBAN | {
        "on_costs": LEICESTERSHIRE_URBAN["on_costs"] | {"method": "additive"},
        "travel_wage_pounds_per_hour": 12.71,
        "wage_pounds_per_hour": 13.45,
        "enhancements": [
            {"name": "Weekend", "share_of_contact_hours": 0.3, "pay_multiplier": 1.5, "applies_to_travel": False}
        ],
    }
    moved = in_year(parse_assumptions(enhanced), "2026-27", hours=HOURS)
    rate = price(moved.assumptions)
    pay = sum(
        rate.line(key).pounds_per_contact_hour
        for key in (
            "direct_care",
            "enhanced_pay",
            "travel_time",
            "waiting_time",
            "training",
            "holiday",
            "sickness",
            "notice",
        )
    )
    share = moved.assumptions.on_costs.employer_ni.share
    assert share is not None
    assert abs(rate.line("employer_ni").pounds_per_contact_hour - pay * share) < D("0.0000001")
    # the share itself is of the mean paid hour, above the wage for the weekend and below it for travel
    expected = effective_on_costs(FIGURES.year("2026-27"), mean_pay(moved.assumptions), HOURS).employer_ni
    assert share == expected
    assert D("13.45") < mean_pay(moved.assumptions) < D("15.47")


def test_a_bands_own_wage_moves_with_its_own_contributions() -> None:
    bands = calibration().banded.bands
    dear = bands[3].model_copy(update={"wage_pounds_per_hour": D("10.00")})
    banded = BandedAssumptions(base=URBAN, bands=(bands[0], dear))
    moved = bands_in_year(banded, "2026-27", YearTerms(wage="real-living", hours=HOURS))
    after = moved.banded.bands[1]
    assert after.wage_pounds_per_hour == pytest.approx(D("10.00") * D("13.45") / D("9.30"))
    assert after.employer_ni is not None
    assert after.employer_ni.share > moved.banded.base.on_costs.employer_ni.share  # type: ignore[operator]
    assert {m.field for m in moved.moves} >= {"bands.isolated.wage_pounds_per_hour", "bands.isolated.employer_ni"}
    assert moved.banded.bands[0].employer_ni is None


def test_bands_wait_as_the_base_does() -> None:
    waiting = URBAN.model_copy(update={"travel": URBAN.travel.model_copy(update={"waiting_minutes_per_visit": D(4)})})
    rates = price_bands(BandedAssumptions(base=waiting, bands=calibration().banded.bands))
    assert all(rate.line("waiting_time").pounds_per_contact_hour > 0 for rate in rates.values())


def test_sick_pay_before_and_after_the_reform() -> None:
    """Ten days in two spells, 28 hours at 13.45: 123.25 / 5 x 10 from 2026; four days at 118.75 / 5 before."""
    group = [WeeklyHours(hours_per_week=D(28), share_of_hours=D(1))]
    absence = Absence(days_per_year=D(10), spells_per_year=D(2))
    new = sick_pay_share(FIGURES.year("2026-27"), D("13.45"), group, absence)
    assert new == round(D("123.25") / 5 * 10 / (D("376.60") * 52), 8)
    old = sick_pay_share(FIGURES.year("2025-26"), D("13.45"), group, absence)
    assert old == round(D("118.75") / 5 * 4 / (D("376.60") * 52), 8)
    few = [WeeklyHours(hours_per_week=D(8), share_of_hours=D(1))]
    # 8 hours at 13.45 are 107.60: 80% of it is 86.08, less than the flat rate; before 2026 under the earnings limit
    assert sick_pay_share(FIGURES.year("2026-27"), D("13.45"), few, absence) == round(
        D("86.08") / 5 * 10 / (D("107.60") * 52), 8
    )
    assert sick_pay_share(FIGURES.year("2025-26"), D("13.45"), few, absence) == 0


def at_minimum(**travel: Any) -> dict[str, Any]:
    given = LEICESTERSHIRE_URBAN | {"wage_pounds_per_hour": 12.71, "travel": LEICESTERSHIRE_URBAN["travel"] | travel}
    return {"urban": parse_assumptions(given)}


def test_unrepaid_travel_lowers_pay_below_the_minimum() -> None:
    approved = WorkingTerms(cost_pence_per_mile=D(55))
    paid = minimum_wage_tests(at_minimum(pence_per_mile=55), D("12.71"), patterns=["all_working_time"], terms=approved)
    assert all(test.lawful for test in paid)
    unpaid = minimum_wage_tests(at_minimum(pence_per_mile=0), D("12.71"), patterns=["all_working_time"])
    assert not any(test.lawful for test in unpaid)
    mean = unpaid[0]
    # 1.55 miles at 45p over 46.25 minutes
    assert mean.deductions_pounds_per_working_hour == round(D("1.55") * D("0.45") / D("46.25") * 60, 8)
    assert "45p of 45p a mile not repaid" in mean.sentence()
    part = minimum_wage_tests(at_minimum(pence_per_mile=30), D("12.71"), patterns=["all_working_time"], terms=approved)
    assert not part[0].lawful


@pytest.mark.parametrize(
    "borne",
    [
        {"uniform_pounds_per_week": 2, "working_hours_per_week": 28},
        {"unpaid_training_minutes_per_week": 30, "working_hours_per_week": 28},
        {"unpaid_waiting_minutes_per_visit": 3},
        {"deductions": [{"name": "DBS check", "pounds_per_week": 1}], "working_hours_per_week": 28},
    ],
)
def test_each_deduction_and_unpaid_minute_counts(borne: dict[str, Any]) -> None:
    terms = WorkingTerms.model_validate({"cost_pence_per_mile": 45} | borne)
    tests = minimum_wage_tests(at_minimum(), D("12.71"), patterns=["all_working_time"], terms=terms)
    assert not any(test.lawful for test in tests)
    assert all(test.counted for test in tests)
    again = at_minimum()["urban"].model_copy(
        update={"wage_pounds_per_hour": tests[0].contact_rate_needed_pounds_per_hour}
    )
    assert again.wage_pounds_per_hour > D("12.71")


def test_a_week_of_two_pounds_is_spread_over_its_hours() -> None:
    terms = WorkingTerms(deductions=(Deduction(name="Phone", pounds_per_week=D(2)),), working_hours_per_week=D(40))
    (test, *_) = minimum_wage_tests(at_minimum(), D("12.71"), patterns=["all_working_time"], terms=terms)
    assert test.deductions_pounds_per_working_hour == D("0.05")
    with pytest.raises(ValueError, match="working_hours_per_week"):
        WorkingTerms(uniform_pounds_per_week=D(2))


def test_at_a_price_too_what_carers_bear_counts() -> None:
    bands, paid = at_minimum(pence_per_mile=0), {"urban": D("25.00")}
    without = minimum_wage_tests_at(bands, paid, D("12.71"), terms=WorkingTerms(cost_pence_per_mile=D(0)))
    borne = minimum_wage_tests_at(bands, paid, D("12.71"))
    assert all(
        b.pay_pounds_per_working_hour < w.pay_pounds_per_working_hour for b, w in zip(borne, without, strict=True)
    )


@pytest.mark.parametrize(
    ("year", "ages"),
    [
        ("2026-27", {"21 and over": "12.71", "18 to 20": "10.85", "under 18": "8.00", "apprentice": "8.00"}),
        (
            "2021-22",
            {"23 and over": "8.91", "21 to 22": "8.36", "18 to 20": "6.56", "under 18": "4.62", "apprentice": "4.30"},
        ),
    ],
)
def test_the_minimum_of_each_age(year: str, ages: dict[str, str]) -> None:
    assert minimums_by_age(FIGURES.year(year)) == {age: D(pounds) for age, pounds in ages.items()}


def test_people_under_21_carry_no_contribution_up_to_the_upper_threshold() -> None:
    young = [WeeklyHours(hours_per_week=D(40), share_of_hours=D(1), age="under_21")]
    assert effective_on_costs(FIGURES.year("2026-27"), D("10.85"), young).employer_ni == 0
    # 80 hours at 13.45 are 1,076 a week, 109 over 967
    many = [WeeklyHours(hours_per_week=D(80), share_of_hours=D(1), age="apprentice_under_25")]
    assert effective_on_costs(FIGURES.year("2026-27"), D("13.45"), many).employer_ni == D("0.15") * 109 / 1076


def test_the_levy_is_a_line_where_it_is_given_and_only_there() -> None:
    assert "apprenticeship_levy" not in {line.key for line in price(URBAN).lines}
    levied = price(
        LEICESTERSHIRE_URBAN | {"on_costs": LEICESTERSHIRE_URBAN["on_costs"] | {"apprenticeship_levy": 0.0025}}
    )
    line = levied.line("apprenticeship_levy")
    assert line.pounds_per_contact_hour > 0
    assert line.annex_a == "NI (employer)"
    assert sum(each.pounds_per_contact_hour for each in levied.lines) == levied.unrounded


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (["2024-25", "2026-27"], "2025-26, the year after 2024-25"),
        (["2025-26", "2025-26"], "2026-27, the year after 2025-26"),
        (["2026-27", "2025-26"], "2027-28, the year after 2026-27"),
        (["2025-26", "2026-27"], "years.0: found '2025-26', expected 2024-25, the year that the prices are of"),
        ([], "years: found .*, expected one financial year at least"),
        (["2024"], "years.0: found '2024', expected a financial year such as 2026-27"),
        (["2024-26"], "years.0: found '2024-26', expected a financial year"),
        (["2024-25", "next year"], "years.1: found 'next year', expected a financial year"),
    ],
)
def test_an_uplift_goes_from_a_year_to_the_next(years: list[str], said: str) -> None:
    index = {"wage_pounds_per_hour": Index(name="NLW", figure="national_living_wage_pounds_per_hour")}
    with pytest.raises(PricingInputError, match=said):
        uplift(URBAN.model_copy(update={"financial_year": "2024-25"}), years, index)
    with pytest.raises(ValidationError, match=r"at least 0\.00000001"):
        Index(name="CPI", growth={"2025-26": D("1e-28")})


def test_three_thirds_are_the_whole() -> None:
    third = [WeeklyHours(hours_per_week=D(hours), share_of_hours=D("0.3333")) for hours in (16, 28, 40)]
    exact = [WeeklyHours(hours_per_week=D(hours), share_of_hours=D(1) / 3) for hours in (16, 28, 40)]
    year = FIGURES.year("2026-27")
    found, wanted = (effective_on_costs(year, D("13.45"), hours).employer_ni for hours in (third, exact))
    assert abs(found - wanted) < D("1e-20")


def test_totals_are_of_complete_returns() -> None:
    lines = ("direct_care", "travel_time", "business")
    whole = [
        dict(zip(lines, map(D, row), strict=True)) for row in (("11", "2", "9"), ("12", "2", "9.90"), ("13", "2", "9"))
    ]
    part = [{"direct_care": D(11), "travel_time": None, "business": D(9)}, {"direct_care": D(11), "business": D(8)}]
    found = summarise([*whole, *part])
    assert found.totals is not None
    assert (found.totals.answers, found.totals.median) == (3, D("23.90"))
    assert [item.provider for item in found.incomplete] == [4, 5]
    assert any("complete returns of 5" in warning for warning in found.warnings)
    assert summarise([*part, {"travel_time": D(1)}]).totals is None


def test_the_stated_mean_visit_is_held_against_the_blended_price() -> None:
    prices = {15: D("23.69"), 30: D("19.73"), 45: D("18.41"), 60: D("17.75")}
    fits = Published(pounds_per_hour_by_minutes=prices, blended_pounds_per_hour=D("18.74"), mean_visit_minutes=D(40))
    assert not diagnose(fits).found("mean_visit_does_not_fit")
    off = diagnose(fits.model_copy(update={"mean_visit_minutes": D(30)}))
    assert off.found("mean_visit_does_not_fit")
    assert "At the stated mean visit of 30 minutes the law gives £19.73" in off.findings[-1].sentence


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("wage_pounds_per_hour", "1e-28"),
        ("on_costs.sickness", "1e-28"),
        ("round_to_pence", "1e-28"),
        ("mean_visit_minutes", -15),
        ("travel.minutes_per_visit", "NaN"),
        ("business.pounds_per_contact_hour", "Infinity"),
        ("visit_lengths_minutes", [15, 15]),
        ("visit_lengths_minutes", [-15]),
    ],
)
def test_numbers_nobody_meant_are_refused_by_field(path: str, value: Any) -> None:
    given: dict[str, Any] = {**LEICESTERSHIRE_URBAN}
    head, _, last = path.partition(".")
    given[head] = given[head] | {last: value} if last else value
    with pytest.raises(PricingInputError) as caught:
        parse_assumptions(given)
    assert any(problem.field.startswith(path) for problem in caught.value.problems)


def test_a_price_warns_of_pence_in_pounds_and_of_pay_below_every_floor() -> None:
    travel = LEICESTERSHIRE_URBAN["travel"] | {"pence_per_mile": 0.45}
    found = price(LEICESTERSHIRE_URBAN | {"travel": travel, "wage_pounds_per_hour": 5})
    assert {(w.code, w.field) for w in found.warnings} == {
        ("mileage-in-pounds", "travel.pence_per_mile"),
        ("below-wage-floor", "wage_pounds_per_hour"),
    }
    stale = price(LEICESTERSHIRE_URBAN | {"financial_year": "2026-27"})
    assert [w.code for w in stale.warnings] == ["below-wage-floor", "far-from-benchmark"]
    assert price(URBAN).warnings == ()


def test_weekend_and_evening_shares_that_were_rounded_are_the_whole() -> None:
    def paid(share: str) -> dict[str, Any]:
        parts = [
            {"name": name, "share_of_contact_hours": share, "pay_multiplier": 1.5, "applies_to_travel": True}
            for name in ("evening", "weekend", "night")
        ]
        return LEICESTERSHIRE_URBAN | {"enhancements": parts}

    rounded, exact = (price(paid(share)).unrounded for share in ("0.33334", "0.33333333"))
    assert abs(rounded - exact) < D("0.001")
    with pytest.raises(PricingInputError, match=r"enhancements: .*add up to more than 1"):
        price(paid("0.334"))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"unpaid_training_minutes_per_week": 60, "working_hours_per_week": 20}, "with unpaid training 60 minutes"),
        ({"unpaid_waiting_minutes_per_visit": 5}, "with unpaid waiting 5 minutes a visit"),
        ({"uniform_pounds_per_week": 4, "working_hours_per_week": 20}, "after £0.20 for uniform £4.00 a week"),
    ],
)
def test_a_shortfall_names_what_it_comes_from(terms: dict[str, Any], said: str) -> None:
    (test, *_) = minimum_wage_tests({"": URBAN}, D("9.30"), terms=WorkingTerms.model_validate(terms))
    assert not test.lawful
    assert said in test.sentence()
    with pytest.raises(ValidationError, match=r"at least 0\.00000001"):
        WorkingTerms.model_validate(terms | {"unpaid_waiting_minutes_per_visit": "1e-28"})


def test_a_copy_is_checked_like_any_other_value() -> None:
    for wrong in ({"wage_pounds_per_hour": D(-5)}, {"mean_visit_minutes": 0}, {"no_such_field": 1}):
        with pytest.raises(PricingInputError) as caught:
            URBAN.model_copy(update=wrong)
        assert caught.value.problems[0].field == next(iter(wrong))
