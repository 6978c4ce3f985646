"""A simulated year: the same seed gives the same outcome, rules do what they promise, swaps free hours."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from brokerage.rules.library import shipped_rule_sets
from brokerage.simulation import Outcome, simulate
from brokerage.simulation.compare import compare
from brokerage.simulation.made_up import CountyShape, made_up_county
from brokerage.simulation.scattered import SHAPE, WITH, WITHOUT, scattered_county

SMALL = CountyShape(zones=2, requests_a_year=500, days=120, packages_a_provider=15)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[Outcome, ...]]:
    found = compare(shipped_rule_sets().values(), partial(made_up_county, SMALL), [1, 2])
    return {one.rule_set: one.runs for one in found}


def test_the_same_seed_gives_the_same_outcome() -> None:
    rules = shipped_rule_sets()["weighted-round-robin"]
    shape = replace(SMALL, days=30)
    first, again = (simulate(made_up_county(shape, 3), rules, 3) for _ in range(2))
    assert first == again
    assert simulate(made_up_county(shape, 4), rules, 4) != first


def test_every_rule_set_places_what_comes(outcomes: dict[str, tuple[Outcome, ...]]) -> None:
    for runs in outcomes.values():
        for run in runs:
            assert run.placed >= 0.95 * run.requests > 100
            assert 0 < run.mean_days < run.mean_days_to_first_visit
            assert 0 < run.concentration <= 1


@pytest.mark.parametrize("name", ["weighted-round-robin", "principal-with-shares"])
def test_turns_stray_from_what_is_owed_by_a_package_at_most(
    outcomes: dict[str, tuple[Outcome, ...]], name: str
) -> None:
    for run in outcomes[name]:
        assert run.stray_p95 is not None
        assert run.stray_p95 <= 1.0


def test_rules_that_owe_nothing_have_nothing_to_stray_from(outcomes: dict[str, tuple[Outcome, ...]]) -> None:
    assert {run.stray_p95 for run in outcomes["leicestershire-2020"]} == {None}


def test_an_open_round_asks_more_and_waits_less(outcomes: dict[str, tuple[Outcome, ...]]) -> None:
    for open_round, by_turn in zip(outcomes["open-round"], outcomes["weighted-round-robin"], strict=True):
        assert open_round.offers_per_request > by_turn.offers_per_request
        assert open_round.median_days < by_turn.median_days


def test_exchanges_of_scattered_packages_shorten_the_wait() -> None:
    shape = replace(SHAPE, zones=2, packages_a_provider=15, requests_a_year=420, days=150)
    county, rules = scattered_county(5, shape), shipped_rule_sets()["weighted-round-robin"]
    without = simulate(county, rules, 5, replace(WITHOUT, warm_up_days=60))
    exchanged = simulate(county, rules, 5, replace(WITH, warm_up_days=60))
    assert exchanged.swaps > 0
    assert without.mean_days > 2
    assert exchanged.mean_days < without.mean_days
