"""A broker at the command line: provider, role, request, ranking, offer, answer, waiting, swaps, a file looked up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.settings import get_settings
from tests.databases import demo_installation

POSTCODE = "LE67 3AP"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("broker-cli")
    with demo_installation("sqlite", folder, shared_folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATCHWORK_DATA_DIR", str(folder))
        get_settings.cache_clear()
        yield folder
    get_settings.cache_clear()


def run(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.usefixtures("county")
def test_from_a_provider_to_an_accepted_offer() -> None:
    kept = run("providers", "add", "--name", "Line Care", "--postcode", POSTCODE)
    made = run("requests", "make", POSTCODE, "--visits", "30x14x1", "--needed-from", "2026-12-07", "--service", "line")
    role = run("providers", "role", str(kept["id"]), "prime", "--zone", str(made["zone"]), "--service", "line")
    assert role["role"] == "prime"
    ranking = run("requests", "rank", str(made["id"]))
    assert ranking["items"][0]["name"] == "Line Care"
    (offer,) = run("offers", "send", str(made["id"]))
    assert offer["provider_id"] == kept["id"]
    assert run("offers", "answer", str(offer["id"]), "accept")["state"] == "accepted"
    again = CliRunner().invoke(app, ["offers", "answer", str(offer["id"]), "accept"])
    assert again.exit_code == 2
    assert "accepted" in again.output
    assert run("requests", "list", "--state", "placed", "--limit", "1")[0]["id"] == made["id"]
    assert run("offers", "list", "--limit", "1")[0]["id"] == offer["id"]
    assert any(one["name"] == "Line Care" for one in run("providers", "list"))


@pytest.mark.usefixtures("county")
def test_waiting_and_swaps() -> None:
    waiting = run("waiting", "--by", "zone")
    assert waiting["items"]
    assert run("swaps", "--limit", "2")["items"][0]["nobody_worse_off"] is True
    text = CliRunner().invoke(app, ["waiting"]).stdout
    assert "median days" in text


def test_a_file_is_looked_up(county: Path) -> None:
    file = county / "list.csv"
    file.write_text(f"ref,postcode\n1,{POSTCODE}\n2,\n3,nonsense\n")
    done = run("lookup", str(file))
    assert (done["rows"], done["answered"], done["problems"]) == (3, 1, 2)
    assert "urban" in Path(done["file"]).read_text("utf-8-sig")
    wrong = CliRunner().invoke(app, ["lookup", str(file), "--out", str(county / "x.pdf")])
    assert wrong.exit_code == 2
