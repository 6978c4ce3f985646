"""A home-care day planned by us and by each peer alone, in the same run: cost, rules broken, seconds.

    python bench/routing/peers_rounds.py [--visits 170] [--carers 34] [--seconds 60] [--vroom-python PATH]

OR-Tools alone knows every rule of this day. PyVRP and VROOM keep no carers in step: starts of double-handed visits are
pinned mid-window for them, and PyVRP knows no rests. What comes back is settled, added up and checked as ours is. VROOM
is run by another Python, which has pyvroom; without one the table says that it was absent.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from home_care_day import make_day, ortools_alone

from routing.rounds import Day, Rounds, check, solve
from routing.rounds.able import able_carers
from routing.rounds.improve import make_plan
from routing.rounds.pyvrp_engine import PyVrpEngine
from routing.rounds.resting import fit_rests
from routing.rounds.sequences import Sequence


def pinned(day: Day) -> dict[int, int]:
    """Starts of the double-handed visits, mid-window."""
    return {n: (visit.earliest + visit.latest) // 2 for n, visit in enumerate(day.visits) if visit.carers > 1}


def settled(day: Day, routes: list[Sequence], name: str) -> Rounds | None:
    """Add up what a peer returned, its rests placed where they fit."""
    _, reasons = able_carers(day)
    pins = pinned(day)
    rested = fit_rests(day, routes, pins)
    plan = make_plan(day, rested if rested is not None else routes, reasons, name, 0, pins)
    return None if plan is None else plan.rounds


def pyvrp_alone(day: Day, seconds: float, seed: int) -> Rounds | None:
    able, _ = able_carers(day)
    nobody = [Sequence(())] * len(day.carers)
    return settled(day, PyVrpEngine(day, able, pinned(day)).run(nobody, seed, seconds=seconds), "pyvrp alone")


def vroom_alone(python: Path) -> Callable[[Day, float, int], Rounds | None]:
    def run(day: Day, seconds: float, _seed: int) -> Rounds | None:
        pins = pinned(day)
        visits = [
            {**asdict(visit), "earliest": pins.get(n, visit.earliest), "latest": pins.get(n, visit.latest)}
            for n, visit in enumerate(day.visits)
        ]
        text = json.dumps(
            {
                "visits": visits,
                "carers": [asdict(carer) for carer in day.carers],
                "minutes": day.legs.minutes.tolist(),
                "skills": sorted({skill for visit in day.visits for skill in visit.skills}),
                "seconds": seconds,
            },
            default=sorted,
        )
        script = Path(__file__).with_name("vroom_peer.py")
        done = subprocess.run([python, script], input=text, capture_output=True, text=True, check=True)  # noqa: S603
        whole = json.loads(done.stdout)
        came = [n for route in whole for n in route]
        full = {n for n in came if came.count(n) == day.visits[n].carers}
        routes = [Sequence(tuple(n for n in route if n in full)) for route in whole]
        return settled(day, routes, "vroom alone")

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=170)
    parser.add_argument("--carers", type=int, default=34)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--vroom-python", type=Path, help="a Python that has pyvroom")
    asked = parser.parse_args()
    day = make_day(asked.visits, asked.carers, asked.seed)
    asked_for = sum(visit.carers for visit in day.visits)
    solve(replace(day, visits=day.visits[:2], travel=None), 0.1)  # loads the compiled search before anything is timed
    engines: dict[str, Callable[[Day, float, int], Rounds | None]] = {
        "patchwork": solve,
        "OR-Tools alone": ortools_alone,
        "PyVRP alone": pyvrp_alone,
    }
    if asked.vroom_python is not None:
        engines["VROOM alone"] = vroom_alone(asked.vroom_python)
    print("| engine | seconds | carer-visits served | rules broken | paid minutes | travel | cost |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, engine in engines.items():
        start = time.perf_counter()
        rounds = engine(day, asked.seconds, asked.seed)
        took = time.perf_counter() - start
        if rounds is None:
            print(f"| {name} | {took:.1f} | no plan whose times could be kept | | | | |", flush=True)
            continue
        served = sum(len(route.stops) for route in rounds.routes)
        print(
            f"| {name} | {took:.1f} | {served} of {asked_for} | {len(check(day, rounds))} | {rounds.paid_minutes} "
            f"| {rounds.travel_minutes} | £{rounds.cost_pounds:.0f} |",
            flush=True,
        )
    if asked.vroom_python is None:
        print("| VROOM alone | absent: give a Python that has pyvroom with --vroom-python | | | | | |")


if __name__ == "__main__":
    main()
