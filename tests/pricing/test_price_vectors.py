"""The build-up against published prices."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pricing import parse_assumptions, price
from tests.pricing.cases import LEICESTERSHIRE_URBAN


@pytest.mark.parametrize(
    ("minutes", "miles", "published"),
    [(6.25, 1.55, "18.75"), (8.25, 2.75, "20.20"), (12.25, 5.05, "23.00"), (16.75, 7.85, "26.35")],
)
def test_leicestershire_prices_of_january_2020_to_the_penny(minutes: float, miles: float, published: str) -> None:
    travel = {"minutes_per_visit": minutes, "miles_per_visit": miles, "pence_per_mile": 45}
    rate = price({**LEICESTERSHIRE_URBAN, "travel": travel})
    assert rate.total == Decimal(published)


def test_the_json_form_carries_numbers_whose_lines_sum_exactly() -> None:
    out = json.loads(price(LEICESTERSHIRE_URBAN).model_dump_json())
    assert out["total"] == 18.75
    assert out["assumptions"]["return"] == {"method": "on_cost", "share": 0.05, "pounds_per_contact_hour": None}
    assert sum(Decimal(str(line["pounds_per_contact_hour"])) for line in out["lines"]) == Decimal(str(out["unrounded"]))
    assert [visit["minutes"] for visit in out["by_visit_length"]] == [15, 30, 45, 60]
    assert parse_assumptions(json.dumps(out["assumptions"])) == price(LEICESTERSHIRE_URBAN).assumptions


def test_homecare_association_2014_line_by_line() -> None:
    """A Minimum Price for Homecare, version 1.0, February 2014: additive on-costs, shares of price for the business."""
    rate = price(
        {
            "wage_pounds_per_hour": 6.31,
            "on_costs": {
                "method": "additive",
                "holiday": 0.1077,
                "training": {"pounds_per_contact_hour": 0.13},
                "employer_ni": 0.095,
                "pension": {"pounds_per_contact_hour": 0.08},
            },
            "mean_visit_minutes": 60,
            "travel": {"minutes_per_visit": 11.4, "miles_per_visit": 4, "pence_per_mile": 35},
            "business": {"share_of_price": 0.27},
            "return": {"method": "share_of_price", "share": 0.03},
            "round_to_pence": 1,
        }
    )
    published = {
        "direct_care": "6.31",
        "travel_time": "1.20",
        "employer_ni": "0.71",
        "pension": "0.08",
        "holiday": "0.81",
        "training": "0.13",
        "mileage": "1.40",
        "business_share": "4.10",
        "return": "0.46",
    }
    for key, pounds in published.items():
        assert abs(rate.line(key).pounds_per_contact_hour - Decimal(pounds)) <= Decimal("0.01"), key
    assert abs(rate.subtotal("careworker") - Decimal("10.64")) <= Decimal("0.01")
    assert abs(rate.total - Decimal("15.19")) <= Decimal("0.01")


def southend(mean_visit_minutes: object) -> dict[str, object]:
    """Southend-on-Sea, Annex B home care report, 2022-23; percentages fitted to its printed lines."""
    return {
        "wage_pounds_per_hour": "10.08",
        "on_costs": {
            "method": "additive",
            "holiday": "0.1266",
            "training": "0.0137",
            "sickness": "0.0185",
            "employer_ni": "0.0678",
            "pension": "0.0337",
        },
        "mean_visit_minutes": mean_visit_minutes,
        "travel": {"minutes_per_visit": 5, "miles_per_visit": "1.16875", "pence_per_mile": 40},
        "ppe": {"pounds_per_visit": "0.185"},
        "business": {"pounds_per_contact_hour": "6.05"},
        "return": {"method": "on_cost", "share": "0.05"},
        "visit_lengths_minutes": [15, 30, 45, 60, 90],
        "round_to_pence": 1,
    }


def test_southend_lines_and_totals_at_every_visit_length() -> None:
    rate = price(southend(Decimal(60) / Decimal("1.69")))
    lines = {
        "direct_care": "10.08",
        "travel_time": "1.42",
        "mileage": "0.79",
        "ppe": "0.31",
        "training": "0.16",
        "holiday": "1.46",
        "sickness": "0.21",
        "employer_ni": "0.78",
        "pension": "0.39",
        "business": "6.05",
        "return": "1.08",
    }
    for key, pounds in lines.items():
        assert abs(rate.line(key).pounds_per_contact_hour - Decimal(pounds)) <= Decimal("0.01"), key
    assert abs(rate.total - Decimal("22.73")) <= Decimal("0.02")
    published = [Decimal(text) for text in ("26.89", "23.29", "22.09", "21.49", "20.89")]
    for visit, pounds in zip(rate.by_visit_length, published, strict=True):
        assert abs(visit.pounds_per_hour - pounds) <= Decimal("0.02"), visit.minutes
