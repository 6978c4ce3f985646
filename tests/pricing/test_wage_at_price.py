"""Whether pay is lawful at a price: each way of paying spends what the price leaves for pay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing import Assumptions, PricingInputError, minimum_wage_tests_at, parse_assumptions, price
from tests.pricing.cases import LEICESTERSHIRE_URBAN, amounts, some

URBAN = parse_assumptions(LEICESTERSHIRE_URBAN)
MINIMUM = Decimal("8.21")


def pay_at(assumptions: Assumptions, paid: Decimal) -> dict[tuple[Decimal | None, str], Decimal]:
    found = minimum_wage_tests_at({"urban": assumptions}, {"urban": paid}, MINIMUM)
    return {(test.minutes, test.pattern): test.pay_pounds_per_working_hour for test in found}


def test_the_price_a_wage_was_built_to_supports_that_wage() -> None:
    pay = pay_at(URBAN, price(URBAN).unrounded)
    assert all(
        pay[minutes, "all_working_time"] == pytest.approx(Decimal("9.30"), abs=Decimal("1e-6"))
        for minutes in (None, 15, 60)
    )


def test_contact_only_pay_at_the_mean_visit_spends_the_same_and_starves_short_visits() -> None:
    pay = pay_at(URBAN, Decimal("18.75"))
    assert float(pay[None, "contact_only"]) == pytest.approx(float(pay[None, "all_working_time"]), abs=1e-6)
    assert pay[Decimal(15), "contact_only"] < MINIMUM < pay[Decimal(60), "contact_only"]


def test_a_price_below_the_other_costs_leaves_nothing_and_says_so() -> None:
    found = minimum_wage_tests_at({"urban": URBAN}, {"urban": Decimal("4.00")}, MINIMUM, patterns=("contact_only",))
    assert {test.shortfall_pounds_per_working_hour for test in found} == {MINIMUM}


def test_a_band_without_a_price_is_named() -> None:
    with pytest.raises(PricingInputError, match="urban"):
        minimum_wage_tests_at({"urban": URBAN}, {}, MINIMUM)


@some
@given(paid=amounts("15", "40", 2), more=amounts("0.05", "5", 2), waiting=st.integers(0, 10))
def test_a_higher_price_never_pays_less(paid: Decimal, more: Decimal, waiting: int) -> None:
    travel = URBAN.travel.model_copy(update={"waiting_minutes_per_visit": Decimal(waiting)})
    assumptions = URBAN.model_copy(update={"travel": travel})
    low, high = pay_at(assumptions, paid), pay_at(assumptions, paid + more)
    assert all(high[case] > low[case] for case in low)
