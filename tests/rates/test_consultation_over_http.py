"""The consultation on a card: letters and answers are logged, answered, and stand in its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.api.rates.consulting import NOTE_EXAMPLE
from app.api.rates.examples import CARD_EXAMPLE
from tests.databases import blank_installation
from tests.rates.conftest import client_of


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[TestClient]:
    with blank_installation("sqlite", tmp_path) as installation:
        yield from client_of(installation)


def test_letters_and_answers_are_logged_and_stand_in_the_evidence(fresh: TestClient) -> None:
    asked = CARD_EXAMPLE["four bands"]["value"]
    card = fresh.post("/v1/rate-cards", json=asked).json()["id"]
    other = fresh.post("/v1/rate-cards", json=asked | {"name": "Option B"})
    assert other.status_code == 201, other.text
    log = f"/v1/rate-cards/{card}/consultation"
    letter = {"what": "letter-sent", "on": "2026-02-03", "whom": "All providers", "said": "Do the rates fit?"}
    assert fresh.post(log, json=letter).status_code == 201
    entry = fresh.post(log, json=NOTE_EXAMPLE["an answer"]["value"]).json()
    found = fresh.get(log).json()
    assert (found["letters"], found["answers"], found["without_response"]) == (1, 1, 1)
    reply = fresh.post(f"{log}/{entry['id']}/response", json={"response": "The fringe rate was raised by 10p."})
    assert reply.json()["response"] == "The fringe rate was raised by 10p."
    assert fresh.get(log).json()["without_response"] == 0
    page = fresh.get(f"/v1/rate-cards/{card}/evidence?form=html").text
    for words in (
        "Alder Care",
        "The fringe rate was raised by 10p.",
        "1 letters were sent and 1 answers came",
        "Option B, version 1",
    ):
        assert words in page, words
    public = fresh.get(f"/v1/rate-cards/{card}/evidence?form=html&cost=false").text
    assert "Alder Care" not in public
    assert "Travel in the fringe takes nine minutes a visit." in public


def test_what_cannot_be_logged_is_refused(fresh: TestClient) -> None:
    card = fresh.post("/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"]).json()["id"]
    log = f"/v1/rate-cards/{card}/consultation"
    assert fresh.post(log, json={"what": "rumour", "on": "2026-02-03", "whom": "A"}).status_code == 422
    assert fresh.post(log, json={"what": "answer", "on": "soon", "whom": "A"}).status_code == 422
    assert fresh.post(f"{log}/99/response", json={"response": "Done"}).status_code == 404
    assert fresh.get("/v1/rate-cards/99/consultation").status_code == 404
