"""Whom a plan touches: shares by definition, and a group that is like everyone comes out like everyone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.plans.equality import EVERYONE, group_effects, highest_fifth, zone_shares


def test_a_group_that_lives_far_out_and_changes_more_is_shown_to() -> None:
    everyone, older = np.array([100.0, 100.0, 200.0]), np.array([10.0, 60.0, 0.0])
    first, second = group_effects(
        {"75 and over": older, EVERYONE: everyone}, np.array([5.0, 20.0, 10.0]), np.array([False, True, False])
    )
    assert (first.group, first.residents, first.changing_zone_share) == (EVERYONE, 400.0, 0.25)
    assert first.mean_minutes_from_base == pytest.approx((500 + 2000 + 2000) / 400)
    assert second.changing_zone_share == pytest.approx(60 / 70)
    assert second.changing_over_everyone == pytest.approx(60 / 70 / 0.25)
    assert second.mean_minutes_from_base == pytest.approx((50 + 1200) / 70)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.01, 0.9))
def test_a_group_spread_like_everyone_is_treated_like_everyone(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    everyone, minutes, changed = rng.uniform(1, 500, 25), rng.uniform(0, 30, 25), rng.random(25) < 0.4
    changed[0] = True
    _, alike = group_effects({EVERYONE: everyone, "alike": everyone * share}, minutes, changed)
    assert alike.minutes_over_everyone == pytest.approx(1.0)
    assert alike.changing_over_everyone == pytest.approx(1.0)
    shares = zone_shares({EVERYONE: everyone, "alike": everyone * share}, np.arange(25) % 4, 5)
    assert shares["alike"][:4] == pytest.approx(share)
    assert shares["alike"][4] == 0.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_highest_fifth_holds_a_fifth_and_nobody_outside_has_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    residents, rate = rng.uniform(50, 400, 60), rng.uniform(0, 1, 60)
    rate[:5] = np.nan
    fifth = highest_fifth(rate, residents)
    inside = fifth > 0
    known = np.isfinite(rate)
    assert not inside[:5].any()
    assert 0.2 * residents[known].sum() <= fifth.sum() <= 0.2 * residents[known].sum() + residents.max()
    assert rate[inside].min() >= rate[known & ~inside].max()


def test_without_a_plan_to_compare_nothing_changes_and_everyone_is_needed() -> None:
    (only,) = group_effects({EVERYONE: np.ones(3)}, np.ones(3), None)
    assert (only.changing_zone_share, only.changing_over_everyone) == (None, None)
    with pytest.raises(ValueError, match="expected 'everyone' among them"):
        group_effects({"older": np.ones(3)}, np.ones(3), None)
