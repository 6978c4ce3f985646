"""``patchwork travel``: files in, files out, on an extract, an imported file and no roads; no database."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, shape
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.cli.travel import HourName, ModeName
from app.settings import get_settings
from routing import travel
from routing.hours import hour_table
from routing.modes import MODES
from tests.routing.towns import grid_town, places_in_grid_town


@pytest.fixture(autouse=True)
def _no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PATCHWORK_DATA_DIR", str(tmp_path / "nothing"))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["travel", *(str(word) for word in words)])


def places(file: Path, rows: Any, header: str = "id,easting,northing") -> Path:
    file.write_text("\n".join([header, *(",".join(str(cell) for cell in row) for row in rows)]), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roads")
    travel.import_roads(grid_town(folder), folder / "town.npz", MODES)
    return folder / "town.npz"


def test_a_matrix_is_the_models_own_row_by_row(roads: Path, tmp_path: Path) -> None:
    a, b = places_in_grid_town(7, seed=1), places_in_grid_town(5, seed=2)
    origins = places(tmp_path / "A.csv", [(f"a{i}", *p) for i, p in enumerate(a)])
    destinations = places(tmp_path / "B.csv", [(f"b{i}", *p) for i, p in enumerate(b)])
    out = tmp_path / "M.csv"
    done = run("matrix", "--origins", origins, "--destinations", destinations, "--out", out, "--roads", roads, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    found = pd.read_csv(out)
    model = travel.load(roads)
    assert (said["pairs"], said["unreachable_pairs"]) == (35, 0)
    assert said["made_by"]["version"] == model.version
    assert found["origin_id"].tolist() == [f"a{i}" for i in range(7) for _ in range(5)]
    assert found["destination_id"].tolist() == [f"b{i}" for _ in range(7) for i in range(5)]
    np.testing.assert_allclose(found["minutes"], model.minutes(a, b).ravel(), atol=0.005)
    np.testing.assert_allclose(found["miles"], model.miles(a, b).ravel(), atol=0.0005)
    np.testing.assert_allclose(found["kg_co2"], found["miles"] * model.kg_co2_per_mile, atol=0.0005)
    assert set(found["model_version"]) == {model.version}
    parquet = tmp_path / "M.parquet"
    assert (
        run(
            "matrix", "--origins", origins, "--destinations", destinations, "--out", parquet, "--roads", roads
        ).exit_code
        == 0
    )
    pd.testing.assert_frame_equal(pd.read_parquet(parquet).drop(columns="reason"), found.drop(columns="reason"))


def test_an_extract_serves_as_roads_and_no_roads_serve_too(tmp_path: Path) -> None:
    a = places(tmp_path / "A.csv", [(i, *p) for i, p in enumerate(places_in_grid_town(3, seed=4))])
    out = tmp_path / "M.csv"
    versions = []
    for more in (["--roads", grid_town(tmp_path)], []):
        done = run("matrix", "--origins", a, "--destinations", a, "--out", out, "--json", *more)
        assert done.exit_code == 0, done.output
        versions.append(json.loads(done.stdout)["made_by"]["model"])
        assert (pd.read_csv(out).query("origin_id == destination_id")["minutes"] == 0).all()
    assert versions == ["roads", "road-free"]


def test_a_place_off_the_map_is_empty_with_the_reason(roads: Path, tmp_path: Path) -> None:
    (inside,) = places_in_grid_town(1, seed=5)
    a = places(tmp_path / "A.csv", [("in", *inside), ("out", 100_000, 100_000)])
    out = tmp_path / "M.csv"
    done = run("matrix", "--origins", a, "--destinations", a, "--out", out, "--roads", roads, "--json")
    assert json.loads(done.stdout)["unreachable_pairs"] == 3
    with out.open(encoding="utf-8") as handle:
        rows = {(row["origin_id"], row["destination_id"]): row for row in csv.DictReader(handle)}
    assert rows["in", "in"]["reason"] == ""
    assert rows["in", "out"]["minutes"] == rows["in", "out"]["miles"] == ""
    assert rows["in", "out"]["reason"].startswith("destination")
    assert rows["out", "in"]["reason"].startswith("origin")


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        ("id,easting,northing", [], "has no rows"),
        ("name,x,y", [("a", 1, 2)], "found the columns name, x, y; expected id, easting, northing"),
        ("id,easting,northing", [("a", 1, 2), ("a", 3, 4)], "3.id: id 'a' stands in row 2 already"),
        ("id,easting,northing", [("", 1, 2)], "2.id: the id is empty"),
        ("id,easting,northing", [("a", "near", 2)], "2.easting: found 'near', expected a number"),
        ("id,easting,northing", [("a", 1, 2), ("b", "", 2)], "3.easting: found '', expected a number"),
        ("id,easting,northing", [("a", 1, -2)], "2.northing: found -2"),
        ("id,easting,northing", [("a", "inf", 2)], "2.easting: found 'inf', expected a number"),
        ("id,latitude,longitude", [("a", 10, 2)], "2.northing"),
    ],
)
def test_a_bad_file_is_refused_by_row(tmp_path: Path, header: str, rows: Any, says: str) -> None:
    bad, good = places(tmp_path / "bad.csv", rows, header), places(tmp_path / "good.csv", [("a", 450_000, 300_000)])
    out = tmp_path / "M.csv"
    for a, b in ((bad, good), (good, bad)):
        done = run("matrix", "--origins", a, "--destinations", b, "--out", out)
        assert done.exit_code == 2
        assert says in done.stderr
        assert "Traceback" not in done.output
        assert not out.exists()


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    bad = places(tmp_path / "bad.csv", [("a", 1, "x"), ("a", 1, 2), ("", 1, -1)])
    done = run("matrix", "--origins", bad, "--destinations", bad, "--out", tmp_path / "M.csv")
    assert all(text in done.stderr for text in ("2.northing", "3.id", "4.id", "4.northing"))


def test_wrong_options_are_named(roads: Path, tmp_path: Path) -> None:
    a = places(tmp_path / "A.csv", [("a", 450_000, 300_000)])
    (tmp_path / "noise.npz").write_bytes(b"nothing")
    for more, says in (
        (["--out", tmp_path / "M.docx"], ".csv, .parquet"),
        (["--out", tmp_path / "no" / "M.csv"], "no folder"),
        (["--out", tmp_path / "M.csv", "--roads", tmp_path / "noise.npz"], "not a saved road network"),
        (["--out", tmp_path / "M.csv", "--roads", a], "found the ending '.csv'"),
        (["--out", tmp_path / "M.csv", "--roads", roads, "--road-free"], "exclude each other"),
        (["--out", tmp_path / "M.csv", "--mode", "horse"], "horse"),
    ):
        done = run("matrix", "--origins", a, "--destinations", a, *more)
        assert done.exit_code == 2, more
        assert says in " ".join(done.stderr.split()), (more, done.stderr)


def test_a_route_and_reach_are_written_for_a_map(roads: Path, tmp_path: Path) -> None:
    a, b = places_in_grid_town(2, seed=6)
    out = tmp_path / "way.geojson"
    done = run(
        "route",
        "--origin",
        f"{a[0]},{a[1]}",
        "--destination",
        f"{b[0]},{b[1]}",
        "--roads",
        roads,
        "--out",
        out,
        "--json",
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["minutes"] == pytest.approx(travel.load(roads).minutes([a], [b])[0, 0], abs=0.01)
    feature = json.loads(out.read_text())
    assert feature["properties"]["made_by"]["version"] == travel.load(roads).version
    assert len(feature["geometry"]["coordinates"]) > 3
    done = run("isochrone", "--place", "52.603,-0.995", "--minutes", 1, "--minutes", 2, "--roads", roads, "--out", out)
    assert done.exit_code == 0, done.output
    one, two = (shape(feature["geometry"]) for feature in json.loads(out.read_text())["features"])
    assert one.area < two.area
    assert two.contains(Point(-0.995, 52.603))
    assert run("isochrone", "--place", "here", "--minutes", 1).exit_code == 2
    assert run("isochrone", "--place", "52.6,-1", "--minutes", 1_000).exit_code == 2
    far = run("route", "--origin", "100000,100000", "--destination", "52.603,-0.995", "--roads", roads)
    assert far.exit_code == 0
    assert "km from the nearest road" in far.stdout


def test_the_choices_offered_are_those_there_are() -> None:
    assert {str(name) for name in ModeName} == set(MODES)
    assert {str(name) for name in HourName} == set(hour_table().bands)


def test_roads_are_imported_from_a_file_or_refused_with_the_reason(tmp_path: Path) -> None:
    def roads(*words: object) -> Result:
        return CliRunner().invoke(app, ["import", "roads", *(str(word) for word in words)])

    town, out = grid_town(tmp_path), tmp_path / "out.npz"
    done = roads(town, "--modes", "car,walk", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert [row["mode"] for row in said["networks"]] == ["car", "walk"]
    assert said["networks"][0]["version"] == travel.load(out).version
    (island,) = said["networks"][0]["largest_dropped"]
    assert island["road_km"] == pytest.approx(0.22, abs=0.01)
    assert island["northing"] > 311_000
    plain = roads(town)
    assert "left out 1 pieces" in plain.stdout
    assert run("route", "--origin", "52.6,-1", "--destination", "52.605,-0.99", "--json").stdout.count('"roads"') == 2
    for words, says in (
        ([], "Name a file of roads"),
        ([town, "--place", "Oakham"], "not both"),
        ([town, "--modes", "car,horse"], "found 'horse'"),
        ([town, "--modes", ","], "expected some of car"),
        ([out], "found the ending '.npz'"),
    ):
        refused = roads(*words)
        assert refused.exit_code == 2, words
        assert says in refused.stderr
