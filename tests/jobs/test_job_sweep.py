"""The sweep puts right what a crash between two writes leaves, and leaves alone what is well."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from app.jobs.store import JobStore
from app.jobs.sweep import Sweep
from tests.jobs.workbench import Bench


@dataclass
class Engine:
    """An engine that only keeps what it is told."""

    host: str = "host-one"
    known: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    enqueued: list[str] = field(default_factory=list)
    requeued: list[str] = field(default_factory=list)
    taken: list[list[str]] = field(default_factory=list)

    def enqueue(self, job_id: str) -> None:
        self.enqueued.append(job_id)

    def requeue(self, job_id: str) -> None:
        self.requeued.append(job_id)

    def states(self, job_ids: list[str]) -> dict[str, tuple[str, str | None]]:
        return {job_id: self.known[job_id] for job_id in job_ids if job_id in self.known}

    def busy_hosts(self) -> set[str]:
        return {host for _, host in self.known.values() if host}

    def take_over(self, hosts: list[str]) -> list[str]:
        self.taken.append(hosts)
        return []

    def prune(self, before_iso: str) -> int:
        raise AssertionError(f"not asked for: {before_iso}")


@dataclass
class Hosts:
    """Hosts that live, and the jobs running here."""

    hosts: set[str] = field(default_factory=set)
    here: set[str] = field(default_factory=set)

    def living(self, _lost_after_seconds: float) -> set[str]:
        return self.hosts

    def active(self) -> set[str]:
        return self.here


@pytest.fixture
def engine(bench: Bench) -> Engine:
    for job in bench.client.page("testshire", statuses=["queued", "running"], limit=1000):
        JobStore(bench.database).abandon(job.id, {})
    return Engine()


def _sweep(bench: Bench, engine: Engine, hosts: Hosts) -> Sweep:
    return Sweep(JobStore(bench.database), engine, hosts, hosts, 60)


def test_every_queued_job_is_handed_over_oldest_first_and_once_a_worker(bench: Bench, engine: Engine) -> None:
    jobs = [bench.submit("test-walk", diary=f"handed {number}").id for number in range(3)]
    sweep = _sweep(bench, engine, Hosts())
    sweep.hand_over()
    sweep.hand_over()
    assert engine.enqueued == jobs
    late = bench.submit("test-walk", diary="handed late").id
    bench.client.cancel(jobs[0], "testshire")
    sweep.hand_over()
    assert engine.enqueued == [*jobs, late]


@pytest.mark.parametrize("state", ["ENQUEUED", "PENDING"])
def test_a_job_that_is_well_is_left_alone(bench: Bench, engine: Engine, state: str) -> None:
    job = bench.submit("test-walk", diary=f"well {state}").id
    engine.known[job] = (state, "host-one" if state == "PENDING" else None)
    sweep = _sweep(bench, engine, Hosts(here={job}))
    for _ in range(3):
        sweep.put_right()
    assert (engine.enqueued, engine.requeued, bench.job(job).status) == ([], [], "queued")


def test_what_is_wrong_is_put_right_once_seen_twice(bench: Bench, engine: Engine) -> None:
    unknown = bench.submit("test-walk", diary="unknown to the engine").id
    stranded = bench.submit("test-walk", diary="assigned here but not run").id
    elsewhere = bench.submit("test-walk", diary="runs elsewhere").id
    given_up = bench.submit("test-walk", diary="ended by the engine").id
    engine.known = {
        stranded: ("PENDING", "host-one"),
        elsewhere: ("PENDING", "host-two"),
        given_up: ("ERROR", "host-one"),
    }
    sweep = _sweep(bench, engine, Hosts(hosts={"host-two"}))
    sweep.put_right()
    assert (engine.enqueued, engine.requeued, bench.job(given_up).status) == ([], [], "queued")
    sweep.put_right()
    assert (engine.enqueued, engine.requeued) == ([unknown], [stranded])
    assert bench.job(given_up).status == "failed"
    problem = bench.job(given_up).problem
    assert problem is not None
    assert problem["title"] == "The job was lost"


def test_only_hosts_that_are_gone_lose_their_jobs(bench: Bench, engine: Engine) -> None:
    engine.known = {
        "a": ("PENDING", "host-one"),
        "b": ("PENDING", "host-two"),
        "c": ("PENDING", "host-three"),
        "d": ("ENQUEUED", None),
    }
    sweep = _sweep(bench, engine, Hosts(hosts={"host-two"}))
    sweep.take_over()
    assert engine.taken == [["host-three"]]  # not its own, though its own sign of life is not in the register
