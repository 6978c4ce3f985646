"""``patchwork rates uplift``, ``forecast`` and ``afford``: the same answers as over HTTP, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.api.rates import affording_examples as examples
from app.cli.main import app as cli
from app.settings import get_settings

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command on an empty installation, with the file of a question."""
    monkeypatch.setenv("PATCHWORK_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0

    def invoke(*words: str, given: dict[str, Any] | None = None, code: int = 0) -> str:
        extra = []
        if given is not None:
            file = tmp_path / "question.json"
            file.write_text(json.dumps(given), encoding="utf-8")
            extra = ["--input", str(file)]
        done = CliRunner().invoke(cli, ["rates", *words, *extra])
        assert done.exit_code == code, done.output
        return done.output

    yield invoke
    get_settings.cache_clear()


def test_an_uplift_shows_bands_by_year_and_every_step(run: Run) -> None:
    given = {name: examples.CONTRACT_UPLIFT_EXAMPLE["basket"]["value"][name] for name in ("rates", "hours_per_week")}
    words = ("uplift", "--from", "2025-26", "--to", "2026-27")
    basket = ("--basket", "national-living-wage=70%,carers-pay=10%,cpi-september=20%", "--cap", "5%", "--floor", "0")
    said = run(*words, *basket, given=given)
    assert "urban                    23.34     24.28" in said
    assert "the rate moves by 4.036%" in said
    found = json.loads(run(*words, *basket, "--json", given=given))
    assert [band["pounds_per_hour"] for band in found["years"][0]["bands"]] == [24.28, 25.36, 27.54, 30.92]
    run("uplift", "--from", "2026-27", "--to", "2025-26", *basket, given=given, code=2)


def test_a_forecast_shows_what_each_path_rests_on(run: Run) -> None:
    given = {"rates": {"urban": 24.0}, "hours_per_week": {"urban": 1000}}
    basket = ("--basket", "national-living-wage=80%,cpi=20%")
    said = run("forecast", "--from", "2026-27", "--to", "2028-29", *basket, given=given)
    for word in ("Outlook low", "Outlook central", "Outlook high", "[assumption]", "[held]"):
        assert word in said


def test_a_budget_options_the_return_and_providers(run: Run) -> None:
    said = run(
        "afford",
        "budget",
        "20,500,000",
        given=_without(examples.AFFORD_EXAMPLE["every band"], "budget_pounds_per_year"),
    )
    assert "of a budget of £20,500,000.00" in said
    phased = run("afford", "phase", "--to", "2028-29", given=examples.PHASE_EXAMPLE["one, two or three years"]["value"])
    assert "Sustainable in 3 years" in phased
    filled = run(
        "afford", "return", "--year", "2025-26", given=_without(examples.RETURN_EXAMPLE["a year on"], "financial_year")
    )
    assert "rise: £0.87 or 3.72%" in filled
    hours = _without(examples.HOURS_EXAMPLE["a zone of three providers"], "fixed_pounds_per_year")
    assert "Break-even:" in run("afford", "providers", "--fixed-pounds", "12000", given=hours)
    run("afford", "providers", given=hours, code=2)


def _without(example: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in example["value"].items() if key != name}
