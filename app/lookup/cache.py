"""Answers that cost seconds to make and stay the same until something is published or loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")
MOST_KEPT = 32


class VersionedCache:
    """Keeps the latest answers of this process, each for one state of what is published."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: LRUCache[Hashable, tuple[int, Any]] = LRUCache(MOST_KEPT)
        self._lock = threading.Lock()

    def get(self, key: Hashable, version: int, make: Callable[[], Value]) -> Value:
        """Return the answer kept under ``key`` for ``version``, or make and keep it.

        Two threads that ask at once may both make it; the later one is kept.
        """
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] == version:
                value: Value = known[1]
                return value
        made = make()
        with self._lock:
            self._kept[key] = (version, made)
        return made
