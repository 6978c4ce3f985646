"""Small problems solved by listing zones: the cheapest plan there is under every rule, and a proof others can check."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.zoning.states import as_problem
from geo.zoning import InvalidProblemError, NoPlanFoundError, ZonePlan, ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import ListCase, ZoneList, as_data, from_data
from tests.geo.zoning.zoning_maps import cheapest_plan, grid_problem
from tests.open_data import open_data


@st.composite
def small_maps(draw: st.DrawFn) -> tuple[int, int, int, dict[str, Any]]:
    rows, columns = draw(st.sampled_from([(3, 3), (2, 5)]))
    n, zones = rows * columns, draw(st.integers(2, 3))
    unit, zone = st.integers(0, n - 1), st.integers(0, zones - 1)
    pair = st.tuples(unit, unit).filter(lambda pair: pair[0] != pair[1])
    rules: dict[str, Any] = {
        "targets": st.lists(st.integers(2, 5).map(float), min_size=zones, max_size=zones),
        "locked": st.dictionaries(unit, zone, min_size=1, max_size=2),
        "apart": st.lists(pair, min_size=1, max_size=2),
        "together": st.lists(pair, min_size=1, max_size=2),
        "bases": st.dictionaries(zone, unit, min_size=1, max_size=1),
        "membership_cost": st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).integers(0, 9, (n, zones))),
        "areas": st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).integers(-1, 3, n)),
        "cut_price": st.integers(1, 5).map(float),
        "hours": st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).integers(0, 6, n).astype(float)),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(rules)), max_size=3))
    options = {name: draw(rules[name]) for name in sorted(chosen)}
    if "areas" in options:
        options["area_price"] = 4.0
    return rows, columns, zones, {**options, "tolerance": draw(st.sampled_from([0.15, 0.3, 0.5]))}


@settings(max_examples=25, deadline=None)
@given(small_maps(), st.integers(0, 1000))
def test_under_every_rule_the_plan_is_the_cheapest_there_is(
    asked: tuple[int, int, int, dict[str, Any]], seed: int
) -> None:
    rows, columns, zones, options = asked
    try:
        problem = grid_problem(rows, columns, zones, seed, **options)
    except InvalidProblemError:
        return
    least = cheapest_plan(problem)
    if math.isinf(least):
        with pytest.raises(NoPlanFoundError):
            solve(problem, work=2)
        return
    plan = solve(problem, work=2)
    assert broken_rules(problem, plan.labels) == []
    assert plan.stopped == "optimal"
    assert plan.cost == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert plan.certificate is not None
    assert checked_bound(problem, plan.certificate) == pytest.approx(least, rel=1e-6, abs=1e-6)


@pytest.fixture(scope="module")
def proven() -> ZonePlan:
    """A plan of a map whose prices alone do not prove it: the proof has a list, rows on threes of units, and cases."""
    plan = solve(_uneven_map(), seconds=60)
    assert plan.stopped == "optimal"
    assert isinstance(plan.certificate, ZoneList)
    return plan


def _uneven_map() -> ZoningProblem:
    hours = np.random.default_rng(6).lognormal(0, 0.6, 48)
    return grid_problem(6, 8, 6, hours=hours, tolerance=0.05)


def _proof(plan: ZonePlan) -> ZoneList:
    assert isinstance(plan.certificate, ZoneList)
    return plan.certificate


def test_the_proof_survives_being_written_and_read(proven: ZonePlan) -> None:
    again = from_data(json.loads(json.dumps(as_data(_proof(proven)))))
    assert checked_bound(proven.problem, again) == pytest.approx(proven.cost, rel=1e-7)


def test_a_proof_that_claims_more_is_found_out(proven: ZonePlan) -> None:
    claims_more = replace(_proof(proven), bound=proven.cost * 1.01)
    assert checked_bound(proven.problem, claims_more) <= proven.cost * (1 + 1e-7)


def test_a_proof_with_a_least_net_cost_that_some_zone_beats_is_found_out(proven: ZonePlan) -> None:
    proof = _proof(proven)
    claims_more = replace(proof, least=proof.least + 0.02 * proven.cost, bound=proven.cost * 1.05)
    assert checked_bound(proven.problem, claims_more) <= proven.cost * (1 + 1e-7)


def test_a_proof_with_prices_of_another_map_proves_less(proven: ZonePlan) -> None:
    proof = _proof(proven)
    shuffled = np.random.default_rng(0).permutation(proof.prices.prices)
    weaker = replace(proof, prices=replace(proof.prices, prices=shuffled), cases=())
    assert checked_bound(proven.problem, weaker) < proven.cost * 0.999


def test_cases_that_leave_something_out_are_refused(proven: ZonePlan) -> None:
    proof = _proof(proven)
    one_side = ListCase(((0, 1, True),), proof.prices)
    with pytest.raises(ValueError, match="none says what holds where unit 0 and unit 1 are apart"):
        checked_bound(proven.problem, replace(proof, cases=(one_side,)))


def test_fines_below_nothing_are_refused(proven: ZonePlan) -> None:
    proof = _proof(proven)
    prices = replace(proof.prices, triples=np.array([[0, 1, 2]]), fines=np.array([-5.0]))
    with pytest.raises(ValueError, match="fines: found one below 0"):
        checked_bound(proven.problem, replace(proof, prices=prices))


def test_that_there_is_no_plan_is_proven_not_supposed() -> None:
    hours = np.array([6.0, 8, 2, 8, 8, 7, 7, 1, 2, 1])
    problem = grid_problem(2, 5, 3, hours=hours, tolerance=0.15, apart=[(0, 1)])
    assert math.isinf(cheapest_plan(problem))
    with pytest.raises(NoPlanFoundError) as none:
        solve(problem, seconds=20)
    assert "proven_impossible" in {finding.kind for finding in none.value.findings}


def test_plans_with_units_that_no_base_may_serve_are_told_from_locks_that_cross() -> None:
    problem = grid_problem(2, 5, 2, hours=np.ones(10), tolerance=0.3)
    near = ZoningProblem(
        problem.hours, problem.adjacency, np.where(problem.cost > 1.0, np.inf, problem.cost), 2, tolerance=0.3
    )
    with pytest.raises(NoPlanFoundError) as none:
        solve(near, work=2)
    assert "out_of_reach" in none.value.kinds


def test_the_same_work_ends_with_the_same_plan_and_proof() -> None:
    one, two = (solve(_uneven_map(), work=2, seed=5) for _ in range(2))
    assert np.array_equal(one.labels, two.labels)
    assert one.bound == two.bound


@pytest.mark.parametrize("state", ["ME", "ID", "NE", "AL"])
def test_counties_of_states_are_districted_at_the_published_optimum(state: str) -> None:
    found = json.loads(open_data("districting_us_counties.json").read_text())[state]
    problem = as_problem(found)
    plan = solve(problem, seconds=240)
    assert plan.stopped == "optimal"
    assert recomputed_cost(problem, plan.labels) == found["optimal_population_hop_distance"]
    assert plan.certificate is not None
    assert checked_bound(problem, plan.certificate) == pytest.approx(found["optimal_population_hop_distance"], rel=1e-7)
