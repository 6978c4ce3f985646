"""What areas are called: by their built-up area, by the nearest place, and never two places alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.area_names import NamedGround, area_names

PLACES = pd.DataFrame(
    {
        "name": ["Bigton", "Upton", "Upton", "Farhamlet"],
        "easting": [0, 10_000, 30_000, 60_000],
        "northing": [0, 0, 0, 0],
        "population": [20_000, 300, 300, 50],
    }
)


def named(east: list[float], built_up: list[str] | None = None, names: dict[str, str] | None = None, **more: object):
    points = np.column_stack([np.array(east, float), np.zeros(len(east))])
    districts = more.get("districts") or ["Northshire"] * len(east)
    places = more.get("places", PLACES)
    return area_names(NamedGround.of(points, np.full(len(east), 10.0), districts, places, built_up, names))


def test_a_built_up_area_of_the_directory_goes_before_the_nearest_place():
    assert named([0, 2_000], ["E63000001", ""], {"E63000001": "Bigton"}) == ["Bigton", "near Bigton"]
    # A name that no document gives is that of the largest listed place within it.
    assert named([0], ["E63000001"]) == ["Bigton"]
    # Where not even that is known, the area is named as one outside all.
    assert named([13_000], ["E63000009"])[0] == "near Upton"


def test_two_places_of_one_name_are_told_by_district_or_by_a_larger_place():
    apart = named([10_000, 30_000], districts=["Northshire", "Southshire"])
    assert apart == ["Upton (Northshire)", "Upton (Southshire)"]
    same = named([10_000, 30_000])
    assert len(set(same)) == 2
    assert all(name.startswith("Upton (Northshire)") for name in same)
    towns = named([10_000, 30_000], ["E63000001", "E63000002"], {"E63000001": "Newton", "E63000002": "Newton"},
                  districts=["Northshire", "Southshire"])  # fmt: skip
    assert towns == ["Newton (Northshire)", "Newton (Southshire)"]


def test_without_any_place_an_area_has_no_name():
    assert named([0], places=PLACES.iloc[:0]) == [None]
