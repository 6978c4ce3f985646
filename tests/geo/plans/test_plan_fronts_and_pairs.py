"""Pareto fronts and pairs of places, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.plans.agreement import pair_agreement
from geo.plans.pareto import pareto_front


@settings(max_examples=80, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=st.integers(0, 4).map(float)))
def test_the_front_is_what_nothing_beats(costs: np.ndarray) -> None:
    front = pareto_front(costs)
    for i, mine in enumerate(costs):
        as_good = [(other <= mine).all() for other in costs]
        better = [(other < mine).any() for other in costs]
        beaten = any(one and two for one, two in zip(as_good, better, strict=True))
        assert front[i] != beaten
    assert front.any()


def test_a_plan_without_a_figure_is_not_on_the_front_and_keeps_nobody_off_it() -> None:
    assert pareto_front(np.array([[1.0, np.nan], [2.0, 2.0]])).tolist() == [False, True]


def test_pairs_kept_and_broken_are_counted_and_named() -> None:
    report = {"Ashby": "1", "Coalville": "1", "Hinckley": "2", "Sapcote": "2"}
    plan = {"Ashby": "x", "Coalville": "y", "Hinckley": "y", "Sapcote": "y", "Elsewhere": "z"}
    found = pair_agreement(report, plan)
    assert (found.together, found.together_kept, found.apart, found.apart_kept) == (2, 1, 4, 2)
    assert found.parted == (("Ashby", "Coalville"),)
    assert found.joined == (("Coalville", "Hinckley"), ("Coalville", "Sapcote"))
    assert (found.share, found.together_share, found.apart_share) == (0.5, 0.5, 0.5)
    with pytest.raises(ValueError, match="1 places have no zone in the plan: Sapcote"):
        pair_agreement(report, {"Ashby": "x", "Coalville": "y", "Hinckley": "y"})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.permutations(range(4)))
def test_the_same_zones_under_other_names_agree_wholly(zones: list[int], names: list[int]) -> None:
    reference = {f"p{i}": str(zone) for i, zone in enumerate(zones)}
    renamed = {f"p{i}": str(names[zone]) for i, zone in enumerate(zones)}
    assert pair_agreement(reference, renamed).share == 1.0
