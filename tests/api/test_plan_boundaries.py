"""Boundaries people can rely on: no gaps, no overlaps, shared borders that stay shared, each postcode in one zone."""

from __future__ import annotations

import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.api.inprocess import InProcess


@pytest.fixture(scope="module")
def published(county: InProcess) -> int:
    return int(county.get("/v1/meta").json()["plan"]["id"])


@pytest.fixture(scope="module")
def zones(county: InProcess, published: int, tmp_path_factory: pytest.TempPathFactory) -> gpd.GeoDataFrame:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    path.write_bytes(county.get(f"/v1/exports/plans/{published}.gpkg", "analyst").body)
    return gpd.read_file(path, layer="zones")


def test_zones_tile_the_county(county: InProcess, zones: gpd.GeoDataFrame, published: int, tmp_path: Path) -> None:
    shapes = zones.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes, gap_width=1.0)
    whole = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9)
    (tmp_path / "areas.parquet").write_bytes(
        county.get(f"/v1/exports/plans/{published}.parquet?layer=areas", "analyst").body
    )
    areas = gpd.read_parquet(tmp_path / "areas.parquet")
    assert len(areas) == 2085
    assert whole.symmetric_difference(shapely.union_all(areas.geometry.to_numpy())).area < 1.0


@pytest.mark.parametrize("metres", [10, 25, 200])
def test_borders_stay_shared_when_simplified(county: InProcess, published: int, metres: int) -> None:
    layer = county.get(f"/v1/plans/{published}/zones.geojson?simplify_metres={metres}").json()
    shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in layer["features"]])
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


def test_every_live_postcode_is_in_exactly_one_zone(
    county: InProcess, published: int, zones: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    (tmp_path / "postcodes.fgb").write_bytes(county.get(f"/v1/exports/plans/{published}/postcodes.fgb", "analyst").body)
    points = gpd.read_file(tmp_path / "postcodes.fgb")
    table = pd.read_csv(io.BytesIO(county.get(f"/v1/exports/plans/{published}/postcodes.csv", "analyst").body))
    assert len(points) == len(table) > 16_000
    inside = gpd.sjoin(points[["postcode", "zone_number", "geometry"]], zones[["number", "geometry"]], how="left")
    assert len(inside) == len(points), "a postcode lies in two zones"
    assert inside["number"].notna().all(), "a postcode lies in none"
    # An area is one polygon, so a few postcodes stand on another area's ground, and some of those in another zone.
    assert (inside["number"] != inside["zone_number"]).mean() < 0.01
