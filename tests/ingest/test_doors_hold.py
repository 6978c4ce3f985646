"""Every door that reads a file refuses what was made to stop it, names place and remedy, and reads the next file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from app.ingest.outlines import read_boundaries, read_outline
from app.ingest.package_reader import PackagesRefused, read_packages
from app.ingest.package_suggest import suggest_mapping
from app.ingest.plan_files import read_plan_file
from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_files import read_area_lookup, read_postcode_file
from app.ingest.tables import TableError, read_table
from app.ingest.travel_files import read_places
from app.problems import Problem
from app.settings import Settings
from app.usecases.postcodes.files import answered_file
from app.usecases.travel.roads import import_roads
from tests.databases import settings_for
from tests.ingest import hostile_files as hostile
from tests.ingest.guard.readers import dies, every_header

ROWS = pd.DataFrame({"easting": [440_000], "northing": [310_000], "live": [True], "area_id": ["A1"]})
REMEDIES = ("save", "send", "download", "export", "expected", "simplify", "split", "zip", "delete")


def of_file(read: Callable[[Path], object], ending: str, folder: Path, content: bytes) -> object:
    path = folder / f"file{ending}"
    path.write_bytes(content)
    return read(path)


def tables(folder: Path) -> dict[str, Callable[[bytes], object]]:
    """Doors for tables, each by what it reads."""
    return {
        "any table": lambda content: read_table(content, every_header),
        "packages": _packages,
        "a mapping to suggest": suggest_mapping,
        "a plan": read_plan_file,
        "a list of postcodes": lambda content: answered_file(content, None, None, None),  # type: ignore[arg-type]
        "areas of postcodes": partial(of_file, read_area_lookup, ".xlsx", folder),
        "places to travel": partial(of_file, read_places, ".xlsx", folder),
    }


def _packages(content: bytes) -> None:
    read = read_packages(content, postcodes=None, as_of=None)  # type: ignore[arg-type]
    assert isinstance(read, PackagesRefused)
    raise ValueError(read.errors.shown[0].message)


def maps(folder: Path, settings: Settings) -> dict[str, Callable[[bytes], object]]:
    """Doors for maps."""
    return {
        "a plan": read_plan_file,
        "an outline": partial(of_file, lambda path: read_outline(path, ROWS), ".geojson", folder),
        "boundaries": partial(of_file, lambda path: read_boundaries(path, ROWS), ".geojson", folder),
        "roads": partial(of_file, lambda path: import_roads(settings, path), ".geojson", folder),
    }


def refused(read: Callable[[bytes], object], content: bytes) -> str:
    with pytest.raises((Problem, TableError, ValueError)) as caught:
        read(content)
    error = caught.value
    said = error.detail if isinstance(error, Problem) else str(error)
    assert "Traceback" not in said
    assert any(word in said.lower() for word in REMEDIES), said
    return said


TABLES = sorted(tables(Path()))


@pytest.mark.parametrize("door", TABLES)
def test_a_stray_value_in_the_last_cell_is_named(tmp_path: Path, door: str) -> None:
    assert "XFD1048576" in refused(tables(tmp_path)[door], hostile.far_cell())


@pytest.mark.parametrize("door", TABLES)
def test_entities_of_entities_are_never_unfolded(tmp_path: Path, door: str) -> None:
    assert "entity" in refused(tables(tmp_path)[door], hostile.entities())


@pytest.mark.parametrize("door", TABLES)
def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path, door: str) -> None:
    said = refused(tables(tmp_path)[door], hostile.bomb("xl/worksheets/sheet1.xml"))
    assert "unpack" in said or "zip" in said


def test_a_reader_that_dies_of_a_file_is_an_error_and_the_next_file_is_read() -> None:
    with pytest.raises(TableError) as caught:
        read_table(hostile.workbook(_row()), dies)
    assert caught.value.code == "reader_stopped"
    assert "SIGABRT" in caught.value.found
    assert read_table(hostile.workbook(_row() + _row(2)), every_header).columns == {"x": ["x"]}


def _row(number: int = 1) -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>x</t></is></c></row>'


def test_a_polygon_of_millions_of_corners_is_refused_before_it_is_read(tmp_path: Path) -> None:
    content = hostile.many_corners()
    assert "points" in refused(read_plan_file, content)
    outline = maps(tmp_path, settings_for(tmp_path, None))["an outline"]
    assert "points" in refused(outline, content)


@pytest.mark.parametrize(
    ("ending", "root"), [(".gml", "FeatureCollection"), (".kml", "kml"), (".graphml", "graphml"), (".osm", "osm")]
)
def test_markup_with_entities_is_refused_by_its_line(tmp_path: Path, ending: str, root: str) -> None:
    content = hostile.markup(root)
    if ending in {".gml", ".kml"}:
        said = refused(partial(of_file, lambda path: read_outline(path, ROWS), ending, tmp_path), content)
    else:
        settings = settings_for(tmp_path, None)
        said = refused(partial(of_file, lambda path: import_roads(settings, path), ending, tmp_path), content)
    assert "line 3" in said


def test_a_postcode_directory_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "onspd.zip"
    path.write_bytes(hostile.bomb("Data/ONSPD_UK.csv", 2_000))
    with pytest.raises(UnreadableFile, match="unpacks to over"):
        read_postcode_file(path)


def test_a_zipped_map_that_unpacks_without_end_is_refused() -> None:
    said = refused(read_plan_file, hostile.bomb("zones.shp"))
    assert "unpack" in said
