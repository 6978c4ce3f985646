"""Both engines give the same sums, and neither can be made to crash or to guess."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network import RawRoads, RoadNetwork, build_network
from routing.positions import PositionError
from routing.roads import RoadsModel


def lattice(side: int, seed: int) -> RoadNetwork:
    """A square lattice of streets with some missing and some one-way, 80 m a block."""
    rng = np.random.default_rng(seed)
    index = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], 1),
            np.stack([index[:-1].ravel(), index[1:].ravel()], 1),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) < 0.85]
    back = pairs[rng.random(len(pairs)) < 0.9][:, ::-1]
    tail, head = np.concatenate([pairs, back]).T
    row, column = np.divmod(np.arange(side * side), side)
    metres = rng.uniform(80, 140, tail.size)
    return build_network(
        RawRoads(
            400_000 + column * 80.0,
            300_000 + row * 80.0,
            tail,
            head,
            metres,
            metres / rng.uniform(4, 20, tail.size),
            "lattice",
        )
    )


NETWORK = lattice(20, 3)
HIERARCHY, PLAIN = RoadsModel(NETWORK, use_hierarchy=True), RoadsModel(NETWORK, use_hierarchy=False)
place = st.tuples(st.floats(399_900, 401_700), st.floats(299_900, 301_700))


@given(st.integers(0, 30), st.integers(4, 12))
@settings(max_examples=20, deadline=None)
def test_the_engines_agree_on_any_network(seed: int, side: int) -> None:
    network = lattice(side, seed)
    nodes = np.arange(network.nodes)
    for weight in ("time_ms", "length_cm"):
        sums = [
            RoadsModel(network, use_hierarchy=kind).engine(weight).many_to_many(nodes, nodes) for kind in (True, False)
        ]
        np.testing.assert_array_equal(*sums)


@given(st.lists(place, min_size=1, max_size=5), st.lists(place, min_size=1, max_size=5))
def test_both_models_answer_alike(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    np.testing.assert_allclose(HIERARCHY.minutes(a, b), PLAIN.minutes(a, b), rtol=1e-12)
    np.testing.assert_allclose(HIERARCHY.miles(a, b), PLAIN.miles(a, b), rtol=1e-12)


@given(st.lists(place, min_size=1, max_size=6))
def test_a_place_is_no_distance_from_itself_on_or_off_the_road(a: list[tuple[float, float]]) -> None:
    assert (np.diag(HIERARCHY.minutes(a, a)) == 0).all()
    assert (np.diag(HIERARCHY.miles(a, a)) == 0).all()


def test_no_road_is_shorter_than_the_straight_line() -> None:
    places = np.random.default_rng(1).uniform([400_000, 300_000], [401_500, 301_500], (60, 2))
    straight = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    # Decimetre coordinates: the straight line may be longer by their rounding.
    assert (HIERARCHY.miles(places, places) * 1609.344 >= straight - 0.5).all()


def test_the_way_to_the_road_is_charged() -> None:
    at_road = np.c_[NETWORK.east_m[:1], NETWORK.north_m[:1]]
    off_road = at_road - 300.0
    far = np.c_[NETWORK.east_m[-1:], NETWORK.north_m[-1:]]
    extra = np.hypot(300, 300)
    assert (PLAIN.miles(off_road, far) - PLAIN.miles(at_road, far))[0, 0] * 1609.344 == pytest.approx(extra)
    assert (PLAIN.minutes(off_road, far) - PLAIN.minutes(at_road, far))[0, 0] == pytest.approx(extra / 15_000 * 60)


@pytest.mark.parametrize("model", [HIERARCHY, PLAIN], ids=["pyroutingkit", "scipy"])
class TestEitherEngine:
    def test_a_place_off_the_map_is_infinitely_far(self, model: RoadsModel) -> None:
        inside, outside = (400_500, 300_500), (420_000, 300_500)
        minutes = model.minutes([inside, outside], [inside, outside])
        assert minutes[0, 0] == 0
        assert np.isinf(minutes[[0, 1], [1, 0]]).all()

    def test_empty_sets_give_empty_answers(self, model: RoadsModel) -> None:
        assert model.minutes([], [(400_000, 300_000)]).shape == (0, 1)
        assert model.miles([(400_000, 300_000)], []).shape == (1, 0)
        assert model.engine("time_ms").many_to_many([], []).shape == (0, 0)

    def test_a_node_that_does_not_exist_is_named(self, model: RoadsModel) -> None:
        engine = model.engine("time_ms")
        for bad in (NETWORK.nodes, -1, 2**40):
            with pytest.raises(IndexError, match=f"targets row 1: node found {bad}"):
                engine.many_to_many([0], [0, bad])
        with pytest.raises(IndexError, match="expected a list of node numbers"):
            engine.many_to_many([0.5], [0])

    def test_a_bad_position_is_named(self, model: RoadsModel) -> None:
        with pytest.raises(PositionError, match="destinations row 0"):
            model.minutes([(400_000, 300_000)], [(float("inf"), 0)])

    def test_many_threads_at_once_get_the_answer_one_gets(self, model: RoadsModel) -> None:
        places = np.random.default_rng(2).uniform([400_000, 300_000], [401_500, 301_500], (40, 2))
        alone = model.minutes(places, places)
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda _: model.minutes(places, places), range(64)))
        for answer in together:
            np.testing.assert_array_equal(answer, alone)


def test_one_way_islands_cannot_arise() -> None:
    """Every node of a built network reaches every other, so infinity only means off the map."""
    nodes = np.arange(NETWORK.nodes)
    assert np.isfinite(PLAIN.engine("time_ms").many_to_many(nodes[:40], nodes)).all()


def test_a_saved_order_gives_the_same_answers() -> None:
    again = RoadsModel(HIERARCHY.with_saved_order(), use_hierarchy=True)
    nodes = np.arange(0, NETWORK.nodes, 7)
    np.testing.assert_array_equal(
        again.engine("time_ms").many_to_many(nodes, nodes), HIERARCHY.engine("time_ms").many_to_many(nodes, nodes)
    )
