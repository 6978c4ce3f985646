"""Every home health-care instance of a folder over several seeds, beside the best objective known.

    python bench/routing/hhcrsp_table.py FOLDER --kept DIRECTORY [--seconds 60] [--seeds 0,1,2] [--only 50_] [--most 9]

FOLDER holds the instances and ``best_known.csv`` with a column ``best``. DIRECTORY keeps ``runs.csv``, one row a run,
so that a table is made in as many calls as suit the machine: what is there with these seconds is not run again, and
``--most`` ends a call after so many runs. A solution better than the best known stays there in the instances' format.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections import defaultdict
from pathlib import Path

from hhcrsp import judge, solve_to

COLUMNS = ("instance", "seed", "seconds", "objective", "load")
THREADS = 2
BETTER = 1e-3
"""Least difference of objectives by which one is better: those published are rounded to a thousandth."""

Run = tuple[str, int, float]


def read_runs(file: Path) -> dict[Run, float]:
    """Objective of each run that was made."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            (row["instance"], int(row["seed"]), float(row["seconds"])): float(row["objective"])
            for row in csv.DictReader(lines)
        }


def note_run(file: Path, run: Run, objective: float) -> None:
    """Add a run to the file, with the machine's load at its end."""
    fresh = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        if fresh:
            writer.writerow(COLUMNS)
        writer.writerow([*run, f"{objective:.4f}", f"{os.getloadavg()[0]:.1f}"])


def solved(instance: Path, run: Run, best: float, kept: Path) -> float:
    """Objective of one run; its solution stays if it is better than the best known."""
    name, seed, seconds = run
    out = kept / f"{name}-seed{seed}.json"
    solve_to(instance, out, seconds, seed, THREADS)
    objective = judge(instance, out)["objective"]
    if objective > best - BETTER:
        out.unlink()
    return objective


def table(known: dict[str, float], runs: dict[Run, float], seeds: list[int], seconds: float) -> list[str]:
    """Lines of the table: each instance's objectives, their mean beside the best known, and the same by size."""
    lines = [
        "| instance | best known | " + " | ".join(f"seed {seed}" for seed in seeds) + " | mean | worst |",
        "|---|" + "--:|" * (len(seeds) + 3),
    ]
    sizes: dict[str, list[float]] = defaultdict(list)
    for name, best in known.items():
        found = [runs.get((name, seed, seconds)) for seed in seeds]
        off = [100 * (each / best - 1) for each in found if each is not None]
        if not off:
            continue
        sizes[name.split("_")[0]] += off
        cells = ["" if each is None else f"{each:.3f}" for each in found]
        lines.append(f"| {name} | {best:.3f} | {' | '.join(cells)} | {sum(off) / len(off):+.2f}% | {max(off):+.2f}% |")
    lines.append("")
    every = [each for off in sizes.values() for each in off]
    for label, off in [*((f"{size} patients", off) for size, off in sizes.items()), ("all", every)]:
        if off:
            lines.append(f"{label}: {len(off)} runs, mean {sum(off) / len(off):+.2f}%, worst {max(off):+.2f}%")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kept", type=Path, required=True, help="where runs and better solutions are kept")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", default="0,1,2", help="apart by commas")
    parser.add_argument("--only", default="", help="instances whose name begins so, apart by commas")
    parser.add_argument("--most", type=int, default=10_000, help="runs of this call at the most")
    asked = parser.parse_args()
    asked.kept.mkdir(parents=True, exist_ok=True)
    seeds, file = [int(seed) for seed in asked.seeds.split(",")], asked.kept / "runs.csv"
    rows = csv.DictReader((asked.folder / "best_known.csv").open(encoding="utf-8"))
    known = {row["instance"]: float(row["best"]) for row in rows}
    runs, made = read_runs(file), 0
    for seed in seeds:
        for name, best in known.items():
            found = list(asked.folder.glob(f"*_{name}.json"))
            run = (name, seed, asked.seconds)
            if not found or not name.startswith(tuple(asked.only.split(","))) or run in runs or made >= asked.most:
                continue
            runs[run] = solved(found[0], run, best, asked.kept)
            note_run(file, run, runs[run])
            made += 1
    print("\n".join(table(known, runs, seeds, asked.seconds)))


if __name__ == "__main__":
    main()
