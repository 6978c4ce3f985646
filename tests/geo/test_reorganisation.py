"""A county parted among new councils: the narrowest place decides, and the price of a line lies within its bounds."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from geo.reorganisation import (
    UNDECIDED,
    Bounded,
    ContradictionError,
    NewCouncil,
    least_border_of_line,
    price_of_line,
    sides_of,
    year_at_rates,
    zones_cut,
)

AREAS = np.array(["A1", "A2", "B1", "B2", "C1"])
DISTRICTS = np.array(["A", "A", "B", "B", "C"])
TOWNS = np.array(["", "Midtown", "Midtown", "", ""])
LAYERS = [DISTRICTS, TOWNS, AREAS]


def test_whole_districts_fall_to_their_council_and_what_is_not_held_is_named() -> None:
    sides = sides_of([NewCouncil("North", ("A", "Z")), NewCouncil("South", ("B", "C"))], LAYERS)
    assert sides.of_area.tolist() == [0, 0, 1, 1, 1]
    assert sides.not_loaded == (("Z",), ())
    assert sides.parted


def test_an_area_goes_before_its_town_and_a_town_before_its_district() -> None:
    councils = [NewCouncil("City", ("Midtown", "B2")), NewCouncil("Rest", ("A", "B", "B1"))]
    assert sides_of(councils, LAYERS).of_area.tolist() == [1, 0, 1, 0, UNDECIDED]


def test_what_is_said_to_be_parted_is_undecided_until_places_are_named() -> None:
    councils = [NewCouncil("City", ("B1",), ("B",)), NewCouncil("Rest", ("A", "C"), ("B",))]
    assert sides_of(councils, LAYERS).of_area.tolist() == [1, 1, 0, UNDECIDED, 1]


def test_one_council_takes_all_and_the_line_parts_nothing() -> None:
    assert not sides_of([NewCouncil("All", ("A", "B", "C")), NewCouncil("City", ("Z",))], LAYERS).parted


@pytest.mark.parametrize(
    "councils",
    [
        [NewCouncil("North", ("A",)), NewCouncil("South", ("A",))],
        [NewCouncil("North", ("A",)), NewCouncil("South", (), ("A",))],
        [NewCouncil("North", ("B",), ("A",)), NewCouncil("South", ("A",))],
    ],
)
def test_a_place_of_two_councils_is_refused(councils: list[NewCouncil]) -> None:
    with pytest.raises(ContradictionError) as refusal:
        sides_of(councils, LAYERS)
    assert (refusal.value.place, {refusal.value.first, refusal.value.second}) == ("A", {0, 1})


def test_zones_on_several_sides_are_cut_and_the_largest_part_comes_first() -> None:
    zone = np.array([1, 1, 1, 2, 2])
    assert zones_cut(zone, np.array([0, 1, 1, 1, 1])) == {1: [1, 0]}
    assert zones_cut(zone, np.array([0, 0, 0, 1, UNDECIDED])) == {2: [UNDECIDED, 1]}
    assert zones_cut(zone, np.zeros(5, np.int64)) == {}


def test_a_year_is_hours_at_their_rates_over_52_weeks_and_unknown_where_a_part_is() -> None:
    rates = {"urban": Decimal(25), "rural": Decimal("30.50")}
    assert year_at_rates({"urban": Decimal(10), "rural": Decimal(2)}, rates) == 52 * Decimal(311)
    assert year_at_rates({"urban": Decimal(10), "rural": None}, rates) is None
    assert year_at_rates({"urban": Decimal(10), "island": Decimal(1)}, rates) is None
    assert year_at_rates({"urban": Decimal(10), "island": Decimal(0)}, rates) == 52 * Decimal(250)


def test_the_price_of_a_line_lies_between_what_both_bounds_allow() -> None:
    price = price_of_line(Bounded(100.0, 95.0), Bounded(120.0, 110.0))
    assert (price.pounds, price.least, price.most) == (20.0, 10.0, 25.0)


def test_a_cheaper_plan_that_keeps_to_the_line_stands_for_both() -> None:
    price = price_of_line(Bounded(130.0, 95.0), Bounded(120.0, 90.0))
    assert (price.free, price.within) == (Bounded(120.0, 95.0), Bounded(120.0, 95.0))
    assert (price.pounds, price.least, price.most) == (0.0, 0.0, 25.0)


def test_the_border_along_a_line_counts_in_full_and_a_link_within_a_side_at_its_worst() -> None:
    def prices(pairs: dict[tuple[int, int], float]) -> csr_matrix:
        table = np.zeros((4, 4))
        for (a, b), pounds in pairs.items():
            table[a, b] = table[b, a] = pounds
        return csr_matrix(table)

    free = prices({(0, 1): 50, (1, 2): 50, (2, 3): 50})
    side = np.array([0, 1, 1, 0])
    assert least_border_of_line(free, prices({(1, 2): 50}), side) == 100
    linked = prices({(1, 2): 50, (0, 3): 50})  # the line cuts side 0 in two, which a link joins
    assert least_border_of_line(free, linked, side) == 50
    assert least_border_of_line(free, prices({(1, 2): 50, (2, 3): 50}), side) == 50
