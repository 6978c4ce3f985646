"""The process that reads one file: it limits itself, reads, and hands the outcome back."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from app.ingest.guard.limits import GuardLimits

_GRACE_SECONDS: Final = 5
_state = {"apart": False}


def is_apart() -> bool:
    """Whether this process is one that reads a file for another."""
    return _state["apart"]


def answer_order(order: bytes, line: Connection) -> None:
    """Call the function that is asked for and send its value, its error, or that it ran out of memory or panicked."""
    _state["apart"] = True
    outcome: tuple[str, Any]
    try:
        paths, folder, function, arguments, keywords, limits = pickle.loads(order)  # noqa: S301 - our own parent's
        sys.path[:] = paths
        os.chdir(folder)  # the nursery stands where it was started, and a path may start from where the asker is now
        module, _, name = function.partition(":")
        called = getattr(importlib.import_module(module), name)
        limit_this_process(limits)
        outcome = "value", called(*arguments, **keywords)
    except MemoryError:
        outcome = "memory", None
    except Exception as error:  # noqa: BLE001 - whatever the reader raises is the outcome
        outcome = "error", error
    except BaseException as error:  # noqa: BLE001 - a panic of native code is no Exception
        outcome = "panic", type(error).__name__
    with contextlib.suppress(OSError):  # whoever asked is gone
        line.send_bytes(pickle.dumps(("answer", _pickled(outcome)), pickle.HIGHEST_PROTOCOL))


def _pickled(outcome: tuple[str, Any]) -> bytes:
    try:
        sent = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
        if outcome[0] == "error":
            pickle.loads(sent)  # noqa: S301 - our own; an exception with arguments of its own fails only here
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception:  # noqa: BLE001 - told by its type instead
        return pickle.dumps(("unsendable", type(outcome[1]).__name__))
    return sent


def limit_this_process(limits: GuardLimits) -> None:
    """Let this process take so much memory beside what it has, and so much time; and be the first to go if it is short.

    Whoever asked may die before it stops this process, so it also stops by itself.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(limits.seconds) + _GRACE_SECONDS)
    with contextlib.suppress(OSError):  # no such file on this system
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource  # noqa: PLC0415 - not on every system

        most = _taken_bytes() + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _taken_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
