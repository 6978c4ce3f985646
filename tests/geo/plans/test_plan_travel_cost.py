"""Paid travel of a year: what the engine minimises is what is reported, and each part is what its words say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from geo.plans.travel_cost import (
    TravelInputs,
    TravelPrices,
    between_visits,
    round_shape,
    travel_assumptions,
    year_of_travel,
    yearly_cost,
)
from geo.zoning import ZoningProblem
from geo.zoning.plan import make_plan

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
    for name in ("paid_travel_hours_per_year", "miles_per_year", "travel_pounds_per_year", "kg_co2_per_year"):
        assert whole[name] == pytest.approx(sum(part[name] for part in parts))
    other = year_of_travel(county, np.zeros(n, np.int64), np.array([4])).figures()
    for name in ("paid_travel_hours_between_visits_per_year", "paid_access_hours_per_year"):
        assert whole[name] == pytest.approx(other[name])


def test_on_even_land_the_next_visit_is_a_tour_constant_away() -> None:
    side = 25
    points = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) * 1.0
    km = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    for each in (0.05, 0.3, 1.0, 4.0, 30.0):  # visits of a session in each square kilometre
        visits = np.full(side * side, each * 28)
        county = TravelInputs(visits / 1.5, visits, km * 2, km, 0.0, round_shape(), PRICES)
        minutes, miles = between_visits(county)
        middle = side * side // 2
        assert miles[middle] == pytest.approx(0.7124 / np.sqrt(each), rel=0.25), each
        assert minutes[middle] == pytest.approx(2 * miles[middle])


def test_visits_closer_together_take_less_travel_each() -> None:
    county = _county(3)
    busier = county.with_demand(county.hours * 3, county.carer_visits * 3)
    served = county.hours > 0
    assert (between_visits(busier)[0] <= between_visits(county)[0] + 1e-9)[served].all()
    assert between_visits(busier)[0][served].sum() < 0.9 * between_visits(county)[0][served].sum()


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


def test_rounds_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="visits_per_round: found 0, expected a number over 0"):
        round_shape(visits_per_round=0)


def test_every_assumption_says_where_it_is_from() -> None:
    given = travel_assumptions()
    assert set(given["sources"]) == {*given["rounds"], *given["price"]}
