"""The worker process: runs the jobs of one host, as many at a time as the settings say.

Jobs run in threads of this process. The engines behind them (numba kernels compiled without the interpreter lock,
OR-Tools, HiGHS, scipy) leave the lock alone while they compute, so several jobs share the cores; a process for each job
would cost seconds of imports and a copy of the county for every one. What must go on whatever a job does, the sign of
life, has a process of its own: see :mod:`app.jobs.heartbeat`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

import structlog

from app.jobs.engine import Engine, run_step
from app.jobs.heartbeat import TAKEN, Heartbeat, WorkerRunningError
from app.jobs.presence import Register
from app.jobs.registry import JobRegistry, load_job_kinds
from app.jobs.reporter import Reporter
from app.jobs.runner import JobRunner
from app.jobs.store import JobStore
from app.jobs.sweep import Sweep
from app.settings import Settings, get_settings
from app.storage.database import Database
from geo.zoning.solve.warm import warm_up

log = structlog.get_logger(__name__)

ALREADY_RUNNING = TAKEN
"""Exit code: another process is this host's worker."""

HEARTBEAT_LOST = 4
"""Exit code: the heartbeat process ended, so others may take this host for gone."""


def run_worker(settings: Settings, stop: threading.Event | None = None, registry: JobRegistry | None = None) -> int:
    """Run jobs until told to stop, and return an exit code.

    SIGTERM and SIGINT stop it (in the main thread), or ``stop`` does: no more jobs are taken up, those that run may
    finish within ``shutdown_grace_seconds``, and what is left then is taken up again by the next worker at its last
    completed step. A second signal leaves at once. The database must be at the schema of this code.

    When jobs are left running at the end of the grace, the process exits from here: a thread cannot be stopped.

    Args:
        settings: Which databases, under which host name, how many jobs at a time.
        stop: Set it to stop the worker.
        registry: The kinds to run; None for all that the service has.

    Returns:
        0 after a stop, :data:`ALREADY_RUNNING`, or :data:`HEARTBEAT_LOST`.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        _stop_on_signals(stop)
    heartbeat = Heartbeat(settings.resolved_jobs_database_url, settings.host_name, settings.worker_lost_after_seconds)
    heartbeat.start()
    if registry is None:
        registry = load_job_kinds()  # takes seconds, in which the heartbeat finds its feet
    try:
        heartbeat.wait()
    except WorkerRunningError:
        log.warning("worker_already_running", host=settings.host_name)
        return ALREADY_RUNNING
    database = Database(settings.resolved_database_url)
    register = Register(settings.resolved_jobs_database_url)
    store = JobStore(database)
    reporter = Reporter(store)
    runner = JobRunner(store, settings, registry, reporter, run_step)
    engine = Engine(settings)
    sweep = Sweep(store, engine, register, runner, settings.worker_lost_after_seconds)
    engine.start(runner)
    reporter.start()
    sweep.start()
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()  # so that no job waits for compiling
    log.info("worker_started", host=settings.host_name, kinds=registry.names(), jobs_at_a_time=settings.job_concurrency)

    lost = _wait(stop, heartbeat)
    if lost:  # others will take the jobs over: the sooner nothing runs here, the less is done twice
        log.error("worker_heartbeat_lost", host=settings.host_name)
        leave(HEARTBEAT_LOST)
    engine.stop_taking()
    sweep.stop()
    finished = _let_finish(runner, settings.shutdown_grace_seconds)
    reporter.stop()
    if not finished:
        log.warning("worker_leaves_jobs", jobs=sorted(runner.active()))
        heartbeat.stop()
        leave(0)
    engine.close()
    heartbeat.stop()
    register.dispose()
    database.dispose()
    log.info("worker_stopped", host=settings.host_name)
    return 0


def _stop_on_signals(stop: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            leave(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def _wait(stop: threading.Event, heartbeat: Heartbeat) -> bool:
    """Wait for the stop; True when the heartbeat ended first."""
    while not stop.wait(0.5):
        if heartbeat.ended() is not None:
            return True
    return False


def _let_finish(runner: JobRunner, seconds: float) -> bool:
    """Wait for running jobs; whether all ended in time."""
    until = time.monotonic() + seconds
    while runner.active():
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def leave(code: int) -> None:
    """End this process now, whatever its threads do."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(registry: JobRegistry | None = None) -> int:
    """Run as ``python -m app.jobs.worker [--with-parent]``; the second form also stops when standard input closes."""
    from app.logs import configure_logs  # noqa: PLC0415 - only a process of its own sets up logs

    settings = get_settings()
    configure_logs(settings.log_level, settings.log_format)
    stop = threading.Event()
    if "--with-parent" in sys.argv[1:]:

        def follow_parent() -> None:
            sys.stdin.buffer.read()
            stop.set()

        threading.Thread(target=follow_parent, name="parent-watch", daemon=True).start()
    return run_worker(settings, stop, registry)


if __name__ == "__main__":
    leave(main())
