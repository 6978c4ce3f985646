"""Running one job from its row to its outcome; knows nothing of the engine that calls it."""

from __future__ import annotations

import itertools
import json
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from pydantic_core import to_jsonable_python
from sqlalchemy.exc import OperationalError

from app.jobs.context import JobCancelled, JobContext, StepRunner
from app.jobs.problems import JobProblem, keeps_stopping, kind_unknown, step_order_changed, unexpected
from app.jobs.registry import JobKind, JobRegistry
from app.jobs.reporter import Reporter
from app.jobs.store import Claim, JobStore
from app.jobs.turns import DEATHS_BEFORE_ALONE, Turns
from app.problems import Problem
from app.settings import Settings

log = structlog.get_logger(__name__)

Value = TypeVar("Value")

RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class StepOrderChangedError(Exception):
    """The steps a job comes to are not those recorded for it. Step runners raise it."""


class JobRunner:
    """Runs jobs for one worker."""

    def __init__(
        self, store: JobStore, settings: Settings, registry: JobRegistry, reporter: Reporter, run_step: StepRunner
    ) -> None:
        """Run kinds of ``registry``; steps go through ``run_step``."""
        self._store, self._settings, self._registry = store, settings, registry
        self._reporter, self._run_step = reporter, run_step
        self._active: Counter[str] = Counter()
        self._lock, self._turns = threading.Lock(), Turns()

    def active(self) -> set[str]:
        """Ids of jobs being run or finished here."""
        with self._lock:
            return set(self._active)

    def run(self, job_id: str) -> str:
        """Run a job to its end and store the outcome.

        Safe to call again for the same job at any time: one that is finished, cancelled or gone is left alone, and
        a second run of one under way takes it over from the first.

        Returns:
            The status stored, or ``over`` when there was nothing to do.
        """
        with self._lock:
            self._active[job_id] += 1
        try:
            deaths = self._patiently(lambda: self._store.attempts(job_id))
            with self._turns.turn(alone=deaths >= DEATHS_BEFORE_ALONE):
                return self._run_in_turn(job_id)
        finally:
            with self._lock:
                self._active[job_id] -= 1
                self._active += Counter()  # drops those at nought

    def _run_in_turn(self, job_id: str) -> str:
        claim = self._patiently(lambda: self._store.claim(job_id))
        if claim is None:
            return "over"
        status, result, problem = self._outcome(claim)
        self._patiently(lambda: self._store.finish(job_id, claim.attempt, status, result=result, problem=problem))
        log.info("job_ended", job=job_id, kind=claim.kind, status=status, attempt=claim.attempt)
        return status

    def _outcome(self, claim: Claim) -> tuple[str, dict[str, Any] | None, dict[str, Any] | None]:
        kind = self._registry.find(claim.kind)
        if claim.cancel_requested:
            return "cancelled", None, None
        if kind is None:
            return "failed", None, kind_unknown(claim.kind).body()
        if claim.attempt > kind.max_attempts:
            return "failed", None, keeps_stopping(claim.attempt - 1).body()
        try:
            return "succeeded", self._work(kind, claim), None
        except JobCancelled:
            return "cancelled", None, None
        except Problem as problem:
            log.info("job_problem", job=claim.job_id, kind=claim.kind, problem=problem.slug)
            return "failed", None, problem.body()
        except StepOrderChangedError:
            return "failed", None, step_order_changed().body()
        except Exception as error:  # noqa: BLE001 - whatever a job raises is its outcome
            return "failed", None, self._log_unexpected(claim, error).body()

    def _work(self, kind: JobKind[Any], claim: Claim) -> dict[str, Any]:
        log.info("job_started", job=claim.job_id, kind=claim.kind, attempt=claim.attempt)
        context = JobContext(
            database=self._store.database,
            settings=self._settings,
            job_id=claim.job_id,
            council=claim.council,
            requested_by=claim.requested_by,
            attempt=claim.attempt,
            run_step=self._run_step,
        )
        request = kind.request_model.model_validate_json(json.dumps(claim.request))
        with self._reporter.watching(context):
            result = kind.run(context, request)
        # Decimals and dates become text; infinities and NaN, which JSON lacks, become null.
        plain: dict[str, Any] = to_jsonable_python(result, inf_nan_mode="null")
        return plain

    def _log_unexpected(self, claim: Claim, error: Exception) -> JobProblem:
        # The message may quote data, so only the type and the places are logged.
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        log.error("job_failed", job=claim.job_id, kind=claim.kind, error=type(error).__name__, places=places[-8:])
        own = [frame for frame in frames if "site-packages" not in frame.filename]
        last = (own or frames)[-1]
        return unexpected(error, f"{last.name}, line {last.lineno}")

    def _patiently(self, write: Callable[[], Value]) -> Value:
        """Do a write of ours, waiting for the database as long as it is busy or away: the work done is worth the wait.

        A worker told to stop does not wait for this: it leaves, and the next one finishes the job.
        """
        for delay in itertools.chain(RETRY_SECONDS, itertools.repeat(RETRY_SECONDS[-1])):
            try:
                return write()
            except OperationalError as error:
                log.warning("job_write_waits", error=type(error).__name__, seconds=delay)
                time.sleep(delay)
        raise AssertionError("the delays never end")
