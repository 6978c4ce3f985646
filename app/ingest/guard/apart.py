"""Calling a reader in a process of its own, with limits of memory and time.

A process that has the libraries loaded stands by and forks one child for each file, so that reading apart costs some
hundredths of a second and not the start of an interpreter.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.ingest.guard import child, nursery
from app.ingest.guard.limits import GuardLimits
from app.ingest.guard.locate import place_of_fault
from app.ingest.guard.refusal import FileRefused

if TYPE_CHECKING:
    from app.problems import Problem

log = structlog.get_logger(__name__)
_REMEDY: Final = "Open the file, save it anew as CSV (UTF-8) or GeoPackage, and send it again."
_MOST_AT_ONCE: Final = 2
"""Files a process has read apart at the same time; the others wait, so that many uploads do not add up their memory."""
_START_SECONDS: Final = 120.0
"""Until a reader says that it waits for its order; the first of a process loads libraries before, for some seconds."""
_TRIES: Final = 2
_RETRY_SECONDS: Final = 5
_FROM_OUTSIDE: Final = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
"""Signals that no reader brings on itself: somebody, or the kernel when memory is short, ended it."""
_at_once = threading.BoundedSemaphore(_MOST_AT_ONCE)


def read_apart(function: str, *arguments: Any, limits: GuardLimits | None = None, **keywords: Any) -> Any:
    """Call a function in a process of its own; in such a process already, call it right there.

    Args:
        function: what to call, as ``package.module:name``; at the top level of its module.
        *arguments: for the function; picklable. The first one, where it is bytes or a path, is taken for the file, to
            say where in it a reader stopped.
        limits: of memory and time.
        **keywords: for the function; picklable.

    Returns:
        What the function returns; picklable.

    Raises:
        FileRefused: the reader crashed, took too long, or ran out of memory; names the place where it can be found.
        Problem: 503, nothing is known of the file: its reader did not start, or was ended from outside.
        Exception: whatever the function raised.
    """
    if child.is_apart():
        module, _, name = function.partition(":")
        return getattr(importlib.import_module(module), name)(*arguments, **keywords)
    held = limits or GuardLimits()
    with _at_once:
        outcome, code, said = _asked((function, arguments, keywords, held), held.seconds)
    if code is not None and -code in _FROM_OUTSIDE:
        raise _lost(function)
    if outcome is None and code is None:
        raise FileRefused(
            "reader_too_slow",
            "file",
            f"a file not read within {held.seconds:g} seconds",
            "a smaller or simpler file",
            "Send it in parts.",
        )
    if outcome is None:
        raise _stopped(function, code, said, arguments, held)
    kind, value = pickle.loads(outcome)  # noqa: S301 - written by our own child
    if kind == "value":
        return value
    if kind == "error":
        raise value
    if kind == "memory":
        raise _out_of_memory(held)
    raise _stopped(function, None, str(value), arguments, held)


def _asked(order: tuple[Any, ...], seconds: float) -> tuple[bytes | None, int | None, str]:
    """What the child answered, its exit code (None where it was stopped for its slowness), and its error stream.

    Raises:
        Problem: the process that forks readers did not start, or went away before it told how the child ended.
    """
    with _begun(order[0]) as line:  # closing it ends the child
        try:
            line.send_bytes(pickle.dumps((sys.path, _folder(), *order), pickle.HIGHEST_PROTOCOL))
            if not line.poll(seconds):
                return None, None, ""
            kind, *rest = pickle.loads(line.recv_bytes())  # noqa: S301 - written by our own child
            if kind == "answer":
                return rest[0], 0, ""
            return None, int(rest[0]), str(rest[1])
        except (EOFError, OSError) as lost:
            raise _lost(order[0]) from lost


def _begun(function: str) -> Connection:
    """The line to a keeper that waits for its order; one that is lost before it has said so is replaced once.

    Raises:
        Problem: the process that forks readers does not start, or does not answer.
    """
    for _ in range(_TRIES):
        ours, theirs = socket.socketpair()
        line = Connection(ours.detach())
        with theirs, contextlib.suppress(OSError, EOFError):
            nursery.hand_over(theirs)
            theirs.close()  # so that the line ends with whoever has the other copy
            if line.poll(_START_SECONDS) and line.recv_bytes() == nursery.READY:
                return line
        line.close()
        nursery.give_up()
    raise _lost(function)


def _folder() -> str:
    """The folder this process stands in, for paths that start from it; the root where that folder is gone."""
    with contextlib.suppress(FileNotFoundError):
        return str(Path.cwd())
    return os.sep


def _lost(function: str) -> Problem:
    """The problem where nothing is known of the file: what was to read it never began, or was ended from outside."""
    from app.problems import Problem  # noqa: PLC0415 - the process that forks readers is to start without it

    log.warning("reader_lost", function=function)
    return Problem(
        503,
        "reader-away",
        "No reader of files",
        "The process that reads files did not start, or was ended from outside, as by a machine short of memory. The "
        "file may be sound and nothing of it was kept: send it again. If that fails too, ask whoever runs the service "
        "to look for reader_lost in its log.",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )


def _out_of_memory(limits: GuardLimits) -> FileRefused:
    return FileRefused(
        "reader_out_of_memory",
        "file",
        f"a file that takes more than {limits.memory_bytes:,} bytes to read",
        "a smaller file",
        "Send it in parts, or as CSV.",
    )


def _stopped(
    function: str, code: int | None, said: str, arguments: tuple[Any, ...], limits: GuardLimits
) -> FileRefused:
    """The refusal of a file whose reader died."""
    # Native code says why on its error stream; that may quote the file, so it is judged and not repeated.
    if "memory allocation" in said or "bad_alloc" in said or "MemoryError" in said:
        return _out_of_memory(limits)
    how = "stopped" if code is None or code >= 0 else f"was stopped by {_signal(-code)}"
    log.warning("reader_died", function=function, code=code)
    return FileRefused(
        "reader_stopped",
        place_of_fault(_content(arguments)),
        f"a file at which its reader {how}",
        "a file that can be read",
        _REMEDY,
    )


def _content(arguments: tuple[Any, ...]) -> bytes:
    first = arguments[0] if arguments else b""
    if isinstance(first, Path) and first.is_file() and first.suffix.lower() == ".xlsx":
        return first.read_bytes()
    return first if isinstance(first, bytes) else b""


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
