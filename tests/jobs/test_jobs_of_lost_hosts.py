"""Several hosts: the jobs of one that is gone are taken over, those of one that is only busy are not."""

from __future__ import annotations

import signal
import time

from tests.jobs.workbench import Bench, lines, until

LOST_AFTER_SECONDS = 5  # as the bench's settings say


def test_jobs_of_a_lost_host_are_taken_over_and_those_of_a_busy_one_left_alone(bench: Bench) -> None:
    held = bench.diary()
    busy = bench.submit("test-hold", diary=str(held), seconds=LOST_AFTER_SECONDS + 3)
    first = bench.worker(job_concurrency=1)
    until("the interpreter lock to be held", lambda: "start" in lines(held))
    started = time.monotonic()

    second = bench.worker(host_name="host-two", job_concurrency=1)
    ended = bench.ended(busy.id)
    assert time.monotonic() - started > LOST_AFTER_SECONDS
    assert (ended.status, ended.attempts) == ("succeeded", 1)
    assert lines(held) == ["start", "end"]
    assert "jobs_taken_over" not in bench.log()

    diaries = [bench.diary(), bench.diary()]
    jobs = [bench.submit("test-walk", diary=str(diary), steps=2, wait_before_step=1) for diary in diaries]
    for diary in diaries:  # one job at a time a host: each host has one of them
        until("step 1 to be reached", lambda diary=diary: "waiting 1" in lines(diary))
    first.send_signal(signal.SIGKILL)
    for diary in diaries:
        (diary.parent / (diary.name + ".go")).touch()
    for job, diary in zip(jobs, diaries, strict=True):
        assert bench.ended(job.id).status == "succeeded"
        assert [line for line in lines(diary) if line.startswith("ran")] == ["ran 0", "ran 1"]
    assert sorted(bench.job(job.id).attempts for job in jobs) == [1, 2]
    assert "jobs_taken_over" in bench.log()
    assert second.poll() is None
