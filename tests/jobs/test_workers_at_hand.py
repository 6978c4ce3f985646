"""Workers for a command that waits: started where nobody else works, and gone with the command."""

from __future__ import annotations

import sys

from app.jobs.at_hand import WorkersAtHand
from tests.jobs.workbench import Bench, until

COMMAND = [sys.executable, "-m", "tests.jobs.worker_for_job_tests", "--with-parent"]


def test_jobs_are_run_where_no_worker_runs_by_some_that_end_with_the_command(bench: Bench) -> None:
    jobs = [bench.submit("test-walk", diary=str(bench.diary())) for number in range(3)]
    with WorkersAtHand(bench.settings, 2, COMMAND) as workers:
        workers.look()
        workers.look()
        assert workers.started == 2
        assert [bench.ended(job.id).status for job in jobs] == ["succeeded"] * 3
    with WorkersAtHand(bench.settings, 1, COMMAND) as later:
        later.look()
        assert later.started == 1  # those before have left


def test_a_worker_that_runs_is_left_to_it(bench: Bench) -> None:
    first = bench.submit("test-walk", diary=str(bench.diary()))
    bench.worker()
    bench.ended(first.id)
    with WorkersAtHand(bench.settings, 2, COMMAND) as workers:
        workers.look()
        assert workers.started == 0


def test_a_worker_that_was_killed_is_stood_in_for_at_once(bench: Bench) -> None:
    first = bench.submit("test-walk", diary=str(bench.diary()))
    worker = bench.worker()
    bench.ended(first.id)
    worker.kill()
    worker.wait()
    with WorkersAtHand(bench.settings, 1, COMMAND) as workers:

        def stands_in() -> bool:
            workers.look()
            return workers.started == 1

        until("the heartbeat of the killed worker to end", stands_in)
        second = bench.submit("test-walk", diary=str(bench.diary()))
        assert bench.ended(second.id).status == "succeeded"
