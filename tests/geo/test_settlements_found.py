"""Settlements: what joins, what is absorbed, how many people a built-up area is taken to hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.points import SORTED_FROM, PointGrid, nearest_metres
from geo.settlements import KnownBuiltUp, SettlementSettings, find_settlements

ALONE = SettlementSettings(200, 20, 520, 800)
WITH_OUTSKIRTS = SettlementSettings(200, 20, 520, 800, absorb_metres=300)


def _block(east: float, north: float, across: int = 5, down: int = 5) -> list[tuple[float, float]]:
    return [(east + 100 * i, north + 100 * j) for i in range(across) for j in range(down)]


def test_a_few_houses_beyond_the_last_street_belong_to_the_town_and_not_beyond_the_reach():
    town, near, far = _block(0, 0), [(700, 0), (800, 0)], [(0, 701), (0, 801)]  # 300 m and 301 m away
    points = np.array(town + near + far, dtype=float)
    built_up = find_settlements(points, WITH_OUTSKIRTS).built_up
    assert set(built_up[:27]) == {built_up[0]}
    assert built_up[27] == built_up[28] != built_up[0]
    assert find_settlements(points, ALONE).built_up[25] != built_up[0]


def test_farms_between_two_towns_do_not_join_them():
    points = np.array([*_block(0, 0), (650, 0), *_block(950, 0)], dtype=float)
    built_up = find_settlements(points, WITH_OUTSKIRTS).built_up
    assert built_up[0] != built_up[-1]
    assert built_up[25] == built_up[0]  # 250 m from the one, 300 m from the other


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_order_of_postcodes_changes_no_settlement(seed: int):
    rng = np.random.default_rng(seed)
    points = np.round(rng.uniform(0, 4000, (150, 2)))
    order = rng.permutation(150)
    wanted = SettlementSettings(200, 5, 300, 800, absorb_metres=250)
    one, other = find_settlements(points, wanted).built_up, find_settlements(points[order], wanted).built_up
    # The same pairs are together, whatever the numbers.
    assert ((one[order][:, None] == one[order][None, :]) == (other[:, None] == other[None, :])).all()


def test_people_grow_a_little_faster_than_hectares():
    found = find_settlements(np.array(_block(0, 0) + _block(9_000, 0, 20, 20), dtype=float), WITH_OUTSKIRTS)
    people = found.built_up_people(people_of_a_hectare=22.16, hectares_power=1.153)
    assert found.built_up_hectares.tolist() == [25, 400]
    assert people.tolist() == [910, 22_170]


def test_a_country_of_queries_gets_what_a_single_query_gets():
    rng = np.random.default_rng(3)
    points = rng.uniform(0, 20_000, (3_000, 2))
    grid = PointGrid(points)
    queries = rng.uniform(-1_000, 21_000, (SORTED_FROM + 11, 2))
    few = rng.choice(len(queries), 300, replace=False)
    labels = rng.integers(0, 40, 3_000)
    weights = rng.uniform(0, 5, 3_000)
    assert (grid.counts_within(queries, (300, 900))[few] == grid.counts_within(queries[few], (300, 900))).all()
    assert (grid.dominant_within(queries, 700, labels)[few] == grid.dominant_within(queries[few], 700, labels)).all()
    assert (grid.sum_within(queries, 700, weights)[few] == grid.sum_within(queries[few], 700, weights)).all()


def test_no_point_is_infinitely_far():
    found = find_settlements(np.zeros((0, 2)), WITH_OUTSKIRTS)
    assert np.isinf(nearest_metres(found.tree, np.zeros((3, 2)))).all()


@pytest.mark.parametrize(("value", "says"), [(-1, "absorb_metres: found -1"), (float("nan"), "absorb_metres")])
def test_a_reach_that_makes_no_sense_is_refused(value: float, says: str):
    with pytest.raises(ValueError, match=says):
        SettlementSettings(200, 20, 520, 800, absorb_metres=value)


def test_built_up_areas_that_are_known_are_neither_joined_nor_grown_and_count_what_lies_beyond():
    left, right, farm = _block(0, 0), _block(500, 0), [(1_100, 0)]  # one run of streets, 100 m from post to post
    points = np.array(left + right + farm, dtype=float)
    assert len(set(find_settlements(points, WITH_OUTSKIRTS).built_up)) == 1
    known = KnownBuiltUp(np.array([0] * 25 + [1] * 25 + [-1]), np.array([25, 100]))
    found = find_settlements(points, WITH_OUTSKIRTS, known)
    assert found.built_up.tolist() == [0] * 25 + [1] * 25 + [2]
    assert found.settlement.tolist() == found.built_up.tolist()
    assert found.built_up_postcodes.tolist() == [25, 100, 1]
    assert found.built_up_hectares.tolist() == [25, 100, 1]
