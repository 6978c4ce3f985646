"""How one run of a job ends: its result, its problem, its cancellation, or the loss of it to another worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from app.jobs.client import JobClient
from app.jobs.context import JobContext
from app.jobs.registry import JobKind, JobRegistry
from app.jobs.reporter import Reporter
from app.jobs.runner import JobRunner, StepOrderChangedError
from app.jobs.store import JobStore
from app.storage.models import Job
from tests.jobs.kinds_for_job_tests import KINDS
from tests.jobs.workbench import Bench, until


class Ask(BaseModel):
    """A request told apart by its name."""

    name: str


@dataclass
class Desk:
    """A runner without an engine: steps are run as they come."""

    bench: Bench
    store: JobStore
    reporter: Reporter
    registry: JobRegistry

    def runner(self, run_step: Callable[[str, Callable[[], Any]], Any] = lambda _name, step: step()) -> JobRunner:
        return JobRunner(self.store, self.bench.settings, self.registry, self.reporter, run_step)

    def job(self, name: str, work: Callable[[JobContext, Ask], dict[str, Any]], max_attempts: int = 10) -> Job:
        """Ask for a job that does ``work``."""
        self.registry.add(JobKind(name, Ask, work, max_attempts))
        client = JobClient(self.bench.database, self.bench.settings, self.registry)
        return client.submit(name, Ask(name=name), "testshire", "a test")


@pytest.fixture
def desk(bench: Bench) -> Iterator[Desk]:
    store = JobStore(bench.database)
    reporter = Reporter(store)
    reporter.start()
    yield Desk(bench, store, reporter, JobRegistry())
    reporter.stop()


def test_a_problem_of_the_domain_reaches_the_caller_word_for_word(bench: Bench, desk: Desk) -> None:
    desk.registry = KINDS
    for in_step in (False, True):
        job = bench.submit("test-fail", how="problem", in_step=in_step)
        assert desk.runner().run(job.id) == "failed"
        assert bench.job(job.id).problem == {
            "type": "/problems/infeasible",
            "title": "Too few areas",
            "status": 422,
            "detail": "2 areas cannot make 14 zones.",
            "areas": 2,
        }


def test_an_unexpected_failure_is_told_without_the_data_in_its_message(
    bench: Bench, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.registry = KINDS
    job = bench.submit("test-fail", how="crash")
    assert desk.runner().run(job.id) == "failed"
    problem = bench.job(job.id).problem
    assert problem is not None
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert (problem["status"], problem["type"]) == (500, "/problems/internal")
    assert "LookupError" in problem["detail"]
    captured = capfd.readouterr()
    for text in (str(problem), captured.out, captured.err):
        assert "Mrs Example" not in text
        assert "LE67" not in text


def test_numbers_that_json_lacks_become_null(bench: Bench, desk: Desk) -> None:
    desk.registry = KINDS
    job = bench.submit("test-fail", how="not a number")
    assert desk.runner().run(job.id) == "succeeded"
    assert bench.job(job.id).result == {"odd": None}


def test_a_running_job_is_cancelled_at_its_next_report(bench: Bench, desk: Desk) -> None:
    reached, swallowed = threading.Event(), []

    def work(context: JobContext, _request: Ask) -> dict[str, Any]:
        while True:
            try:
                context.progress(0.25, "going on")
            except Exception as error:  # noqa: BLE001 - jobs do such things; a cancellation must come through
                swallowed.append(error)
            reached.set()

    job = desk.job("cancelled-midway", work)
    thread = threading.Thread(target=desk.runner().run, args=(job.id,))
    thread.start()
    assert reached.wait(30)
    until("progress to be stored", lambda: bench.job(job.id).progress_share == 0.25)
    assert bench.job(job.id).stage == "going on"
    bench.client.cancel(job.id, "testshire")
    thread.join(timeout=60)
    assert not thread.is_alive()
    after = bench.job(job.id)
    assert (after.status, after.result, after.problem) == ("cancelled", None, None)
    assert after.finished_at is not None
    assert swallowed == []


def test_progress_may_be_reported_inside_a_write_session(bench: Bench, desk: Desk) -> None:
    def work(context: JobContext, _request: Ask) -> dict[str, Any]:
        with context.database.write():
            for number in range(1000):
                context.progress(number / 1000, "writing")
        return {"cancelled": context.cancelled()}

    job = desk.job("reports-while-writing", work)
    assert desk.runner().run(job.id) == "succeeded"
    assert bench.job(job.id).result == {"cancelled": False}
    assert bench.job(job.id).stage == "writing"


def test_a_run_that_lost_its_job_to_another_stops_and_writes_nothing_more(bench: Bench, desk: Desk) -> None:
    def work(context: JobContext, _request: Ask) -> dict[str, Any]:
        desk.store.claim(context.job_id)  # as another worker would
        until("the loss to be noticed", context.cancelled)
        context.progress(0.5, "of the first run")
        raise AssertionError("went on")

    job = desk.job("lost-midway", work)
    with pytest.raises(BaseException) as raised:  # noqa: PT011 - not an Exception, so that no job can stop it
        desk.runner().run(job.id)
    assert type(raised.value).__name__ == "JobLost"
    after = bench.job(job.id)
    assert (after.status, after.attempts, after.stage, after.progress_share) == ("running", 2, "", 0.0)


def test_a_late_result_of_a_lost_run_is_not_accepted(bench: Bench, desk: Desk) -> None:
    job = desk.job("late", lambda _context, _request: {})
    first, second = desk.store.claim(job.id), desk.store.claim(job.id)
    assert first is not None
    assert second is not None
    assert not desk.store.finish(job.id, first.attempt, "succeeded", result={"stale": True})
    assert desk.store.finish(job.id, second.attempt, "succeeded", result={"stale": False})
    assert bench.job(job.id).result == {"stale": False}
    assert desk.store.claim(job.id) is None
    assert desk.runner().run(job.id) == "over"


def test_a_result_waits_for_a_database_that_is_away(bench: Bench, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    finish, refusals = desk.store.finish, 3

    def refuse_at_first(*arguments: Any, **named: Any) -> bool:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise OperationalError("update job", {}, Exception("the server is away"))
        return finish(*arguments, **named)

    monkeypatch.setattr("app.jobs.runner.RETRY_SECONDS", (0.0,))
    monkeypatch.setattr(desk.store, "finish", refuse_at_first)
    job = desk.job("patient", lambda _context, _request: {"kept": True})
    assert desk.runner().run(job.id) == "succeeded"
    assert (refusals, bench.job(job.id).result) == (-1, {"kept": True})


def test_a_job_that_keeps_killing_its_worker_is_given_up_with_a_reason(bench: Bench, desk: Desk) -> None:
    job = desk.job("kills", lambda _context, _request: {}, max_attempts=2)
    desk.store.claim(job.id)
    desk.store.claim(job.id)
    assert desk.runner().run(job.id) == "failed"
    problem = bench.job(job.id).problem
    assert problem is not None
    assert problem["title"] == "The job stops its worker"
    assert "2 times" in problem["detail"]


def test_a_job_whose_kind_or_steps_the_code_no_longer_knows_fails_with_a_way_out(bench: Bench, desk: Desk) -> None:
    def other_steps(_name: str, _step: Callable[[], Any]) -> Any:
        raise StepOrderChangedError("load")

    def work(context: JobContext, _request: Ask) -> dict[str, Any]:
        return context.step("load", dict)

    job = desk.job("steps-changed", work)
    assert desk.runner(other_steps).run(job.id) == "failed"
    problem = bench.job(job.id).problem
    assert problem is not None
    assert "Ask for the same again" in problem["detail"]

    job = desk.job("kind-gone", work)
    desk.registry = JobRegistry()
    assert desk.runner().run(job.id) == "failed"
    problem = bench.job(job.id).problem
    assert problem is not None
    assert "'kind-gone'" in problem["detail"]


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_progress_is_a_share(desk: Desk, share: float) -> None:
    def work(context: JobContext, _request: Ask) -> dict[str, Any]:
        with pytest.raises(ValueError, match="0 to 1"):
            context.progress(share)
        return {}

    assert desk.runner().run(desk.job(f"share {share}", work).id) == "succeeded"


def test_a_kind_has_one_function(desk: Desk) -> None:
    desk.registry.add(JobKind("twice", Ask, lambda _context, _request: {}))

    def other(_context: JobContext, _request: Ask) -> dict[str, Any]:
        return {}

    with pytest.raises(ValueError, match="registered twice"):
        desk.registry.add(JobKind("twice", Ask, other))
    with pytest.raises(ValueError, match="41 characters"):
        desk.registry.add(JobKind("x" * 41, Ask, other))
