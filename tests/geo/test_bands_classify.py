"""What a council relies on when it asks for the band of its areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.bands import classify


def _country() -> pd.DataFrame:
    """A town of 400 postcodes, a large village of 49 and two farms, far apart."""
    town = [(450_000 + 100 * i, 300_000 + 100 * j) for i in range(20) for j in range(20)]
    village = [(470_000 + 100 * i, 300_000 + 100 * j) for i in range(7) for j in range(7)]
    hamlet = [(480_000 + 100 * i, 310_000) for i in range(12)]
    farms = [(490_000, 330_000), (490_900, 330_000)]
    return pd.DataFrame(town + village + hamlet + farms, columns=["easting", "northing"], dtype=float)


AREAS = {
    "area_id": ["town", "village", "hamlet", "farm"],
    "easting": [451_000, 470_300, 480_500, 490_000],
    "northing": [301_000, 300_300, 310_000, 330_000],
}


def test_each_kind_of_place_gets_its_band():
    bands = classify(AREAS, _country())
    assert bands.band.tolist() == ["urban", "fringe", "rural", "isolated"]
    assert bands.ids.tolist() == AREAS["area_id"]


def test_the_official_class_is_taken_where_loaded_and_the_settlement_scheme_elsewhere():
    bands = classify(AREAS | {"official_class": ["F1", "", "C1", None]}, _country(), scheme="official")
    assert bands.band.tolist() == ["isolated", "fringe", "urban", "isolated"]


def test_order_of_postcodes_and_areas_does_not_matter():
    rng = np.random.default_rng(1)
    shuffled = _country().iloc[rng.permutation(len(_country()))]
    backwards = {name: values[::-1] for name, values in AREAS.items()}
    assert classify(backwards, shuffled).band.tolist() == ["isolated", "rural", "fringe", "urban"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("easting", "north", r"areas row 1, easting: found 'north', expected a number"),
        ("easting", -5, r"areas row 1, easting: found -5, expected metres on the British National Grid"),
        ("area_id", "town", r"areas row 1, area_id: found 'town' a second time"),
        ("area_id", None, r"areas row 1, area_id: found nothing"),
    ],
)
def test_a_wrong_row_is_named(column: str, value: object, message: str):
    frame = pd.DataFrame(AREAS).astype(object)
    frame.loc[1, column] = value
    with pytest.raises(ValueError, match=message):
        classify(frame, _country())
