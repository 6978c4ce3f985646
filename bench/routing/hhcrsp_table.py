"""Every home health-care instance of a folder, solved one after the other, beside its reference objective.

    python bench/routing/hhcrsp_table.py FOLDER [--seconds 60] [--seed 0] [--only 50_,75_]

The folder holds instances and ``reference_objectives.csv``: the objectives of published solutions, found by heuristics.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import defaultdict
from pathlib import Path

from hhcrsp import judge, solve_to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="instances whose name begins so, apart by commas")
    asked = parser.parse_args()
    rows = list(csv.DictReader((asked.folder / "reference_objectives.csv").open(encoding="utf-8")))
    off: dict[str, list[float]] = defaultdict(list)
    print("| instance | ours | reference | off |\n|---|--:|--:|--:|")
    for row in rows:
        name = row["instance"]
        if not name.startswith(tuple(asked.only.split(","))):
            continue
        (instance,) = asked.folder.glob(f"*_{name}.json")
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "solution.json"
            solve_to(instance, out, asked.seconds, asked.seed, 2)
            ours = judge(instance, out)["objective"]
        reference = float(row["mankowska_objective_mean3"])
        off[row["patients"]].append(100 * (ours / reference - 1))
        print(f"| {name} | {ours:.3f} | {reference:.3f} | {off[row['patients']][-1]:+.2f} % |", flush=True)
    for patients, found in off.items():
        print(f"{patients} patients: mean {sum(found) / len(found):+.2f} %, worst {max(found):+.2f} %")


if __name__ == "__main__":
    main()
