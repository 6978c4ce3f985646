"""Whose a claim on an Idempotency-Key is, and whether that process still lives."""

from __future__ import annotations

import os
from pathlib import Path


def mark(host: str) -> str:
    """This process, told apart from a later one that has its number."""
    return f"{host}|{os.getpid()}|{_started(os.getpid())}"  # no NUL: PostgreSQL keeps none in text


def is_dead(holder: str | None, host: str) -> bool:
    """Whether the process behind a mark is known to have ended: it was on this host and is there no more.

    Of a process on another host nothing is known here; its claims lapse by their age.
    """
    parts = (holder or "").rsplit("|", 2)
    if len(parts) != 3 or parts[0] != host or not parts[1].isdigit():
        return False
    try:
        os.kill(int(parts[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(parts[1])) != parts[2]


def is_of(holder: str | None, host: str) -> bool:
    """Whether the process behind a mark is one of this host."""
    return (holder or "").rsplit("|", 2)[0] == host


def _started(pid: int) -> str:
    """When a process started, in the kernel's own count; empty where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
