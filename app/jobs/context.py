"""What a running job is given: the database, its progress, its steps, and whether it should go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from app.jobs.problems import JobProblem
from app.problems import Problem

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.database import Database

Value = TypeVar("Value")

STAGE_CHARACTERS = 120


class JobCancelled(BaseException):
    """Somebody asked for the job to be cancelled. Not an ``Exception``, so that no broad handler in a job stops it."""


class JobLost(BaseException):
    """Another worker has taken the job over: whatever this run still does counts for nothing."""


class StepRunner(Protocol):
    """Runs a function once and remembers its outcome; after a crash gives the outcome back without running it."""

    def __call__(self, name: str, function: Callable[[], Any]) -> Any:
        """Run or recall the step."""


class JobContext:
    """The hand a job holds on the service while it runs.

    Attributes:
        database: The service's database. Keep write sessions short, and key what is written by ``job_id``: the job may
            be run again from its beginning after a crash.
        settings: The service's settings.
        job_id: The job's id, the same in every attempt.
        council: Whose data it works on.
        requested_by: Who asked for it, as provenance.
        attempt: 1 at first, one more each time a worker starts or resumes it.
    """

    def __init__(
        self,
        *,
        database: Database,
        settings: Settings,
        job_id: str,
        council: str,
        requested_by: str,
        attempt: int,
        run_step: StepRunner,
    ) -> None:
        """Keep the parts; a worker makes one for every run."""
        self.database, self.settings = database, settings
        self.job_id, self.council, self.requested_by, self.attempt = job_id, council, requested_by, attempt
        self._run_step = run_step
        self._lock = threading.Lock()
        self._report: tuple[float, str] | None = None
        self._cancel, self._lost = threading.Event(), threading.Event()

    def progress(self, share: float, stage: str | None = None) -> None:
        """Say how far the job is, and stop here when it was cancelled.

        Costs no database work: the worker stores the latest report about twice a second. It may be called from any
        thread, from a tight loop, and inside a write session.

        Args:
            share: Part done, 0 to 1.
            stage: What is being done, in a few words; None keeps the stage told before.

        Raises:
            JobCancelled: When somebody asked for it.
            JobLost: When another worker runs the job now.
            ValueError: When share is outside 0 to 1.
        """
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"progress of a job is a share from 0 to 1, found {share!r}")
        with self._lock:
            known = self._report[1] if self._report else ""
            self._report = (float(share), known if stage is None else stage[:STAGE_CHARACTERS])
        self.check()

    def cancelled(self) -> bool:
        """Whether the job should stop: for solvers that ask rather than be told."""
        return self._cancel.is_set() or self._lost.is_set()

    def check(self) -> None:
        """Raise :class:`JobCancelled` or :class:`JobLost` when the job should stop."""
        if self._lost.is_set():
            raise JobLost(self.job_id)
        if self._cancel.is_set():
            raise JobCancelled(self.job_id)

    def step(self, name: str, function: Callable[..., Value], *args: Any, **kwargs: Any) -> Value:
        """Do a part of the job that must not be repeated after a crash, and return its value.

        The value is kept until a day after the job ended, so it should be small, picklable and free of personal data:
        an id or a summary, not the rows. Steps are told apart by their order and name, so a job must come to the same
        steps in the same order each time. A step that was cut off half-way is run again: one that writes should do so
        in one transaction keyed by the job.

        Args:
            name: Short name of the step.
            function: Called with the other arguments, in the job's own thread.
            *args: For the function.
            **kwargs: For the function.
        """
        self.check()

        def run() -> tuple[str, Any]:
            # A problem is kept as the document it is: exceptions with arguments of their own do not survive pickling.
            try:
                return "value", function(*args, **kwargs)
            except Problem as problem:
                return "problem", problem.body()

        kind, outcome = self._run_step(name, run)
        if kind == "problem":
            raise JobProblem.from_body(outcome)
        value: Value = outcome
        return value

    def take_report(self) -> tuple[float, str] | None:
        """Hand over the latest progress, once: for the worker."""
        with self._lock:
            report, self._report = self._report, None
        return report

    def tell_cancelled(self) -> None:
        """Let the job know that it was cancelled: for the worker."""
        self._cancel.set()

    def tell_lost(self) -> None:
        """Let the job know that it runs elsewhere: for the worker."""
        self._lost.set()
