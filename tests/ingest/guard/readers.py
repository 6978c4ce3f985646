"""Readers that go wrong in the ways readers do, to be called in a process of their own."""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path
from typing import Any


def calamine_rows(content: bytes) -> list[list[Any]]:
    """Every row of the first sheet, by the native reader."""
    from python_calamine import CalamineWorkbook

    rows: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return rows


def echo(content: bytes, *, times: int = 1) -> bytes:
    """The content back."""
    return content * times


def content_of(path: Path) -> bytes:
    """What a file holds."""
    return path.read_bytes()


def refuse(_: bytes) -> None:
    """Raise as a reader does that found something wrong."""
    raise ValueError("row 3, column hours: found 'x', expected a number")


def abort(_: bytes) -> None:
    """Die as native code does."""
    os.kill(os.getpid(), signal.SIGABRT)


def killed(_: bytes) -> None:
    """Be ended as by the kernel of a machine that is short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def forker(_: bytes) -> int:
    """The process that forks readers: the parent of the one that tells how this one ended."""
    keeper = Path(f"/proc/{os.getppid()}/stat").read_text(encoding="ascii")
    return int(keeper.rpartition(")")[2].split()[1])


def keeper_killed(_: bytes) -> None:
    """End without an answer, and with whoever would have told how."""
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(1)


def eat(_: bytes) -> int:
    """Take more memory than there may be."""
    return len(bytearray(3_000_000_000))


def hang(_: bytes) -> None:
    """Never end."""
    time.sleep(600)


def panic(_: bytes) -> None:
    """Raise what is no Exception, as a panic of native code is."""
    raise _PanicError


class _PanicError(BaseException):
    pass


def every_header(headers: list[str]) -> dict[str, str]:
    """Every column of a table."""
    return {name: name for name in headers if name}


def dies(_headers: list[str]) -> dict[str, str]:
    """Die while a table is read."""
    os.kill(os.getpid(), signal.SIGABRT)
    return {}
