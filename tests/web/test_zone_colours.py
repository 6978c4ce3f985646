"""Fourteen colours that keep neighbours apart for everybody, with patterns beside them and borders that stand out."""

from __future__ import annotations

from itertools import combinations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports.picture import BANDS, INK
from app.exports.zone_colours import PALETTE, PATTERNS, apart, contrast, touching_zones, zone_looks

#: Two colours of this Oklab distance are told apart at a glance; about 0.02 is just seen side by side.
AT_A_GLANCE = 0.04


def ring(zones: int) -> dict[int, set[int]]:
    """Zones round a middle one, each beside its two neighbours and the middle."""
    outer = range(2, zones + 1)
    touching: dict[int, set[int]] = {1: set(outer)}
    for zone in outer:
        before = zones if zone == 2 else zone - 1
        after = 2 if zone == zones else zone + 1
        touching[zone] = {1, before, after} - {zone}
    return touching


def test_fourteen_zones_have_fourteen_colours() -> None:
    looks = zone_looks(ring(14))
    assert len(PALETTE) == len(set(PALETTE)) == 14
    assert len({look.colour for look in looks.values()}) == 14


def test_neighbours_are_told_apart_whatever_the_eye() -> None:
    touching = ring(14)
    looks = zone_looks(touching)
    closest = min(apart(looks[a].colour, looks[b].colour) for a in touching for b in touching[a])
    assert closest >= AT_A_GLANCE


def test_neighbours_have_patterns_of_their_own_where_there_are_enough() -> None:
    touching = ring(7)
    looks = zone_looks(touching)
    assert all(looks[a].pattern != looks[b].pattern for a in touching for b in touching[a])
    assert {look.pattern for look in looks.values()} <= set(PATTERNS)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.randoms(use_true_random=False))
def test_no_two_neighbours_are_alike_on_any_map(zones: int, random: object) -> None:
    touching: dict[int, set[int]] = {zone: set() for zone in range(zones)}
    for a, b in combinations(range(zones), 2):
        near = len(touching[a]) < 8 and len(touching[b]) < 8
        if near and random.random() < 6 / zones:  # type: ignore[attr-defined]
            touching[a].add(b)
            touching[b].add(a)
    looks = zone_looks(touching)
    assert all(looks[a].colour != looks[b].colour for a in touching for b in touching[a])
    assert looks == zone_looks(touching)


@pytest.mark.parametrize("colour", [*PALETTE, *(colour for colour, _ in BANDS.values() if colour != "#27548f")])
def test_borders_and_names_stand_out_from_every_light_fill(colour: str) -> None:
    assert contrast(colour, INK) >= 3


def test_the_dark_band_stands_out_from_its_neighbours_and_its_white_border() -> None:
    assert contrast("#27548f", "#ffffff") >= 3
    assert all(contrast("#27548f", colour) >= 2.4 for colour, _ in BANDS.values() if colour != "#27548f")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_colours_that_some_cannot_tell_apart_count_as_near() -> None:
    # Red and green of one lightness: far apart for most, near for those without red or green cones.
    assert apart("#b04a4a", "#6d6d2f") < 0.1 < apart("#b04a4a", "#4a6db0")


def test_zones_that_meet_along_a_border_touch() -> None:
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(30, 0, 40, 10)]
    assert touching_zones([1, 2, 3], shapes) == {1: {2}, 2: {1}, 3: set()}
