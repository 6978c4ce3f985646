"""Packages become the visits they stand for, and a made-up workforce is enough for them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.rounds.simulate_visits import Package, dated_visits, demand_table
from routing.rounds.workforce import synthetic_workforce

MONDAY = date(2019, 7, 1)
PLANS = st.dictionaries(st.sampled_from([15, 30, 45, 60]), st.integers(1, 28), min_size=1, max_size=4)


def package(reference: str = "SYN-1", visits: dict[int, float] | None = None, carers: int = 1) -> Package:
    return Package(reference, 450_000, 300_000, visits or {30: 14, 45: 7}, carers)


@given(visits=PLANS, reference=st.text("AB12", min_size=1, max_size=6), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_week_holds_exactly_the_visits_commissioned(visits: dict[int, float], reference: str, seed: int) -> None:
    week = dated_visits([package(reference, visits)], MONDAY, seed)
    assert list(week) == [MONDAY + timedelta(d) for d in range(7)]
    made = Counter(v.visit.minutes for of_day in week.values() for v in of_day)
    assert made == {length: int(number) for length, number in visits.items()}
    numbers = [len(of_day) for of_day in week.values()]
    assert max(numbers) - min(numbers) <= len(visits)
    for of_day in week.values():
        assert len({v.visit.id for v in of_day}) == len(of_day)
        for v in of_day:
            window = demand_table()["windows"][v.run]
            assert window["earliest"] <= v.visit.earliest <= v.visit.latest <= window["latest"]


def test_the_longest_visit_of_a_day_is_the_mornings_and_two_carers_need_the_skill() -> None:
    week = dated_visits([package(visits={30: 14, 45: 7}, carers=2)], MONDAY, 3)
    for of_day in week.values():
        first = min(of_day, key=lambda v: v.visit.earliest)
        assert (first.run, first.visit.minutes) == ("breakfast", 45)
        assert {v.visit.carers for v in of_day} == {2}
        assert all("moving and handling" in v.visit.skills for v in of_day)


def test_half_a_visit_is_made_in_about_half_the_weeks() -> None:
    made = [
        sum(len(d) for d in dated_visits([package(visits={30: 3.5})], MONDAY + timedelta(7 * w), 1).values())
        for w in range(200)
    ]
    assert set(made) == {3, 4}
    assert 3.4 < float(np.mean(made)) < 3.6


def test_a_package_keeps_its_times_whoever_else_is_there_and_another_seed_moves_them() -> None:
    alone = dated_visits([package("A")], MONDAY, 5)
    together = dated_visits([package("B"), package("A"), package("C", {15: 20})], MONDAY, 5)
    mine = {on: [v for v in of_day if v.package.reference == "A"] for on, of_day in together.items()}
    assert [v.visit for d in alone.values() for v in d] == [v.visit for d in mine.values() for v in d]
    people = [package(f"P{i}") for i in range(20)]
    first, other = ([v.visit for d in dated_visits(people, MONDAY, seed).values() for v in d] for seed in (1, 2))
    assert first != other


@pytest.fixture(scope="module")
def people() -> list[Package]:
    rng = np.random.default_rng(1)
    plans = [{30: 14.0}, {45: 7.0}, {30: 14.0, 45: 7.0}, {60: 2.0}, {15: 7.0, 30: 21.0}]
    return [
        Package(
            f"P{i}",
            450_000 + float(rng.normal(0, 2_000)),
            300_000 + float(rng.normal(0, 2_000)),
            plans[i % 5],
            2 if i % 15 == 0 else 1,
        )
        for i in range(60)
    ]


def test_the_workforce_is_enough_for_every_run_of_every_day(people: list[Package]) -> None:
    week = dated_visits(people, MONDAY, 2)
    staff = synthetic_workforce(week, 2)
    assert staff == synthetic_workforce(week, 2)
    assert staff != synthetic_workforce(week, 3)
    table = demand_table()["workforce"]
    per_contract = {c["hours_per_week"]: c["shifts_per_week"] for c in table["contracts"]}
    assert len({s.id for s in staff}) == len(staff)
    for someone in staff:
        assert someone.id.startswith("SYN-")
        assert 1 <= len(someone.shifts) <= per_contract[someone.contracted_hours_per_week]
        assert someone.mode in table["modes"]
    for on, visits in week.items():
        for shift in table["shifts"]:
            on_duty = sum(s.shifts.get(on) == shift["name"] for s in staff)
            for run in shift["runs"]:
                of_run = [v for v in visits if v.run == run]
                care = sum(v.visit.minutes * v.visit.carers for v in of_run)
                window = demand_table()["windows"][run]
                longest = max((v.visit.minutes for v in of_run), default=0)
                assert on_duty * (window["latest"] - window["earliest"] + longest) >= care
                assert on_duty >= max((v.visit.carers for v in of_run), default=0)
    carer = next(c for s in staff if (c := s.on(MONDAY)) is not None)
    assert carer.shift_start < carer.shift_end
    assert carer.breaks
    assert all(s.on(MONDAY + timedelta(70)) is None for s in staff)


def test_more_slack_means_more_carers_and_no_visits_mean_none(people: list[Package]) -> None:
    week = dated_visits(people, MONDAY, 2)
    lean, ample = (synthetic_workforce(week, 2, slack_share=share) for share in (0.0, 1.0))
    assert sum(len(s.shifts) for s in ample) > 1.5 * sum(len(s.shifts) for s in lean)
    assert synthetic_workforce({MONDAY: []}, 1) == ()
