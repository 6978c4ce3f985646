"""A process that has the libraries of the readers loaded and forks a child for each file that is to be read apart.

Started when the first file is read, one for each process of the service, and gone when that process is. For every file
it is handed one end of a socket; a keeper takes the order from it, forks the child that reads, and tells how it ended.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any, Final

from app.ingest.guard.child import answer_order

_LIBRARIES: Final = "app.ingest.libraries"
READY: Final = b"ready"
"""What a keeper says when it waits for its order."""
_LOOK_EVERY_SECONDS: Final = 0.02
_FRUGAL: Final = {
    # The address space of a child is limited, and every thread of these pools reserves some of it.
    **dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
    ),
    "MALLOC_ARENA_MAX": "2",
}
_held: dict[str, Any] = {"of": 0, "line": None}
_lock = threading.Lock()


def hand_over(end: socket.socket) -> None:
    """Give the nursery one end of a socket on which an order will come; start it where there is none, or none any more.

    Raises:
        OSError: no process can be started.
    """
    with _lock:
        if _held["of"] != os.getpid() or _held["line"] is None:  # a forked process has a nursery of its own
            _start()
        try:
            socket.send_fds(_held["line"], [b"!"], [end.fileno()])
        except OSError:
            _start()
            socket.send_fds(_held["line"], [b"!"], [end.fileno()])


def give_up() -> None:
    """Have no more to do with the nursery there is: it does not answer. The next order starts another."""
    with _lock:
        if (line := _held["line"]) is not None and _held["of"] == os.getpid():
            line.close()  # a nursery that still lives ends with it
            _held["line"] = None


def _start() -> None:
    ours, theirs = socket.socketpair()
    begin = f"from app.ingest.guard import nursery; nursery.main({theirs.fileno()})"
    command = [sys.executable, "-c", begin]
    with theirs:
        subprocess.Popen(  # noqa: S603 - our own module
            command,
            env={**os.environ, **_FRUGAL},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # a key pressed at the terminal is for whoever asked
        )
    _held.update(of=os.getpid(), line=ours)


def main(fileno: int) -> None:
    """Fork a keeper for every socket that comes on this one, until whoever started this process is gone."""
    line = socket.socket(fileno=fileno)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    importlib.import_module(_LIBRARIES)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    while True:
        said, ends, _, _ = socket.recv_fds(line, 1, 1)
        if not said:
            return
        if os.fork() == 0:
            line.close()
            with contextlib.suppress(OSError, EOFError):  # whoever asked is gone
                _keep(Connection(ends[0]))
            os._exit(0)
        os.close(ends[0])


def _keep(line: Connection) -> None:
    """Take an order, let a child answer it, and tell how the child ended; end it where nobody waits any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line.send_bytes(READY)
    order = line.recv_bytes()
    words, speaks = os.pipe()
    child = os.fork()
    if child == 0:
        os.set_blocking(speaks, False)
        os.dup2(speaks, 2)
        answer_order(order, line)
        os._exit(0)
    os.close(speaks)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        gone, _, _ = select.select([line], [], [], _LOOK_EVERY_SECONDS)
        if gone:  # nothing more is ever sent, so this is the end of the line
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
    os.set_blocking(words, False)
    said = b""
    with contextlib.suppress(BlockingIOError):
        said = os.read(words, 1 << 16)
    line.send_bytes(pickle.dumps(("ended", os.waitstatus_to_exitcode(status), said.decode("utf-8", "replace"))))
