"""Whose turn it is: jobs run side by side, but one whose worker died twice runs alone.

A job that takes its worker down takes the jobs beside it down as well, and each of them counts a death. Run alone from
the third attempt, only the one that is to blame dies again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

DEATHS_BEFORE_ALONE = 2


class Turns:
    """Lets jobs run side by side, and one alone when it asks for that."""

    def __init__(self) -> None:
        """Nobody runs."""
        self._changed = threading.Condition()
        self._running, self._waiting_alone, self._alone = 0, 0, False

    @contextmanager
    def turn(self, *, alone: bool) -> Iterator[None]:
        """Wait for a turn and hold it.

        Args:
            alone: nothing else may run meanwhile. Whoever waits for that goes before those who come later.
        """
        with self._changed:
            if alone:
                self._waiting_alone += 1
                self._changed.wait_for(lambda: not self._alone and not self._running)
                self._waiting_alone -= 1
                self._alone = True
            else:
                self._changed.wait_for(lambda: not self._alone and not self._waiting_alone)
                self._running += 1
        try:
            yield
        finally:
            with self._changed:
                if alone:
                    self._alone = False
                else:
                    self._running -= 1
                self._changed.notify_all()
