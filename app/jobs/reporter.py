"""Carrying progress to the database and cancellations to the jobs, for every job a worker runs, in one thread.

Jobs run in threads and may be in the middle of a write session or a solver's inner loop when they report. So a report
only sets a value in memory, and this thread stores it; a job never waits for the database to say how far it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.jobs.context import JobContext
from app.jobs.store import JobStore

log = structlog.get_logger(__name__)

REPORT_SECONDS = 0.4


class Reporter:
    """Watches over the running jobs of one worker."""

    def __init__(self, store: JobStore) -> None:
        """Watch over no job yet."""
        self._store = store
        self._running: list[JobContext] = []  # one job may be run twice here, when it was lost and came back
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="job-reporter", daemon=True)

    def start(self) -> None:
        """Begin to report."""
        self._thread.start()

    def stop(self) -> None:
        """Store what was reported last, and end."""
        self._stop.set()
        self._thread.join(timeout=5)

    @contextmanager
    def watching(self, context: JobContext) -> Iterator[None]:
        """Report for a job while the block runs; its last progress is stored at the end."""
        with self._lock:
            self._running.append(context)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(context)
            self._store_reports([context])

    def pass_once(self) -> None:
        """Store progress and tell jobs what became of them."""
        with self._lock:
            contexts = [*self._running]
        if not contexts:
            return
        try:
            standings = self._store.standings(context.job_id for context in contexts)
        except SQLAlchemyError as error:
            log.warning("job_reports_wait", error=type(error).__name__)
            return
        for context in contexts:
            standing = standings.get(context.job_id)
            if standing is None or standing.attempt != context.attempt or standing.status != "running":
                context.tell_lost()
            elif standing.cancel_requested:
                context.tell_cancelled()
        self._store_reports(contexts)

    def _store_reports(self, contexts: list[JobContext]) -> None:
        reports = {
            (context.job_id, context.attempt): report
            for context in contexts
            if (report := context.take_report()) is not None
        }
        if not reports:
            return
        try:
            self._store.report(reports)
        except SQLAlchemyError as error:  # progress is worth no job: the next report carries on
            log.warning("job_reports_wait", error=type(error).__name__)

    def _loop(self) -> None:
        while not self._stop.wait(REPORT_SECONDS):
            self.pass_once()
        self.pass_once()
