"""How the plan and its cost grow with the day: 50 to 2,000 visits, a carer to five visits.

    python bench/routing/growth_rounds.py [--sizes 50,100,200,500,1000,2000] [--seconds 20] [--plot growth.png]

Each size has the same time to search. Seconds include everything around the search: tables, times, the checker. Paid
minutes a carer-visit would stay level if the search kept up and the towns did not fill.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
from home_care_day import make_day

from routing.rounds import check, solve

mpl.use("Agg")
from matplotlib import pyplot as plt


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="50,100,200,500,1000,2000")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows = []
    warm = make_day(10, 4, 0)
    solve(replace(warm, travel=None), 0.1)  # loads the compiled search before anything is timed
    print(
        "| visits | carer-visits | seconds | unserved | rules broken | paid minutes a carer-visit | £ a carer-visit |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for size in map(int, asked.sizes.split(",")):
        day = make_day(size, size // 5, asked.seed)
        start = time.perf_counter()
        rounds = solve(day, asked.seconds, asked.seed)
        took = time.perf_counter() - start
        made = sum(len(route.stops) for route in rounds.routes)
        rows.append(
            {
                "visits": size,
                "carer_visits": made,
                "seconds": round(took, 1),
                "unserved": len(rounds.unserved),
                "broken": len(check(day, rounds)),
                "paid_minutes_per_carer_visit": round(rounds.paid_minutes / made, 2),
                "pounds_per_carer_visit": round(rounds.cost_pounds / made, 2),
            }
        )
        print(f"| {' | '.join(str(value) for value in rows[-1].values())} |", flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    if asked.plot is not None:
        figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
        sizes = [row["visits"] for row in rows]
        for axis, name in zip(axes, ("pounds_per_carer_visit", "seconds"), strict=True):
            axis.plot(sizes, [row[name] for row in rows], marker="o")
            axis.set(xscale="log", xlabel="visits a day", ylabel=name.replace("_", " "), ylim=(0, None))
        figure.savefig(asked.plot, dpi=120)


if __name__ == "__main__":
    main()
