"""Workers for a command that waits for jobs: those of the service where they run, its own for as long where none does.

The command's own are ordinary workers, one job at a time each, under host names of their own. They stop when the
command does, however it ends: what they had not finished stays in the queue, and the next worker goes on with it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from app.jobs.presence import Register
from app.jobs.supervisor import WorkerSupervisor
from app.settings import Settings


class WorkersAtHand:
    """Sees to it that somebody runs the jobs; a context manager that stops what it started."""

    def __init__(self, settings: Settings, processes: int, command: list[str] | None = None) -> None:
        """Start up to so many processes where the service has no worker.

        Args:
            settings: Of the service; the processes read the same.
            processes: Worker processes, each running one job at a time.
            command: What to start instead of the worker.
        """
        self._settings, self._command = settings, command
        self._names = [f"{settings.host_name}-at-hand-{number + 1}" for number in range(processes)]
        self._register = Register(settings.resolved_jobs_database_url)
        self._own: list[WorkerSupervisor] = []

    @property
    def started(self) -> int:
        """Processes of our own."""
        return len(self._own)

    def look(self) -> None:
        """Start our own where nobody else works, or no longer does; call it now and then."""
        if self._own or self._others_work():
            return
        quiet = {"job_concurrency": 1, "log_level": "WARNING"}
        self._own = [
            WorkerSupervisor(self._settings.model_copy(update={**quiet, "host_name": name}), self._command)
            for name in self._names
        ]
        for worker in self._own:
            worker.start()

    def _others_work(self) -> bool:
        # A worker of this host that was killed still counts as living for a while, but its guard is free at once.
        here = [self._settings.host_name, *self._names]
        if any(self._taken(name) for name in here):
            return True
        return bool(self._register.living(self._settings.worker_lost_after_seconds) - {*here})

    def _taken(self, name: str) -> bool:
        guard = self._register.guard(name)
        if not guard.take():
            return True
        guard.release()
        return False

    def __enter__(self) -> WorkersAtHand:
        """Make ready to look; starts nothing yet."""
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._register.create()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop our own, all at once: each may finish its job within the grace."""
        if self._own:
            with ThreadPoolExecutor(len(self._own)) as pool:
                list(pool.map(WorkerSupervisor.stop, self._own))
        self._register.dispose()
