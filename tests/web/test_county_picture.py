"""The server-drawn picture that stands in for the map."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image

from app.exports.picture import BANDS, UNKNOWN, draw_county
from app.exports.zone_colours import PALETTE
from tests.web.pixels import share_of_colour
from tests.web.stub_county import LABEL, bands, county

AREAS, ZONES = county()
NAMED = bands()["items"]


def test_every_band_is_drawn_in_its_colour() -> None:
    png = draw_county(AREAS, ZONES, NAMED)
    for colour, _ in BANDS.values():
        assert share_of_colour(png, colour) > 0.01


def test_the_picture_has_the_asked_width_and_the_countys_shape() -> None:
    wide = Image.open(io.BytesIO(draw_county(AREAS, ZONES, NAMED, width_pixels=700)))
    tall_areas = AREAS.to_crs(27700)
    tall_areas.geometry = tall_areas.scale(0.5, 1.0, origin=(0, 0))
    tall = Image.open(io.BytesIO(draw_county(tall_areas, None, NAMED, width_pixels=700)))
    assert wide.width == tall.width == 700
    assert tall.height > wide.height * 1.4


def test_same_input_gives_the_same_bytes_even_from_many_threads() -> None:
    drawn: list[bytes] = []
    threads = [threading.Thread(target=lambda: drawn.append(draw_county(AREAS, ZONES, NAMED))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawn) == 3
    assert len(set(drawn)) == 1


def test_synthetic_demand_is_labelled_and_real_demand_is_not() -> None:
    assert share_of_colour(draw_county(AREAS, ZONES, NAMED, label=LABEL), "#ffdd57", 3) > 0.004
    assert share_of_colour(draw_county(AREAS, ZONES, NAMED, label=None), "#ffdd57", 3) < 0.0005


def test_zones_take_the_colours_when_asked() -> None:
    png = draw_county(AREAS, ZONES, NAMED, colour_by="zone")
    assert sum(share_of_colour(png, colour, 2) > 0.01 for colour in PALETTE) >= 4
    assert share_of_colour(png, BANDS["isolated"][0]) < 0.001


def test_before_a_plan_the_bands_are_drawn_without_zones() -> None:
    png = draw_county(AREAS, None, NAMED)
    assert share_of_colour(png, BANDS["rural"][0]) > 0.01


def test_areas_without_a_band_are_grey_and_named() -> None:
    unclassified = AREAS.assign(band=None)
    assert share_of_colour(draw_county(unclassified, None, NAMED), UNKNOWN[0], 2) > 0.3


def test_a_councils_own_band_is_drawn_too() -> None:
    own = AREAS.assign(band=["island" if i % 2 else "urban" for i in range(len(AREAS))])
    png = draw_county(own, None, [NAMED[0], {"band": "island", "label": "Island"}])
    assert share_of_colour(png, "#c9a6d8") > 0.01


def test_an_unknown_way_to_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="colour_by: found 'rate', expected 'band' or 'zone'"):
        draw_county(AREAS, ZONES, NAMED, colour_by="rate")


def test_no_areas_is_said_and_not_drawn() -> None:
    with pytest.raises(ValueError, match="areas: found none"):
        draw_county(AREAS.iloc[:0], ZONES, NAMED)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="expected 'zone_number'"):
        draw_county(AREAS.drop(columns="zone_number"), ZONES, NAMED, colour_by="zone")
