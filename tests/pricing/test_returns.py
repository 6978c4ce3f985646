"""Open-book returns: the usual errors are found, quartiles go by volume, and one return's weight is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pricing import PricingInputError, price
from pricing.return_checks import check_return, fences, label_of, outliers
from pricing.return_statistics import LEAST_RETURNS, model_provider, return_statistics, weighted_quantile
from pricing.returns import COST_LINES, ProviderReturn, parse_return, return_fields
from tests.pricing.returns_for_tests import HOURS, cells, made

SIZES = {1: 1, 2: 2, 3: 3, 4: 1, 5: 1}


def scaled(factor: int, **changes: Any) -> ProviderReturn:
    """A return of a provider as many times as large, alike in every hour."""
    given = cells(**changes)
    whole = ("contact_hours_per_year", "visits_15_per_week", "visits_30_per_week", "visits_45_per_week")
    for key in (*whole, "visits_60_per_week", *COST_LINES):
        given[key] = given[key] * factor
    return parse_return(given)


def test_the_page_has_a_cell_for_every_field_of_a_return() -> None:
    assert [field.key for field in return_fields()] == list(ProviderReturn.model_fields)
    assert len(return_fields()) == 32
    assert label_of("employer_ni") == "Employer National Insurance"
    assert label_of("nothing") == "nothing"


def test_a_whole_and_right_return_has_nothing_to_find() -> None:
    assert check_return(made()) == []


def test_lines_are_the_year_over_its_contact_hours_and_add_up() -> None:
    given = made()
    lines = given.per_contact_hour()
    assert lines["direct_care"] == Decimal(13)
    assert lines["mileage"] == Decimal("1.28")
    assert given.total_per_contact_hour() == sum(value for value in lines.values() if value is not None)
    assert given.hours_of_visits() == HOURS
    assert made(surplus=-10000).per_contact_hour()["surplus"] == Decimal("-0.19230769")


def test_an_empty_cell_is_not_nought() -> None:
    given = made(travel_time=None, premises=None)
    assert given.total_per_contact_hour() is None
    assert given.missing() == ["travel_time", "premises"]
    found = {each.field: each for each in check_return(given)}
    assert found["travel_time"].code == "travel-missing"
    assert found["premises"].code == "line-missing"
    assert found["premises"].sets_aside
    assert found["premises"].sentence() == (
        "Rent, rates and utilities: found an empty cell, expected a figure; 0 where there was none."
    )
    assert made(premises=0).total_per_contact_hour() is not None
    assert made(contact_hours_per_year=None).total_per_contact_hour() is None


@pytest.mark.parametrize(
    ("changes", "code", "field", "aside"),
    [
        ({"travel_minutes_per_visit": 0}, "travel-missing", "travel_minutes_per_visit", True),
        ({"travel_time": 0}, "travel-missing", "travel_time", True),
        ({"employer_ni": 136974}, "ni-without-threshold", "employer_ni", True),
        ({"employer_ni": 50000}, "ni-unlikely", "employer_ni", False),
        ({"contact_hours_per_year": 60000}, "visits-do-not-sum", "contact_hours_per_year", True),
        ({"contact_hours_per_year": 45000}, "visits-do-not-sum", "contact_hours_per_year", True),
        ({"wage_pounds_per_hour": Decimal("12.70")}, "wage-below-floor", "wage_pounds_per_hour", True),
        ({"miles_per_visit": 5, "mileage": 166400}, "travel-against-distance", "travel_minutes_per_visit", False),
        ({"miles_per_visit": Decimal("0.4"), "mileage": 13312}, "travel-against-distance", "travel_minutes_per_visit", False),  # noqa: E501
        ({"travel_time": 50000}, "travel-pay-unlikely", "travel_time", False),
        ({"mileage": 100000}, "mileage-unlikely", "mileage", False),
    ],
)  # fmt: skip
def test_each_usual_error_is_found_in_its_field(changes: dict[str, Any], code: str, field: str, *, aside: bool) -> None:
    found = [each for each in check_return(made(**changes)) if each.code == code]
    assert [each.field for each in found] == [field]
    assert found[0].sets_aside is aside
    assert found[0].found
    assert found[0].expected


def test_insurance_without_the_threshold_is_told_what_is_due() -> None:
    gross = 676000 + 108160 + 12000 + 96000 + 5000 + 14000 + 2000
    (found,) = check_return(made(employer_ni=Decimal(gross) * Decimal("0.15")))
    week = Decimal(28 * 13)
    due = gross * Decimal("0.15") * (week - 96) / week
    assert found.found == f"£{gross * 0.15:,.0f}, 15.0% of all pay"
    assert found.expected == f"15.00% of pay above £96 a week, about £{due:,.0f}"
    (undated,) = check_return(made(employer_ni=136974, paid_hours_per_week=None))[-1:]
    assert undated.expected == "15.00% of pay above £96 a week"


def test_edges_of_the_rules_are_inside_them() -> None:
    # of hours so close that the visits are a twentieth off, and speeds at both ends
    assert "visits-do-not-sum" not in {each.code for each in check_return(made(contact_hours_per_year=54736))}
    for miles in (Decimal("0.5"), Decimal("4.5")):
        codes = {each.code for each in check_return(made(miles_per_visit=miles))}
        assert "travel-against-distance" not in codes
    assert check_return(made(wage_pounds_per_hour=Decimal("12.71"))) == []


def test_a_year_without_figures_is_not_held_against_them() -> None:
    assert check_return(made(financial_year="2041-42", wage_pounds_per_hour=12, employer_ni=137000)) == []


def test_outliers_lie_outside_tukeys_fences() -> None:
    values = [Decimal(number) for number in (20, 21, 22, 23, 24)]
    assert fences(values) == (Decimal(18), Decimal(26))
    assert outliers(dict(enumerate([*values, Decimal(26)]))) == {}
    found = outliers(dict(enumerate([*values, Decimal(60)])))
    assert list(found) == [5]
    assert not found[5].sets_aside
    assert "£60.00" in found[5].found
    assert outliers(dict(enumerate([*values[:3], Decimal(60)]))) == {}, "four are too few to say"


def test_quantiles_go_by_weight() -> None:
    pairs = [(Decimal(20), Decimal(1)), (Decimal(30), Decimal(3))]
    assert weighted_quantile(pairs, Decimal("0.25")) == 20
    assert weighted_quantile(pairs, Decimal("0.26")) == 30
    assert weighted_quantile(pairs[::-1], Decimal("0.5")) == 30
    assert weighted_quantile(pairs, Decimal(1)) == 30
    with pytest.raises(PricingInputError, match="at least one value"):
        weighted_quantile([], Decimal("0.5"))


def test_statistics_are_weighted_by_hours() -> None:
    given = {n: scaled(size, provider=f"P{n}", back_office=100000 + 10000 * n) for n, size in SIZES.items()}
    found = return_statistics(given)
    assert found.returns == 5
    assert found.contact_hours_per_year == HOURS * 8
    lines = {line.name: line for line in found.lines}
    assert list(lines) == list(COST_LINES)
    # of 8 parts 1, 2, 3, 1, 1 the fourth lies in the third provider's
    assert lines["back_office"].median == (Decimal(130000) / HOURS).quantize(Decimal("0.00000001"))
    assert lines["back_office"].lower_quartile == (Decimal(120000) / HOURS).quantize(Decimal("0.00000001"))
    assert lines["back_office"].upper_quartile == (Decimal(130000) / HOURS).quantize(Decimal("0.00000001"))
    assert found.total.median == given[3].total_per_contact_hour()
    drivers = {line.name: line.median for line in found.drivers}
    assert drivers == {
        "wage_pounds_per_hour": 13,
        "travel_minutes_per_visit": 6,
        "miles_per_visit": 2,
        "pence_per_mile": 40,
        "mean_visit_minutes": Decimal("37.5"),
    }


def test_too_few_and_incomplete_returns_give_no_statistics() -> None:
    four = {number: made() for number in range(LEAST_RETURNS - 1)}
    with pytest.raises(PricingInputError, match="at least 5 complete returns"):
        return_statistics(four)
    with pytest.raises(PricingInputError, match="a complete return"):
        return_statistics(four | {9: made(premises=None)})


def test_the_model_provider_is_the_providers_themselves_where_they_are_alike() -> None:
    given = made()
    model = model_provider([given] * 5)
    assert model.assumptions.mean_visit_minutes == Decimal("37.5")
    total = given.total_per_contact_hour()
    assert total is not None
    assert abs(model.unrounded - total) < Decimal("0.00001")
    assert [visit.minutes for visit in model.by_visit_length] == [15, 30, 45, 60]
    again = price(model.assumptions)
    assert again.unrounded == model.unrounded
    prices = [visit.pounds_per_hour for visit in model.by_visit_length]
    assert prices == sorted(prices, reverse=True), "a short visit bears its travel on fewer minutes"


def test_a_loss_leaves_the_model_without_a_return() -> None:
    model = model_provider([made(surplus=-50000)] * 5)
    assert model.line("return").pounds_per_contact_hour == 0


def test_what_one_return_does_is_the_answer_without_it() -> None:
    given = {n: scaled(1, provider=f"P{n}", back_office=150000 + 5000 * n) for n in range(1, 6)}
    given[6] = scaled(1, provider="Far", back_office=2000000)
    found = return_statistics(given)
    by_number = {each.number: each for each in found.influence}
    assert by_number[6].outlier
    assert not by_number[1].outlier
    without = return_statistics({n: each for n, each in given.items() if n != 6})
    assert by_number[6].median_without == without.total.median
    assert by_number[6].median_change == without.total.median - found.total.median
    assert by_number[6].model_without == without.model.unrounded
    assert by_number[6].model_change == without.model.unrounded - found.model.unrounded
    changes = [abs(each.model_change) for each in found.influence]
    assert changes == sorted(changes, reverse=True)


def test_cells_that_cannot_be_are_named() -> None:
    with pytest.raises(PricingInputError) as refused:
        parse_return(cells(visits_30_per_week=-1, wage_pounds_per_hour=0, financial_year="2026"))
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"visits_30_per_week", "wage_pounds_per_hour", "financial_year"}
