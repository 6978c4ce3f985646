"""What a provider can check: reasons, overrides, smoothing and the tables of what moves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geo.banding.neighbours import nearest_areas, smooth
from geo.banding.overrides import Override, report_overrides
from geo.banding.scheme_files import load_scheme, parse_scheme, shipped_schemes
from geo.banding.totals import band_totals, shift_table
from geo.bands import Smoothing, classify
from geo.points import PointGrid
from tests.open_data import open_data

TOWN = [(450_000 + 100 * i, 300_000 + 100 * j) for i in range(20) for j in range(20)]
VILLAGE = [(470_000 + 100 * i, 300_000 + 100 * j) for i in range(7) for j in range(7)]
PLACES = pd.DataFrame(TOWN + VILLAGE, columns=["easting", "northing"], dtype=float)
AREAS = pd.DataFrame(
    {
        "area_id": ["town", "edge", "village"],
        "easting": [451_000, 450_100, 470_300],
        "northing": [301_000, 300_100, 300_300],
    }
)


def _override(**changes: object) -> Override:
    values = {
        "kind": "settlement", "name": "Town", "band": "fringe", "reason": "few carers live there", "author": "a panel",
        "decided": date(2020, 1, 20), "review": date(2021, 1, 20), "easting": 451_000.0, "northing": 301_000.0,
    }  # fmt: skip
    return Override(**(values | changes))  # type: ignore[arg-type]


@given(st.integers(0, 2**32 - 1), st.floats(1.0, 900.0))
@settings(max_examples=40, deadline=None)
def test_counts_and_links_are_those_of_a_tree(seed: int, radius: float):
    rng = np.random.default_rng(seed)
    points, queries = np.round(rng.normal(0, 500, (200, 2))), np.round(rng.normal(0, 800, (30, 2)))
    grid = PointGrid(points)
    tree = cKDTree(points)
    assert (grid.count_within(queries, radius) == tree.query_ball_point(queries, radius, return_length=True)).all()
    labels = grid.link(np.ones(200, dtype=bool), radius)
    pairs = tree.query_pairs(radius, output_type="ndarray")
    assert (labels[pairs[:, 0]] == labels[pairs[:, 1]]).all()
    for label in range(labels.max() + 1):
        inside = labels == label
        if 0 < inside.sum() < 200:
            assert tree.query(points[inside], k=1)[0].max() == 0
            assert cKDTree(points[~inside]).query(points[inside])[0].min() > radius


def test_explain_reads_the_rule_the_margin_and_what_would_change_it():
    told = classify(AREAS, PLACES).explain("town")
    assert (told.band, told.rule, told.decided_by) == ("urban", "town", "rule")
    change = told.changes[0]
    assert (change.feature, change.band, change.needed, change.below) == ("built_up_people", "fringe", 10_000, True)
    # 400 hectares at 22.16 people to the first, growing with the power 1.153, in whole tens.
    assert told.margin == pytest.approx((22_170 - 10_000) / 10_000)
    assert "People estimated in its built-up area: 22,170, at least 10,000 asked for." in told.read_aloud()
    assert all(feature.unit and feature.source for feature in told.features)
    assert told.neighbours == {}


def test_crossing_the_threshold_does_what_the_explanation_says():
    told = classify(AREAS, PLACES).explain("village")
    lower = next(c for c in told.changes if c.below)
    assert lower.feature == "built_up_people"
    kept = [i for i in range(20, 49) if 22.16 * i**1.153 < lower.needed - 5][-1]
    fewer = PLACES.iloc[: 400 + kept]
    assert classify(AREAS, fewer).explain("village").band == lower.band
    assert classify(AREAS, PLACES.iloc[: 400 + kept + 1]).explain("village").band == told.band


def test_a_settlement_is_overridden_whole_and_an_area_within_it_by_a_narrower_decision():
    narrower = _override(kind="area", name="edge", band="rural")
    bands = classify(AREAS, PLACES, overrides=[narrower, _override()])
    assert bands.band.tolist() == ["fringe", "rural", "fringe"]
    assert bands.band_by_rule.tolist() == ["urban", "urban", "fringe"]
    assert [(a.override.kind, len(a.areas), a.changed) for a in bands.overrides] == [
        ("settlement", 2, 2),
        ("area", 1, 1),
    ]
    told = bands.explain("town")
    assert told.decided_by == "override"
    assert "few carers live there" in told.read_aloud()
    assert _override().overdue(date(2021, 1, 21))


def test_an_odd_area_in_a_town_goes_with_the_decision_for_the_town():
    outskirts = pd.DataFrame({"easting": [453_000.0], "northing": [301_000.0]})
    ring = [("a", 451_500, 300_500), ("b", 451_500, 301_000), ("c", 451_500, 301_500), ("d", 451_800, 301_200)]
    areas = pd.DataFrame([*ring, ("odd", 453_000, 301_000)], columns=["area_id", "easting", "northing"])
    near = Smoothing(neighbours=4, reach_metres=2_000)
    scattered = pd.concat([PLACES, outskirts])
    assert classify(areas, scattered).band.tolist() == ["urban"] * 4 + ["rural"]
    bands = classify(areas, scattered, smoothing=near, overrides=[_override()])
    assert bands.band.tolist() == ["fringe"] * 5
    told = bands.explain("odd")
    assert (told.decided_by, told.band_by_rule) == ("smoothing", "rural")
    assert "By the rules alone:" in told.read_aloud()
    assert "Neighbours: 4 fringe." in told.read_aloud()


def test_a_postcode_has_its_own_decision_and_else_its_areas_band():
    postcodes = PLACES.assign(postcode=[f"LE1 {i}AA" for i in range(len(PLACES))], area_id="town")
    bands = classify(AREAS, postcodes, overrides=[_override(kind="postcode", name="le1 7aa", band="isolated")])
    assert bands.band_of_postcode("LE17AA") == "isolated"
    assert bands.band_of_postcode("LE1 8AA") == "urban"
    with pytest.raises(KeyError, match="came with no area"):
        bands.band_of_postcode("ZZ1 1ZZ")


def test_an_override_without_reason_or_place_is_refused():
    with pytest.raises(ValueError, match="reason: found nothing"):
        _override(reason=" ")
    with pytest.raises(ValueError, match="no live postcode within 800 m"):
        classify(AREAS, PLACES, overrides=[_override(easting=600_000.0)])


def test_the_three_towns_of_the_published_case():
    assert [o.name for o in report_overrides()] == ["Castle Donington", "Lutterworth", "Market Harborough"]
    assert {o.band for o in report_overrides()} == {"fringe"}


def test_one_odd_area_among_its_neighbours_goes_with_them_in_one_pass():
    xy = np.array([(x, y) for x in range(0, 900, 300) for y in range(0, 900, 300)], dtype=float)
    band = np.array(["urban"] * 9, dtype="U8")
    band[4] = "rural"
    result, changed = smooth(band, nearest_areas(xy, 8, 1000.0), Smoothing())
    assert changed.tolist() == [4]
    assert set(result) == {"urban"}
    assert band[4] == "rural"


def test_totals_and_shift_keep_every_area_and_hour():
    areas = AREAS.assign(hours_per_week=[100.0, 50.0, 10.0], people_75_plus=[200.0, 100.0, 40.0])
    before = classify(areas, PLACES)
    after = classify(areas, PLACES, overrides=[_override()])
    rates = {
        "urban": Decimal("18.75"),
        "fringe": Decimal("20.20"),
        "rural": Decimal("23.00"),
        "isolated": Decimal("26.35"),
    }
    table = shift_table(before, after, pounds_per_hour=rates)
    assert table["areas"].sum() == 3
    assert table["hours_per_week"].sum() == pytest.approx(160.0)
    moved = table[(table["from_band"] == "urban") & (table["to_band"] == "fringe")].iloc[0]
    assert (moved["areas"], moved["pounds_per_year"]) == (2, Decimal("11310.00"))
    totals = band_totals(before)
    assert totals.loc["urban", "hours_per_1000_aged_75_plus"] == pytest.approx(500.0)
    assert totals.loc["fringe", "under_supply_hours"] == pytest.approx(10.0)


def test_every_shipped_scheme_loads_and_a_wrong_one_says_where():
    assert [load_scheme(name).name for name in shipped_schemes()] == ["settlement", "official", "care"]
    text = 'name="x"\nversion="1"\ntitle="x"\nsource="x"\n[[rule]]\nname="a"\nband="suburb"\nsays="x"\nwhen=[]\n'
    with pytest.raises(ValueError, match=r"own.toml, rule 1 \(a\).band: found 'suburb', expected one of urban"):
        parse_scheme(text, "own.toml")


def test_the_settlement_scheme_agrees_with_the_official_class_of_the_county():
    areas = pd.read_csv(open_data("output_areas_2011.csv"))
    postcodes = pd.read_csv(open_data("postcodes_2025.csv.gz")).rename(columns={"e": "easting", "n": "northing"})
    table = areas.rename(columns={"oa11": "area_id", "e": "easting", "n": "northing"})
    found = classify(table[["area_id", "easting", "northing"]], postcodes).band[areas["lad"] != "E06000016"]
    county = areas["RUC11CD"][areas["lad"] != "E06000016"]
    truth = county.map({"C1": "urban", "D1": "fringe", "E1": "rural", "F1": "isolated"}).to_numpy()
    counts = (
        pd.crosstab(truth, found).reindex(columns=["fringe", "isolated", "rural", "urban"], fill_value=0).to_numpy()
    )
    chance = (counts.sum(0) * counts.sum(1)).sum() / counts.sum() ** 2
    assert (np.trace(counts) / counts.sum() - chance) / (1 - chance) >= 0.85


def test_the_settlement_scheme_agrees_with_the_official_class_of_a_county_it_was_not_chosen_on():
    postcodes = pd.read_csv(open_data("postcodes_2025.csv.gz")).rename(columns={"e": "easting", "n": "northing"})
    official = pd.read_csv(open_data("ruc_lsoa_2011.csv")).set_index("lsoa11_code")["ruc11_code"]
    in_rutland = postcodes[postcodes["lad"] == "E06000017"]
    areas = in_rutland.groupby(["lsoa11", "oa11"], as_index=False)[["easting", "northing"]].mean()
    band = classify(areas.rename(columns={"oa11": "area_id"})[["area_id", "easting", "northing"]], postcodes).band
    # The class of small areas has no hamlets of its own: those stand with the villages.
    merged = pd.Series(band, index=areas["lsoa11"]).replace({"isolated": "rural"})
    most = merged.groupby(level=0).agg(lambda bands: bands.value_counts().index[0])
    truth = official.loc[most.index].map({"C1": "urban", "D1": "fringe", "E1": "rural"})
    assert len(most) == 23
    assert (most == truth).sum() >= 21
