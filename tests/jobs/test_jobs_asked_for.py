"""The same request is one job, whoever asks and however many ask at once; a failed one can be asked for again."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.jobs.client import JobClient, UnknownJobKindError
from app.jobs.fingerprint import fingerprint
from app.jobs.store import JobStore
from app.storage.database import Database
from app.storage.models import Job
from tests.jobs.kinds_for_job_tests import KINDS
from tests.jobs.workbench import Bench


def test_the_same_request_is_one_job_however_it_is_written(bench: Bench) -> None:
    first = bench.client.submit("test-walk", {"diary": "a", "steps": 3}, "testshire", "one person")
    again = bench.client.submit("test-walk", {"steps": 3.0, "diary": "a", "mark": ""}, "testshire", "another")
    assert again.id == first.id
    assert again.requested_by == "one person"
    assert bench.client.submit("test-walk", {"diary": "a", "steps": 4}, "testshire", "one person").id != first.id
    assert bench.client.submit("test-walk", {"diary": "a", "steps": 3}, "othershire", "one person").id != first.id


@pytest.mark.parametrize(
    ("status", "same"), [("queued", True), ("running", True), ("succeeded", True), ("failed", False)]
)
def test_a_request_is_tried_anew_only_after_it_failed(bench: Bench, status: str, same: bool) -> None:  # noqa: FBT001
    store = JobStore(bench.database)
    first = bench.submit("test-walk", diary=f"tried {status}")
    if status != "queued":
        claim = store.claim(first.id)
        assert claim is not None
        if status != "running":
            assert store.finish(first.id, claim.attempt, status)
    again = bench.submit("test-walk", diary=f"tried {status}")
    assert (again.id == first.id) is same
    assert bench.job(first.id).status == status
    if not same:
        assert again.status == "queued"
        assert again.id == first.id[:-1] + "2"


def test_a_cancelled_request_can_be_asked_for_again_even_before_it_has_stopped(bench: Bench) -> None:
    queued = bench.submit("test-walk", diary="cancelled while queued")
    cancelled = bench.client.cancel(queued.id, "testshire")
    assert cancelled is not None
    assert cancelled.status == "cancelled"
    assert bench.submit("test-walk", diary="cancelled while queued").id != queued.id

    running = bench.submit("test-walk", diary="cancelled while running")
    JobStore(bench.database).claim(running.id)
    for _ in range(2):  # as often as one likes
        told = bench.client.cancel(running.id, "testshire")
        assert told is not None
        assert (told.status, told.cancel_requested) == ("running", True)
    assert bench.submit("test-walk", diary="cancelled while running").id != running.id


def test_a_finished_job_and_another_councils_job_are_not_cancelled(bench: Bench) -> None:
    job = bench.submit("test-walk", diary="finished")
    assert bench.client.cancel(job.id, "othershire") is None
    assert bench.client.get(job.id, "othershire") is None
    assert bench.job(job.id).status == "queued"
    store = JobStore(bench.database)
    store.claim(job.id)
    store.finish(job.id, 1, "succeeded", result={"kept": True})
    after = bench.client.cancel(job.id, "testshire")
    assert after is not None
    assert (after.status, after.result, after.cancel_requested) == ("succeeded", {"kept": True}, False)


def test_many_submitters_at_once_make_one_job(bench: Bench) -> None:
    @contextmanager
    def own_client() -> Iterator[JobClient]:
        database = Database(bench.settings.resolved_database_url)
        try:
            yield JobClient(database, bench.settings, KINDS)
        finally:
            database.dispose()

    def submit(number: int) -> str:
        with own_client() as client:
            return client.submit("test-walk", {"diary": "at once"}, "testshire", f"person {number}").id

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(submit, range(24)))
    assert len(ids) == 1
    with bench.database.read() as session:
        rows = session.scalars(select(Job.id).where(Job.request["diary"].as_string() == "at once")).all()
    assert rows == [*ids]


def test_a_job_asked_for_in_a_transaction_exists_only_if_that_commits(bench: Bench) -> None:
    submitted = []

    def change_mind() -> None:
        with bench.database.write() as session:
            submitted.append(
                bench.client.submit_in(session, "test-walk", {"diary": "undone"}, "testshire", "a test").id
            )
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        change_mind()
    assert bench.client.get(submitted[0], "testshire") is None


def test_what_cannot_be_a_job_is_refused(bench: Bench) -> None:
    with pytest.raises(ValidationError, match="steps"):
        bench.submit("test-walk", diary="a", steps="many")
    with pytest.raises(UnknownJobKindError, match=r"'no-such-kind'.*test-walk"):
        JobClient(bench.database, bench.settings, KINDS).submit("no-such-kind", {}, "testshire", "a test")


def test_a_fingerprint_is_of_the_values_alone_and_refuses_what_has_no_single_text() -> None:
    assert fingerprint("a", "k", {"x": 1, "y": [1, 2]}) == fingerprint("a", "k", {"y": [1, 2], "x": 1})
    assert fingerprint("a", "k", {"x": 1}) != fingerprint("b", "k", {"x": 1})
    assert fingerprint("a", "k", {"y": [1, 2]}) != fingerprint("a", "k", {"y": [2, 1]})
    with pytest.raises(ValueError, match="JSON compliant"):
        fingerprint("a", "k", {"x": float("nan")})
    with pytest.raises(TypeError):
        fingerprint("a", "k", {"x": Decimal(1)})


def test_jobs_are_listed_in_pages_that_neither_skip_nor_repeat(bench: Bench) -> None:
    wanted = {bench.submit("test-fail", how=f"page {number}").id for number in range(7)}
    seen: list[str] = []
    before = None
    while page := bench.client.page("testshire", kinds=["test-fail"], limit=3, before=before):
        seen += [job.id for job in page]
        before = (page[-1].created_at, page[-1].id)
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted
    newest_first = [bench.job(job_id).created_at for job_id in seen]
    assert newest_first == sorted(newest_first, reverse=True)
    assert bench.client.page("testshire", kinds=["test-fail"], statuses=["succeeded"]) == []
