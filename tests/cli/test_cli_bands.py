"""Bands in figures on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.jobs.supervisor import settings_environment
from app.settings import get_settings
from geo.banding.scheme_files import shipped_text
from tests.databases import demo_installation


@pytest.fixture(scope="module", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[None]:
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("cli-bands"), shared_folder) as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in settings_environment(made.settings).items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


def _data(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_totals_shift_and_overdue_overrides() -> None:
    totals = _data("bands", "totals")
    assert [row["band"] for row in totals["items"]] == ["urban", "fringe", "rural", "isolated"]
    assert sum(row["hours_per_week"] for row in totals["items"]) > 1_000
    moved = _data("bands", "shift")
    assert {row["from_band"] == row["to_band"] for row in moved["items"]} == {True}
    assert {row["pounds_per_year"] for row in moved["items"]} == {"0.00"}
    assert len(_data("bands", "overdue")["items"]) == 3
    text = CliRunner().invoke(app, ["bands", "totals"]).stdout
    assert "under_supply_hours_per_week" in text.splitlines()[0]
    assert len(text.splitlines()) == 5


def test_a_classification_that_is_not_there_is_said() -> None:
    done = CliRunner().invoke(app, ["bands", "totals", "--run", "987654"])
    assert done.exit_code != 0
    assert "987654" in done.stderr


def test_a_postcode_and_its_area_are_explained() -> None:
    told = _data("bands", "explain", "le16 8fd")
    assert (told["postcode"], told["band"]) == ("LE16 8FD", "fringe")
    assert _data("bands", "explain", told["area_id"])["explanation"] == told["explanation"]
    text = CliRunner().invoke(app, ["bands", "explain", "LE16 8FD"]).stdout
    assert text.startswith("LE16 8FD is fringe: Decided for Market Harborough")
    assert "Neighbours:" in text
    nowhere = CliRunner().invoke(app, ["bands", "explain", "E99999999"])
    assert nowhere.exit_code != 0
    assert "E99999999" in nowhere.stderr


def test_a_scheme_of_the_councils_own_is_read_from_its_file(tmp_path: Path) -> None:
    own = tmp_path / "a-scheme-of-our-own-with-a-long-name.toml"
    own.write_text(shipped_text("settlement").replace("at_least = 10000", "at_least = 1"), encoding="utf-8")
    done = _data("classify", "--scheme", str(own))
    assert done["areas_by_band"]["urban"] > 1_900
    assert done["published"] is False
    own.write_text("name = 3", encoding="utf-8")
    wrong = CliRunner().invoke(app, ["classify", "--scheme", str(own)])
    assert wrong.exit_code == 2
    assert "version is missing" in wrong.stderr
    missing = CliRunner().invoke(app, ["classify", "--scheme", "nowhere.toml"])
    assert missing.exit_code == 2
    assert "expected one of settlement, official, care or a file" in missing.stderr
