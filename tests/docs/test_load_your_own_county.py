"""The guide *load your own county*, followed from an empty folder to a map that its reader signs in to."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.cli.main import app
from app.ingest.postcode_directory import load_national_directory
from app.main import create_app
from app.settings import get_settings
from bench.postcodes.uk_directory import directory, write
from tests.docs.blocks import ROOT, blocks_of

GUIDE = ROOT / "docs" / "how-to" / "load-your-own-county.md"
OF_EACH_COUNTRY = ("E06000017", "N09000001", "S12000005", "W06000022")
"""Rutland, and one district of each other country: the shape of the whole file in a hundredth of its rows."""

STEPS = ["schema", "areas", "demand", "bands", "zones", "administrator"]
"""Checks of doctor in the order of the guide; each names the command that the guide gives next."""


GROUPS = {"import", "keys"}
"""Commands that have commands of their own."""

SHORTER = ("--seconds 30", "--seconds 3")
"""The one thing not run as printed: a search for zones ends when it is told to, and a shorter one is a search too."""


@pytest.fixture
def empty_folder(directory_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with nothing but the two files that the reader brings, and a cache that would be made on the way."""
    frame = directory(load_national_directory(directory_cache), OF_EACH_COUNTRY)
    (tmp_path / "rutland").mkdir()
    (tmp_path / "rutland" / "cache").symlink_to(directory_cache)
    write(frame, tmp_path / "ONSPD_AUG_2026_UK.zip")
    own = frame[(frame["lad26cd"] == OF_EACH_COUNTRY[0]) & (frame["doterm"] == "") & (frame["east1m"] != "")]
    with (tmp_path / "packages.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Reference", "Postcode", "Service type", "Hours per week", "Visits", "Start date", "Provider"])
        for i, postcode in enumerate(own["pcds"].iloc[::5]):
            writer.writerow([f"P{i:04}", postcode, "maintenance", "7.0", "30x14", "2025-01-06", f"Provider {i % 3}"])
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def _run(words: list[str]) -> Result:
    get_settings.cache_clear()
    return CliRunner().invoke(app, words)


def _next_step() -> tuple[str, str]:
    """The check that doctor finds wanting first, of those the guide sees to, and what it says to do."""
    checks = json.loads(_run(["doctor", "--json"]).stdout)["checks"]
    return next(((row["check"], row["do"]) for row in checks if not row["ok"] and row["check"] in STEPS), ("", ""))


@pytest.mark.usefixtures("empty_folder")
def test_the_guide_leads_from_an_empty_folder_to_a_map(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    key = ""
    for block in blocks_of(GUIDE):
        for line in [] if block.not_run else block.text.splitlines():
            words = shlex.split(line.replace(*SHORTER), comments=True)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                monkeypatch.setenv(name, value)
                continue
            assert words[0] == ".venv/bin/patchwork", line
            check, do = _next_step()
            if do.startswith(f"run patchwork {' '.join(words[1 : 3 if words[1] in GROUPS else 2])}"):
                seen.append(check)
            done = _run(words[1:])
            assert done.exit_code == 0 or words[1] == "doctor", f"{line}\n{done.output}"
            if words[1] == "keys":
                key = done.output.split()[-1]
    assert list(dict.fromkeys(seen)) == STEPS, "doctor names each step before the guide takes it"
    assert _next_step() == ("", "")

    get_settings.cache_clear()
    with TestClient(create_app(get_settings())) as client:
        signed_in = client.post("/v1/session", headers={"Authorization": f"Bearer {key}"})
        assert signed_in.status_code == 201
        areas = client.get("/v1/areas?limit=500", headers={"Authorization": f"Bearer {key}"}).json()["items"]
        assert {area["district"] for area in areas} == {"Rutland"}
        assert all(area["settlement"] and area["ward"] and area["band"] and area["zone"] for area in areas)
        assert not any(area["zone"]["name"].startswith("Zone ") for area in areas)
        assert client.get("/").status_code == 200
