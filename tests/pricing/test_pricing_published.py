"""Councils' prices by visit length for 2022-23: which follow the law, and which hold a known mistake.

From their Annex B cost of care reports of January and February 2023.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest

from pricing import PricingInputError, fit_law, prices_per_hour
from pricing.traps import Published, diagnose

D = Decimal
PER_HOUR = {
    "Rutland": {15: "31.80", 30: "27.05", 45: "25.47", 60: "24.68"},
    "Southend": {15: "26.89", 30: "23.29", 45: "22.09", 60: "21.49", 90: "20.89"},
    "Bolton": {15: "22.65", 30: "21.61", 45: "21.26", 60: "21.09"},
    "Bradford": {15: "22.91", 30: "22.57", 45: "22.46", 60: "22.41"},
    "Wolverhampton": {15: "23.52", 30: "21.20", 45: "20.43", 60: "20.04"},
    "Wandsworth": {15: "26.80", 30: "23.48", 45: "22.65", 60: "21.82"},
    "Hammersmith and Fulham": {30: "25.94", 45: "23.94", 60: "22.57"},
}
PER_VISIT = {
    "Hull": {15: "6.24", 30: "11.49", 45: "16.73", 60: "21.98"},
    "Herefordshire": {15: "9.40", 30: "15.01", 45: "20.62", 60: "26.24"},
    "Barnsley": {15: "7.87", 30: "12.87", 45: "17.88", 60: "22.88"},
    "Kirklees": {15: "7.97", 30: "13.11", 45: "18.25", 60: "20.56"},
    "Rotherham": {15: "6.77", 30: "12.25", 45: "17.06", 60: "21.32"},
    "Gloucestershire": {15: "9.49", 30: "16.31", 45: "22.45", 60: "29.36"},
    "Lambeth": {15: "5.44", 30: "10.87", 45: "16.31", 60: "21.74"},
}
BLENDED = {
    "Rutland": "25.05",
    "Southend": "22.73",
    "Bolton": "21.42",
    "Bradford": "22.54",
    "Wolverhampton": "20.04",
    "Wandsworth": "23.48",
    "Hammersmith and Fulham": "24.01",
    "Hull": "22.74",
    "Herefordshire": "26.24",
    "Barnsley": "22.88",
    "Kirklees": "23.40",
    "Rotherham": "22.47",
    "Gloucestershire": "30.70",
    "Lambeth": "21.74",
}
# pounds an hour, pounds a visit
LAWS = {
    "Rutland": ("22.31", "2.37"),
    "Southend": ("19.69", "1.80"),
    "Hull": ("20.99", "0.99"),
    "Bolton": ("20.57", "0.52"),
    "Bradford": ("22.24", "0.17"),
    "Herefordshire": ("22.45", "3.79"),
    "Barnsley": ("20.01", "2.87"),
    "Wolverhampton": ("18.88", "1.16"),
}
LINES = {
    "Herefordshire": {"travel_time": D("2.24"), "mileage": D("1.54"), "ppe": D("0.71")},
    "Barnsley": {"travel_time": D("1.52"), "mileage": D("1.02"), "ppe": D("0.33")},
    "Wolverhampton": {"travel_time": D("1.16"), "mileage": D("0.46"), "ppe": D("0.76")},
}


def per_hour(council: str) -> dict[int, Decimal]:
    if council in PER_HOUR:
        return {minutes: D(pounds) for minutes, pounds in PER_HOUR[council].items()}
    return prices_per_hour({minutes: D(pounds) for minutes, pounds in PER_VISIT[council].items()})


def published(council: str) -> Published:
    return Published(
        pounds_per_hour_by_minutes=per_hour(council),
        blended_pounds_per_hour=D(BLENDED[council]),
        lines=LINES.get(council, {}),
    )


@pytest.mark.parametrize("council", LAWS)
def test_the_law_gives_every_published_price_within_2p(council: str) -> None:
    law = fit_law(per_hour(council))
    hourly, visit = (D(pounds) for pounds in LAWS[council])
    assert abs(law.pounds_per_hour - hourly) <= D("0.011")
    assert abs(law.pounds_per_visit - visit) <= D("0.011")
    for minutes, pounds in per_hour(council).items():
        assert abs(law.price_per_hour(minutes) - pounds) <= D("0.02"), minutes
        assert abs(law.price_per_visit(minutes) - pounds * minutes / 60) <= D("0.02"), minutes


@pytest.mark.parametrize("council", LAWS)
def test_unseen_lengths_follow_from_the_others(council: str) -> None:
    prices = per_hour(council)
    for seen in combinations(prices, len(prices) - 1):
        law = fit_law({minutes: prices[minutes] for minutes in seen})
        for minutes in set(prices) - set(seen):
            # a penny of rounding in a 15-minute visit is 4p an hour; so it is held as the price of the visit
            assert abs(law.price_per_visit(minutes) - prices[minutes] * minutes / 60) <= D("0.015"), minutes


@pytest.mark.parametrize("council", ["Herefordshire", "Barnsley", "Wolverhampton"])
def test_travel_per_hour_used_per_visit_is_recognised_and_explained(council: str) -> None:
    diagnosis = diagnose(published(council))
    assert diagnosis.found("travel_per_hour_used_per_visit")
    (sentence,) = (f.sentence for f in diagnosis.findings if f.kind == "travel_per_hour_used_per_visit")
    names = {
        "Herefordshire": "travel_time and mileage per",
        "Barnsley": "and ppe per",
        "Wolverhampton": "sum of travel_time per",
    }
    assert names[council] in sentence
    assert diagnosis.implied_mean_visit_minutes is not None
    assert abs(diagnosis.implied_mean_visit_minutes - 60) < D("0.3")


@pytest.mark.parametrize(
    ("council", "mean"), [("Rutland", 52), ("Hull", 34), ("Southend", 36), ("Bolton", 37), ("Bradford", 33)]
)
def test_sound_prices_are_not_accused_and_imply_a_mean_visit(council: str, mean: int) -> None:
    diagnosis = diagnose(published(council))
    assert [finding.kind for finding in diagnosis.findings] == ["follows_the_law"]
    assert diagnosis.implied_mean_visit_minutes is not None
    assert round(diagnosis.implied_mean_visit_minutes) == mean


@pytest.mark.parametrize(
    ("council", "said"),
    [
        ("Wandsworth", "45 minutes is £22.65 an hour; the other lengths lead to £22.37"),
        ("Kirklees", "cost of the visit was left off"),
    ],
)
def test_a_length_that_does_not_fit_is_named(council: str, said: str) -> None:
    diagnosis = diagnose(published(council))
    assert diagnosis.found("one_length_off")
    assert said in diagnosis.findings[0].sentence


@pytest.mark.parametrize("council", ["Rotherham", "Gloucestershire", "Hammersmith and Fulham"])
def test_separate_medians_have_no_law(council: str) -> None:
    diagnosis = diagnose(published(council))
    assert diagnosis.found("separate_medians")
    assert diagnosis.law is None
    assert diagnosis.implied_mean_visit_minutes is None


def test_flat_pro_rata_is_recognised() -> None:
    assert diagnose(published("Lambeth")).found("flat_pro_rata")


def test_a_travel_line_of_nought_and_medians_that_do_not_add() -> None:
    """Bolton's medians."""
    lines = {
        "direct_care": "10.81",
        "travel_time": "0",
        "mileage": "0.44",
        "training": "0.29",
        "holiday": "1.34",
        "sickness": "0.10",
        "employer_ni": "0.68",
        "pension": "0.33",
        "business": "5.26",
        "return": "2.34",
    }
    bolton = published("Bolton").model_copy(update={"lines": {name: D(pounds) for name, pounds in lines.items()}})
    diagnosis = diagnose(bolton)
    assert diagnosis.found("no_travel_time")
    assert any("add up to £21.59 and the total is £21.42" in finding.sentence for finding in diagnosis.findings)


def test_one_length_is_not_enough() -> None:
    with pytest.raises(PricingInputError, match="at least two visit lengths"):
        diagnose(Published(pounds_per_hour_by_minutes={60: D(20)}))
