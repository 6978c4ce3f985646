"""Score a zone plan of an open instance: what it costs, which rules it breaks, and how far it is above the bound.

    python score_zones.py FOLDER PLAN.csv

FOLDER holds instance.json, units.csv, neighbours.csv and, where travel is not straight lines, costs.csv.gz; its README
says what they mean. PLAN.csv has the columns unit and zone. Needs Python 3.9 or later and numpy, nothing else.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_costs(folder: Path, units: list[dict[str, str]]) -> Any:
    """(n, n) cost of an hour at each unit (row) served from each base (column)."""
    path = folder / "costs.csv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="ascii") as file:
            return np.loadtxt(file, delimiter=",", ndmin=2)
    place = np.array([[float(unit["x_km"]), float(unit["y_km"])] for unit in units])
    return np.hypot(place[:, None, 0] - place[None, :, 0], place[:, None, 1] - place[None, :, 1])


def read_plan(path: Path, units: list[dict[str, str]]) -> Any:
    """(n,) zone of each unit as text, in the order of units.csv."""
    zone: dict[str, str] = {}
    for row in read_rows(path):
        if row["unit"] in zone:
            sys.exit(f"{path}: unit {row['unit']} is named twice")
        zone[row["unit"]] = row["zone"].strip()
    missing = [unit["unit"] for unit in units if not zone.get(unit["unit"])]
    unknown = sorted(set(zone) - {unit["unit"] for unit in units})
    if missing or unknown:
        wrong = f"{len(missing)} units have no zone ({missing[:3]}), {len(unknown)} are unknown ({unknown[:3]})"
        sys.exit(f"{path}: {wrong}")
    return np.array([zone[unit["unit"]] for unit in units])


def in_one_piece(units: list[int], beside: list[list[int]]) -> bool:
    """Whether units hang together."""
    members, seen, waiting = set(units), set[int](), [units[0]]
    while waiting:
        unit = waiting.pop()
        if unit not in seen:
            seen.add(unit)
            waiting += [other for other in beside[unit] if other in members]
    return len(seen) == len(members)


def score(folder: Path, plan: Path) -> dict[str, Any]:
    """What a plan costs by part, and the rules it breaks."""
    said = json.loads((folder / "instance.json").read_text(encoding="utf-8"))
    units = read_rows(folder / "units.csv")
    number = {unit["unit"]: i for i, unit in enumerate(units)}
    hours, costs = np.array([float(unit["hours"]) for unit in units]), read_costs(folder, units)
    zone, border = read_plan(plan, units), 0.0
    beside: list[list[int]] = [[] for _ in units]
    for row in read_rows(folder / "neighbours.csv"):
        a, b = number[row["a"]], number[row["b"]]
        beside[a].append(b)
        beside[b].append(a)
        if zone[a] != zone[b]:
            border += float(row["price"])
    names, broken, travel = sorted(set(zone.tolist())), [], 0.0
    if len(names) != said["zones"]:
        broken.append(f"{len(names)} zones, expected {said['zones']}")
    for name in names:
        members = np.flatnonzero(zone == name)
        load = hours[members].sum()
        travel += float((hours[members] @ costs[np.ix_(members, members)]).min())
        low, high = said["least_hours"], said["most_hours"]
        if not low * (1 - 1e-9) <= load <= high * (1 + 1e-9):
            broken.append(f"zone {name} has {load:,.2f} hours, expected {low:,.2f} to {high:,.2f}")
        if not in_one_piece(members.tolist(), beside):
            broken.append(f"zone {name} is in pieces")
    cost, bound = travel + border, said["best"]["bound"]
    best = said["best"]["cost"]
    above = {"above_bound_share": round(cost / bound - 1, 6), "above_best_share": round(cost / best - 1, 6)}
    return {"cost": round(cost, 4), "travel": round(travel, 4), "borders": round(border, 4), **above, "broken": broken}


def main() -> int:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = score(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(found, indent=1))
    return 1 if found["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
