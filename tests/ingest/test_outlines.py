"""An outline that cannot serve is refused with what is wrong with it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app.ingest.outlines import read_boundaries, read_outline
from app.jobs.problems import JobProblem
from tests.open_data import OPEN_DATA

ROWS = pd.DataFrame(
    {
        "easting": [486_100, 486_900, 487_500],
        "northing": [308_800, 309_200, 310_000],
        "live": [True, True, True],
        "area_id": ["A1", "A1", "A2"],
    }
)
ROUND_ABOUT = shapely.box(480_000, 300_000, 495_000, 315_000)


def written(
    folder: Path, shapes: list[Any], crs: int | None = 27700, name: str = "outline.gpkg", **columns: Any
) -> Path:
    path = folder / name
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, engine="pyogrio")
    return path


def test_an_outline_is_read_on_the_national_grid_from_any_projection(tmp_path: Path) -> None:
    degrees = gpd.GeoSeries([ROUND_ABOUT], crs=27700).to_crs(4326).tolist()
    read = read_outline(written(tmp_path, degrees, 4326, "outline.geojson"), ROWS)
    assert read.area == pytest.approx(ROUND_ABOUT.area, rel=1e-3)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([shapely.LineString([(0, 0), (1, 1)])], "LineString"),
        (
            [shapely.Polygon([(480_000, 300_000), (495_000, 315_000), (495_000, 300_000), (480_000, 315_000)])],
            "feature 1",
        ),
        ([shapely.box(100_000, 100_000, 110_000, 110_000)], "100% of the council's live postcodes lie outside"),
        ([shapely.Point(1, 1)], "Point"),
    ],
)
def test_what_is_no_outline_is_told(tmp_path: Path, shapes: list[Any], said: str) -> None:
    with pytest.raises(JobProblem, match=said):
        read_outline(written(tmp_path, shapes), ROWS)


def test_an_outline_without_coordinate_system_or_with_several_layers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JobProblem, match="no coordinate system"):
        read_outline(written(tmp_path, [ROUND_ABOUT], None, "outline.shp"), ROWS)
    path = written(tmp_path, [ROUND_ABOUT])
    gpd.GeoDataFrame(geometry=[ROUND_ABOUT], crs=27700).to_file(path, layer="second", engine="pyogrio")
    with pytest.raises(JobProblem, match=r"2 layers \(outline, second\)"):
        read_outline(path, ROWS)


@pytest.mark.parametrize("content", [b"", b"not a map", b'{"type":"FeatureCollection","features":[]}'])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "outline.geojson").write_bytes(content)
    with pytest.raises(JobProblem, match=r"outline: outline\.geojson"):
        read_outline(tmp_path / "outline.geojson", ROWS)


def test_official_boundaries_are_found_by_code(tmp_path: Path) -> None:
    other = shapely.box(495_000, 300_000, 496_000, 315_000)
    path = written(tmp_path, [ROUND_ABOUT, other], OA21CD=["A1", "elsewhere"])
    assert read_boundaries(path, ROWS)["A1"].equals(ROUND_ABOUT)
    with pytest.raises(JobProblem, match="no column holds the codes"):
        read_boundaries(written(tmp_path, [ROUND_ABOUT], name="other.gpkg", OA21CD=["B7"]), ROWS)


@pytest.mark.parametrize(
    ("name", "said"), [("empty.geojson", "empty"), ("line.gpkg", "LineString"), ("nocrs.shp", "no coordinate system")]
)
def test_outlines_that_users_of_other_software_brought_are_told_what_is_wrong(name: str, said: str) -> None:
    path = OPEN_DATA.parent / "cases" / "66-outline" / name
    if not path.exists():
        pytest.skip("the cases are not beside this checkout (looked in ../shared/cases)")
    with pytest.raises(JobProblem, match=said):
        read_outline(path, ROWS)


@pytest.mark.parametrize("folder", ["", "Our maps/outline/"])
def test_a_zipped_shapefile_is_read_whatever_folder_it_lies_in(tmp_path: Path, folder: str) -> None:
    written(tmp_path, [ROUND_ABOUT], name="ours.shp")
    packed = tmp_path / "ours.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for ending in ("shp", "shx", "dbf", "prj"):
            file.write(tmp_path / f"ours.{ending}", f"{folder}ours.{ending}")
        file.writestr("__MACOSX/._ours.shp", b"no map")
    assert read_outline(packed, ROWS).area == pytest.approx(ROUND_ABOUT.area)
    with zipfile.ZipFile(packed, "a") as file:
        file.write(tmp_path / "ours.shp", "theirs.shp")
    with pytest.raises(JobProblem, match=r"expected one map") as refused:
        read_outline(packed, ROWS)
    assert str(tmp_path) not in str(refused.value.detail)
