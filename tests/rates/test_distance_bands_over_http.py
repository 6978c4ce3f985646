"""Prices by miles beside today's bands, on the demonstration county: what they come to, who moves, what is withheld."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.rates.affording_examples import DISTANCE_EXAMPLE

ASKED: dict[str, Any] = DISTANCE_EXAMPLE["Norfolk's miles"]["value"]


def ask(client: TestClient, headers: dict[str, str] | None = None, **change: Any) -> dict[str, Any]:
    answer = client.post("/v1/rates/distance-bands", json=ASKED | change, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_both_ways_price_the_same_hours(county_client: TestClient) -> None:
    found = ask(county_client)
    assert found["suppressed_below"] is None
    sides = (found["today"], found["by_distance"])
    hours, packages = ([sum(side[name] for side in way) for way in sides] for name in ("hours_per_week", "packages"))
    assert hours[0] == pytest.approx(hours[1])
    assert packages[0] == packages[1] > 0
    assert [side["band"] for side in found["by_distance"]] == ["0 to 3 miles", "3 to 6 miles", "over 6 miles"]
    for side in (*found["today"], *found["by_distance"]):
        assert side["pounds_per_year"] == pytest.approx(side["hours_per_week"] * side["pounds_per_hour"] * 52, abs=0.01)
    whole = found["difference_pounds_per_year"]
    for parts in (found["crossings"], found["moves"], found["groups"]):
        assert sum(part["difference_pounds_per_year"] for part in parts) == pytest.approx(whole, abs=1)
    assert sum(move["areas"] for move in found["moves"]) == sum(centre["areas"] for centre in found["centres"])
    assert {move["moves"] for move in found["moves"]} == {"paid more", "paid less", "paid alike"}
    assert len(found["groups"]) > 1


def test_prices_of_today_by_distance_change_nothing_where_all_bands_are_one(county_client: TestClient) -> None:
    flat = {"rates": dict.fromkeys(("urban", "fringe", "rural", "isolated"), 20.0)}
    found = ask(county_client, **flat, schedule={"bands": [{"pounds_per_hour": 20.0}]}, group_by="zone")
    assert found["difference_pounds_per_year"] == 0
    assert next(move for move in found["moves"] if move["moves"] == "paid alike")["packages"] > 0


def test_a_travel_model_measures_longer_than_a_straight_line(county_client: TestClient) -> None:
    straight, driven = (ask(county_client, measured_by=by) for by in ("straight_line", "travel_model"))
    assert driven["by_distance"][0]["areas"] < straight["by_distance"][0]["areas"]


def test_roles_without_exact_demand_see_protected_figures(county_client: TestClient, role_keys: dict[str, str]) -> None:
    exact, seen = ask(county_client), ask(county_client, {"Authorization": f"Bearer {role_keys['viewer']}"})
    assert seen["suppressed_below"]
    assert [side["areas"] for side in seen["today"]] == [side["areas"] for side in exact["today"]]
    told = [
        (a["hours_per_week"], b["hours_per_week"])
        for a, b in zip(exact["crossings"], seen["crossings"], strict=True)
        if b["hours_per_week"] is not None
    ]
    assert any(a != b for a, b in told) or len(told) < len(seen["crossings"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"centres": [{"name": "Far", "postcode": "SW1A 1AA"}]}, "centres.0.postcode"),
        ({"centres": [{"name": "Half", "easting": 450000}]}, "centres"),
        ({"centres": [ASKED["centres"][0], ASKED["centres"][0]]}, "centres"),
        ({"schedule": {"bands": [{"up_to_miles": 3, "pounds_per_hour": 17}]}}, "schedule"),
        ({"rates": {"urban": 20}}, "rates."),
    ],
)
def test_what_does_not_fit_is_named(county_client: TestClient, change: dict[str, Any], field: str) -> None:
    answer = county_client.post("/v1/rates/distance-bands", json=ASKED | change)
    assert answer.status_code == 422, answer.text
    assert any(field in error["field"] for error in answer.json()["errors"]), answer.text
