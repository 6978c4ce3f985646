"""What an explanation may say of loaded demand: nothing exact, nothing of few packages."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.banding.scheme_files import parse_scheme, shipped_schemes, shipped_text
from geo.banding.withheld import STEP, fit_to_show
from geo.bands import Bands, classify

PLACES = {"area_id": ["near", "far"], "easting": [450_000, 480_000], "northing": [300_000, 330_000]}
POSTCODES = pd.DataFrame({"easting": [450_000.0, 450_100.0, 480_000.0], "northing": [300_000.0, 300_000.0, 330_000.0]})


def _care(hours: list[float], packages: list[int]) -> Bands:
    demand = {"hours_per_week": hours, "visits_per_week": [1.4 * h for h in hours], "packages": packages}
    return classify(PLACES | demand, POSTCODES, scheme="care")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(1, 168)), min_size=2, max_size=2),
    st.integers(2, 10),
)
def test_no_value_shown_rests_on_few_packages_and_none_is_exact(care: list[tuple[int, float]], threshold: int):
    packages = [n for n, _ in care]
    exact = _care([n * each for n, each in care], packages)
    shown = fit_to_show(exact.features, threshold)
    for i, n in enumerate(packages):  # the two places lie out of reach of each other
        for kind in ("hours", "visits", "packages"):
            name = f"{kind}_within_15_minutes"
            if n < 2 * threshold:
                assert np.isnan(shown[name][i])
            else:
                assert shown[name][i] % STEP == 0
                assert 0 <= exact.features[name][i] - shown[name][i] + 1e-6 < STEP + 1e-3
        assert n >= 2 * threshold or np.isnan(shown["minutes_to_next_visit"][i])
    assert all(np.array_equal(shown[name], exact.features[name]) for name in shown if name.startswith("postcodes_"))


def test_an_explanation_of_few_packages_names_the_rule_and_not_the_hours():
    bands = _care([37.25, 412.0], [3, 40])
    told = bands.fit_to_show(5).explain("near")
    assert told.band == bands.band[0]
    text = json.dumps(told.as_dict()) + told.read_aloud()
    assert "37.25" in json.dumps(bands.explain("near").as_dict())
    assert "37" not in text
    assert "withheld, for it rests on few packages" in told.read_aloud()
    assert all(change.margin is None and change.found is None for change in told.changes)
    json.dumps(told.as_dict(), allow_nan=False)
    assert "410" in bands.fit_to_show(5).explain("far").read_aloud()


def test_without_loaded_packages_nothing_is_withheld():
    bands = classify(PLACES, POSTCODES, scheme="care")
    assert bands.fit_to_show(5).explain("near").features == bands.explain("near").features


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "link_metres = 200",
            "link_metres = 1e9",
            "own, settlements.link_metres: found 1000000000.0, expected a number",
        ),
        ("link_metres = 200", 'link_metres = "far"', "own, settlements.link_metres: found 'far', expected a number"),
        ("link_metres = 200", "link = 200", "own, settlements: found"),
        ('feature = "built_up_people"', 'feature = "people"', "found feature 'people', expected one of"),
        ("when = []", "when = 3", r"own, rule 4 \(village\).when: found 3, expected a list of conditions"),
        ("[settlements]", "[reach]\nmetres_per_minute = -1\n[settlements]", "own, reach.metres_per_minute: found -1"),
        ("[settlements]", "[reach]\nmiles = 2\n[settlements]", "own, reach.miles: expected one of metres_per_minute"),
        ("[settlements]", "[roads]\nmiles = 2\n[settlements]", r"own: found section \[roads\], expected one of"),
        ('name = "settlement"', 'name = ["x"]', r"own, name: found \['x'\], expected text"),
        ('name = "settlement"', 'name = "x"\nfalls_back_to = "pyproject.toml"', "own, falls_back_to: found 'pyproject"),
    ],
)
def test_a_scheme_of_anybodys_is_checked_field_by_field(before: str, after: str, message: str):
    text = shipped_text("settlement")
    assert before in text
    with pytest.raises(ValueError, match=message):
        parse_scheme(text.replace(before, after, 1), "own")


def test_shipped_schemes_can_be_begun_from():
    for name in shipped_schemes():
        assert parse_scheme(shipped_text(name), "own").name == name
