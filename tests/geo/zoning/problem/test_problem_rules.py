"""Contradictions that are found before any search: each is named with its units, zones and remedy, and nothing more."""
# ruff: noqa: E501  sentences are given whole, as people read them

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.zoning import InvalidProblemError, ZoningProblem
from geo.zoning.problem.rules import together_groups
from tests.geo.zoning.zoning_maps import grid_problem

UNITS = [f"A{i}" for i in range(8)]
NAMES: dict[str, Any] = {"names": UNITS, "zone_names": ["North", "South"]}
Found = list[tuple[str, str, str, tuple[int, ...], tuple[int, ...]]]


def _problem(**options: Any) -> ZoningProblem:
    """Eight units of ten hours in two rows, or as asked, for two zones."""
    given: dict[str, Any] = {"hours": np.full(8, 10.0), "tolerance": 0.25, **options}
    rows, columns = given.pop("grid", (2, 4))
    return grid_problem(rows, columns, given.pop("zones", 2), **given)


CASES: dict[str, tuple[dict[str, Any], Found]] = {
    "lock_range": (
        {"locked": {9: 0, 1: 2, -1: 0}},
        [
            ("locked", "locked: unit 9 in zone 0, expected units 0 to 7 and zones 0 to 1.", "", (), ()),
            ("locked", "locked: unit 1 in zone 2, expected units 0 to 7 and zones 0 to 1.", "", (), ()),
            ("locked", "locked: unit -1 in zone 0, expected units 0 to 7 and zones 0 to 1.", "", (), ()),
        ],
    ),
    "lock_edge": (
        {"locked": {8: 1}},
        [
            ("locked", "locked: unit 8 in zone 1, expected units 0 to 7 and zones 0 to 1.", "", (), ()),
        ],
    ),
    "base_range": (
        {"bases": {2: 0, 0: 8, -1: 1}},
        [
            ("bases", "bases: zone 2 at unit 0, expected zones below 2 and units below 8.", "", (), ()),
            ("bases", "bases: zone 0 at unit 8, expected zones below 2 and units below 8.", "", (), ()),
            ("bases", "bases: zone -1 at unit 1, expected zones below 2 and units below 8.", "", (), ()),
        ],
    ),
    "pair_range": (
        {"apart": [(0, 8)], "together": [(-1, 2)]},
        [
            ("apart", "apart: pair (0, 8), expected units 0 to 7.", "", (), ()),
            ("together", "together: pair (-1, 2), expected units 0 to 7.", "", (), ()),
        ],
    ),
    "two_zones": (
        {"locked": {0: 0}, "bases": {1: 0}, **NAMES},
        [
            (
                "locks",
                "A0 is fixed to South and also to North.",
                "Drop one of the two, or the together pair.",
                (0, 0),
                (0, 1),
            ),
        ],
    ),
    "group_zones": (
        {"locked": {0: 0, 1: 1}, "together": [(0, 1)], **NAMES},
        [
            (
                "locks",
                "A1 is fixed to South and A0, which must be with it, to North.",
                "Drop one of the two, or the together pair.",
                (0, 1),
                (0, 1),
            ),
        ],
    ),
    "apart_self": (
        {"apart": [(3, 3)]},
        [
            (
                "apart",
                "unit 3 and unit 3 must be apart, but they are one and the same unit.",
                "Drop one of the pairs.",
                (3, 3),
                (),
            ),
        ],
    ),
    "apart_together": (
        {"apart": [(0, 2)], "together": [(0, 1), (1, 2)]},
        [
            (
                "apart",
                "unit 0 and unit 2 must be apart, but they must also be together, directly or through other pairs.",
                "Drop one of the pairs.",
                (0, 2),
                (),
            ),
        ],
    ),
    "apart_locked": (
        {"apart": [(0, 2)], "locked": {0: 1, 2: 1}, **NAMES},
        [
            ("apart", "A0 and A2 must be apart, but both are fixed to South.", "Unlock one of them.", (0, 2), (1,)),
        ],
    ),
    "all_apart": (
        {"apart": [(0, 2), (0, 5), (2, 5), (1, 7)]},
        [
            (
                "apart",
                "unit 0, unit 2, unit 5 must all be apart from each other, which takes 3 zones: found 2.",
                "Ask for more zones, or drop some of the pairs.",
                (0, 2, 5),
                (),
            ),
        ],
    ),
    "all_apart_many": (
        {
            "zones": 6,
            "apart": [
                (1, 0),
                (2, 0),
                (2, 1),
                (3, 0),
                (3, 1),
                (3, 2),
                (4, 0),
                (4, 1),
                (4, 2),
                (4, 3),
                (5, 0),
                (5, 1),
                (5, 2),
                (5, 3),
                (5, 4),
                (6, 0),
                (6, 1),
                (6, 2),
                (6, 3),
                (6, 4),
                (6, 5),
                (7, 0),
                (7, 1),
                (7, 2),
                (7, 3),
                (7, 4),
                (7, 5),
                (7, 6),
            ],
            "tolerance": 0.9,
        },
        [
            (
                "apart",
                "unit 0, unit 1, unit 2, unit 3, unit 4, unit 5 and 2 more must all be apart from each other, which takes 8 zones: found 6.",
                "Ask for more zones, or drop some of the pairs.",
                (0, 1, 2, 3, 4, 5, 6, 7),
                (),
            ),
        ],
    ),
    "too_large_group": (
        {"together": [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]},
        [
            (
                "unit_too_large",
                "unit 0, with all that must be together with them (7 units), have 70.0 hours, more than any zone may hold: the highest ceiling is 50.0.",
                "Split it, ask for fewer zones, or raise the tolerance to at least 0.750.",
                (0, 1, 2, 3, 4, 5, 6),
                (),
            ),
        ],
    ),
    "too_large_pieces": (
        {
            "hours": np.array([30.0, 1.0, 30.0, 1.0, 1.0, 30.0, 1.0, 30.0]),
            "together": [(0, 2), (2, 5), (5, 7)],
            "zones": 2,
            "tolerance": 0.2,
        },
        [
            (
                "unit_too_large",
                "unit 0 and unit 2 and unit 5 and unit 7, with all that must be together with them (4 units), have 120.0 hours, more than any zone may hold: the highest ceiling is 74.4.",
                "Split it, ask for fewer zones, or raise the tolerance to at least 0.935.",
                (0, 2, 5, 7),
                (),
            ),
        ],
    ),
    "locks_large": (
        {"locked": {0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1}},
        [
            (
                "locks_too_large",
                "The units fixed to zone 0 have 60.0 hours, over its ceiling of 50.0 (target 40.0).",
                "Unlock some of them, raise the zone's target, or widen the tolerance.",
                (0, 1, 2, 3, 4, 5),
                (0,),
            ),
        ],
    ),
    "many_zones_viable": (
        {"zones": 4, "least_hours": 30.0},
        [
            (
                "not_viable",
                "4 zones of at least 30.0 hours need more than the 80.0 there are.",
                "Ask for at most 2 zones.",
                (),
                (),
            ),
        ],
    ),
    "viable_named": (
        {"zones": 2, "targets": [60, 20], "least_hours": [0, 70.0], "tolerance": 0.1, "zone_names": ["North", "South"]},
        [
            (
                "not_viable",
                "The zones need at least 124.0 hours in all, more than the 80.0 there are: some must be viable (South 70.0).",
                "Lower what makes a zone viable, exempt some, lower the other targets, or ask for fewer zones.",
                (),
                (1,),
            ),
            (
                "not_viable",
                "South may hold at most 22.0 hours (target 20.0), but is not viable below 70.0.",
                "Ask for fewer zones, raise its target to 63.6, lower what makes it viable, or exempt it.",
                (),
                (1,),
            ),
        ],
    ),
    "viable_sum": (
        {"zones": 2, "targets": [10, 70], "least_hours": [30.0, 0], "tolerance": 0.1, "zone_names": ["North", "South"]},
        [
            (
                "not_viable",
                "The zones need at least 93.0 hours in all, more than the 80.0 there are: some must be viable (North 30.0).",
                "Lower what makes a zone viable, exempt some, lower the other targets, or ask for fewer zones.",
                (),
                (0,),
            ),
            (
                "not_viable",
                "North may hold at most 11.0 hours (target 10.0), but is not viable below 30.0.",
                "Ask for fewer zones, raise its target to 27.3, lower what makes it viable, or exempt it.",
                (),
                (0,),
            ),
        ],
    ),
    "viable_ceiling": (
        {"zones": 2, "targets": [20, 60], "least_hours": [25.0, 0], "tolerance": 0.2, "zone_names": ["North", "South"]},
        [
            (
                "not_viable",
                "North may hold at most 24.0 hours (target 20.0), but is not viable below 25.0.",
                "Ask for fewer zones, raise its target to 20.8, lower what makes it viable, or exempt it.",
                (),
                (0,),
            ),
        ],
    ),
    "targets_free": (
        {"zones": 2, "targets": [500, np.nan]},
        [
            (
                "targets",
                "The targets allow 375.0 or more hours in all, but the units have 80.0.",
                "With a free zone targets are taken as hours: scale them, or leave more to the free zone.",
                (),
                (),
            ),
        ],
    ),
    "targets_free_small": (
        {"zones": 3, "targets": [100, 10, np.nan]},
        [
            (
                "targets",
                "The targets allow 82.5 or more hours in all, but the units have 80.0.",
                "With a free zone targets are taken as hours: scale them, or leave more to the free zone.",
                (),
                (),
            ),
        ],
    ),
    "cut_off": (
        {"grid": (1, 8), "locked": {0: 0, 3: 1, 7: 0, 5: 0}, "tolerance": 0.9, **NAMES},
        [
            (
                "locks_cut_off",
                "A0 and A5 are fixed to North, but units fixed to other zones lie all the way between them.",
                "Unlock a unit on the way.",
                (0, 5),
                (0,),
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_is_found_and_told(case: str) -> None:
    options, expected = CASES[case]
    with pytest.raises(InvalidProblemError, match="No zone plan can meet this request") as refused:
        _problem(**options)
    found = [(each.kind, each.message, each.remedy, each.units, each.zones) for each in refused.value.findings]
    assert found == expected


def test_limits_that_are_met_exactly_are_no_contradiction() -> None:
    _problem(hours=np.array([50.0] + [30.0 / 7] * 7))  # one unit fills a zone to its ceiling
    _problem(locked={0: 0, 1: 0, 2: 0, 3: 0, 4: 0})  # so do five that are locked to it
    _problem(least_hours=40.0)  # both zones need all they can have
    _problem(targets=[20, 60], least_hours=[25.0, 0], tolerance=0.25)
    _problem(targets=[40, np.nan], tolerance=0.25)
    _problem(apart=[(0, 2)])  # as many apart as there are zones
    _problem(apart=[(0, 2)], locked={0: 1, 2: 0})
    _problem(grid=(1, 8), locked={0: 0, 7: 1, 1: 0})
    _problem(bases={1: 7, 0: 0}, locked={7: 1, 0: 0})


def test_what_must_be_together_is_locked_with_the_one_of_it_that_is() -> None:
    assert _problem(locked={1: 1}, together=[(0, 1), (4, 0)]).locked == {0: 1, 1: 1, 4: 1}
    assert _problem(bases={0: 2}, together=[(2, 3)]).locked == {2: 0, 3: 0}
    assert _problem(bases={0: 2}).locked == {}, "a base alone needs no lock"
    assert _problem(together=[(0, 1)]).locked == {}
    assert _problem(locked={7: 1}, together=[(0, 1)]).locked == {7: 1}


def test_groups_are_joined_through_others() -> None:
    groups = together_groups(6, [(0, 1), (3, 1), (5, 4)]).tolist()
    assert groups[0] == groups[1] == groups[3]
    assert groups[4] == groups[5]
    assert len(set(groups)) == 3
    assert len(set(together_groups(4, []).tolist())) == 4
    assert len(set(together_groups(3, [(0, 3), (-1, 1)]).tolist())) == 3, "pairs outside are told of elsewhere"
