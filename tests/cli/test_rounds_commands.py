"""`patchwork rounds` on files alone: planned, checked, refused with the reason, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app


def run(*words: str | Path, sent: str | None = None) -> Result:
    return CliRunner().invoke(app, ["rounds", *map(str, words)], input=sent)


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("solve", "--example").stdout)
    return found


@pytest.fixture(scope="module")
def solved(example: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    day, plan = folder / "day.json", folder / "plan.json"
    day.write_text(json.dumps(example))
    done = run("solve", day, "--seconds", "1", "--seed", "3", "--out", plan)
    assert done.exit_code == 0, done.output
    assert "0 visits unserved" in done.stdout
    return day, plan


def test_a_day_is_planned_and_every_rule_kept(solved: tuple[Path, Path]) -> None:
    plan = json.loads(solved[1].read_text())
    stops = [(stop["visit"], route["carer"]) for route in plan["routes"] for stop in route["stops"]]
    assert len(stops) == 5
    assert ("C breakfast", "carer 2") not in stops
    done = run("check", *solved, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"rules_broken": 0, "broken": []}


def test_a_plan_that_breaks_a_rule_is_named_and_ends_with_1(solved: tuple[Path, Path], tmp_path: Path) -> None:
    plan = json.loads(solved[1].read_text())
    route = next(route for route in plan["routes"] if any(stop["visit"] == "A breakfast" for stop in route["stops"]))
    stop = next(stop for stop in route["stops"] if stop["visit"] == "A breakfast")
    stop["start"], stop["end"] = stop["start"] - 300, stop["end"] - 300
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(plan))
    done = run("check", solved[0], wrong, "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["rules_broken"] == len(found["broken"]) > 0
    assert "A breakfast" in {broken["visit"] for broken in found["broken"]}
    assert "rules broken" in run("check", solved[0], wrong).stdout


def test_the_day_may_come_on_standard_input(example: dict[str, Any]) -> None:
    done = run("solve", "-", "--seconds", "0.5", "--json", sent=json.dumps(example))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["unserved"] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"visits": [{"id": "x"}]}, "visits.0.easting"),
        ({"visit": []}, "visit: "),
        ({"carers": [{"id": "c", "easting": 1, "northing": 1, "shift_start": 600, "shift_end": 500}]}, "shift_end"),
        ({"carers": [{"id": "c", "easting": -9e9, "northing": 1, "shift_start": 1, "shift_end": 500}]}, "easting"),
    ],
)
def test_a_wrong_day_is_refused_with_its_place(
    example: dict[str, Any], change: dict[str, Any], told: str, tmp_path: Path
) -> None:
    day = tmp_path / "day.json"
    day.write_text(json.dumps({**example, **change}))
    done = run("solve", day, "--seconds", "0.5")
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_what_is_no_file_or_no_json_is_refused(solved: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("solve").exit_code == 2
    assert run("solve", tmp_path / "none.json").exit_code == 2
    text = tmp_path / "text.json"
    text.write_text("not JSON")
    assert run("solve", text).exit_code == 2
    assert run("check", solved[0], text).exit_code == 2
    assert run("check", text, solved[1]).exit_code == 2


def test_the_schemas_describe_what_is_read_and_written(example: dict[str, Any], solved: tuple[Path, Path]) -> None:
    schemas = json.loads(run("solve", "--schema").stdout)
    assert set(example) <= set(schemas["day"]["properties"])
    answer = schemas["answer"]
    assert set(answer["required"]) <= set(json.loads(solved[1].read_text())) == set(answer["properties"])


def test_a_plan_is_written_for_people_in_every_form(solved: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("rota.csv", "clients.csv", "rounds.xlsx", "rota.ics", "rota.html", "routes.geojson"):
        out = tmp_path / name
        done = run("rota", *solved, "--out", out, "--date", "2027-04-01", "--json")
        assert done.exit_code == 0, done.output
        assert out.stat().st_size > 200
        assert json.loads(done.stdout)["carer_visits"] == 5
    sheets = pd.read_excel(tmp_path / "rounds.xlsx", sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["about", "rota", "clients", "key figures"]
    assert len(sheets["clients"]) == 4
    table = pd.read_csv(tmp_path / "rota.csv")
    assert (table["what"] == "visit").sum() == 5
    mine = run("rota", *solved, "--out", tmp_path / "mine.csv", "--carer", "carer 1")
    assert mine.exit_code == 0
    assert set(pd.read_csv(tmp_path / "mine.csv")["carer"]) == {"carer 1"}
    for words in (("--out", "rota.doc"), ("--out", "x.ics", "--carer", "nobody"), ("--out", "x.ics", "--date", "soon")):
        assert run("rota", *solved, words[0], tmp_path / words[1], *words[2:]).exit_code == 2


def test_a_day_is_planned_again_and_says_who_is_moved(solved: tuple[Path, Path], tmp_path: Path) -> None:
    changes, day, plan = tmp_path / "changes.json", tmp_path / "day.json", tmp_path / "plan.json"
    changes.write_text(json.dumps({"at_minute": 400, "carers_off": ["carer 2"], "visits_cancelled": ["C breakfast"]}))
    done = run("replan", *solved, changes, "--seconds", "1", "--out", plan, "--day-out", day, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    moved = {one["visit"]: one for one in found["moved"]}
    assert moved["C breakfast"]["carers_after"] == []
    assert moved["B breakfast"]["carers_after"] == []  # it needs two, and one is left
    assert {missed["visit"] for missed in found["rounds"]["unserved"]} == {"B breakfast"}
    assert run("check", day, plan).exit_code == 0
    told = run("replan", *solved, changes, "--seconds", "1").stdout
    assert "C breakfast" in told
    assert "nobody" in told
    changes.write_text(json.dumps({"at_minute": 400, "carers_off": ["carer 9"]}))
    wrong = run("replan", *solved, changes)
    assert wrong.exit_code == 2
    assert "carer 9" in wrong.stderr
    changes.write_text(json.dumps({"at": 400}))
    assert run("replan", *solved, changes).exit_code == 2
    assert run("replan", *solved).exit_code == 2
    assert "carers_off" in json.loads(run("replan", "--schema").stdout)["properties"]
