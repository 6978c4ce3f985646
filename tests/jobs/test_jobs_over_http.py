"""Jobs over real HTTP: listed, followed as events until they end, and cancelled."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.api.jobs.endpoints import router
from app.api.jobs.events import event_id, stream
from app.jobs.client import JobClient
from app.jobs.registry import JobKind
from app.jobs.store import JobStore
from app.problems import install_problem_handlers
from app.security.keys import Principal
from app.security.roles import Role
from app.storage.database import Database
from tests.jobs.kinds_for_job_tests import KINDS, Walk
from tests.jobs.workbench import Bench, until


class _Services(SimpleNamespace):
    """As much of the service as the routes need; the bearer token is the caller's role."""

    def authenticate(self, authorization: str | None) -> Principal:
        assert authorization is not None
        role, _, council = authorization.removeprefix("Bearer ").partition("@")
        return Principal(name="a test", role=Role(role), council=council or "testshire")


@dataclass
class Site:
    """A served application and a client of it."""

    http: httpx.Client
    bench: Bench
    store: JobStore


@pytest.fixture
def site(bench: Bench) -> Iterator[Site]:
    app = FastAPI()
    app.include_router(router, prefix="/v1")
    install_problem_handlers(app)
    database = Database(bench.settings.resolved_database_url)
    app.state.services = _Services(
        database=database, settings=bench.settings, jobs=JobClient(database, bench.settings, KINDS)
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until("the server to listen", lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"authorization": "Bearer analyst"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", headers=headers, timeout=60) as http:
        yield Site(http, bench, JobStore(bench.database))
    server.should_exit = True
    thread.join(timeout=30)
    database.dispose()


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    fields: dict[str, Any] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "data" in fields:
                fields["data"] = json.loads(fields["data"])
                yield fields
            fields = {}


def test_a_job_is_followed_to_its_end_and_then_no_more(site: Site) -> None:
    job = site.bench.submit("test-walk", diary="followed")
    with site.http.stream("GET", f"/jobs/{job.id}/events") as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        events = _events(response.iter_lines())
        first = next(events)
        assert (first["event"], first["data"]["status"]) == ("progress", "queued")

        claim = site.store.claim(job.id)
        assert claim is not None
        site.store.report({(job.id, claim.attempt): (0.25, "a quarter")})
        second = next(e for e in events if e["data"]["stage"])
        assert (second["event"], second["data"]["progress_share"]) == ("progress", 0.25)

        site.store.finish(job.id, claim.attempt, "succeeded", result={"zones": 14})
        last = next(e for e in events if e["event"] == "finished")
        assert (last["data"]["status"], last["data"]["result"]) == ("succeeded", {"zones": 14})
        assert list(events) == []  # the stream has closed
    assert len({first["id"], second["id"], last["id"]}) == 3

    # A browser connects again by itself: having seen the end it is told to stop, else it gets what it missed.
    again = site.http.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": last["id"]})
    assert (again.status_code, again.text) == (204, "")
    for seen in (second["id"], "nonsense"):
        missed = site.http.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": seen})
        assert [event["id"] for event in _events(iter(missed.text.split("\n")))] == [last["id"]]


def test_a_real_worker_is_followed_and_a_running_job_cancelled(site: Site) -> None:
    diary = site.bench.diary()
    job = site.bench.submit("test-walk", diary=str(diary), steps=2, wait_before_step=1)
    site.bench.worker()
    statuses: list[str] = []
    with site.http.stream("GET", f"/jobs/{job.id}/events") as response:
        for event in _events(response.iter_lines()):
            statuses.append(event["data"]["status"])
            if event["data"]["stage"] == "step 1" and not event["data"]["cancel_requested"]:
                told = site.http.post(f"/jobs/{job.id}/cancel")
                assert (told.status_code, told.json()["cancel_requested"]) == (200, True)
    assert statuses[-1] == "cancelled"
    assert "running" in statuses
    assert site.http.post(f"/jobs/{job.id}/cancel").json()["status"] == "cancelled"
    assert "ran 1" not in diary.read_text()


def test_jobs_are_listed_page_by_page_and_by_state_and_kind(site: Site) -> None:
    KINDS.add(JobKind("test-listed", Walk, lambda _context, _request: {}))
    made = [site.bench.submit("test-listed", diary=f"listed {number}").id for number in range(5)]
    site.bench.client.cancel(made[0], "testshire")
    seen: list[str] = []
    cursor = None
    while True:
        query = {"kind": "test-listed", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = site.http.get("/jobs", params=query).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert seen[-1] == made[0]
    cancelled = site.http.get("/jobs", params={"kind": "test-listed", "status": "cancelled"}).json()["items"]
    assert [job["id"] for job in cancelled] == [made[0]]
    assert "request" not in cancelled[0]
    assert site.http.get(f"/jobs/{made[1]}").json()["request"]["diary"] == "listed 1"


@pytest.mark.parametrize(
    ("method", "path", "token", "status", "slug"),
    [
        ("GET", "/jobs/none", "analyst", 404, "not-found"),
        ("POST", "/jobs/none/cancel", "analyst", 404, "not-found"),
        ("GET", "/jobs/none/events", "analyst", 404, "not-found"),
        ("GET", "/jobs/{job}", "analyst@othershire", 404, "not-found"),
        ("GET", "/jobs/{job}/events", "analyst@othershire", 404, "not-found"),
        ("POST", "/jobs/{job}/cancel", "analyst@othershire", 404, "not-found"),
        ("GET", "/jobs", "viewer", 403, "not-permitted"),
        ("POST", "/jobs/{job}/cancel", "viewer", 403, "not-permitted"),
        ("GET", "/jobs?cursor=nonsense", "analyst", 422, "invalid-input"),
        ("GET", "/jobs?cursor=eyJpZCI6MX0", "analyst", 422, "invalid-input"),
        ("GET", "/jobs?status=lost", "analyst", 422, "invalid-input"),
    ],
)
def test_what_is_not_there_or_not_allowed_is_said(
    site: Site, method: str, path: str, token: str, status: int, slug: str
) -> None:
    job = site.bench.submit("test-walk", diary="refused")
    answer = site.http.request(method, path.format(job=job.id), headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert site.bench.job(job.id).status == "queued"


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_silent_stream_says_that_it_is_still_there(bench: Bench) -> None:
    job = bench.submit("test-walk", diary="silent")
    reads = 0

    async def again() -> Any:
        nonlocal reads
        reads += 1
        return job if reads < 3 else None

    said = [text async for text in stream(job, event_id(job), again, poll_seconds=0, heartbeat_seconds=0)]
    assert said[0].startswith(b"retry:")
    assert said[1:] == [b": still here\n\n"] * 3
