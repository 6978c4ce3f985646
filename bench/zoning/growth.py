"""How seconds, memory and the proven gap grow with the number of units, as a table and, if asked, a picture.

    python bench/zoning/growth.py --units 500 1000 2000 5000 10000 --seconds 60 60 60 120 300 --plot growth.png

Every size runs in a process of its own on a made county, so that its peak memory is its own; the matrix of costs among
all units is part of it. The first plan's seconds count from the call, with the model laid out; laying out the problem
itself (the matrix, the checks) is counted as well, as ``prepare_seconds``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COLUMNS = ("units", "prepare_seconds", "first_plan_seconds", "seconds", "cost", "gap", "imbalance", "peak_mb")


def one_size(units: int, zones: int, seconds: float, seed: int) -> dict[str, Any]:
    """Solve a made county of `units` and return a row of the table."""
    from zone_plans import as_problem, made_county

    from geo.zoning import solve
    from geo.zoning.check.plan_and_bound import broken_rules
    from geo.zoning.solve.warm import warm_up

    warm_up()
    began = time.monotonic()
    problem = as_problem(made_county(units), zones, 0.05, islands="attach")
    prepared = time.monotonic() - began
    first: list[float] = []

    def note(progress: Any) -> None:
        if not first and progress.best_cost < float("inf"):
            first.append(progress.elapsed_seconds)

    began = time.monotonic()
    plan = solve(problem, seconds=seconds, seed=seed, progress=note)
    taken = time.monotonic() - began
    assert broken_rules(problem, plan.labels) == []
    return {
        "units": units,
        "prepare_seconds": round(prepared, 1),
        "first_plan_seconds": round(first[0], 1) if first else None,
        "seconds": round(taken, 1),
        "cost": round(plan.cost, 1),
        "gap": round(plan.gap, 4),
        "imbalance": round(plan.imbalance, 4),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw seconds to the first plan, memory and gap against units."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    units = [row["units"] for row in rows]
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), constrained_layout=True)
    shown = (
        ("seconds", [[row["first_plan_seconds"] for row in rows], [row["seconds"] for row in rows]]),
        ("peak memory, MB", [[row["peak_mb"] for row in rows]]),
        ("proven gap, %", [[100 * row["gap"] for row in rows]]),
    )
    for axis, (title, lines) in zip(axes, shown, strict=True):
        for line, label in zip(lines, ("first plan", "in all"), strict=False):
            axis.plot(units, line, marker="o", label=label if len(lines) > 1 else None)
        axis.set(title=title, xlabel="units", xscale="log")
        if title != "proven gap, %":
            axis.set_yscale("log")
        axis.set_xticks(units, [f"{count:,}" for count in units])
        axis.minorticks_off()
        axis.grid(visible=True, alpha=0.3)
    axes[0].legend()
    figure.savefig(path, dpi=150)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--units", type=int, nargs="+", default=[500, 1000, 2000, 5000, 10_000])
    ask.add_argument("--seconds", type=float, nargs="+", default=[60, 60, 60, 120, 300], help="one, or one a size")
    ask.add_argument("--zones", type=int, default=14)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--plot", type=Path, help="PNG file to draw")
    ask.add_argument("--one", action="store_true", help="run in this process and print a row; for the first size only")
    given = ask.parse_args()
    if given.one:
        print(json.dumps(one_size(given.units[0], given.zones, given.seconds[0], given.seed)))
        return
    budgets = given.seconds if len(given.seconds) == len(given.units) else given.seconds[:1] * len(given.units)
    rows = []
    print("| " + " | ".join(COLUMNS) + " |\n|" + "--:|" * len(COLUMNS))
    for units, seconds in zip(given.units, budgets, strict=True):
        command = [sys.executable, __file__, "--one", "--units", str(units), "--seconds", str(seconds)]
        command += ["--zones", str(given.zones), "--seed", str(given.seed)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this very file
        rows.append(json.loads(done.stdout))
        print("| " + " | ".join(str(rows[-1][column]) for column in COLUMNS) + " |", flush=True)
    if given.plot is not None:
        draw(rows, given.plot)


if __name__ == "__main__":
    main()
