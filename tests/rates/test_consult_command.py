"""``patchwork rates consult``: the log is the one that the service keeps and the pack of the card shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.api.rates.examples import CARD_EXAMPLE
from app.cli.main import app as cli
from app.settings import get_settings
from tests.databases import Installation, blank_installation
from tests.rates.conftest import client_of

Run = Callable[..., str]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with blank_installation("sqlite", tmp_path) as found:
        yield found


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    yield from client_of(installation)


@pytest.fixture
def run(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command of ``rates`` on the same installation."""
    monkeypatch.setenv("PATCHWORK_DATA_DIR", str(installation.settings.data_dir))
    monkeypatch.setenv("PATCHWORK_DATABASE_URL", installation.settings.resolved_database_url)
    get_settings.cache_clear()

    def invoke(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli, ["rates", *words])
        assert done.exit_code == code, done.output
        return done.output

    yield invoke
    get_settings.cache_clear()


def test_letters_and_answers_are_logged_answered_and_listed(client: TestClient, run: Run, tmp_path: Path) -> None:
    card = str(client.post("/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"]).json()["id"])
    assert run("consult", "list", card) == "Nothing was logged yet.\n"
    run("consult", "letter", card, "--on", "2026-02-03", "--said", "Do the rates fit?")
    words = ("--on", "2026-02-17", "--from", "Alder Care", "--said", "Travel takes nine minutes.", "--by", "Ann")
    entry = json.loads(run("consult", "answer", card, *words, "--json"))
    assert "1 letter, 1 answer, 1 without a response" in run("consult", "list", card)
    run("consult", "respond", card, str(entry["id"]), "The fringe rate was raised by 10p.")
    listed = json.loads(run("consult", "list", card, "--json"))
    assert listed == client.get(f"/v1/rate-cards/{card}/consultation").json(), "one log by both doors"
    assert [(one["what"], one["whom"], one["created_by"]) for one in listed["entries"]] == [
        ("letter-sent", "All providers", "command line"),
        ("answer", "Alder Care", "Ann"),
    ]
    assert listed["without_response"] == 0
    for name, shown in (("all.html", True), ("public.html", False)):
        extra = [] if shown else ["--without-cost"]
        run("evidence", card, "--out", str(tmp_path / name), *extra)
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert "The fringe rate was raised by 10p." in page
        assert ("Alder Care" in page) is shown


def test_what_cannot_be_logged_is_refused_and_nothing_is_kept(client: TestClient, run: Run) -> None:
    card = str(client.post("/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"]).json()["id"])
    run("consult", "letter", card, "--to", "", code=2)
    run("consult", "letter", card, "--on", "soon", code=2)
    run("consult", "answer", card, "--from", "A" * 201, "--said", "Yes", code=2)
    run("consult", "respond", card, "99", "Done at once", code=2)
    run("consult", "letter", "999", code=2)
    assert json.loads(run("consult", "list", card, "--json"))["entries"] == []


def test_a_budget_without_demand_is_said_to_be_without_answer(client: TestClient, run: Run, tmp_path: Path) -> None:
    card = str(client.post("/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"]).json()["id"])
    file = tmp_path / "pack.html"
    run("evidence", card, "--out", str(file), "--budget", "20,500,000", "--fixed-share", "50%", "--providers", "1,2")
    page = file.read_text(encoding="utf-8")
    assert "The budget stated is £20,500,000.00 a year." in page
    assert "There is no demand" in page
    assert "lots" in run("evidence", card, "--out", str(file), "--budget", "lots", code=2)
    run("evidence", card, "--out", str(file), "--band", "urban", code=2)
