"""How many zones each part gets: as a search through every way says, or none where there is none."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from app.usecases.plans.measure.rules.sharing import ZoneLimits, part_of_zones


def _limits(target: list[float], tolerance: float, part: list[int] | None = None) -> ZoneLimits:
    aim = np.array(target)
    floor = np.nan_to_num(aim * (1 - tolerance), nan=0.0)
    ceiling = np.nan_to_num(aim * (1 + tolerance), nan=np.inf)
    return ZoneLimits(floor, ceiling, aim, np.array(part or [-1] * aim.size))


def _fits(hours: np.ndarray, limits: ZoneLimits, own: np.ndarray) -> bool:
    return all(
        (own == p).any()
        and limits.floor[own == p].sum() <= held * (1 + 1e-9)
        and limits.ceiling[own == p].sum() >= held * (1 - 1e-9)
        for p, held in enumerate(hours)
    )


def test_zones_go_where_their_hours_are() -> None:
    own = part_of_zones(np.array([400.0, 205.0, 95.0]), _limits([100.0] * 7, 0.1))
    assert own is not None
    assert np.bincount(own).tolist() == [4, 2, 1]


def test_a_zone_stays_in_the_part_it_is_fixed_to() -> None:
    own = part_of_zones(np.array([300.0, 100.0]), _limits([100.0] * 4, 0.1, [1, -1, -1, -1]))
    assert own is not None
    assert own.tolist() == [1, 0, 0, 0]
    assert part_of_zones(np.array([300.0, 100.0]), _limits([100.0] * 4, 0.1, [1, 1, -1, -1])) is None


def test_a_zone_without_a_target_takes_what_is_left() -> None:
    own = part_of_zones(np.array([200.0, 37.0]), _limits([100.0, 100.0, np.nan], 0.05))
    assert own is not None
    assert own.tolist() == [0, 0, 1]


@pytest.mark.parametrize("seed", range(12))
def test_a_way_is_found_where_and_only_where_there_is_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    limits = _limits(rng.choice([60.0, 100.0, 180.0], 5).tolist(), float(rng.choice([0.05, 0.2])))
    hours = rng.random(2 + seed % 2) + 0.2
    hours *= np.nansum(limits.target) / hours.sum()
    own = part_of_zones(hours, limits)
    ways = (np.array(way) for way in product(range(hours.size), repeat=5))
    assert (own is not None) == any(_fits(hours, limits, way) for way in ways)
    if own is not None:
        assert _fits(hours, limits, own)
