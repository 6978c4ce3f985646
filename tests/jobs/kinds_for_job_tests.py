"""Kinds of job that only tests know, in a registry of their own."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import JobRegistry, job_kind

KINDS = JobRegistry()


class Walk(BaseModel):
    """Go through steps, writing a line to a diary each time a step really runs."""

    diary: str
    steps: int = 3
    pause_seconds: float = 0.0
    wait_before_step: int | None = None
    """Stand still before this step until the file ``<diary>.go`` is there."""
    mark: str = ""


def _write(diary: str, line: str) -> None:
    with Path(diary).open("a") as file:
        file.write(line + "\n")


@job_kind("test-walk", Walk, registry=KINDS)
def walk(context: JobContext, request: Walk) -> dict[str, Any]:
    _write(request.diary, f"start {context.attempt} {os.getpid()}")
    total = 0
    for number in range(request.steps):
        context.progress(number / request.steps, f"step {number}")
        if request.wait_before_step == number:
            _write(request.diary, f"waiting {number}")
            while not Path(request.diary + ".go").exists():
                context.check()
                time.sleep(0.02)
        total += context.step(f"step-{number}", _step, request, number)
        time.sleep(request.pause_seconds)
    context.progress(1.0, "done")
    return {"total": total, "attempt": context.attempt}


def _step(request: Walk, number: int) -> int:
    _write(request.diary, f"ran {number}")
    return number + 1


class Fail(BaseModel):
    """Fail in one way or another."""

    how: str
    in_step: bool = False
    diary: str | None = None


@job_kind("test-fail", Fail, registry=KINDS)
def fail(context: JobContext, request: Fail) -> dict[str, Any]:
    context.step("before", lambda: None)
    if request.in_step:
        context.step("failing", _fail, request)
    return _fail(request)


def _fail(request: Fail) -> dict[str, Any]:
    if request.how == "problem":
        raise JobProblem("Too few areas", "2 areas cannot make 14 zones.", slug="infeasible", status=422, areas=2)
    if request.how == "crash":
        raise LookupError("Mrs Example of LE67 3AB is not in the list")
    return {"odd": float("nan")}


class Kill(BaseModel):
    """Kill the worker each time."""

    mark: str = ""


@job_kind("test-kill", Kill, max_attempts=2, registry=KINDS)
def kill(_context: JobContext, _request: Kill) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


class Hold(BaseModel):
    """Hold the interpreter lock inside native code for some seconds, as an ill-behaved solver would."""

    diary: str
    seconds: int


@job_kind("test-hold", Hold, registry=KINDS)
def hold(_context: JobContext, request: Hold) -> dict[str, Any]:
    _write(request.diary, "start")
    ctypes.PyDLL(None).sleep(request.seconds)
    _write(request.diary, "end")
    return {}
