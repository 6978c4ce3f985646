"""Kinds of job: a name, the model of the request, and the function that does the work."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from app.jobs.context import JobContext
from app.jobs.kinds import KIND_MODULES

Request = TypeVar("Request", bound=BaseModel)

EXTRA_MODULES = "PATCHWORK_JOB_MODULES"
"""Environment variable: modules that register more kinds, separated by commas."""


@dataclass(frozen=True, slots=True)
class JobKind(Generic[Request]):
    """One kind of job.

    Attributes:
        name: Unique, up to 40 characters, such as ``draw-zones``.
        request_model: What a request must hold. Two equal requests are one job, so a request names every input that
            can change, such as the snapshot and the seed.
        run: ``run(context, request)`` returns the result as plain JSON data. It is called again from its beginning
            after a crash, and then passes over the :meth:`~app.jobs.context.JobContext.step` calls already done, so
            everything outside steps must be repeatable: key what it writes by ``context.job_id``.
        max_attempts: How often it is started, first run included, before it is given up as one that kills its worker.
    """

    name: str
    request_model: type[Request]
    run: Callable[[JobContext, Request], dict[str, Any]]
    max_attempts: int = 10


class JobRegistry:
    """The kinds known to a process."""

    def __init__(self) -> None:
        """Start with no kinds."""
        self._kinds: dict[str, JobKind[Any]] = {}

    def add(self, kind: JobKind[Any]) -> None:
        """Make a kind known.

        Raises:
            ValueError: When the name is longer than 40 characters or another function has it.
        """
        if not 1 <= len(kind.name) <= 40:
            raise ValueError(f"job kind {kind.name!r} has {len(kind.name)} characters; expected 1 to 40")
        known = self._kinds.get(kind.name)
        if known is not None and known.run.__qualname__ != kind.run.__qualname__:
            raise ValueError(f"job kind {kind.name!r} is registered twice: {known.run!r} and {kind.run!r}")
        self._kinds[kind.name] = kind

    def find(self, name: str) -> JobKind[Any] | None:
        """Return the kind of that name, or None."""
        return self._kinds.get(name)

    def names(self) -> list[str]:
        """Names of every kind, in order."""
        return sorted(self._kinds)


REGISTRY = JobRegistry()
"""The kinds of this process; :func:`job_kind` adds to it."""


def job_kind(
    name: str, request_model: type[Request], *, max_attempts: int = 10, registry: JobRegistry = REGISTRY
) -> Callable[[Callable[[JobContext, Request], dict[str, Any]]], Callable[[JobContext, Request], dict[str, Any]]]:
    """Register the decorated function as the work of a kind of job; see :class:`JobKind`."""

    def register(
        run: Callable[[JobContext, Request], dict[str, Any]],
    ) -> Callable[[JobContext, Request], dict[str, Any]]:
        registry.add(JobKind(name, request_model, run, max_attempts))
        return run

    return register


def load_job_kinds() -> JobRegistry:
    """Import the modules of :data:`~app.jobs.kinds.KIND_MODULES` and :data:`EXTRA_MODULES`, and return every kind."""
    extra = [name.strip() for name in os.environ.get(EXTRA_MODULES, "").split(",")]
    for name in [*KIND_MODULES, *filter(None, extra)]:
        importlib.import_module(name)
    return REGISTRY
