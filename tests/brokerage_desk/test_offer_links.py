"""A provider answers by a signed link: no account, no door before it accepts, and nothing but its own offer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.brokerage_desk.conftest import POSTCODE, Desk

PERSON = {"name": "Invented Person", "address": "1 Example Street", "telephone": "01999 000000", "note": "key safe"}
JSON = {"accept": "application/json"}


@pytest.fixture(scope="module")
def pair(desk: Desk) -> tuple[int, int]:
    return (
        desk.provider("Link Care", service="link care"),
        desk.provider("Other Link Care", service="link care"),
    )


def _sent(desk: Desk, provider: int, **more: Any) -> dict[str, Any]:
    made = desk.request(service="link care", person=PERSON, **more)
    return desk.offer(made["id"], provider)


def test_before_acceptance_the_link_shows_area_and_pattern_and_no_door(desk: Desk, pair: tuple[int, int]) -> None:
    offer = _sent(desk, pair[0])
    page = desk.app.client.get(offer["link"])
    assert page.status_code == 200
    assert "14 visits of 30 minutes a week" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for hidden in (POSTCODE, *PERSON.values()):
        assert hidden not in page.text
    seen = desk.app.client.get(offer["link"], headers=JSON).json()
    assert (seen["postcode"], seen["person"], seen["state"]) == (None, None, "open")
    assert seen["area"].endswith("LE67")


def test_after_acceptance_it_shows_name_and_door_to_who_accepted_alone(desk: Desk, pair: tuple[int, int]) -> None:
    offer = _sent(desk, pair[0])
    other = desk.offer(offer["request_id"], pair[1])
    for _ in range(2):  # sent twice, as when the first reply is lost: one answer
        reply = desk.app.client.post(offer["link"], data={"answer": "accept"}, headers=JSON)
        assert reply.status_code == 200
        assert reply.json()["state"] == "accepted"
    assert reply.json()["person"]["name"] == PERSON["name"]
    assert reply.json()["postcode"] == POSTCODE
    late = desk.app.client.post(other["link"], data={"answer": "accept"}, headers=JSON)
    assert late.status_code == 409
    assert PERSON["name"] not in desk.app.client.get(other["link"]).text
    moves = [row["move"] for row in desk.ok("GET", f"/requests/{offer['request_id']}/record")["items"]]
    assert moves.count("offer.accepted") == 1


def test_it_declines_with_a_reason(desk: Desk, pair: tuple[int, int]) -> None:
    offer = _sent(desk, pair[0])
    reply = desk.app.client.post(offer["link"], data={"answer": "decline", "reason": "too-far"})
    assert reply.status_code == 200
    assert "You declined this package" in reply.text
    assert desk.ok("GET", f"/offers/{offer['id']}")["reason"] == "too-far"


def test_an_altered_link_opens_nothing(desk: Desk, pair: tuple[int, int]) -> None:
    offer = _sent(desk, pair[0])
    for wrong in (offer["link"][:-2], offer["link"] + "x", "/offers/rubbish", "/offers/a.b", "/offers/%E2%82%AC.x"):
        assert desk.app.client.get(wrong).status_code == 404
        assert desk.app.client.get(wrong, headers=JSON).headers["content-type"] == "application/problem+json"
        assert desk.app.client.post(wrong, data={"answer": "accept"}).status_code == 404
    assert desk.app.client.post(offer["link"], data={"answer": "perhaps"}).status_code == 422
