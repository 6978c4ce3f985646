"""Progress of a search that says nothing between two better plans."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from app.jobs.context import JobCancelled, JobContext, JobLost

TICK_SECONDS = 0.5
LAST_SHARE = 0.95


@contextmanager
def ticking(
    context: JobContext, seconds: float, stage: str, first: float = 0.02, last: float = LAST_SHARE
) -> Iterator[Callable[[float], None]]:
    """Report progress by the clock while the block runs, and whether the job was cancelled when it ends.

    Yields:
        What to call with the cost in pounds of each better plan; the stage then tells it.

    Raises:
        JobCancelled: at the end of the block, when somebody asked for it meanwhile.
    """
    began, over = time.monotonic(), threading.Event()
    told = [stage]

    def better(cost_pounds: float) -> None:
        told[0] = f"{stage}: £{cost_pounds:,.2f}"

    def tick() -> None:
        with suppress(JobCancelled, JobLost):
            while not over.wait(TICK_SECONDS):
                share = min((time.monotonic() - began) / seconds, 1.0)
                context.progress(first + (last - first) * share, told[0])

    context.progress(first, stage)
    ticker = threading.Thread(target=tick, name="rounds progress", daemon=True)
    ticker.start()
    try:
        yield better
    finally:
        over.set()
        ticker.join()
    context.check()
