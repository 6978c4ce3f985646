"""Wrong inputs are refused with the field, the value found and the allowed range."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pricing import Assumptions, PricingInputError, parse_assumptions, price
from tests.pricing.cases import LEICESTERSHIRE_URBAN


def changed(path: str, value: Any) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(json.dumps(LEICESTERSHIRE_URBAN))
    place = given
    *parents, last = path.split(".")
    for key in parents:
        place = place[key]
    place[last] = value
    return given


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("wage_pounds_per_hour", -1, "more than 0, at most 200"),
        ("wage_pounds_per_hour", "nine", "more than 0, at most 200"),
        ("wage_pounds_per_hour", None, "more than 0, at most 200"),
        ("wage_pounds_per_hour", True, "more than 0, at most 200"),
        ("mean_visit_minutes", 0, "at least 1, at most 1440"),
        ("travel.minutes_per_visit", 999, "at least 0, at most 240"),
        ("travel.pence_per_mile", float("nan"), "at least 0, at most 200"),
        ("on_costs.method", "simple", "'compound' or 'additive'"),
        ("return.method", "margin", "'on_cost', 'share_of_price' or 'fixed'"),
        ("round_to_pence", 0, "more than 0, at most 1000"),
        ("rounding", "bankers", "'nearest', 'up' or 'down'"),
    ],
)
def test_a_wrong_value_is_named_with_its_range(path: str, value: object, expected: str) -> None:
    with pytest.raises(PricingInputError) as caught:
        price(changed(path, value))
    (problem,) = caught.value.problems
    assert problem.field == path
    assert problem.found == value or value != value  # noqa: PLR0124 - a NaN is not itself
    assert expected in problem.expected
    assert problem.field in str(caught.value)


def test_a_wrong_share_is_named_with_its_range() -> None:
    with pytest.raises(PricingInputError, match=r"on_costs\.holiday\.share: found 12\.07.*at least 0, at most 1"):
        price(changed("on_costs.holiday", 12.07))


def test_every_problem_is_reported_at_once() -> None:
    given = changed("wage_pounds_per_hour", -1) | {"mean_visit_minutes": 0, "travel": {"minutes_per_visit": 5}}
    with pytest.raises(PricingInputError) as caught:
        price(given)
    assert {problem.field for problem in caught.value.problems} == {
        "wage_pounds_per_hour",
        "mean_visit_minutes",
        "travel.miles_per_visit",
        "travel.pence_per_mile",
    }


@pytest.mark.parametrize(("path", "field"), [("wage", "wage_pounds_per_hour"), ("travel.minutes", "minutes_per_visit")])
def test_an_unknown_field_is_refused_with_those_there_are(path: str, field: str) -> None:
    with pytest.raises(
        PricingInputError, match=rf"{path}: found 1, expected no such field; known fields are .*{field}"
    ):
        price(changed(path, 1))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("business", {}, "give pounds_per_contact_hour, share_of_price or lines"),
        ("business", {"lines": [{"name": "Rent"}]}, "exactly one of"),
        ("business", {"lines": [{"name": "Rent", "pounds_per_year": 9}]}, "need contact_hours_per_year"),
        ("business", {"lines": [{"name": "IT", "share_of_price": 0.1}] * 2}, "given more than once: IT"),
        ("return", {"method": "fixed", "share": 0.05}, "the fixed method takes pounds_per_contact_hour and not share"),
        ("return", {"method": "on_cost"}, "the on_cost method takes share"),
        ("on_costs.training", {"share": 0.1, "of": "gross_pay"}, "training cannot be charged of 'gross_pay'"),
        ("on_costs.training", {"share": 0.1, "pounds_per_contact_hour": 1}, "either share or pounds_per_contact_hour"),
        ("on_costs.training", {"pounds_per_contact_hour": 1, "of": "contact"}, "of goes with share"),
        ("visit_lengths_minutes", [30, 30.0], "visit length given more than once: 3"),
        (
            "enhancements",
            [
                {"name": name, "share_of_contact_hours": 0.6, "pay_multiplier": 1.5, "applies_to_travel": True}
                for name in ("a", "b")
            ],
            "add up to more than 1",
        ),
    ],
)
def test_contradictions_are_refused(path: str, value: object, message: str) -> None:
    with pytest.raises(PricingInputError, match=message):
        price(changed(path, value))


@pytest.mark.parametrize("surplus", [{"method": "share_of_price", "share": 0.3}, {"method": "on_cost", "share": 0.5}])
def test_shares_that_take_the_whole_price_are_refused(surplus: dict[str, Any]) -> None:
    with pytest.raises(PricingInputError, match="no price is high enough"):
        price(changed("business", {"share_of_price": 0.7}) | {"return": surplus})


def test_json_text_is_read_exactly_and_bad_json_is_refused() -> None:
    assert str(parse_assumptions(json.dumps(LEICESTERSHIRE_URBAN)).on_costs.holiday.share) == "0.1207"
    with pytest.raises(PricingInputError, match="JSON"):
        parse_assumptions("{")


def test_the_json_schema_names_every_field_and_range() -> None:
    schema = Assumptions.model_json_schema(by_alias=True)
    assert schema["additionalProperties"] is False
    assert {"wage_pounds_per_hour", "on_costs", "mean_visit_minutes", "travel", "business", "return"} == set(
        schema["required"]
    )
    wage = json.dumps(schema["properties"]["wage_pounds_per_hour"])
    assert '"exclusiveMinimum": 0' in wage
    assert '"maximum": 200' in wage
    on_cost = json.dumps(schema["$defs"]["OnCosts"]["properties"]["holiday"])
    assert "number" in json.dumps(schema["$defs"]["OnCost"]) + on_cost


def test_assumptions_cannot_be_changed_in_place() -> None:
    given = parse_assumptions(LEICESTERSHIRE_URBAN)
    with pytest.raises(ValueError, match="frozen"):
        given.wage_pounds_per_hour = 10  # type: ignore[misc, assignment]
