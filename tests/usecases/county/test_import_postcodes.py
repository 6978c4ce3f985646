"""A council loaded from a directory: names, census, official class, and figures of either census."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from app.ingest.national import councils
from app.jobs.problems import JobProblem
from app.storage.areas import newest_dataset
from app.storage.facts import load_facts
from app.storage.models import Area
from app.usecases.bands.classify import ClassifyRequest, classify_areas, settled, with_built_up
from app.usecases.county.import_facts import import_facts
from app.usecases.county.import_postcodes import Wanted, import_postcodes
from tests.databases import Installation, blank_installation

HEADER = [
    "pcds",
    "doterm",
    "dointr",
    "lad25cd",
    "east1m",
    "north1m",
    "gridind",
    "oa11cd",
    "lsoa11cd",
    "oa21cd",
    "lsoa21cd",
]
RUTLAND = councils().find("Rutland")


def directory(folder: Path, **columns: Any) -> Path:
    """Eight live postcodes around Oakham. The first six are one area of 2011 and two of 2021."""
    rows = pd.DataFrame(
        {
            "pcds": [f"LE15 6{letter}{letter}" for letter in "ABDEFGHJ"],
            "doterm": "",
            "dointr": "200001",
            "lad25cd": "E06000017",
            "east1m": [486_000 + 300 * i for i in range(8)],
            "north1m": ["0308800"] * 8,
            "gridind": 1,
            "oa11cd": ["E00111111"] * 6 + ["E00222222"] * 2,
            "lsoa11cd": "E01111111",
            "oa21cd": ["E00333331"] * 2 + ["E00333332"] * 4 + ["E00222222"] * 2,
            "lsoa21cd": "E01333333",
        }
    )[HEADER].assign(**columns)
    path = folder / "onspd.csv"
    rows.to_csv(path, index=False)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    with blank_installation("sqlite", tmp_path) as installation:
        yield installation


def load(empty: Installation, path: Path, **wanted: Any) -> dict[str, Any]:
    asked = Wanted("Rutland", council=RUTLAND, **wanted)
    return import_postcodes(empty.database, empty.settings, path, asked, actor="test")


def facts(empty: Installation, text: str, **columns: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"counts": [], "rates": [], **columns}
    with empty.database.write() as session:
        return import_facts(
            session, empty.settings.council, text.encode(), name="n", source="made up", actor="test", **given
        )


def test_the_newest_census_is_the_default_and_the_older_one_can_be_asked_for(
    empty: Installation, tmp_path: Path
) -> None:
    path = directory(tmp_path)
    assert (load(empty, path)["census"], load(empty, path)["areas"]) == (2021, 3)
    older = load(empty, path, census=2011)
    assert (older["census"], older["areas"]) == (2011, 2)
    with empty.database.read() as session:
        dataset = newest_dataset(session, empty.settings.council, "postcodes")
        assert dataset is not None
        assert dataset.details["census"] == 2011
        assert dataset.details["districts"] == {"E06000017": "Rutland"}
        assert set(session.scalars(select(Area.settlement))) == {"Oakham"}
    with pytest.raises(JobProblem, match="expected 2021"):
        load(empty, directory(tmp_path, oa21cd=""), census=2021)


def test_figures_of_the_other_census_are_joined_through_postcodes_and_it_is_said(
    empty: Installation, tmp_path: Path
) -> None:
    load(empty, directory(tmp_path))
    text = "oa11cd,people,score\nE00111111,600,4\nE00222222,100,9\nE00999999,5,5\n"
    done = facts(empty, text, counts=["people"], rates=["score"])
    assert done["areas_joined_through_postcodes"] == 1
    assert done["rows_passed_over"] == 1
    assert "another census" in done["notes"][-1]
    with empty.database.read() as session:
        known = load_facts(session, empty.settings.council)
    assert known is not None
    assert known.counts["people"].tolist() == [100, 200, 400], "by live postcodes: two and four of six"
    assert known.rates["score"].tolist() == [9, 4, 4]


def test_the_class_in_the_directory_is_the_default_for_bands(empty: Installation, tmp_path: Path) -> None:
    done = load(empty, directory(tmp_path, ruc21ind=["RLN1"] * 2 + ["RSN1"] * 4 + ["UN1"] * 2))
    assert done["areas_with_official_class"] == 3
    with empty.database.read() as session:
        asked = settled(session, empty.settings.council, ClassifyRequest())
        assert asked.scheme == "official"
        made = classify_areas(session, empty.settings.council, asked, empty.settings)
    assert [area["band"] for area in made["areas"]] == ["urban", "fringe", "rural"]


@pytest.mark.parametrize("none", ["", "Z9", "5"])
def test_codes_that_stand_for_no_class_leave_areas_without_one(empty: Installation, tmp_path: Path, none: str) -> None:
    assert load(empty, directory(tmp_path, ruc21ind=none))["areas_with_official_class"] == 0
    with empty.database.read() as session, pytest.raises(JobProblem, match="None of the council's areas"):
        classify_areas(session, empty.settings.council, ClassifyRequest(scheme="official"), empty.settings)


def test_a_council_that_is_not_in_the_file_is_named(empty: Installation, tmp_path: Path) -> None:
    path = directory(tmp_path, lad25cd="E06000016")
    with pytest.raises(JobProblem, match="found none of Rutland in the file, which has E06000016"):
        load(empty, path)


def zipped(folder: Path, documents: dict[str, bytes], **columns: Any) -> Path:
    table = directory(folder, **columns)
    path = folder / "ONSPD.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(table, "ONSPD/Data/ONSPD_AUG_2026_UK.csv")
        for name, content in documents.items():
            packed.writestr(f"ONSPD/Documents/{name}", content)
    return path


@pytest.mark.parametrize(
    ("bua", "documents"),
    [
        ("bua24cd", {"BUA Built Up Area names and codes EW as at 04_24.csv": "\ufeffBUA24CD,BUA24NM,BUA24NMW\r\n"
                     '"E63000001","Llan\u00fbdd Town",""\r\nE99999999,(pseudo) England,\r\n'}),
        ("bua22", {"BUA22_names and codes EW as at 12_22.csv": "OBJECTID,BUA22NM,BUA22CD\n"
                   "1,Llan\u00fbdd Town,E63000001\n"}),
        ("buasd11", {"BUASD_names and codes EW as at 12_13.txt":
                     "BUASD13CD\tBUASD13NM\r\nE63000001\tLlan\u00fbdd Town BUASD\r\n"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_come_from_the_documents_of_the_directory(
    empty: Installation, tmp_path: Path, bua: str, documents: dict[str, str], encoding: str
) -> None:
    wards = {
        "WD_Ward names and codes UK as at 05_26.csv": "WD26CD,WD26NM\nE05000001,Oakham North\nE05000002,Oakham South\n"
    }
    content = {name: text.lstrip("\ufeff" if encoding == "cp1252" else "").encode(encoding)
               for name, text in (documents | wards).items()}  # fmt: skip
    content["User manual names.csv"] = b"\x00\x01 no table"
    path = zipped(
        tmp_path, content, **{bua: ["E63000001"] * 6 + ["E99999999"] * 2}, wd26cd=["E05000001"] * 2 + ["E05000002"] * 6
    )
    done = load(empty, path)
    assert [done[f"{kind}_without_a_name"] for kind in ("districts", "wards", "built_up_areas", "areas")] == [
        0,
        0,
        0,
        0,
    ]
    with empty.database.read() as session:
        rows = session.scalars(select(Area).order_by(Area.id)).all()
        assert [row.built_up_code for row in rows] == [None, "E63000001", "E63000001"]
        assert [row.settlement for row in rows][1:] == ["Llan\u00fbdd Town"] * 2
        assert rows[0].settlement != "Llan\u00fbdd Town"
        assert [row.ward_code for row in rows] == ["E05000002", "E05000001", "E05000002"]


def test_a_town_of_the_directory_is_not_joined_to_the_next(empty: Installation, tmp_path: Path) -> None:
    path = directory(tmp_path, bua24cd=["E63000001"] * 2 + ["E63000002"] * 4 + ["E99999999"] * 2)
    load(empty, path)
    around = pd.DataFrame({"key": ["LE156AA", "LE156BB", "LE156DD", "LE156JJ", "PE99ZZZ"]})
    with empty.database.read() as session:
        found = with_built_up(around, session, empty.settings.council)
    assert found["built_up"].tolist() == ["E63000001"] * 2 + ["E63000002", "", ""]
    assert found["built_up_postcodes"].tolist() == [2, 2, 4, 0, 0]
