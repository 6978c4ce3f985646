"""Calling a reader in a process of its own, with limits of memory and time."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import structlog

from app.ingest.guard.limits import GuardLimits
from app.ingest.guard.locate import place_of_fault
from app.ingest.guard.refusal import FileRefused

log = structlog.get_logger(__name__)
_REMEDY = "Open the file, save it anew as CSV (UTF-8) or GeoPackage, and send it again."


def read_apart(function: str, *arguments: Any, limits: GuardLimits | None = None, **keywords: Any) -> Any:
    """Call a function in a process of its own.

    Args:
        function: what to call, as ``package.module:name``; at the top level of its module.
        *arguments: for the function; picklable. The first one, where it is bytes, is taken for the file, to say where
            in it a reader stopped.
        limits: of memory and time.
        **keywords: for the function; picklable.

    Returns:
        What the function returns; picklable.

    Raises:
        FileRefused: the reader crashed, took too long, or ran out of memory; names the place where it can be found.
        Exception: whatever the function raised.
    """
    held = limits or GuardLimits()
    content = arguments[0] if arguments and isinstance(arguments[0], bytes) else b""
    with tempfile.TemporaryDirectory(prefix="patchwork-read-") as folder:  # for the owner alone
        order, answer = Path(folder) / "order", Path(folder) / "answer"
        order.write_bytes(pickle.dumps((function, arguments, keywords, held.memory_bytes)))
        command = [sys.executable, "-m", "app.ingest.guard.child", str(order), str(answer)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                check=False,
                env=_environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=held.seconds,
            )
        except subprocess.TimeoutExpired:
            raise FileRefused(
                "reader_too_slow",
                "file",
                f"a file not read within {held.seconds:g} seconds",
                "a smaller or simpler file",
                "Send it in parts.",
            ) from None
        if not answer.is_file():
            raise _stopped(function, done.returncode, done.stderr, content)
        kind, outcome = pickle.loads(answer.read_bytes())  # noqa: S301 - written by our own child
    if kind == "value":
        return outcome
    if kind == "error":
        raise outcome
    if kind == "memory":
        raise _out_of_memory(held)
    raise _stopped(function, None, str(outcome).encode(), content)


def _environment() -> dict[str, str]:
    # The address space is limited, and every thread of these pools reserves some of it.
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(threads, "1"), "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1"}


def _out_of_memory(limits: GuardLimits) -> FileRefused:
    return FileRefused(
        "reader_out_of_memory",
        "file",
        f"a file that takes more than {limits.memory_bytes:,} bytes to read",
        "a smaller file",
        "Send it in parts, or as CSV.",
    )


def _stopped(function: str, code: int | None, said: bytes, content: bytes) -> FileRefused:
    """The refusal of a file whose reader died."""
    # Native code says why on its error stream; that may quote the file, so it is judged and not repeated.
    text = said.decode("utf-8", "replace")
    if "memory allocation" in text or "bad_alloc" in text or "MemoryError" in text:
        return _out_of_memory(GuardLimits())
    how = "stopped" if code is None or code >= 0 else f"was stopped by {_signal(-code)}"
    log.warning("reader_died", function=function, code=code)
    return FileRefused(
        "reader_stopped",
        place_of_fault(content),
        f"a file at which its reader {how}",
        "a file that can be read",
        _REMEDY,
    )


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
