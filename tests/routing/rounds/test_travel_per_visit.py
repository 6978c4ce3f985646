"""Travel per visit by group: nothing is lost or counted twice, and the interval means what it says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from routing.rounds import Break, Carer, Day, Rounds, Visit, solve, travel_per_visit
from routing.rounds.per_visit import _ratio


@cache
def sample(seed: int) -> tuple[Day, Rounds]:
    rng = np.random.default_rng(seed)
    visits = []
    for i in range(14):
        far = i % 2
        start = int(rng.integers(450, 600))
        visits.append(
            Visit(
                f"{'rural' if far else 'urban'} {i}",
                450_000 + (9_000 if far else 800) * rng.uniform(-1, 1),
                300_000 + (9_000 if far else 800) * rng.uniform(-1, 1),
                start,
                start + 60,
                30,
                carers=2 if i == 3 else 1,
            )
        )
    carers = tuple(Carer(f"c{c}", 450_000, 300_000, 420, 780, breaks=(Break(500, 700, 20),)) for c in range(6))
    day = Day(tuple(visits), carers)
    return day, solve(day, seconds=60, solution_limit=1)


def sampled(days: int = 3) -> list[tuple[Day, Rounds]]:
    return [sample(seed) for seed in range(days)]


def band(visit: Visit) -> str:
    return visit.id.split()[0]


def test_the_parts_add_up_to_the_whole() -> None:
    for one in sampled():
        found = travel_per_visit([one], band)
        rounds = one[1]
        total = {
            name: sum(getattr(group, name).mean * group.carer_visits for group in found.values())
            for name in ("travel_minutes", "waiting_minutes", "miles")
        }
        assert total["travel_minutes"] == pytest.approx(rounds.travel_minutes)
        assert total["waiting_minutes"] == pytest.approx(rounds.waiting_minutes)
        assert total["miles"] == pytest.approx(rounds.miles)
        assert sum(group.carer_visits for group in found.values()) == sum(len(route.stops) for route in rounds.routes)


def test_scattered_visits_take_more_travel_and_the_interval_holds_the_mean() -> None:
    found = travel_per_visit(sampled(), band)
    assert found["rural"].travel_minutes.mean > found["urban"].travel_minutes.mean
    for group in found.values():
        assert group.days == 3
        assert group.mean_visit_minutes == 30
        assert group.travel_minutes.low < group.travel_minutes.mean < group.travel_minutes.high
        assert group.travel_minutes_per_contact_hour.mean == pytest.approx(2 * group.travel_minutes.mean)


def test_one_day_gives_no_interval() -> None:
    group = travel_per_visit(sampled(1), lambda _: "all")["all"]
    assert group.miles.low is None
    assert group.miles.high is None


def test_days_of_equal_size_give_the_plain_interval_of_a_mean() -> None:
    """With equal denominators the jackknife is the textbook one: 1, 2, 3 have mean 2 and reach 4.303 x 1 / sqrt(3)."""
    estimate = _ratio(np.array([1.0, 2.0, 3.0]), np.ones(3))
    assert estimate.mean == 2
    assert estimate.high == pytest.approx(2 + 4.302653 / np.sqrt(3))
