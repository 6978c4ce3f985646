"""A worker killed or stopped in the middle of a job loses nothing."""

from __future__ import annotations

import signal
from pathlib import Path

from app.jobs.worker import ALREADY_RUNNING
from tests.jobs.workbench import Bench, lines, until


def _let_go(diary: Path) -> None:
    (diary.parent / (diary.name + ".go")).touch()


def _steps_run(diary: Path) -> list[str]:
    return [line for line in lines(diary) if line.startswith("ran")]


def test_a_job_cut_off_half_way_resumes_after_its_completed_steps(bench: Bench) -> None:
    diary = bench.diary()
    job = bench.submit("test-walk", diary=str(diary), steps=4, wait_before_step=2)
    waiting = bench.submit("test-walk", diary=str(bench.diary()), steps=1)

    first = bench.worker(job_concurrency=1)
    until("step 2 to be reached", lambda: "waiting 2" in lines(diary))
    until("progress to be stored", lambda: bench.job(job.id).stage == "step 2")
    assert (bench.job(job.id).status, bench.job(job.id).progress_share) == ("running", 0.5)
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=30)
    assert bench.job(job.id).status == "running"

    # Another worker takes it up, and is told to stop with no time to finish.
    second = bench.worker(job_concurrency=1, shutdown_grace_seconds=0)
    until("step 2 to be reached again", lambda: lines(diary).count("waiting 2") == 2)
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=240) == 0
    assert bench.job(job.id).status == "running"

    _let_go(diary)
    bench.worker(job_concurrency=1)
    ended = bench.ended(job.id)
    assert (ended.status, ended.attempts, ended.progress_share) == ("succeeded", 3, 1.0)
    assert ended.result == {"total": 1 + 2 + 3 + 4, "attempt": 3}
    assert _steps_run(diary) == ["ran 0", "ran 1", "ran 2", "ran 3"]
    assert bench.ended(waiting.id).status == "succeeded"


def test_one_worker_a_host_and_a_stop_signal_lets_its_job_finish(bench: Bench) -> None:
    diary = bench.diary()
    job = bench.submit("test-walk", diary=str(diary), steps=2, wait_before_step=1)
    worker = bench.worker()
    until("step 1 to be reached", lambda: "waiting 1" in lines(diary))
    assert bench.worker().wait(timeout=240) == ALREADY_RUNNING

    worker.send_signal(signal.SIGTERM)
    _let_go(diary)
    assert worker.wait(timeout=240) == 0
    assert (bench.job(job.id).status, bench.job(job.id).attempts) == ("succeeded", 1)
