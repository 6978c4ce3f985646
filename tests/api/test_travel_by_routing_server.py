"""Travel of an installation that runs a routing server of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.problems import Problem
from app.usecases.travel.answers import model_in_use, server_failures
from app.usecases.travel.roads import travel_model
from routing.remote import OsrmModel, ValhallaModel
from tests.databases import settings_for


def test_the_server_that_is_set_is_asked_by_the_api_and_by_plans(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path, None, routing_server="valhalla+http://127.0.0.1:8002", routing_server_data="march-2026"
    )
    model = model_in_use(settings, "walk", "all_day")
    assert isinstance(model, ValhallaModel)
    assert model.version == "valhalla/walk/march-2026"
    assert isinstance(travel_model(settings), ValhallaModel)
    osrm = settings_for(tmp_path, None, routing_server="osrm+http://127.0.0.1:5000", routing_server_places=25)
    found = model_in_use(osrm, "car", "all_day")
    assert isinstance(found, OsrmModel)
    assert found.places_a_request == 25


def test_a_wrong_address_or_hour_is_named(tmp_path: Path) -> None:
    for address, hour, field in (
        ("http://127.0.0.1:5000", "all_day", "routing_server"),
        ("osrm+ftp://127.0.0.1", "all_day", "routing_server"),
        ("osrm+http://127.0.0.1:5000", "night", "hour_band"),
    ):
        with pytest.raises(Problem) as caught:
            model_in_use(settings_for(tmp_path, None, routing_server=address), "car", hour)
        assert caught.value.status == 422
        assert caught.value.extra["errors"][0]["field"] == field


def test_a_server_that_is_away_is_a_problem_that_says_so(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, None, routing_server="osrm+http://127.0.0.1:9", routing_server_timeout_seconds=1)
    with pytest.raises(Problem, match=r"127\.0\.0\.1:9") as caught, server_failures():
        model_in_use(settings, "car", "all_day").minutes([(450_000, 300_000)], [(451_000, 300_000)])
    assert (caught.value.status, caught.value.slug) == (502, "routing-server-failed")
