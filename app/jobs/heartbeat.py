"""A worker's sign of life, given by a small process of its own.

A job may hold Python's interpreter lock for minutes inside native code, and then no other thread of its process gets a
turn: a heartbeat from a thread would fall silent, and another host would take over a job that runs. This process
shares nothing with the jobs. It ends when its worker does: the pipe from the worker closes, or the worker is no
longer its parent.

Started by :class:`Heartbeat` as ``python -m app.jobs.heartbeat`` and told what to do in one line on standard input, so
that no password stands in a command line.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from app.jobs.presence import Guard, Register

TAKEN = 3
"""Exit code: another process is this host's worker."""

GUARD_PATIENCE_SECONDS = 5.0
"""How long to wait for the guard: a worker that was just killed may take a moment to be gone."""


class WorkerRunningError(RuntimeError):
    """Another process is this host's worker already."""


class Heartbeat:
    """The worker's hand on its heartbeat process."""

    def __init__(self, url: str, host: str, lost_after_seconds: float) -> None:
        """Beat for ``host`` in the jobs database at ``url``, four times in ``lost_after_seconds`` or oftener."""
        self._order = json.dumps({"url": url, "host": host, "seconds": min(5.0, lost_after_seconds / 4)})
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process, which at once tries to take the host's guard; see :meth:`wait`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.jobs.heartbeat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        self._process.stdin.write(self._order + "\n")
        self._process.stdin.flush()

    def wait(self) -> None:
        """Wait until the host's guard is held and the worker is in the register.

        Raises:
            WorkerRunningError: When another process is this host's worker.
            RuntimeError: When the jobs database cannot be reached.
        """
        assert self._process is not None, "start comes first"  # noqa: S101 - a mistake of ours
        assert self._process.stdout is not None  # noqa: S101 - asked for at the start
        if self._process.stdout.readline().strip() != "held":
            code = self._process.wait(timeout=30)
            if code == TAKEN:
                raise WorkerRunningError("another process is this host's job worker already")
            raise RuntimeError(f"the worker's heartbeat did not start (exit code {code}); can the database be reached?")

    def ended(self) -> int | None:
        """Exit code when the heartbeat has stopped by itself, else None."""
        return None if self._process is None else self._process.poll()

    def stop(self) -> None:
        """Sign the worker off and end."""
        if self._process is None:
            return
        with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
            self._process.communicate("gone\n", timeout=10)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=10)


def _take(guard: Guard) -> bool:
    until = time.monotonic() + GUARD_PATIENCE_SECONDS
    while not guard.take():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _beat(register: Register, guard: Guard, host: str) -> int | None:
    """Sign once; an exit code when the guard was lost to another process."""
    try:
        if not guard.held():
            return TAKEN
        register.sign(host)
    except SQLAlchemyError as error:  # the database is away: others see it too, and the next beat may reach it
        print(f"heartbeat waits for the database: {type(error).__name__}", file=sys.stderr)  # noqa: T201 - its only log
    return None


def main() -> int:
    """Beat until the worker says it leaves, or is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # sent to the whole group; the worker decides when to go
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parent = os.getppid()
    order = json.loads(sys.stdin.readline())
    host, seconds = order["host"], float(order["seconds"])
    register = Register(order["url"])
    register.create()
    guard = register.guard(host)
    if not _take(guard):
        return TAKEN
    register.sign(host)
    print("held", flush=True)  # noqa: T201 - the worker waits for it

    said: list[str] = []
    ended = threading.Event()

    def listen() -> None:
        said.append(sys.stdin.readline().strip())  # empty when the pipe closed: the worker died
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    due = time.monotonic() + seconds
    while not ended.wait(min(0.5, seconds)):
        if os.getppid() != parent:  # a stray child of the worker may keep the pipe open
            break
        if time.monotonic() < due:
            continue
        due = time.monotonic() + seconds
        code = _beat(register, guard, host)
        if code is not None:
            return code
    if said == ["gone"]:
        with contextlib.suppress(SQLAlchemyError):
            register.sign(host, gone=True)
    guard.release()
    register.dispose()
    return 0


if __name__ == "__main__":
    # Not sys.exit: the listening thread sits in a read that interpreter shutdown could wait for.
    code = main()
    sys.stdout.flush()
    os._exit(code)
