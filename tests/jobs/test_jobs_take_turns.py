"""A job whose worker died twice runs alone, so that it takes no other down with it."""

from __future__ import annotations

import threading
import time

from app.jobs.turns import Turns


def test_jobs_run_side_by_side_and_one_that_asks_runs_alone() -> None:
    turns, together, most, alone_with = Turns(), [0], [0], list[int]()
    lock = threading.Lock()

    def work(*, alone: bool) -> None:
        with turns.turn(alone=alone):
            with lock:
                together[0] += 1
                most[0] = max(most[0], together[0])
            time.sleep(0.05)
            with lock:
                if alone:
                    alone_with.append(together[0])
                together[0] -= 1

    threads = [threading.Thread(target=work, kwargs={"alone": i in {3, 7}}) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert most[0] > 1
    assert alone_with == [1, 1]


def test_one_who_waits_to_run_alone_is_not_passed_by_for_ever() -> None:
    turns, order = Turns(), list[str]()
    begun = threading.Event()

    def first() -> None:
        with turns.turn(alone=False):
            begun.set()
            time.sleep(0.2)
        order.append("first")

    def culprit() -> None:
        with turns.turn(alone=True):
            order.append("alone")

    def late() -> None:
        with turns.turn(alone=False):
            order.append("late")

    threads = [threading.Thread(target=run) for run in (first, culprit, late)]
    threads[0].start()
    begun.wait(5)
    threads[1].start()
    time.sleep(0.05)
    threads[2].start()
    for thread in threads:
        thread.join(timeout=10)
    assert order.index("alone") < order.index("late")
