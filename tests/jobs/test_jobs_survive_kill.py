"""A worker killed in the middle of a job loses nothing."""

from __future__ import annotations

import signal

from tests.jobs.workbench import Bench, lines, until


def test_a_job_killed_half_way_resumes_after_its_completed_steps(bench: Bench) -> None:
    diary = bench.diary()
    job = bench.submit("test-walk", diary=str(diary), steps=4, wait_before_step=2)
    waiting = bench.submit("test-walk", diary=str(bench.diary()), steps=1)
    worker = bench.worker(job_concurrency=1)
    until("step 2 to be reached", lambda: "waiting 2" in lines(diary))
    until("progress to be stored", lambda: bench.job(job.id).stage == "step 2")
    assert bench.job(job.id).status == "running"
    assert bench.job(job.id).progress_share == 0.5

    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)
    assert bench.job(job.id).status == "running"
    (diary.parent / (diary.name + ".go")).touch()
    bench.worker(job_concurrency=1)

    ended = bench.ended(job.id)
    assert ended.status == "succeeded"
    assert ended.result == {"total": 1 + 2 + 3 + 4, "attempt": 2}
    assert ended.attempts == 2
    assert ended.progress_share == 1.0
    assert [line for line in lines(diary) if line.startswith("ran")] == ["ran 0", "ran 1", "ran 2", "ran 3"]
    assert bench.ended(waiting.id).status == "succeeded"


def test_a_job_that_kills_its_worker_each_time_is_given_up_with_a_reason(bench: Bench) -> None:
    job = bench.submit("test-kill", mark=str(bench.diary()))
    for _ in range(2):
        assert bench.worker().wait(timeout=60) == -signal.SIGKILL
    bench.worker()
    ended = bench.ended(job.id)
    assert ended.status == "failed"
    assert ended.problem is not None
    assert ended.problem["title"] == "The job stops its worker"
    assert "2 times" in ended.problem["detail"]


def test_a_stop_signal_lets_the_running_job_finish(bench: Bench) -> None:
    diary = bench.diary()
    job = bench.submit("test-walk", diary=str(diary), steps=2, wait_before_step=1)
    worker = bench.worker()
    until("step 1 to be reached", lambda: "waiting 1" in lines(diary))
    worker.send_signal(signal.SIGTERM)
    (diary.parent / (diary.name + ".go")).touch()
    assert worker.wait(timeout=60) == 0
    assert bench.job(job.id).status == "succeeded"
    assert bench.job(job.id).attempts == 1


def test_a_job_longer_than_the_grace_is_resumed_by_the_next_worker(bench: Bench) -> None:
    diary = bench.diary()
    job = bench.submit("test-walk", diary=str(diary), steps=2, wait_before_step=1)
    worker = bench.worker(shutdown_grace_seconds=0)
    until("step 1 to be reached", lambda: "waiting 1" in lines(diary))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
    assert bench.job(job.id).status == "running"
    (diary.parent / (diary.name + ".go")).touch()
    bench.worker()
    assert bench.ended(job.id).status == "succeeded"
    assert lines(diary).count("ran 0") == 1
