"""Plans side by side give away no small group, to a reader who adds up and takes apart all that is shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from geo.disclosure_attack import feasible_ranges
from geo.plans.withheld import Withheld, withheld

THRESHOLD = 5
AREAS = [f"A{i:02d}" for i in range(40)]


def _packages(people: dict[str, int]) -> pd.DataFrame:
    rows = [(area, f"{area}-{i}") for area, count in people.items() for i in range(count)]
    frame = pd.DataFrame(rows, columns=["area_id", "person"])
    return frame.assign(hours_per_week=10.0 + np.arange(len(frame)) % 7, waits=np.arange(len(frame)) % 5 == 0)


def _same(zones: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset((zone, zone) for zone in zones)


def test_two_plans_that_differ_by_one_street_do_not_tell_who_lives_in_it() -> None:
    people = dict.fromkeys(AREAS, 3)
    first = {area: "West" if i < 20 else "East" for i, area in enumerate(AREAS)}
    second = {**first, "A19": "East"}
    found = withheld(
        _packages(people), [first, second], [frozenset(), _same(["West", "East"])], {}, THRESHOLD, known=frozenset({0})
    )
    # 60 people less 57 would be the three of A19: of the plan not yet known nothing is shown of either zone
    assert {key for key in found.figures if key[0] == "zone"} == {("zone", 1, "West"), ("zone", 1, "East")}
    assert ("change", 1) in found.figures
    assert found.costs == {1}


def test_plans_that_differ_by_many_people_are_shown_whole() -> None:
    people = dict.fromkeys(AREAS, 8)
    first = {area: "West" if i < 20 else "East" for i, area in enumerate(AREAS)}
    second = {area: "West" if i < 15 else "East" for i, area in enumerate(AREAS)}
    bands = dict.fromkeys(AREAS, "urban")
    found = withheld(_packages(people), [first, second], [frozenset(), _same(["West", "East"])], bands, THRESHOLD)
    assert found == Withheld(frozenset(), frozenset(), frozenset())


def _attack(
    packages: pd.DataFrame, plans: list[dict[str, str]], bands: dict[str, str], hidden: Withheld
) -> dict[tuple[str, ...], tuple[int, tuple[float, float]]]:
    """What a reader can find out of every group that is in the same zones and the same band."""
    place = pd.DataFrame({f"{i}": packages["area_id"].map(plan) for i, plan in enumerate(plans)})
    place["band"] = packages["area_id"].map(bands)
    kinds = [[*sorted(set(plan.values()))] for plan in plans] + [sorted(set(bands.values()))]
    cells = list(product(*kinds))
    there = place.value_counts()
    truth = np.array([int(there.get(cell, 0)) for cell in cells])
    shown: list[float] = [np.nan if count else 0.0 for count in truth.tolist()]  # a reader may know who cannot be there
    sums = []

    def total(key: tuple[str | int, ...], parts: list[int]) -> None:
        if key not in hidden.figures:
            sums.append((len(shown), parts))
            shown.append(float(truth[parts].sum()))

    total(("county",), list(range(len(cells))))
    for band in kinds[-1]:
        total(("county", band), [n for n, cell in enumerate(cells) if cell[-1] == band])
    for i in range(len(plans)):
        for zone in kinds[i]:
            mine = [n for n, cell in enumerate(cells) if cell[i] == zone]
            total(("zone", i, zone), mine)
            for band in kinds[-1]:
                total(("band", i, zone, band), [n for n in mine if cells[n][-1] == band])
            for left in kinds[0] if i else []:
                total(("move", i, left, zone), [n for n in mine if cells[n][0] == left])
        if i:
            total(("change", i), [n for n, cell in enumerate(cells) if cell[0] != cell[i]])
    ranges = feasible_ranges(np.array(shown), sums)
    return {cells[n]: (int(truth[n]), ends) for n, ends in ranges.items() if n < len(cells)}


@pytest.mark.parametrize(("seed", "count"), [(0, 2), (1, 2), (2, 3), (3, 3)])
def test_no_small_group_can_be_worked_out(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    packages = _packages(dict(zip(AREAS, rng.integers(1, 4, len(AREAS)).tolist(), strict=True)))
    zones = ["North", "South", "East"]
    first = dict(zip(AREAS, rng.choice(zones, len(AREAS)).tolist(), strict=True))
    plans = [first]
    for _ in range(count - 1):
        moved = rng.choice(AREAS, 3, replace=False).tolist()
        plans.append({**first, **dict(zip(moved, rng.choice(zones, 3).tolist(), strict=True))})
    bands = dict(zip(AREAS, rng.choice(["urban", "rural"], len(AREAS)).tolist(), strict=True))
    hidden = withheld(packages, plans, [frozenset()] + [_same(zones)] * (count - 1), bands, THRESHOLD)
    found = _attack(packages, plans, bands, hidden)
    small = {cell: ends for cell, (people, ends) in found.items() if 0 < people < THRESHOLD}
    assert small, "no group is small, so this proves nothing"
    for cell, (least, most) in small.items():
        assert most - least >= THRESHOLD - 1e-6, (cell, least, most)
    nothing = withheld(packages, plans, [frozenset()] + [_same(zones)] * (count - 1), bands, 0)
    unguarded = _attack(packages, plans, bands, nothing)
    narrow = [ends for people, ends in unguarded.values() if 0 < people < THRESHOLD and ends[1] - ends[0] < 1]
    assert narrow, "nothing could be worked out anyway"
