"""Before the key is checked nothing is read, and who tries keys is held up and noted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.main import create_app
from app.middleware.door import WRONG_KEYS_A_WINDOW
from app.security.bootstrap import ensure_administrator
from app.storage.models import AuditEntry, IdempotencyRecord
from tests.databases import Installation
from tests.services import keys_for_every_role


@pytest.fixture
def client(blank: Installation) -> Iterator[TestClient]:
    ensure_administrator(blank.database, blank.settings)
    with TestClient(create_app(blank.settings), raise_server_exceptions=False) as found:
        yield found


def _unread() -> Iterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize("address", ["/v1/pricing/price", "/v1/demand/snapshots", "/v1/plans", "/v1/rounds"])
def test_without_a_key_no_body_is_read(client: TestClient, address: str) -> None:
    for sent in ({}, {"authorization": "Bearer pw_wrong"}, {"authorization": "Bearer x", "idempotency-key": "k1"}):
        reply = client.post(address, content=b"{" * 100_000, headers={"content-type": "application/json", **sent})
        assert (reply.status_code, reply.headers["connection"]) == (401, "close")


def test_who_tries_keys_is_held_up_and_noted_and_a_right_key_passes(client: TestClient, blank: Installation) -> None:
    keys = keys_for_every_role(blank.database, blank.settings.council)
    seen = [client.get("/v1/meta", headers={"authorization": f"Bearer pw_{i}"}) for i in range(WRONG_KEYS_A_WINDOW + 5)]
    assert seen[0].status_code == 401
    late = client.post("/v1/plans", json={}, headers={"authorization": "Bearer pw_late"})
    assert late.status_code == 429
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert client.get("/v1/meta", headers={"authorization": f"Bearer {keys['viewer']}"}).status_code == 200
    with blank.database.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "key.attempts")).all()
    assert len(noted) == 1


def test_a_key_of_a_process_that_died_is_free_at_once(client: TestClient, blank: Installation) -> None:
    keys = keys_for_every_role(blank.database, blank.settings.council)
    sent = {"authorization": f"Bearer {keys['analyst']}", "idempotency-key": "left-behind"}
    body = {"name": "x"}
    first = client.post("/v1/plans/1/copy", json=body, headers=sent)
    assert first.status_code == 404
    with blank.database.write() as session:  # as a process that was killed in the middle leaves it
        record = session.scalars(select(IdempotencyRecord).where(IdempotencyRecord.key == "left-behind")).one()
        record.status, record.body = None, None
        record.headers = {"patchwork-holder": f"{blank.settings.host_name}|{2**22 + 7}|1"}
    assert client.post("/v1/plans/1/copy", json=body, headers=sent).status_code == 404


def test_a_write_that_was_kept_before_its_process_died_is_not_done_again(
    client: TestClient, blank: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_for_every_role(blank.database, blank.settings.council)
    sent = {"authorization": f"Bearer {keys['admin']}", "idempotency-key": "cut-short"}
    body = {"name": "Made by a write that was cut short", "role": "viewer"}
    with monkeypatch.context() as patch:  # as where a process is killed after the work and before the answer is kept
        patch.setattr("app.middleware.idempotency._settle", lambda *_: None)
        assert client.post("/v1/keys", json=body, headers=sent).status_code == 201
    running = client.post("/v1/keys", json=body, headers=sent)
    assert (running.status_code, running.json()["type"]) == (409, "/problems/idempotency-key-in-progress")
    with blank.database.write() as session:
        record = session.scalars(select(IdempotencyRecord).where(IdempotencyRecord.key == "cut-short")).one()
        record.headers = {**(record.headers or {}), "patchwork-holder": f"{blank.settings.host_name}|{2**22 + 7}|1"}
    again = client.post("/v1/keys", json=body, headers=sent)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/idempotency-answer-lost")
    assert [key["name"] for key in client.get("/v1/keys", headers=sent).json()["items"]].count(body["name"]) == 1
