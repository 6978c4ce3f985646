"""How many cores this process may use."""

from __future__ import annotations

import os

COUNTED_THREADS = 2
"""Threads where work is counted, not seconds: how parts of it follow each other depends on it, so it is no setting."""


def cores() -> int:
    """Cores this process may run on: those it is held to where the system says, else those of the machine."""
    allowed = getattr(os, "sched_getaffinity", None)
    return max(1, len(allowed(0)) if allowed is not None else os.cpu_count() or 1)
