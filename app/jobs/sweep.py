"""Bringing the job table and the engine into step, so that no job is lost between them or on a host that is gone.

A worker does this all the time: hands queued rows to the engine, takes over the jobs of hosts that fell silent, and
puts right what a crash between two writes left behind. Every part may run in several workers at once.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from app.jobs.problems import engine_gave_up
from app.jobs.store import JobStore

log = structlog.get_logger(__name__)

HAND_OVER_SECONDS = 0.3
TIDY_SECONDS = 5.0
PRUNE_SECONDS = 600.0
KEEP_STEPS = timedelta(days=1)
CHUNK = 500


class EngineView(Protocol):
    """What the sweep needs of the engine."""

    host: str

    def enqueue(self, job_id: str) -> None:
        """Queue a job under its own id; nothing happens when the engine has it already."""

    def requeue(self, job_id: str) -> None:
        """Queue a job again that is assigned to this host."""

    def states(self, job_ids: list[str]) -> dict[str, tuple[str, str | None]]:
        """The engine's state and host of each job it knows."""

    def busy_hosts(self) -> set[str]:
        """Hosts with jobs assigned to them."""

    def take_over(self, hosts: list[str]) -> list[str]:
        """Queue the jobs of hosts that are gone."""

    def prune(self, before_iso: str) -> int:
        """Forget jobs that ended before an instant."""


class Presence(Protocol):
    """What the sweep needs of the register of hosts."""

    def living(self, lost_after_seconds: float) -> set[str]:
        """Hosts with a living worker."""


class Runs(Protocol):
    """What the sweep needs of the runner."""

    def active(self) -> set[str]:
        """Jobs that run in this process."""


class Sweep:
    """The sweeping thread of one worker."""

    def __init__(
        self, store: JobStore, engine: EngineView, register: Presence, runs: Runs, lost_after_seconds: float
    ) -> None:
        """Sweep between the parts given."""
        self._store, self._engine, self._register, self._runs = store, engine, register, runs
        self._lost_after_seconds = lost_after_seconds
        self._handed: set[str] = set()
        self._suspects: set[tuple[str, str]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="job-sweep", daemon=True)

    def start(self) -> None:
        """Begin to sweep."""
        self._thread.start()

    def stop(self) -> None:
        """End after the pass under way."""
        self._stop.set()
        self._thread.join(timeout=10)

    def hand_over(self) -> None:
        """Queue in the engine every queued row that this worker has not handed over yet."""
        queued = [job_id for job_id, status in self._store.open_jobs().items() if status == "queued"]
        self._handed &= set(queued)
        for job_id in queued:
            if job_id not in self._handed:
                self._engine.enqueue(job_id)
                self._handed.add(job_id)

    def take_over(self) -> None:
        """Queue the jobs of every host that has been silent for too long, or is not in the register at all."""
        busy = self._engine.busy_hosts() - {self._engine.host}
        if not busy:
            return
        lost = sorted(busy - self._register.living(self._lost_after_seconds))
        if lost:
            moved = self._engine.take_over(lost)
            log.warning("jobs_taken_over", hosts=lost, jobs=len(moved))

    def put_right(self) -> None:
        """Put right open rows that the engine does not know, holds for ended, or believes to run here when they do not.

        What is wrong must be seen in two passes running: one may look between two writes of a job that is well.
        """
        open_ids = list(self._store.open_jobs())
        active = self._runs.active()
        seen: set[tuple[str, str]] = set()
        for start in range(0, len(open_ids), CHUNK):
            chunk = open_ids[start : start + CHUNK]
            states = self._engine.states(chunk)
            for job_id in chunk:
                state, host = states.get(job_id, ("UNKNOWN", None))
                stranded = state == "PENDING" and host == self._engine.host and job_id not in active
                if not stranded and state in {"PENDING", "ENQUEUED", "DELAYED"}:
                    continue
                seen.add((job_id, state))
                if (job_id, state) in self._suspects:
                    self._repair(job_id, state)
        self._suspects = seen

    def _repair(self, job_id: str, state: str) -> None:
        log.warning("job_put_right", job=job_id, engine_state=state)
        if state == "UNKNOWN":  # the engine's database was lost or restored
            self._engine.enqueue(job_id)
        elif state == "PENDING":
            self._engine.requeue(job_id)
        else:
            self._store.abandon(job_id, engine_gave_up().body())

    def _prune(self) -> None:
        pruned = self._engine.prune((datetime.now(UTC) - KEEP_STEPS).isoformat())
        if pruned:
            log.info("job_steps_pruned", jobs=pruned)

    def _loop(self) -> None:
        next_tidy, next_prune = time.monotonic(), time.monotonic() + PRUNE_SECONDS
        while not self._stop.is_set():
            try:
                self.hand_over()
                if time.monotonic() >= next_tidy:
                    next_tidy = time.monotonic() + TIDY_SECONDS
                    self.take_over()
                    self.put_right()
                if time.monotonic() >= next_prune:
                    next_prune = time.monotonic() + PRUNE_SECONDS
                    self._prune()
            except Exception as error:  # noqa: BLE001 - a database that is away today must not end the sweep for good
                log.warning("job_sweep_waits", error=type(error).__name__)
                self._stop.wait(2.0)
            self._stop.wait(HAND_OVER_SECONDS)
