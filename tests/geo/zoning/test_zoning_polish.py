"""Polish: zones re-split exactly are as cheap as trying every split, and a plan is never made dearer or broken."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geo.zoning import ZoningProblem
from geo.zoning.check.plan_and_bound import broken_rules, recomputed_cost
from geo.zoning.model.arrays import Model, build_model
from geo.zoning.model.state import Net, make_net, make_state, plan_cost
from geo.zoning.search.bases import BaseSearch
from geo.zoning.search.construct import grow_plan
from geo.zoning.search.parameters import SEARCH
from geo.zoning.search.polish import Polished, Polisher
from geo.zoning.search.resplit import resplit
from geo.zoning.search.schedule import refine
from tests.geo.zoning.zoning_maps import grid_problem


def started(problem: ZoningProblem, seed: int) -> tuple[Model, Net, Polished]:
    """A plan within the limits to polish, as a short search finds it."""
    model = build_model(problem)
    net = make_net(model)
    label = grow_plan(model, BaseSearch(model, net, seed).best)
    assert label is not None
    state, feasible = refine(model, net, label, seed, lambda: False, sweeps=2)
    assert feasible
    return model, net, Polished(state.label, state.base, plan_cost(net, state))


def cheapest_split(problem: ZoningProblem, label: np.ndarray, base: np.ndarray, zones: tuple[int, int]) -> float:
    """Least cost of serving two zones' units from their bases, by trying every way to part them."""
    units = np.flatnonzero(np.isin(label, zones))
    hours, cost, adjacency = problem.hours, problem.cost, problem.adjacency
    least = math.inf
    for choice in itertools.product(zones, repeat=units.size):
        parts = [units[np.array(choice) == zone] for zone in zones]
        if any(base[zone] not in part for zone, part in zip(zones, parts, strict=True)):
            continue
        loads = [hours[part].sum() for part in parts]
        if any(
            not problem.floor_hours[z] <= load <= problem.ceiling_hours[z] for z, load in zip(zones, loads, strict=True)
        ):
            continue
        if any(connected_components(adjacency[part][:, part], directed=False)[0] > 1 for part in parts):
            continue
        price = sum(hours[part] @ cost[part, base[z]] for z, part in zip(zones, parts, strict=True))
        least = min(least, float(price))
    return least


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_two_zones_are_split_as_cheaply_as_any_split_of_them(seed: int) -> None:
    problem = grid_problem(3, 4, 2, seed, tolerance=0.2)
    model, _, plan = started(problem, seed)
    found = resplit(model, plan.label, plan.base, np.array([0, 1]), 10, 0.0)
    least = cheapest_split(problem, plan.label, plan.base, (0, 1))
    label = plan.label if found is None else found
    cost = sum(problem.hours[u] * problem.cost[u, plan.base[label[u]]] for u in range(problem.units))
    assert cost == pytest.approx(least, rel=2e-6)
    assert broken_rules(problem, label) == []


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 1000), st.integers(3, 6))
def test_polish_and_kicks_keep_every_rule_and_never_cost_more(seed: int, zones: int) -> None:
    problem = grid_problem(12, 12, zones, seed, locked={0: 1, 143: 0})
    model, net, plan = started(problem, seed)
    polisher, ends = Polisher(model, net), time.monotonic() + 60
    better = polisher.polish(plan, SEARCH.stages[0] + SEARCH.stages[1], lambda: False, ends)
    kicked = polisher.kick(better, seed, lambda: False, ends)
    assert kicked.cost <= better.cost <= plan.cost
    for found in (better, kicked):
        assert broken_rules(problem, found.label) == []
        assert recomputed_cost(problem, found.label) == pytest.approx(found.cost, rel=1e-5)
        assert (found.base == make_state(model, net, found.label, 1).base).all()


def test_polish_mends_a_plan_whose_zones_were_drawn_badly() -> None:
    problem = grid_problem(8, 8, 2, hours=np.ones(64), tolerance=0.0)
    model = build_model(problem)
    net = make_net(model)
    rows, columns = np.divmod(np.arange(64), 8)
    comb = np.where((rows < 2) | ((columns % 2 == 0) & (rows < 6)), 0, 1)
    state = make_state(model, net, comb, 1)
    plan = Polished(state.label, state.base, plan_cost(net, state))
    better = Polisher(model, net).polish(plan, SEARCH.stages[0], lambda: False, time.monotonic() + 60)
    halves = recomputed_cost(problem, np.where(columns < 4, 0, 1))
    assert plan.cost > 1.02 * halves
    assert better.cost <= 1.02 * halves
