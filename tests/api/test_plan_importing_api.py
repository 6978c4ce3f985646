"""Plans read from files: what we export comes back the same, gaps and overlaps are named, and nothing half is kept."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
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


def _send(county: InProcess, name: str, content: bytes, **form: Any) -> Any:
    return county.client.post(
        "/v1/plans/imports/file",
        files={"file": (name, content)},
        data={"name": f"From {name}", **form},
        headers=county.bearer("analyst"),
    )


def _zone_of(county: InProcess, plan: int) -> dict[str, int]:
    body = county.get(f"/v1/exports/plans/{plan}/postcodes.csv", "analyst").body
    table = pd.read_csv(io.BytesIO(body))
    return dict(zip(table["postcode"], table["zone_number"], strict=True))


def _zipped(frame: gpd.GeoDataFrame, folder: Path) -> bytes:
    frame[["number", "name", "tier", "geometry"]].to_file(folder / "zones.shp", engine="pyogrio")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.glob("zones.*"):
            archive.write(part, f"our map/{part.name}")
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["gpkg", "geojson", "fgb", "shp.zip", "csv"])
def test_what_is_exported_comes_back_the_same(
    county: InProcess, published: int, zones: gpd.GeoDataFrame, tmp_path: Path, form: str
) -> None:
    if form == "shp.zip":
        content = _zipped(zones, tmp_path)
    else:
        what = "/postcodes" if form == "csv" else ""
        content = county.get(f"/v1/exports/plans/{published}{what}.{form}", "analyst").body
    reply = _send(county, f"plan.{form}", content)
    assert reply.status_code == 201, reply.text[:500]
    plan = county.get(reply.headers["location"], "analyst").json()
    assert (plan["status"], plan["method"]) == ("draft", "imported")
    assert _zone_of(county, plan["id"]) == _zone_of(county, published)
    # postcodes of two areas may stand at one spot, which lies in one shape only
    assert plan["report"]["postcodes_outvoted_in_their_area"] <= (0 if form == "csv" else 5)
    assert plan["report"]["zones_in_pieces"] == {}
    before = county.get(f"/v1/plans/{published}", "analyst").json()
    assert plan["report"]["travel_pounds_per_year"] == before["report"]["travel_pounds_per_year"]
    if form != "csv":
        assert [zone["tier"] for zone in plan["zones"]] == [zone["tier"] for zone in before["zones"]]


def test_gaps_and_overlaps_are_named_and_nothing_is_kept(
    county: InProcess, zones: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    count = len(county.get("/v1/plans?limit=1000", "analyst").json()["items"])
    bad = zones.copy()
    bad.loc[0, "geometry"] = bad.geometry[0].buffer(-150)
    bad.loc[1, "geometry"] = bad.geometry[1].buffer(150)
    bad.to_crs(4326).to_file(tmp_path / "bad.geojson", driver="GeoJSON")
    reply = _send(county, "bad.geojson", (tmp_path / "bad.geojson").read_bytes())
    assert reply.status_code == 422
    body = reply.json()
    fields = {error["field"] for error in body["errors"]}
    assert "gap" in fields
    assert "lie in no zone" in body["detail"]
    assert all(error["found"].startswith(("LE", "CV", "DE", "NG", "NN", "PE")) for error in body["errors"])
    only = zones.copy()
    only.loc[1, "geometry"] = only.geometry[1].buffer(150)
    only.to_file(tmp_path / "over.gpkg", driver="GPKG")
    overlap = _send(county, "over.gpkg", (tmp_path / "over.gpkg").read_bytes()).json()
    assert {error["field"] for error in overlap["errors"]} == {"overlap"}
    assert all(len(error["zones"]) == 2 for error in overlap["errors"])
    assert len(county.get("/v1/plans?limit=1000", "analyst").json()["items"]) == count


def test_a_clipped_outline_can_be_snapped(county: InProcess, zones: gpd.GeoDataFrame, tmp_path: Path) -> None:
    clipped = zones.copy()
    whole = shapely.union_all(clipped.geometry.to_numpy())
    clipped["geometry"] = clipped.geometry.intersection(whole.buffer(-60))
    clipped.to_file(tmp_path / "clipped.gpkg", driver="GPKG")
    content = (tmp_path / "clipped.gpkg").read_bytes()
    assert _send(county, "clipped.gpkg", content).status_code == 422
    kept = _send(county, "clipped.gpkg", content, snap_metres=100)
    assert kept.status_code == 201, kept.text[:300]
    report = county.get(kept.headers["location"], "analyst").json()["report"]
    assert report["postcodes_snapped"] > 0


def test_a_shapefile_keeps_numbers_and_hours_though_its_columns_are_cut_short(
    county: InProcess, zones: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    short = zones.rename(columns={"number": "zone_numbe", "name": "zone", "target_hours_per_week": "target_hou"})
    short[["zone_numbe", "zone", "tier", "target_hou", "geometry"]].to_file(tmp_path / "zones.shp", engine="pyogrio")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in tmp_path.glob("zones.*"):
            archive.write(part, part.name)
    reply = _send(county, "zones.zip", buffer.getvalue())
    assert reply.status_code == 201, reply.text[:300]
    kept = county.get(reply.headers["location"], "analyst").json()["zones"]
    for name, column in (("number", "number"), ("name", "name"), ("target_hours_per_week", "target_hours_per_week")):
        assert [zone[name] for zone in kept] == zones[column].tolist(), name


def test_one_postcode_in_two_spellings_is_one_postcode(county: InProcess) -> None:
    zone_of = {"LE67 3AP": 1, "le673ap": 2}
    body = {"name": "Twice", "zones": [{"number": n, "name": f"Z{n}"} for n in (1, 2)], "zone_by_postcode": zone_of}
    reply = county.client.post("/v1/plans/imports", json=body, headers=county.bearer("analyst"))
    assert reply.status_code == 422
    assert [error["found"] for error in reply.json()["errors"]] == ["le673ap"]


def test_what_is_passed_over_is_said_in_the_reply(county: InProcess, published: int) -> None:
    table = county.get(f"/v1/exports/plans/{published}/postcodes.csv", "analyst").body
    with_more = table + b"ZZ99 9ZZ,1,Coalville and Ashby,urban,\r\n"
    reply = _send(county, "more.csv", with_more)
    assert reply.status_code == 201, reply.text[:300]
    assert reply.json()["report"]["postcodes_passed_over"] == 1
    assert reply.json()["report"]["postcodes_passed_over_first"] == ["ZZ99 9ZZ"]


def test_shapes_elsewhere_are_told_from_gaps(county: InProcess, zones: gpd.GeoDataFrame) -> None:
    degrees = zones.to_crs(4326)
    degrees["geometry"] = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    reply = _send(county, "turned.geojson", degrees[["number", "name", "geometry"]].to_json().encode())
    assert reply.status_code == 422
    assert "longitude before latitude" in reply.json()["detail"]


def test_shapes_of_many_corners_are_not_walked_once_for_every_postcode(
    county: InProcess, zones: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    took = {}
    for metres in (1000.0, 20.0):
        fine = zones[["number", "name", "geometry"]].copy()
        fine["geometry"] = shapely.segmentize(fine.geometry.to_numpy(), metres)
        fine.to_file(tmp_path / f"{metres:g}.gpkg", driver="GPKG", layer="zones")
        content = (tmp_path / f"{metres:g}.gpkg").read_bytes()
        began = time.process_time()
        assert _send(county, "fine.gpkg", content).status_code == 201
        took[metres] = time.process_time() - began
    fine["geometry"] = shapely.segmentize(zones.geometry.to_numpy(), 2.0)  # more than one request takes
    fine.to_file(tmp_path / "finest.gpkg", driver="GPKG", layer="zones")
    assert _send(county, "finest.gpkg", (tmp_path / "finest.gpkg").read_bytes()).status_code == 202
    assert took[20.0] < 8 * took[1000.0], took  # many times the corners, and a walk for each postcode grows with them


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zones.shp", b"\x00" * 60_000_000)
    return buffer.getvalue()


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"nothing")
    return buffer.getvalue()


_VRT = (
    b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    b"</OGRVRTDataSource>"
)


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("a.csv", b"", 422, "cannot be read"),
        ("a.csv", b"place,zone\nLE1 1AA,1\n", 422, "expected one of postcode, area_id"),
        ("a.csv", b"postcode,colour\nLE67 3AP,red\n", 422, "expected zone_number, zone"),
        ("a.csv", b"postcode,zone\nLE67 3AP,North\n", 422, "live postcodes of the council have no zone"),
        ("a.csv", b"postcode,zone\nLE67 3AP,North\nLE67 3AP,South\n", 422, "stand in two zones"),
        ("a.csv", b"postcode,zone\nLE67 3AP,North\nle673ap,South\n", 422, "stand in two zones"),
        ("a.csv", b"postcode;zone\n\nLE67 3AP;\n", 422, "row 3 has no zone"),
        ("a.csv", b"postcode,zone_number\nLE67 3AP,1.5\n", 422, "expected a whole number"),
        ("a.csv", b"postcode,zone_number,zone\nLE67 3AP,1,A\nLE67 3AQ,1,B\n", 422, "expected one name"),
        ("a.geojson", b'{"type": "Feature"}', 422, "no GeoJSON FeatureCollection"),
        ("a.geojson", b"{" * 5000, 422, "no GeoJSON FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', 422, "holds no shapes"),
        ("a.gpkg", b"SQLite format 3\x00 and then rubbish", 422, "damaged"),
        ("a.gpkg", _VRT, 422, "expected one of postcode"),
        ("a.zip", b"PK\x03\x04 and then rubbish", 422, "damaged archive"),
        ("a.zip", _zip("readme.txt"), 422, "expected one of postcode"),
        ("a.zip", _zip("readme.pdf"), 422, "holds 0 .shp files"),
        ("a.zip", _zip("zones.shp", "zones.shx", "zones.dbf"), 422, "damaged"),
        ("a.xlsx", _zip("[Content_Types].xml", "xl/workbook.xml"), 422, "spreadsheet that does not open"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, 422, "zip the .shp with its .shx"),
        ("a.zip", _bomb(), 413, "unpacks to far more"),
        ("a.bin", b"\x7fELF\x00\x00", 422, "is no CSV, GeoJSON"),
    ],
)
def test_files_that_are_no_plan_are_refused_with_the_reason(
    county: InProcess, name: str, content: bytes, status: int, said: str
) -> None:
    reply = _send(county, name, content)
    assert (reply.status_code, said in reply.json()["detail"]) == (status, True), reply.text[:400]


def test_points_and_shapes_without_a_zone_are_refused(county: InProcess) -> None:
    for geometry, properties, said in (
        ({"type": "Point", "coordinates": [-1, 52.6]}, {"number": 1}, "expected polygons"),
        (json.loads(shapely.to_geojson(shapely.box(-2, 52, 0, 53))), {"colour": "red"}, "expected zone_number"),
        (json.loads(shapely.to_geojson(shapely.box(-2, 52, 0, 53))), {"number": -4}, "expected a whole number"),
    ):
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        reply = _send(county, "shapes.geojson", body)
        assert reply.status_code == 422
        assert said in reply.json()["detail"], reply.text
