"""A broker's day in short: look a postcode up, and be told plainly when it is wrong."""

from __future__ import annotations

from tests.services import Service


def test_a_live_postcode_gets_zone_band_and_rate(service: Service) -> None:
    with service.client("broker") as client:
        found = client.get("/v1/postcodes/le67 3ap").json()
    assert found["postcode"] == "LE67 3AP"
    assert found["live"] is True
    assert found["zone"]["name"]
    assert found["band"] in {"urban", "fringe", "rural", "isolated"}
    assert found["pounds_per_hour"] in {18.75, 20.20, 23.00, 26.35}
