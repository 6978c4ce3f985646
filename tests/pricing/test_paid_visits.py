"""What a card pays for a visit, payment rules at the same rates, and budgets of direct payments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pricing import PricingInputError, ServiceRate, build_rate_card, calibration, load_statutory, price_bands, rate_for
from pricing.direct_payment_budget import (
    EmployedAssistant,
    PatternVisit,
    SelfEmployed,
    agency_budget,
    employed_budget,
    self_employed_budget,
)
from pricing.payment_rules import MonitoredVisit, PaidStep, PaymentRules, ShortVisitPremium, compare_rules, pay_visit
from pricing.rate_card import RateCard

D = Decimal
BANDED = calibration().banded
WEEKEND = {"name": "Weekend", "share_of_contact_hours": 0.3, "pay_multiplier": 1.5, "applies_to_travel": True}
NIGHT = ServiceRate(service_type="sleeping_night", pounds_per_night=D(80), basis="As quoted")
REABLEMENT = ServiceRate(service_type="reablement", pounds_per_hour={"urban": D(24)})


def card(**base: Any) -> RateCard:
    banded = BANDED.model_copy(update={"base": BANDED.base.model_copy(update=base)}) if base else BANDED
    return build_rate_card(
        price_bands(banded),
        name="Home care",
        effective_from=date(2020, 11, 1),
        other_services=(NIGHT, REABLEMENT),
    )


PLAIN = card()


def test_a_visit_is_paid_the_cards_price_of_its_length() -> None:
    thirty = rate_for(PLAIN, "urban", minutes=30)
    assert (thirty.pounds_per_visit, thirty.pounds_per_hour, thirty.day_type) == (D("9.87"), D("18.75"), "any")
    # 20 minutes lies on the line through 15 and 60: 5.92 + 5/45 of (17.75 - 5.92)
    assert rate_for(PLAIN, "urban", minutes=20).pounds_per_visit == D("7.23")
    assert rate_for(PLAIN, "urban", minutes=30, carers=2).pounds_per_visit == D("19.73")
    assert rate_for(PLAIN, "urban").pounds_per_visit is None


def test_a_card_with_parts_of_the_week_pays_each_its_price() -> None:
    enhanced = card(enhancements=[WEEKEND])
    weekday, weekend = (rate_for(enhanced, "urban", minutes=30, day_type=day) for day in ("weekday", "WEEKEND"))
    assert weekday.pounds_per_visit == D("9.87")
    assert weekend.day_type == "Weekend"
    assert weekend.pounds_per_visit is not None
    assert weekend.pounds_per_visit > D("13")
    assert rate_for(enhanced, "urban", minutes=30, day_type="evening") == weekday, "not priced apart, so as a weekday"


def test_other_services_on_the_card() -> None:
    night = rate_for(PLAIN, "urban", service_type="sleeping_night")
    assert (night.unit, night.pounds_per_unit, night.how) == ("night", 80, "As quoted")
    hour = rate_for(PLAIN, "urban", service_type="reablement", minutes=45)
    assert hour.pounds_per_visit == 18
    with pytest.raises(PricingInputError, match="one of maintenance, sleeping_night, reablement"):
        rate_for(PLAIN, "urban", service_type="live_in")
    with pytest.raises(PricingInputError, match=r"band: found 'rural', expected one of urban"):
        rate_for(PLAIN, "rural", service_type="reablement")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"minutes": 0}, "minutes"), ({"minutes": -15}, "minutes"), ({"carers": 0}, "carers"), ({"band": "x"}, "band")],
)
def test_a_wrong_visit_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(PricingInputError) as caught:
        rate_for(PLAIN, wrong.pop("band", "urban"), **wrong)
    assert [problem.field for problem in caught.value.problems] == [field]


def visit(**more: Any) -> MonitoredVisit:
    return MonitoredVisit.model_validate({"band": "urban", "planned_minutes": 30} | more)


def test_same_rates_cost_otherwise_under_other_rules() -> None:
    week = [visit(delivered_minutes=26, per_week=10), visit(delivered_minutes=41, per_week=4)]
    rules = {
        "plan": PaymentRules(),
        "minute": PaymentRules(basis="by_minute"),
        "quarters": PaymentRules(
            basis="by_band_of_minutes",
            steps=tuple(PaidStep(up_to_minutes=D(15 * n + 7), paid_minutes=D(15 * n)) for n in (1, 2, 3)),
        ),
        "tolerance": PaymentRules(basis="by_minute", tolerance_minutes=D(5)),
    }
    found = {each.name: each for each in compare_rules(PLAIN, week, rules)}
    assert found["plan"].pounds_per_week == 14 * D("9.87")
    assert found["plan"].over_plan_pounds_per_week == 0
    assert found["minute"].paid_hours_per_week == (26 * 10 + 41 * 4) / D(60)
    # 26 minutes are in the step up to 37, paid as 30; 41 in the step up to 52, paid as 45
    assert found["quarters"].paid_hours_per_week == (30 * 10 + 45 * 4) / D(60)
    assert found["tolerance"].paid_hours_per_week == (30 * 10 + 41 * 4) / D(60)
    assert found["tolerance"].pounds_per_week > found["minute"].pounds_per_week


def test_rounding_premium_cancellation_and_hourly_pay() -> None:
    up = PaymentRules(basis="by_minute", round_to_minutes=D(5), rounding="up", rate="hourly")
    paid = pay_visit(PLAIN, visit(delivered_minutes=26), up)
    assert (paid.minutes, paid.pounds) == (30, D("9.38"))
    short = PaymentRules(premium=ShortVisitPremium(up_to_minutes=D(15), pounds_per_visit=D("1.50")))
    assert pay_visit(PLAIN, visit(planned_minutes=15), short).pounds == D("5.92") + D("1.50")
    late = PaymentRules(cancelled_share=D("0.5"))
    assert pay_visit(PLAIN, visit(cancelled_hours_before=3), late).pounds == D("4.94")
    assert pay_visit(PLAIN, visit(cancelled_hours_before=30), late).pounds == 0
    assert pay_visit(PLAIN, visit(delivered_minutes=0), PaymentRules(basis="by_minute")).pounds == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": "by_band_of_minutes"},
        {"steps": [{"up_to_minutes": 20, "paid_minutes": 15}]},
        {
            "basis": "by_band_of_minutes",
            "steps": [{"up_to_minutes": 30, "paid_minutes": 30}, {"up_to_minutes": 20, "paid_minutes": 45}],
        },
        {"tolerance_minutes": -5},
        {"cancelled_share": 1.5},
    ],
)
def test_rules_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"steps|greater|less"):
        PaymentRules.model_validate(wrong)


PATTERN = (PatternVisit(minutes=D(30), per_week=D(14)), PatternVisit(minutes=D(60), per_week=D(2), carers=2))


def test_three_ways_of_a_direct_payment() -> None:
    agency = agency_budget(PLAIN, "urban", PATTERN, share_of_rate=D(1))
    two_carers = rate_for(PLAIN, "urban", minutes=60, carers=2).pounds_per_visit
    assert two_carers is not None
    assert agency.hours_per_week == 11
    assert agency.pounds_per_week == 14 * D("9.87") + 2 * two_carers
    assert agency.pounds_per_year == agency.pounds_per_week * 52
    own = self_employed_budget(SelfEmployed(pounds_per_hour=D(19)), PATTERN)
    assert own.pounds_per_week == 209
    year = load_statutory().year("2026-27")
    terms = EmployedAssistant(
        wage_pounds_per_hour=D("13.45"), employer_pounds_per_year=D(520), employment_allowance=False
    )
    employed = employed_budget(year, terms, PATTERN)
    lines = {line.name: line.pounds_per_week for line in employed.lines}
    # 11 hours at 13.45 are 147.95 a week: 15% of what is over 96 in every pound of pay, holiday too
    assert lines["Pay"] == D("147.95")
    assert lines["Holiday"] == D("17.86")
    assert lines["Employer National Insurance"] == D("8.73")
    assert lines["Being an employer"] == 10
    assert "Pension" not in lines, "under the trigger of 10,000 a year"
    assert sum(lines.values()) == employed.pounds_per_week
    relieved = employed_budget(year, terms.model_copy(update={"employment_allowance": True}), PATTERN)
    assert "Employer National Insurance" not in {line.name for line in relieved.lines}
