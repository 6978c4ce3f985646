"""Plans by whole-zone costs: differences add up, limits hold, and small maps end at the cheapest plan there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning.partition.anneal import anneal, cost_of, hold, make_web, missed
from geo.zoning.partition.choose import choose, labels_of
from geo.zoning.partition.connected import connected_sets
from geo.zoning.partition.costs import ZoneCosts
from geo.zoning.partition.priced import cheap_zones
from geo.zoning.partition.refine import RefineParameters, Refiner
from geo.zoning.partition.search import AnnealParameters, grown, starts, zones_of


def grid_costs(rows: int, columns: int, *, seed: int = 0, depot: bool = True) -> ZoneCosts:
    """A grid with drawn prices of pairs and a depot in its first corner."""
    random, n = np.random.default_rng(seed), rows * columns
    place = np.stack(np.divmod(np.arange(n), columns), axis=1)
    near = np.abs(place[:, None] - place[None]).sum(axis=2) == 1
    price = np.triu(near * random.uniform(0.5, 2.0, (n, n)))
    radius = np.linspace(0.0, rows + columns, 20)
    away = np.hypot(*place.T)
    exposure = np.where(radius[None, 1:] > away[:, None], 3.0 * (radius[None, 1:] - away[:, None]), 0.0)
    if not depot:
        exposure = np.zeros((n, 0))
    return ZoneCosts(csr_matrix(price + price.T), exposure, 2.0 * np.diff(radius)[: exposure.shape[1]], np.ones(n))


def whole(costs: ZoneCosts, labels: np.ndarray) -> bool:
    """Whether every zone hangs together."""
    coo = costs.pair_price.tocoo()
    same = labels[coo.row] == labels[coo.col]
    graph = csr_matrix((np.ones(same.sum()), (coo.row[same], coo.col[same])), coo.shape)
    return int(connected_components(graph, directed=False)[0]) == np.unique(labels).size


@pytest.mark.parametrize("depot", [True, False])
def test_moves_by_differences_keep_zones_whole_and_add_up_to_the_plans_cost(*, depot: bool) -> None:
    costs, k = grid_costs(8, 9, depot=depot), 7
    web = make_web(costs, np.ones(72), np.full(k, 8.0), np.full(k, 13.0))
    held = hold(web, grown(web, 3), 3)
    for temperature in (3.0, 1.0, 0.3, 0.0):
        taken = anneal(web, held, 20_000, temperature, 4.0)
        assert taken > 0 or temperature == 0.0
        assert whole(costs, held.label)
        assert cost_of(web, held) + 72.0 == pytest.approx(costs.of_plan(held.label), rel=1e-9)
        assert held.size.tolist() == np.bincount(held.label, minlength=k).tolist()
    assert missed(web, held) == 0.0


def test_locked_units_stay_in_their_zone() -> None:
    costs = grid_costs(6, 6)
    lock = np.full(36, -1)
    label = np.repeat(np.arange(3), 12)
    lock[[0, 20, 35]] = label[[0, 20, 35]]
    web = make_web(costs, np.ones(36), np.full(3, 8.0), np.full(3, 16.0), lock)
    held = hold(web, label, 1)
    anneal(web, held, 50_000, 2.0, 3.0)
    assert held.label[[0, 20, 35]].tolist() == label[[0, 20, 35]].tolist()
    assert not np.array_equal(held.label, label)


def cheapest_of_all(costs: ZoneCosts, k: int, least: int, most: int) -> float:
    """Least cost over every labelling of a few units."""
    found = np.inf
    for rest in product(range(k), repeat=costs.units - 1):
        labels = np.array((0, *rest))
        sizes = np.bincount(labels, minlength=k)
        if sizes.min() >= least and sizes.max() <= most and whole(costs, labels):
            found = min(found, costs.of_plan(labels))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_listing_and_choosing_gives_the_cheapest_plan_of_all(seed: int) -> None:
    costs = grid_costs(3, 3, seed=seed)
    zones = connected_sets(costs.pair_price, 2, 4, 1000)
    assert zones is not None
    cost = np.array([costs.of_zone(zone) for zone in zones])
    found = choose(zones, cost, 9, 3, 5.0)
    assert found.chosen is not None
    labels = labels_of([zones[i] for i in found.chosen], 9)
    best = cheapest_of_all(costs, 3, 2, 4)
    assert costs.of_plan(labels) == pytest.approx(best)
    assert found.cost == pytest.approx(best)
    assert found.bound <= best + 1e-6
    assert np.all(found.net(cost, zones) >= -1e-6)


def test_annealing_ends_at_the_cheapest_plan_of_a_small_map() -> None:
    costs = grid_costs(5, 6, seed=4)
    limits = np.full(6, 4.0), np.full(6, 6.0)
    zones = connected_sets(costs.pair_price, 4, 6, 100_000)
    assert zones is not None
    best = choose(zones, np.array([costs.of_zone(zone) for zone in zones]), 30, 6, 30.0)
    found, pool = starts(costs, np.ones(30), *limits, 0, lambda: False, 6)
    assert found is not None
    assert costs.of_plan(found.labels) == pytest.approx(best.cost, rel=1e-6)
    assert set(zones_of(found.labels, 6)) <= set(pool.zones)


def test_limits_hold_where_missing_them_would_save_many_borders() -> None:
    """A zone of one unit by a far depot would save twenty borders and more."""
    costs, limits = grid_costs(8, 8, seed=2).scaled(0.1, 30.0), (np.full(9, 6.0), np.full(9, 8.0))
    for seed in range(3):
        found, pool = starts(costs, np.ones(64), *limits, seed, lambda: True, 1)
        assert found is not None
        assert found.feasible
        assert len(pool.zones) > 9, "good plans were met before the last"
        sizes = np.bincount(found.labels, minlength=9)
        assert sizes.min() >= 6
        assert sizes.max() <= 8
        assert whole(costs, found.labels)


def test_units_that_cannot_be_reached_are_named() -> None:
    apart = csr_matrix((np.ones(2), ([0, 1], [1, 0])), (4, 4))
    costs = ZoneCosts(apart, np.zeros((4, 0)), np.zeros(0), np.ones(4))
    with pytest.raises(ValueError, match="cannot be reached"):
        starts(costs, np.ones(4), np.zeros(1), np.full(1, 9.0), 0, lambda: False, 1)
    with pytest.raises(ValueError, match="5 zones were asked of 4 units"):
        starts(costs, np.ones(4), np.zeros(5), np.full(5, 9.0), 0, lambda: False, 1)


def test_starts_repeat_from_their_seed() -> None:
    costs, limits = grid_costs(6, 6), (np.full(4, 7.0), np.full(4, 11.0))
    quick = AnnealParameters(temperatures=20, proposals_per_unit=30)
    one, two = (starts(costs, np.ones(36), *limits, 9, lambda: False, 2, quick)[0] for _ in range(2))
    assert one is not None
    assert two is not None
    assert np.array_equal(one.labels, two.labels)


@pytest.mark.parametrize("seed", range(3))
def test_pricing_on_the_way_finds_just_the_zones_that_cost_little(seed: int) -> None:
    costs, random = grid_costs(4, 5, seed=seed), np.random.default_rng(seed)
    zones = connected_sets(costs.pair_price, 3, 5, 100_000)
    assert zones is not None
    price = random.uniform(0.0, 3.0, 20)
    net = np.array([costs.of_zone(zone) - price[list(zone)].sum() - 1.5 for zone in zones])
    wanted = {zone for zone, each in zip(zones, net, strict=True) if each <= 2.0}
    web = make_web(costs, np.ones(20), np.full(5, 3.0), np.full(5, 5.0))
    found = cheap_zones(web, costs.unit_cost - price, 1.5, (3, 5), 2.0, 100_000)
    assert set(found) == wanted
    assert len(found) == len(wanted)
    few = cheap_zones(web, costs.unit_cost - price, 1.5, (3, 5), 2.0, 7)
    assert set(few) == {zones[int(i)] for i in np.argsort(net)[:7]}


def test_too_many_sets_are_not_listed() -> None:
    assert connected_sets(grid_costs(6, 6).pair_price, 5, 7, 300) is None


def test_refining_follows_what_is_measured_where_the_model_is_wrong() -> None:
    told, true = grid_costs(4, 5, seed=1), grid_costs(4, 5, seed=2)
    limits = np.full(5, 3.0), np.full(5, 5.0)
    zones = connected_sets(told.pair_price, 3, 5, 100_000)
    assert zones is not None
    by_model = choose(zones, np.array([told.of_zone(zone) for zone in zones]), 20, 5, 10.0)
    by_truth = choose(zones, np.array([true.of_zone(zone) for zone in zones]), 20, 5, 10.0)
    assert by_model.chosen is not None

    def measure(zone: tuple[int, ...], first: int, last: int) -> np.ndarray:
        noise = np.random.default_rng([*zone, first]).normal(0.0, 0.01, last - first)
        return true.of_zone(zone) * (1.0 + noise)

    asked = RefineParameters(likely_share=0.5)
    refiner = Refiner(told, np.ones(20), limits, measure, 0, 1, asked)
    begun = [zones[i] for i in by_model.chosen]
    labels = refiner.run(begun, zones, lambda: refiner.rounds > 20, (3, 5))
    before = true.of_plan(labels_of(begun, 20))
    assert true.of_plan(labels) < before
    assert true.of_plan(labels) <= by_truth.cost * 1.02
