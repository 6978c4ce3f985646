"""Small files that real users had trouble with, each through the door it comes to, with the right outcome.

The files stand beside the checkout and are never part of it; where they are absent, these tests skip. The modules
beside this one make siblings of each kind by program.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli_on_the_county import Terminal
from tests.databases import blank_installation, demo_installation
from tests.open_data import shared_case


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Terminal]:
    shared_case("README.md")
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("county"), shared_folder) as installation,
        pytest.MonkeyPatch.context() as patch,
    ):
        yield Terminal(installation, patch)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    shared_case("README.md")
    with (
        blank_installation("sqlite", tmp_path_factory.mktemp("empty")) as installation,
        pytest.MonkeyPatch.context() as patch,
    ):
        yield Terminal(installation, patch)


DAY = ("--taken-on", "2026-11-01")


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
def test_packages_that_load(county: Terminal, name: str, packages: int, hours: float) -> None:
    done = county.data("import", "packages", str(shared_case(name)), *DAY)
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
def test_packages_that_are_refused_by_name(county: Terminal, name: str, said: tuple[str, ...]) -> None:
    done = county.run("import", "packages", str(shared_case(name)), *DAY)
    assert done.exit_code != 0
    assert all(text in done.output for text in said), done.output


@pytest.mark.parametrize(
    "name",
    ["41-plan-trailing-comma/in.csv", "44-plan-encodings/cp1252.csv", "44-plan-encodings/utf16.csv",
     "44-plan-encodings/sepline.csv", "47-geojson-null-geometry/in.geojson"],
)  # fmt: skip
def test_plans_that_load(county: Terminal, name: str) -> None:
    file = shared_case(name)
    done = county.run("zones", "import", str(file), "--json")
    if name.startswith("47"):
        # Passed over and told; where no other feature draws its zone, the postcodes without one are named instead.
        assert "without a shape" in done.output or done.exit_code != 0
        assert "no GeoJSON" not in done.output
        return
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["zones"] == 14


@pytest.mark.parametrize("name", ["42-plan-dup-header/case.csv", "42-plan-dup-header/same.csv"])
def test_plans_with_a_column_twice_are_refused(county: Terminal, name: str) -> None:
    done = county.run("zones", "import", str(shared_case(name)))
    assert done.exit_code != 0
    assert "2 columns named 'zone'" in done.output


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
    ("name", "unserved"), [("big", ["b"]), ("int32", ["b"]), ("far", ["b"]), ("null", []), ("offroad", None)]
)
def test_a_day_is_planned_but_for_the_visit_nothing_leads_to(
    empty: Terminal, tmp_path: Path, name: str, unserved: list[str] | None
) -> None:
    more: list[str] = []
    if name == "offroad":
        roads = tmp_path / "roads.npz"
        town = shared_case("62-osm-ferry/in.osm")
        empty.data("import", "roads", str(town), "--modes", "car", "--out", str(roads))
        more, unserved = ["--roads", str(roads)], ["lost"]
    file = shared_case(f"76-rounds-unreachable/{name}.json")
    plan = empty.data("rounds", "solve", str(file), "--seconds", "1", *more)
    assert [missed["visit"] for missed in plan["unserved"]] == unserved
    assert all(missed["reason"] for missed in plan["unserved"])
    assert any(route["stops"] for route in plan["routes"])
