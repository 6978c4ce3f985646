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
