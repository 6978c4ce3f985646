"""Rounds simulated over zones: everything counted once, dispersed care travels more, the same again from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from routing.road_free import RoadFreeModel
from routing.rounds import check
from routing.rounds.carbon import CycleReach, cycle_reach, kg_co2e_per_mile, scenarios
from routing.rounds.simulate import Planned, Sampling, planned_days, sampled_days, summed
from routing.rounds.simulate_visits import Package

MONDAY = date(2019, 7, 1)
SAMPLING = Sampling(MONDAY, days=2, providers_per_zone=2, planned_per_zone=1, seconds_per_round=60, solution_limit=1)


def packages() -> list[Package]:
    rng = np.random.default_rng(7)
    out = []
    for i in range(28):
        far = i % 2
        east, north = rng.normal(0, 6_000 if far else 700, 2)
        labels = {"zone": "East" if i % 4 < 2 else "West", "band": "rural" if far else "urban"}
        out.append(Package(f"P{i}", 450_000 + east, 300_000 + north, {30: 7, 45: 7}, 2 if i == 5 else 1, labels))
    return out


@cache
def planned() -> tuple[Planned, ...]:
    return tuple(planned_days(packages(), RoadFreeModel(), SAMPLING))


def test_every_provider_day_is_planned_by_the_rules_and_stands_for_its_share() -> None:
    assert {(one.zone, one.sample) for one in planned()} == {(z, s) for z in ("East", "West") for s in (0, 1)}
    for one in planned():
        assert check(one.day, one.rounds) == []
        assert one.weight == 2
        assert one.rounds.unserved == ()
    assert {one.provider for one in planned() if one.zone == "East"} == {1, 2}  # each has its turn


def test_what_groups_take_adds_up_to_the_whole() -> None:
    found = summed(iter(planned()), SAMPLING)
    everything = found.by["all"]["all"]
    for name in ("band", "zone", "length"):
        groups = found.by[name].values()
        assert sum(g.carer_visits for g in groups) == everything.carer_visits
        assert sum(g.travel_minutes.mean * g.carer_visits for g in groups) == pytest.approx(
            everything.travel_minutes.mean * everything.carer_visits
        )
    weighted = sum(one.weight * one.rounds.paid_minutes for one in planned()) * 7 / 2
    assert found.paid_minutes_per_week == pytest.approx(weighted)
    assert found.visits == sum(len(one.day.visits) for one in planned())
    assert found.by["band"]["rural"].travel_minutes.mean > found.by["band"]["urban"].travel_minutes.mean
    assert everything.travel_minutes.low is not None
    assert everything.travel_minutes.low < everything.travel_minutes.mean < everything.travel_minutes.high


def test_the_same_seed_gives_the_same_figures() -> None:
    again = list(planned_days(packages()[:12], RoadFreeModel(), SAMPLING))
    once_more = list(planned_days(packages()[:12], RoadFreeModel(), SAMPLING))
    assert [one.rounds for one in again] == [one.rounds for one in once_more]


def test_no_weekday_is_sampled_twice_before_every_one_is_once() -> None:
    week = sampled_days(replace(SAMPLING, days=7))
    assert {on.weekday() for on in week} == set(range(7))
    assert len(set(sampled_days(replace(SAMPLING, days=12)))) == 12
    for field in ("days", "providers_per_zone", "planned_per_zone"):
        with pytest.raises(ValueError, match=field):
            replace(SAMPLING, **{field: 0})


def test_progress_is_told_and_may_end_the_simulation() -> None:
    told: list[float] = []

    def stop(share: float, stage: str) -> None:
        told.append(share)
        assert "provider" in stage
        if len(told) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(planned_days(packages()[:8], RoadFreeModel(), SAMPLING, stop))
    assert told[0] == 0
    assert told[1] > 0


def test_nothing_to_visit_is_refused() -> None:
    with pytest.raises(ValueError, match="found none"):
        summed(iter(()), SAMPLING)


def test_a_cycle_takes_over_rounds_within_its_reach_only() -> None:
    one = planned()[0]
    reach = cycle_reach(one.day, one.rounds)
    assert reach.car_miles == pytest.approx(one.rounds.miles)
    assert 0 <= reach.cycle_miles <= reach.car_miles
    nearby = replace(one.day, travel=replace(one.day.legs, miles=one.day.legs.miles * 0.01))
    assert cycle_reach(nearby, one.rounds).cycle_miles == pytest.approx(one.rounds.miles * 0.01)
    far = replace(one.day, travel=replace(one.day.legs, miles=one.day.legs.miles + 20))
    assert cycle_reach(far, one.rounds).cycle_miles == 0


def test_scenarios_order_as_their_vehicles_do() -> None:
    rows = {row.name: row for row in scenarios(CycleReach(1_000, 200, 600))}
    petrol, electric = rows["petrol_car"], rows["electric_car"]
    mixed, clean = rows["petrol_car_and_electric_cycle"], rows["electric_car_and_cycle"]
    assert petrol.kg_co2e_per_week == pytest.approx(1_000 * 0.16450 * 1.609344, abs=0.01)
    assert petrol.kg_co2e_per_week > mixed.kg_co2e_per_week > electric.kg_co2e_per_week > clean.kg_co2e_per_week
    assert petrol.mileage_pounds_per_week == electric.mileage_pounds_per_week == 450
    assert mixed.mileage_pounds_per_week == 800 * 0.45 + 200 * 0.20
    assert (mixed.car_miles_per_week, mixed.cycle_miles_per_week, mixed.extra_travel_hours_per_week) == (800, 200, 10)
    assert kg_co2e_per_mile("electric_cycle") < 0.01
    assert "low" in mixed.confidence
