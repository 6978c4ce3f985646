"""What a kilometre of border costs, and the price of each pair of neighbours by the border between them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from geo.plans.border_price import border_assumptions, border_pounds_per_km, pair_prices, tour_km


def test_a_km_of_border_lengthens_the_rounds_of_both_zones_beside_it() -> None:
    assert border_pounds_per_km(1000, 0.5, 12) == pytest.approx(2 * 0.129 * 1000 * 0.5)


def test_rounds_of_few_stops_follow_a_border_less_closely() -> None:
    full = border_pounds_per_km(1000, 0.5, 10)
    assert border_pounds_per_km(1000, 0.5, 5) == pytest.approx(full / 2)
    assert border_pounds_per_km(1000, 0.5, 30) == full


@pytest.mark.parametrize("wrong", [(-1, 0.5, 8), (1, -0.5, 8), (1, 0.5, -8), (float("nan"), 0.5, 8)])
def test_figures_below_nought_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="expected 0 or more"):
        border_pounds_per_km(*wrong)


def test_pairs_cost_what_the_pair_and_the_border_between_them_cost() -> None:
    beside = csr_matrix(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]]))
    metres = csr_matrix(np.array([[0, 2000.0, 0], [2000.0, 0, 500.0], [0, 500.0, 0]]))
    found = pair_prices(beside, metres, 50.0, 100.0).toarray()
    assert found[0, 1] == found[1, 0] == 250.0
    assert found[0, 2] == found[2, 0] == 50.0  # a bridge: neighbours without a border
    assert found[1, 2] == 0.0  # a border of no neighbours: a motorway


def test_the_coefficients_have_sources_and_places_they_were_held_to() -> None:
    held = border_assumptions()
    assert set(held["sources"]) == set(held["tour"])
    assert held["held_to"]
    assert tour_km(10.0, 20.0, 3.0) == pytest.approx(7.27 + 2.58 + 5.94)
