"""A carer off sick at ten on a day of 200 visits: how long planning again takes, and who is moved.

    python bench/routing/replan.py [--visits 200] [--carers 40] [--seconds 3] [--seed 0]

The plan is made first, for 20 seconds. Then three changes, each by itself: the carer with the most left to do is off, a
visit is added, a visit is cancelled. Broken rules are counted by the checker.
"""

from __future__ import annotations

import argparse
import time

from home_care_day import make_day

from routing.rounds import Changes, Visit, check, replan, solve

TEN = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--carers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    day = make_day(asked.visits, asked.carers, asked.seed)
    plan = solve(day, 20, asked.seed)
    print(f"plan: {len(plan.unserved)} unserved, {plan.paid_minutes} paid minutes, £{plan.cost_pounds:.0f}")
    left = {route.carer: sum(stop.start > TEN for stop in route.stops) for route in plan.routes}
    last = max((stop for route in plan.routes for stop in route.stops), key=lambda stop: stop.start)
    middle = day.visits[0]
    new = Visit("added at ten", middle.easting + 500, middle.northing, 660, 840, 45)
    for name, changes in (
        ("a carer off", Changes(TEN, carers_off=(max(left, key=lambda carer: left[carer]),))),
        ("a visit added", Changes(TEN, visits_added=(new,))),
        ("a visit cancelled", Changes(TEN, visits_cancelled=(last.visit,))),
    ):
        start = time.perf_counter()
        again = replan(day, plan, changes, asked.seconds, asked.seed)
        took = time.perf_counter() - start
        broken = len(check(again.day, again.rounds))
        others = sum(one.carers_before != one.carers_after for one in again.moved)
        print(
            f"{name}: {took:.1f} s, {broken} rules broken, {len(again.fixed)} visits begun, "
            f"{others} given to others, {len(again.moved) - others} at another time, "
            f"{len(again.carers_told)} carers to tell, {len(again.rounds.unserved)} unserved, "
            f"£{again.rounds.cost_pounds:.0f}"
        )


if __name__ == "__main__":
    main()
