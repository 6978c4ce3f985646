"""Small files that real users had trouble with, each at the command line and over HTTP, with the right outcome.

Postcodes, roads, outlines, statistics and lists of places come in by the command line alone. The files stand beside
the checkout and are never part of it; where they are absent, these tests skip. The modules beside this one make
siblings of each kind by program.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.test_cli_on_the_county import Terminal
from tests.databases import blank_installation, demo_installation
from tests.open_data import shared_case
from tests.services import Service, running_service


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Service]:
    """The service on the demonstration county, started once for every case."""
    shared_case("README.md")
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("county"), shared_folder) as installation,
        running_service(installation, worker=True) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def http(served: Service) -> Iterator[httpx.Client]:
    with served.client("admin") as client:
        yield client


@pytest.fixture(scope="module")
def county(served: Service) -> Iterator[Terminal]:
    with pytest.MonkeyPatch.context() as patch:
        yield Terminal(served.installation, patch)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, directory_cache: Path) -> Iterator[Terminal]:
    shared_case("README.md")
    folder = tmp_path_factory.mktemp("empty")
    (folder / "cache").symlink_to(directory_cache)
    with blank_installation("sqlite", folder) as installation, pytest.MonkeyPatch.context() as patch:
        yield Terminal(installation, patch)


DAY = ("--taken-on", "2026-11-01")


def send(http: httpx.Client, address: str, file: Path, **form: str) -> httpx.Response:
    return http.post(f"/v1/{address}", files={"file": (file.name, file.read_bytes())}, data=form)


def as_said(reply: httpx.Response) -> str:
    """A refusal as one text: its detail, and each error with the row and column it names."""
    assert reply.status_code == 422, reply.text
    problem = reply.json()
    errors = problem.get("errors", [])
    named = [f"row {item.get('row')}, {item.get('column')}: {item['message']}" for item in errors]
    return "\n".join([problem["detail"], *named])


@pytest.mark.parametrize(
    ("name", "packages", "hours"),
    [
        ("13-xlsx-computed-hours/in.xlsx", 3, 9 + 1 / 3 + 14),
        ("13-xlsx-computed-hours/in.csv", 3, 9 + 1 / 3 + 14),
        ("16-xlsx-hidden-first-sheet/in.xlsx", 5, 35.0),
        ("18-xlsx-title-rows/in.xlsx", 2, 14.0),
        *(
            (f"25-csv-flavours/{name}.csv", 2, 14.0)
            for name in (
                "cr-only", "decimal-comma", "semicolon", "sepline", "trailing-comma", "trailing-commas-all", "utf16",
                "utf16le-nobom",
            )
        ),
    ],
)  # fmt: skip
def test_packages_that_load(county: Terminal, http: httpx.Client, name: str, packages: int, hours: float) -> None:
    file = shared_case(name)
    reply = send(http, "demand/snapshots", file, taken_on=DAY[1])
    assert reply.status_code in {200, 201}, reply.text
    for done in (county.data("import", "packages", str(file), *DAY), reply.json()):
        assert done["packages"] == packages
        assert done["hours_per_week"] == pytest.approx(hours, abs=1e-9)
        if "hidden" in name:
            assert done["sheet"] == "current"
        if "title" in name:
            assert done["header_row"] == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("14-xlsx-error-cells/in.xlsx", ("row 2, end_date", "row 3, carers_per_visit", "row 4, provider")),
        ("21-xlsx-stray-far-cell/in.xlsx", ("XFD1048576",)),
        ("21-xlsx-stray-far-cell/mild.xlsx", ("T600000",)),
        ("25-csv-flavours/dupheader.csv", ("2 columns named 'start_date'",)),
        ("25-csv-flavours/utf16-cut.csv", ("ends within a letter",)),
    ],
)
def test_packages_that_are_refused_by_name(
    county: Terminal, http: httpx.Client, name: str, said: tuple[str, ...]
) -> None:
    file = shared_case(name)
    done = county.run("import", "packages", str(file), *DAY)
    assert done.exit_code != 0
    for output in (done.output, as_said(send(http, "demand/snapshots", file, taken_on=DAY[1]))):
        assert all(text in output for text in said), output


@pytest.mark.parametrize(
    "name",
    ["41-plan-trailing-comma/in.csv", "44-plan-encodings/cp1252.csv", "44-plan-encodings/utf16.csv",
     "44-plan-encodings/sepline.csv", "47-geojson-null-geometry/in.geojson"],
)  # fmt: skip
def test_plans_that_load(county: Terminal, http: httpx.Client, name: str) -> None:
    file = shared_case(name)
    done = county.run("zones", "import", str(file), "--json")
    reply = send(http, "plans/imports/file", file, name=name)
    if name.startswith("47"):
        # Passed over and told; where no other feature draws its zone, the postcodes without one are named instead.
        for output in (done.output, reply.text):
            assert "without a shape" in output
            assert "no GeoJSON" not in output
        return
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["zones"] == 14
    assert (reply.status_code, len(http.get(reply.headers["location"]).json()["zones"])) == (201, 14), reply.text


@pytest.mark.parametrize("name", ["42-plan-dup-header/case.csv", "42-plan-dup-header/same.csv"])
def test_plans_with_a_column_twice_are_refused(county: Terminal, http: httpx.Client, name: str) -> None:
    file = shared_case(name)
    done = county.run("zones", "import", str(file))
    assert done.exit_code != 0
    for output in (done.output, as_said(send(http, "plans/imports/file", file, name=name))):
        assert "2 columns named 'zone'" in output


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("02-pcd-only/in.csv", ()),
        ("05-utf16/in.csv", ()),
        ("06-mac-zip-cpo/in.zip", ("--areas", "06-mac-zip-cpo/areas.csv")),
        ("06-mac-zip-cpo/plain.zip", ("--areas", "06-mac-zip-cpo/areas.csv")),
    ],
)
def test_postcodes_that_load(empty: Terminal, name: str, more: tuple[str, ...]) -> None:
    words = [str(shared_case(word)) if "/" in word else word for word in more]
    done = empty.data("import", "postcodes", str(shared_case(name)), "--districts", "E06000017", *words)
    assert done["live_postcodes"] == 73


def test_rows_of_other_nations_are_passed_over(empty: Terminal) -> None:
    file = shared_case("80-onspd-other-nations/in.csv")
    done = empty.run("import", "postcodes", str(file), "--districts", "E06000017", "--json")
    assert "95GG20S1" not in done.output
    if done.exit_code == 0:
        assert json.loads(done.stdout)["rows_passed_over"]["other_districts"] == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("ok.gpkg", ""), ("empty.geojson", "empty"), ("line.gpkg", "LineString"), ("nocrs.shp", "no coordinate system")],
)
def test_an_outline_serves_or_is_refused_in_words(empty: Terminal, name: str, said: str) -> None:
    outline = shared_case("66-outline") / name
    file = str(shared_case("02-pcd-only/in.csv"))
    done = empty.run("import", "postcodes", file, "--districts", "E06000017", "--outline", str(outline))
    assert (done.exit_code == 0) == (said == ""), done.output
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("name", "said"), [("stat.csv", ""), ("stat-trail.csv", ""), ("stat-dup.csv", "2 columns")])
def test_figures_of_areas_are_read_as_packages_are(county: Terminal, name: str, said: str, tmp_path: Path) -> None:
    areas = tmp_path / name  # the case names an area of another county
    areas.write_bytes(shared_case(f"67-other-csv/{name}").read_bytes().replace(b"E00069606", b"E00130957"))
    words = ("--name", "Residents", "--source", "a case", "--counts", "population")
    done = county.run("import", "statistics", str(areas), *words)
    assert (done.exit_code == 0) == (said == ""), done.output
    assert said in done.output


def test_areas_to_classify_keep_their_names(empty: Terminal, tmp_path: Path) -> None:
    folder, out = shared_case("67-other-csv"), tmp_path / "bands.csv"
    for name, ids in (("cls.csv", ["NA", "b"]), ("cls2.csv", ["a", "b"])):
        empty.data("classify", "--areas", str(folder / name), "--out", str(out))
        with out.open(newline="") as file:
            assert [row["area_id"] for row in csv.DictReader(file)] == ids


@pytest.mark.parametrize("name", ["in.shp", "in.gpkg", "text.gpkg"])
def test_one_way_streets_are_kept_whatever_their_column_is_read_as(empty: Terminal, tmp_path: Path, name: str) -> None:
    folder = shared_case("60-roads-oneway-int-null")
    empty.data("import", "roads", str(folder / name), "--mapping", str(folder / "roads.toml"), "--modes", "car",
               "--out", str(tmp_path / "roads.npz"))  # fmt: skip
    assert _minutes(empty, folder, tmp_path / "roads.npz", tmp_path) == pytest.approx(14, abs=0.5)


def test_an_island_is_reached_by_its_ferry_and_a_parted_way_is_said(empty: Terminal, tmp_path: Path) -> None:
    folder = shared_case("62-osm-ferry")
    empty.data("import", "roads", str(folder / "in.osm"), "--modes", "car", "--out", str(tmp_path / "roads.npz"))
    assert _minutes(empty, folder, tmp_path / "roads.npz", tmp_path) == pytest.approx(12.2, abs=0.3)
    file = shared_case("64-osm-missing-node/in.osm")
    done = empty.data("import", "roads", str(file), "--modes", "car", "--out", str(tmp_path / "parted.npz"))
    assert any("each parted there: 1" in note for note in done["notes"])


def _minutes(terminal: Terminal, folder: Path, roads: Path, out: Path) -> float:
    terminal.data("travel", "matrix", "--origins", str(folder / "o.csv"), "--destinations", str(folder / "d.csv"),
                  "--roads", str(roads), "--out", str(out / "m.csv"))  # fmt: skip
    with (out / "m.csv").open(newline="") as file:
        return float(next(csv.DictReader(file))["minutes"])


@pytest.mark.parametrize(
    ("name", "ids"),
    [("trail.csv", ["a", "b"]), ("cp1252.csv", ["Café"]), ("semi-bom.csv", ["a"]), ("na.csv", ["NA"]),
     ("thousands.csv", ["a"])],
)  # fmt: skip
def test_places_that_are_read(empty: Terminal, tmp_path: Path, name: str, ids: list[str]) -> None:
    folder = shared_case("67-other-csv")
    empty.data("travel", "matrix", "--origins", str(folder / name), "--destinations", str(folder / "d.csv"),
               "--road-free", "--out", str(tmp_path / "m.csv"))  # fmt: skip
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        assert [row["origin_id"] for row in csv.DictReader(file)] == ids


@pytest.mark.parametrize(("name", "said"), [("dup.csv", "2 columns named 'easting'"), ("swapped.csv", "look swapped")])
def test_places_that_are_refused(empty: Terminal, tmp_path: Path, name: str, said: str) -> None:
    folder = shared_case("67-other-csv")
    done = empty.run("travel", "matrix", "--origins", str(folder / name), "--destinations", str(folder / "d.csv"),
                     "--road-free", "--out", str(tmp_path / "m.csv"))  # fmt: skip
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("name", "unserved"), [("big", ["b"]), ("int32", ["b"]), ("far", ["b"]), ("null", []), ("offroad", ["lost"])]
)
def test_a_day_is_planned_but_for_the_visit_nothing_leads_to(
    county: Terminal, http: httpx.Client, name: str, unserved: list[str]
) -> None:
    if name == "offroad":  # last of all: the service has these roads from here on
        county.data("import", "roads", str(shared_case("62-osm-ferry/in.osm")), "--modes", "car")
    file = shared_case(f"76-rounds-unreachable/{name}.json")
    more = ("--roads", str(county.installation.settings.data_dir / "roads.npz")) if name == "offroad" else ()
    for plan in (county.data("rounds", "solve", str(file), "--seconds", "1", *more), planned(http, file)):
        assert [missed["visit"] for missed in plan["unserved"]] == unserved
        assert all(missed["reason"] for missed in plan["unserved"])
        assert any(route["stops"] for route in plan["routes"])


def planned(http: httpx.Client, day: Path) -> Any:
    """The plan of a day handed in over HTTP."""
    asked = http.post("/v1/rounds", json={"day": json.loads(day.read_text("utf-8")), "seconds": 1})
    assert asked.status_code == 202, asked.text
    for _ in range(300):
        found = http.get(asked.headers["location"]).json()
        if found["status"] not in {"queued", "running"}:
            break
        time.sleep(0.1)
    assert found["status"] == "succeeded", found["problem"]
    return found["answer"]
