"""The command line on the demonstration county: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.jobs.supervisor import settings_environment
from app.settings import get_settings
from app.storage.models import Base
from tests.api.extracts import DAY, as_file, rows
from tests.databases import ADMIN_KEY, Installation, demo_installation


class Terminal:
    """``patchwork`` on one installation."""

    def __init__(self, installation: Installation, patch: pytest.MonkeyPatch) -> None:
        self.installation, self._patch = installation, patch

    def run(self, *words: str, **settings: str) -> Result:
        with self._patch.context() as patch:
            for name, value in {**settings_environment(self.installation.settings), **settings}.items():
                patch.setenv(name, value)
            get_settings.cache_clear()
            try:
                return CliRunner().invoke(app, list(words))
            finally:
                get_settings.cache_clear()

    def data(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Terminal]:
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("cli"), shared_folder) as installation,
        pytest.MonkeyPatch.context() as patch,
    ):
        yield Terminal(installation, patch)


def _rows_held(installation: Installation) -> dict[str, int]:
    with installation.database.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def test_the_report_comes_out_of_the_running_code_and_a_second_demo_changes_nothing(terminal: Terminal) -> None:
    terminal.run("demo")  # makes sure of the administrator's key, which the copied county may not have yet
    before = _rows_held(terminal.installation)
    figures = terminal.data("demo", "--report")
    assert _rows_held(terminal.installation) == before
    assert "Synthetic" in figures["label"]

    assert len(figures["zones"]) == 14
    for zone in figures["zones"]:
        assert abs(zone["service_hours_per_week"] / zone["report_hours_per_week"] - 1) <= 0.01, zone
    assert figures["zones_total"]["report_hours_per_week"] == 23_150
    assert figures["zones_total"]["service_hours_per_week"] == pytest.approx(23_150, rel=0.01)
    bands = {row["band"]: row for row in figures["bands"]}
    for band, hours, pounds in (
        ("urban", 11_737, 18.75),
        ("fringe", 4_648, 20.20),
        ("rural", 1_301, 23.00),
        ("isolated", 314, 26.35),
    ):
        assert bands[band]["report_hours_per_week"] == hours
        assert bands[band]["service_hours_per_week"] == pytest.approx(hours, rel=0.01)
        assert bands[band]["service_pounds_per_hour"] == pounds == bands[band]["report_pounds_per_hour"]
    assert figures["mean"]["service_pounds_per_hour"] == 19.56
    cost = figures["annual_cost"]["proposed"]
    assert (cost["report_low_pounds"], cost["report_high_pounds"]) == (18_300_000, 18_700_000)
    assert 18_250_000 <= cost["service_52_weeks_pounds"] < cost["service_53_weeks_pounds"] <= 18_750_000

    printed = terminal.run("demo", "--report")
    assert printed.exit_code == 0
    for text in ("23,150", "11,737", "18.75", "26.35", "19.56"):
        assert text in printed.stdout
    assert _rows_held(terminal.installation) == before


def test_a_good_extract_is_loaded_once(terminal: Terminal, tmp_path: Path) -> None:
    name, content = as_file(rows(20, prefix="CLI", start=700), "xlsx")
    path = tmp_path / name
    path.write_bytes(content)
    first = terminal.data("import", "packages", str(path), "--taken-on", "2019-01-31")
    assert (first["packages"], first["hours_per_week"], first["already_loaded"]) == (20, 140.0, False)
    again = terminal.data("import", "packages", str(path), "--taken-on", "2019-01-31")
    assert again == {**first, "already_loaded": True}


def test_a_bad_extract_is_refused_by_row_and_column_with_exit_code_2(terminal: Terminal, tmp_path: Path) -> None:
    bad = rows(5, prefix="CLIBAD")
    bad[1]["postcode"], bad[3]["hours_per_week"] = "LE99 9ZZ", -1
    path = tmp_path / "bad.csv"
    path.write_bytes(as_file(bad, "csv")[1])
    before = _rows_held(terminal.installation)
    refused = terminal.run("import", "packages", str(path), "--taken-on", DAY)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "row 3, postcode" in refused.stderr
    assert "row 5, hours_per_week" in refused.stderr
    assert "Traceback" not in refused.output
    assert _rows_held(terminal.installation) == before


def test_keys_are_made_listed_and_revoked(terminal: Terminal) -> None:
    made = terminal.data("keys", "create", "Front desk", "--role", "broker", "--days", "30")
    assert made["secret"].startswith("pw_")
    listed = terminal.run("keys", "list", "--json")
    assert made["secret"] not in listed.stdout
    row = next(row for row in json.loads(listed.stdout) if row["id"] == made["id"])
    assert (row["name"], row["role"], row["revoked_at"]) == ("Front desk", "broker", None)
    assert terminal.run("keys", "revoke", str(made["id"])).exit_code == 0
    row = next(row for row in terminal.data("keys", "list") if row["id"] == made["id"])
    assert row["revoked_at"]
    assert terminal.run("keys", "revoke", "999999").exit_code == 1
    assert terminal.run("keys", "create", "X", "--role", "emperor").exit_code == 2


def test_the_doctor_finds_the_county_well(terminal: Terminal) -> None:
    made = terminal.data("keys", "create", "An administrator", "--role", "admin")
    done = terminal.run("doctor", "--json", "--settings")
    found = json.loads(done.stdout)
    checks = {check["check"]: check for check in found["checks"]}
    assert checks.keys() >= {"Python", "database", "schema", "areas", "demand", "bands", "zones", "jobs"}
    ill = {name for name, check in checks.items() if not check["ok"]}
    assert ill <= {"first page"}, [checks[name] for name in ill]  # the page is built by make, not by tests
    assert done.exit_code == (1 if ill else 0)
    assert ADMIN_KEY not in done.stdout
    assert made["secret"] not in done.stdout
    assert {"data_dir", "council", "suppression_threshold"} <= {row["name"] for row in found["settings"]}


def test_the_doctor_says_what_to_do_on_an_empty_folder(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("doctor", PATCHWORK_DATA_DIR=str(tmp_path / "new"), PATCHWORK_DATABASE_URL="")
    assert done.exit_code == 1
    assert "-> schema: run patchwork migrate" in done.stdout
    other = terminal.run("keys", "list", PATCHWORK_DATA_DIR=str(tmp_path / "new"), PATCHWORK_DATABASE_URL="")
    assert other.exit_code == 1
    assert "patchwork migrate" in other.output
    assert terminal.run("migrate", PATCHWORK_DATA_DIR=str(tmp_path / "new"), PATCHWORK_DATABASE_URL="").exit_code == 0
    done = terminal.run("doctor", PATCHWORK_DATA_DIR=str(tmp_path / "new"), PATCHWORK_DATABASE_URL="")
    assert done.exit_code == 1
    assert "or patchwork demo" in done.stdout
    assert "--role admin" in done.stdout


def test_wrong_settings_are_named(terminal: Terminal) -> None:
    done = terminal.run("doctor", PATCHWORK_SUPPRESSION_THRESHOLD="-1", PATCHWORK_PORT="none")
    assert done.exit_code == 2
    assert "suppression_threshold" in done.stderr
    assert "port" in done.stderr
    assert "Traceback" not in done.output


def test_a_plan_is_written_for_qgis_and_excel(terminal: Terminal, tmp_path: Path) -> None:
    package, table = tmp_path / "plan.gpkg", tmp_path / "postcodes.csv"
    assert terminal.run("export", str(package)).exit_code == 0
    assert len(gpd.read_file(package, layer="zones")) == 14
    assert terminal.run("export", str(table), "--what", "postcodes").exit_code == 0
    assert len(pd.read_csv(table)) > 16_000
    assert terminal.run("export", str(tmp_path / "plan.docx")).exit_code != 0
    assert terminal.run("export", str(package), "--plan", "99999").exit_code == 1


def test_areas_of_a_file_get_their_band(terminal: Terminal, tmp_path: Path) -> None:
    areas, out = tmp_path / "areas.csv", tmp_path / "bands.csv"
    with areas.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("area_id", "easting", "northing"),
                ("middle-of-leicester", 458_800, 304_500),
                ("middle-of-rannoch-moor", 240_000, 752_000),
            ]
        )
    done = terminal.data("classify", "--areas", str(areas), "--out", str(out))
    assert done["areas"] == 2
    bands = pd.read_csv(out).set_index("area_id")["band"]
    assert bands["middle-of-leicester"] == "urban"
    assert bands["middle-of-rannoch-moor"] in {"rural", "isolated"}
    areas.write_text("area_id,x\n1,2\n")
    bad = terminal.run("classify", "--areas", str(areas), "--out", str(out))
    assert bad.exit_code != 0
    assert "easting" in bad.stderr


def test_a_price_is_built_from_a_file_or_standard_input(tmp_path: Path) -> None:
    sent = {
        "wage_pounds_per_hour": 9.30,
        "on_costs": {
            "method": "compound",
            "holiday": 0.1207,
            "training": 0.015,
            "sickness": 0.01,
            "notice": 0.003,
            "employer_ni": 0.0531,
            "pension": 0.0140,
        },
        "mean_visit_minutes": 40,
        "travel": {"minutes_per_visit": 6.25, "miles_per_visit": 1.55, "pence_per_mile": 45},
        "business": {"pounds_per_contact_hour": 3.60},
        "return": {"method": "on_cost", "share": 0.05},
        "visit_lengths_minutes": [15, 30, 45, 60],
        "round_to_pence": 5,
    }
    path = tmp_path / "assumptions.json"
    path.write_text(json.dumps(sent))
    runner = CliRunner()
    found = json.loads(runner.invoke(app, ["price", "--input", str(path), "--json"]).stdout)
    assert float(found["total"]) == 18.75
    lines = sum(float(line["pounds_per_contact_hour"]) for line in found["lines"])
    assert lines == pytest.approx(float(found["unrounded"]))
    assert [float(visit["minutes"]) for visit in found["by_visit_length"]] == [15, 30, 45, 60]
    piped = subprocess.run(
        [sys.executable, "-m", "app.cli", "price", "--input", "-", "--json"],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert json.loads(piped.stdout) == found
    path.write_text(json.dumps({**sent, "wage_pounds_per_hour": -1}))
    bad = runner.invoke(app, ["price", "--input", str(path), "--json"])
    assert bad.exit_code == 2
    assert "wage_pounds_per_hour" in bad.stderr
    assert runner.invoke(app, ["price", "--input", str(tmp_path / "none.json")]).exit_code == 2
    assert runner.invoke(app, ["price"]).exit_code == 2


@pytest.mark.parametrize(
    "command", ["demo", "serve", "worker", "migrate", "doctor", "keys", "import", "export", "price"]
)
def test_every_command_has_help(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.stdout
