"""Paid travel of a year: what the engine minimises is what is reported, and each part is what its words say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from geo.plans.travel_cost import (
    TravelInputs,
    round_shape,
    travel_assumptions,
    year_of_travel,
    yearly_cost,
)
from geo.plans.year_of_travel import TravelPrices
from geo.zoning import ZoningProblem
from geo.zoning.plan.plan import make_plan

PARTS = ("to_base", "between_visits", "from_home", "rest_of_borders")
PRICES = TravelPrices(pounds_per_paid_hour=12.0, pounds_per_mile=0.45, kg_co2_per_mile=0.25)


def _county(seed: int, n: int = 30, access_minutes: float = 2.0) -> TravelInputs:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 20_000, (n, 2))
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    hours = rng.gamma(2.0, 5.0, n) * (rng.random(n) > 0.1)
    visits = np.where(rng.random(n) > 0.2, hours * rng.uniform(1.0, 2.0, n), 0.0)
    return TravelInputs(hours, visits, metres / 600, metres / 1609.344 * 1.3, access_minutes, round_shape(), PRICES)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), zones=st.integers(1, 6))
def test_the_engine_minimises_the_pounds_that_are_reported(seed: int, zones: int) -> None:
    county = _county(seed)
    n = county.hours.size
    labels = np.random.default_rng(seed).permutation(np.arange(n) % zones)
    everywhere = csr_matrix(np.ones((n, n)) - np.eye(n))
    plan = make_plan(ZoningProblem(county.hours, everywhere, yearly_cost(county), zones, tolerance=1e9), labels)
    figures = year_of_travel(county, labels, plan.bases).figures()

    # worked out once more, visit by visit
    known = county.carer_visits > 0
    mean = county.carer_visits[known].sum() / county.hours[known].sum()
    pounds = 0.0
    for area in range(n):
        visits = county.carer_visits[area] or county.hours[area] * mean
        base = plan.bases[labels[area]]
        minutes, miles = county.minutes[area, base], county.miles[area, base]
        pounds += visits * 52 * 2 / county.shape.visits_per_round * (minutes / 60 * 12.0 + miles * 0.45)
    assert plan.parts["service"] == pytest.approx(pounds)
    assert figures["decided_by_the_plan_pounds_per_year"] == pytest.approx(pounds)
    assert figures["travel_pounds_per_year"] == pytest.approx(
        figures["travel_time_pounds_per_year"] + figures["mileage_pounds_per_year"]
    )
    assert figures["kg_co2_per_year"] == pytest.approx(figures["miles_per_year"] * 0.25)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_parts_of_a_county_add_up_to_it_and_what_no_plan_changes_is_the_same_for_all(seed: int) -> None:
    county = _county(seed)
    n = county.hours.size
    labels, bases = np.arange(n) % 3, np.array([0, 1, 2])
    half = np.arange(n) < n // 2
    whole = year_of_travel(county, labels, bases).figures()
    parts = [year_of_travel(county, labels, bases, members).figures() for members in (half, ~half)]
    for name in (
        "paid_travel_hours_per_year",
        "miles_per_year",
        "travel_pounds_per_year",
        "kg_co2_per_year",
        "travel_and_waiting_pounds_per_year",
        "added_by_borders_pounds_per_year",
    ):
        assert whole[name] == pytest.approx(sum(part[name] for part in parts))
    other = year_of_travel(county, np.zeros(n, np.int64), np.array([4])).figures()
    for name in (
        "paid_travel_hours_between_visits_per_year",
        "paid_travel_hours_from_home_per_year",
        "paid_access_hours_per_year",
    ):
        assert whole[name] == pytest.approx(other[name])
    for what in ("paid_travel_hours", "miles"):
        parts_of = [whole[f"{what}_{part}_per_year"] for part in PARTS]
        access = whole["paid_access_hours_per_year"] if what == "paid_travel_hours" else 0.0
        assert whole[f"{what}_per_year"] == pytest.approx(sum(parts_of) + access)
    assert whole["added_by_borders_pounds_per_year"] == pytest.approx(
        whole["decided_by_the_plan_pounds_per_year"] + whole["rest_of_borders_pounds_per_year"]
    )


def test_visits_closer_together_take_less_travel_each_and_more_providers_more() -> None:
    county = replace(_county(3), shape=round_shape(providers_per_zone=1))
    served = county.hours > 0
    busier = county.with_demand(county.hours * 3, county.carer_visits * 3)
    assert (busier.near[0] <= county.near[0] + 1e-9)[served].all()
    assert busier.near[0][served].sum() < 0.9 * county.near[0][served].sum()
    # three times the visits among three times the providers: to each provider the county looks as it did
    shared = replace(busier, shape=round_shape(providers_per_zone=3 * county.shape.providers_per_zone))
    assert shared.near[0] == pytest.approx(county.near[0])


def test_a_border_through_towns_adds_travel_and_one_between_them_next_to_none() -> None:
    rng = np.random.default_rng(8)
    points = rng.uniform(0, 2_000, (80, 2))
    points[40:, 0] += 30_000
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    hours = np.full(80, 30.0)
    county = TravelInputs(hours, hours * 1.5, metres / 600, metres / 1609.344, 0.0, round_shape(), PRICES)
    between, through = (points[:, 0] > 15_000).astype(np.int64), (points[:, 1] > 1_000).astype(np.int64)
    base = np.array([0, 79])
    apart, cut = (year_of_travel(county, labels, base).figures() for labels in (between, through))
    assert cut["added_by_borders_pounds_per_year"] > 10 * abs(apart["added_by_borders_pounds_per_year"])
    assert cut["travel_pounds_per_year"] > apart["travel_pounds_per_year"]


def test_few_visits_at_a_time_are_waited_for() -> None:
    county = _county(4)
    labels, bases = np.zeros(county.hours.size, np.int64), np.array([0])
    waited = [
        year_of_travel(replace(county, shape=round_shape(providers_per_zone=providers)), labels, bases).waiting_minutes
        for providers in (1, 3, 9)
    ]
    assert waited[0] < waited[1] < waited[2]


def test_an_area_without_hours_costs_nothing_and_one_without_a_road_cannot_be_served() -> None:
    county = _county(5)
    minutes = county.minutes.copy()
    empty, cut_off = int(np.flatnonzero(county.hours == 0)[0]), int(np.flatnonzero(county.hours > 0)[0])
    minutes[empty], minutes[cut_off, 7:] = np.inf, np.inf
    cost = yearly_cost(
        TravelInputs(county.hours, county.carer_visits, minutes, county.miles, 0.0, county.shape, PRICES)
    )
    assert (cost[empty] == 0).all()
    assert np.isinf(cost[cut_off, 7:]).all()
    assert not np.isnan(cost).any()
    lone = replace(county, minutes=minutes)
    figures = year_of_travel(lone, np.zeros(county.hours.size, np.int64), np.array([cut_off])).figures()
    assert np.isfinite(figures["travel_pounds_per_year"])


def test_rounds_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="visits_per_round: found 0, expected a number over 0"):
        round_shape(visits_per_round=0)


def test_every_assumption_says_where_it_is_from() -> None:
    given = travel_assumptions()
    assert set(given["sources"]) == {*given["rounds"], *given["price"]}
