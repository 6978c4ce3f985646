"""A synthetic home-care day planned by both engines together, and by OR-Tools alone, in the same run.

    python bench/routing/home_care_day.py [--visits 170] [--carers 34] [--seconds 20] [--seed 0]

Five towns, 30 of 170 visits double-handed, one visit in seven needing a skill half the carers have, three kinds of
shift, a 30 minute paid rest on the long ones. Travel is the road-free model's. Broken rules are counted by the checker.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from routing.road_free import RoadFreeModel
from routing.rounds import Break, Carer, Day, Rounds, Visit, check, solve
from routing.rounds.able import able_carers
from routing.rounds.improve import make_plan
from routing.rounds.ortools_engine import OrToolsEngine, engine_name

WINDOWS = ((420, 630), (690, 840), (960, 1110), (1140, 1320))
SHIFTS = ((420, 900), (900, 1350), (420, 1350))


def make_day(visits: int, carers: int, seed: int) -> Day:
    rng = np.random.default_rng(seed)
    towns = np.array([440_000, 300_000]) + rng.uniform(2_000, 18_000, (5, 2))
    doors = towns[rng.integers(5, size=visits)] + rng.normal(0, 1_600, (visits, 2))
    homes = towns[rng.integers(5, size=carers)] + rng.normal(0, 2_000, (carers, 2))
    made = []
    for i in range(visits):
        opens, shuts = WINDOWS[rng.choice(4, p=[0.4, 0.2, 0.2, 0.2])]
        minutes = int(rng.choice([30, 45, 60], p=[0.6, 0.25, 0.15]))
        skills = frozenset({"peg"}) if rng.random() < 0.15 else frozenset()
        both = 2 if i < visits * 30 // 170 else 1
        made.append(Visit(f"v{i}", *map(float, doors[i]), opens, shuts, minutes, both, skills))
    people = []
    for c in range(carers):
        start, end = SHIFTS[0 if c < carers * 0.41 else 1 if c < carers * 0.76 else 2]
        rests = (Break(690, 960, 30, paid=True),) if end - start > 600 else ()
        skills = frozenset({"peg"}) if rng.random() < 0.5 else frozenset()
        people.append(Carer(f"c{c}", *map(float, homes[c]), start, end, skills, rests))
    return Day(tuple(made), tuple(people)).with_travel(RoadFreeModel())


def ortools_alone(day: Day, seconds: float, seed: int) -> Rounds | None:
    able, reasons = able_carers(day)
    routes = OrToolsEngine(day, able).run(seconds, seed)
    plan = None if routes is None else make_plan(day, routes, reasons, engine_name(), seed)
    return None if plan is None else plan.rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=170)
    parser.add_argument("--carers", type=int, default=34)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    day = make_day(asked.visits, asked.carers, asked.seed)
    for name, plan in (("both engines", solve), ("OR-Tools alone", ortools_alone)):
        start = time.perf_counter()
        rounds = plan(day, asked.seconds, asked.seed)
        took = time.perf_counter() - start
        if rounds is None:
            print(f"{name}: no plan in {took:.1f} s")
            continue
        print(
            f"{name}: {took:.1f} s, {len(rounds.unserved)} unserved, {len(check(day, rounds))} rules broken, "
            f"paid {rounds.paid_minutes} min (travel {rounds.travel_minutes}, waiting {rounds.waiting_minutes}), "
            f"{rounds.miles:.0f} miles, £{rounds.cost_pounds:.0f}"
        )


if __name__ == "__main__":
    main()
