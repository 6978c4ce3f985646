"""Bands of a file of places and of a whole country, from a directory alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.usecases.bands.files import classify_country, classify_file, counts_by_band, write_bands
from geo.gazetteer import Gazetteer, Status


def _directory() -> Gazetteer:
    """A town of 17 by 17 hectares in Devon, a house in Caithness, one in Ulster, an old and a placeless postcode."""
    letters = "ABCDEFGHIJKLMNOPQ"
    town = [
        (f"EX1 1{a}{b}", 250_000 + 100 * i, 90_000 + 100 * j)
        for i, a in enumerate(letters)
        for j, b in enumerate(letters)
    ]
    rest = [
        ("KW1 1AA", 320_000, 970_000),
        ("BT1 1AA", 146_000, 529_000),
        ("KW1 1AB", 320_000, 970_100),
        ("ZE1 1AA", -1, -1),
    ]
    keys, easting, northing = zip(*[(k.replace(" ", ""), e, n) for k, e, n in [*town, *rest]], strict=True)
    status = np.full(len(keys), Status.LIVE)
    status[keys.index("KW11AB")] = Status.TERMINATED
    return Gazetteer(list(keys), easting, northing, ["E07000040"] * len(keys), status)


def test_every_live_postcode_of_great_britain_is_an_area_of_its_own():
    bands = classify_country(_directory(), "settlement")
    assert len(bands.ids) == 17 * 17 + 1
    assert dict(zip(bands.ids, bands.band, strict=True))["KW1 1AA"] == "isolated"
    assert counts_by_band(bands) == {"urban": 289, "fringe": 0, "rural": 0, "isolated": 1}


@pytest.mark.parametrize("name", ["bands.csv", "bands.parquet"])
def test_a_file_of_bands_has_a_row_an_area_and_no_half_file_beside_it(tmp_path: Path, name: str):
    areas = tmp_path / "areas.csv"
    areas.write_text("area_id,easting,northing\n007,250900,90900\nnorth,320000,970000\n")
    bands = classify_file(areas, _directory(), "settlement")
    write_bands(bands, tmp_path / name)
    read = pd.read_csv if name.endswith(".csv") else pd.read_parquet
    table = read(tmp_path / name, **({"dtype": {"area_id": str}} if name.endswith(".csv") else {}))
    assert table["area_id"].tolist() == ["007", "north"]
    assert table["band"].tolist() == ["urban", "isolated"]
    assert {"rule", "easting", "built_up_people", "minutes_to_town", "hours_within_10_minutes"} <= set(table.columns)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["areas.csv", name]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("area_id,easting\na,1\n", "no column northing"),
        ("area_id,easting,northing\na,west,1\n", "row 2, easting: found 'west', expected a number"),
        ("area_id,easting,northing\na,52.6,-1.1\n", "metres on the British National Grid"),
    ],
)
def test_a_wrong_file_is_refused_by_row_and_field(tmp_path: Path, text: str, says: str):
    areas = tmp_path / "areas.csv"
    areas.write_text(text)
    with pytest.raises(ValueError, match=says):
        classify_file(areas, _directory(), "settlement")


def test_another_kind_of_file_is_refused(tmp_path: Path):
    bands = classify_country(_directory(), "settlement")
    with pytest.raises(ValueError, match=r"expected a name ending in \.csv or \.parquet"):
        write_bands(bands, tmp_path / "bands.xlsx")
