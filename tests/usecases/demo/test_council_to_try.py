"""Any council can be tried with nothing to download: each postcode has zone, band and rate, labelled made-up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli.main import app
from app.jobs.supervisor import settings_environment
from app.lookup.index import build_index
from app.settings import Settings, get_settings
from app.storage.areas import live_postcodes, newest_dataset
from app.storage.decisions import published
from app.storage.demand import current_snapshot
from app.storage.models import RateCard, ZonePlan
from app.usecases.demo.council import load_council
from geo.councils import UnknownCouncilError
from tests.databases import blank_installation


def test_rutland_is_loaded_by_its_name_and_a_second_time_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with blank_installation("sqlite", tmp_path) as installation:
        database, settings = installation.database, installation.settings
        with pytest.raises(UnknownCouncilError, match="Rutland"):
            load_council(database, settings, "Rutlant")
        done = load_council(database, settings, "Rutland")
        assert done["council"] == "Rutland"
        assert done["providers"] >= 2
        with database.read() as session:
            dataset = newest_dataset(session, settings.council, "postcodes")
            assert dataset is not None
            assert "made-up" in dataset.name
            assert 330 < dataset.details["square_kilometres"] < 440
            assert dataset.details["areas_without_a_name"] == 0
            assert not dataset.details["areas_in_pieces"]
            snapshot = current_snapshot(session, settings.council)
            assert snapshot is not None
            assert snapshot.synthetic
            assert published(session, ZonePlan, settings.council) is not None
            card = session.scalars(select(RateCard).where(RateCard.council == settings.council)).one()
            assert "another council's" in str(card.details)
            index = build_index(session, settings.council)
            keys = live_postcodes(session, settings.council)["area_id"]
        assert all(area in index.zone_of and area in index.band_of for area in keys)
        assert load_council(database, settings, "Rutland")["plan"] == done["plan"]
        _part_what_is_there(settings, tmp_path, monkeypatch)


def _part_what_is_there(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`zones reorganise --made-up` in that folder: what stands there is parted, and needs no loading."""
    for name, value in settings_environment(settings).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    file = folder / "proposals.csv"
    file.write_text("proposal,council,district_code\nalone,Rutland,E06000017\n", encoding="utf-8")
    words = ["zones", "reorganise", str(file), "--made-up", str(settings.data_dir)]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    (proposal,) = json.loads(done.stdout)["proposals"]
    (side,) = proposal["sides"]
    assert (side["name"], proposal["not_loaded"]) == ("Rutland", [])
    assert side["pounds_per_year"] is not None
    assert side["hours_per_week"] > 1000
    file.write_text("proposal,council,district_code\nalone,Rutland,Oakham\n", encoding="utf-8")
    refused = CliRunner().invoke(app, words)
    assert (refused.exit_code, "no code of a district" in refused.output) == (2, True)
    get_settings.cache_clear()
