"""Hold the road model's minutes, and the detours of walkers and cyclists, to what open data says.

    python bench/routing/calibrate_modes.py EXTRACT.osm.pbf OPEN_DATA_FOLDER

Three figures, all printed and none written:

* the detour of walkers and cyclists: way over straight line between random postcodes 0.3 to 3 km apart;
* car minutes beside the road-free curve, which is fitted to drive times, for postcodes 1 to 15 km apart;
* car minutes beside the drive times themselves. Hospitals lie outside the extract, so a trip is the way to a gate at
  its edge and an unknown rest; the rest is fitted, one for each hospital and gate, and what remains is how minutes
  differ between small areas: their slope on ours is how slow or quick our roads are.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np

from routing.importers import read_roads
from routing.roads import RoadsModel
from routing.travel import build_for, load


def postcodes(folder: Path, district: str) -> np.ndarray:
    with gzip.open(folder / "postcodes_2025.csv.gz", "rt", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    east, north = (next(key for key in rows[0] if key.lower().startswith(axis)) for axis in ("e", "n"))
    code = next(key for key in rows[0] if any(row[key] == district for row in rows[-2000:] + rows[:2000]))
    return np.array([(float(row[east]), float(row[north])) for row in rows if row[code] == district])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pbf", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--district", default="E06000017")
    asked = parser.parse_args()
    ways = read_roads(asked.pbf)
    at = postcodes(asked.folder, asked.district)
    at = at[np.random.default_rng(0).permutation(len(at))[:700]]
    straight = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) / 1000
    near = (straight >= 0.3) & (straight <= 3)
    for mode in ("walk", "cycle"):
        km = RoadsModel(build_for(ways, mode)).miles(at, at) * 1.609344
        found = km[near] / straight[near]
        print(f"{mode}: mean detour {found.mean():.3f}, median {np.median(found):.3f}, {near.sum()} pairs")
    car, free = RoadsModel(build_for(ways)), load(None)
    apart = (straight >= 1) & (straight <= 15)
    ours = car.minutes(at, at) + car.access_minutes
    for low, high in ((1, 2), (2, 5), (5, 10), (10, 15)):
        part = apart & (straight >= low) & (straight < high)
        print(f"car {low} to {high} km: roads over road-free {np.median(ours[part] / free.minutes(at, at)[part]):.2f}")
    by_hospital(asked.folder, car)


def by_hospital(folder: Path, car: RoadsModel) -> None:
    with (folder / "lsoa_centroids_2011.csv").open(encoding="utf-8") as handle:
        centre = {r["lsoa11cd"]: (float(r["X"]), float(r["Y"])) for r in csv.DictReader(handle)}
    trips: dict[tuple[float, float], list[tuple[str, float]]] = defaultdict(list)
    with (folder / "drive_minutes_lsoa_to_hospital.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            here = centre[row["lsoa11"]]
            if car.snap([here]).metres[0] < 500:
                trips[float(row["unit_e"]), float(row["unit_n"])].append((row["lsoa11"], float(row["drive_minutes"])))
    edge = car.network
    angle = np.arctan2(edge.north_m - edge.north_m.mean(), edge.east_m - edge.east_m.mean())
    sector = np.floor((angle + np.pi) / (2 * np.pi) * 48).astype(int)
    away = np.hypot(edge.east_m - edge.east_m.mean(), edge.north_m - edge.north_m.mean())
    gates = [np.nonzero(sector == s)[0][np.argmax(away[sector == s])] for s in np.unique(sector)]
    gate_at = np.c_[edge.east_m[gates], edge.north_m[gates]]
    x, y = [], []
    for rows in trips.values():
        if len(rows) < 5:
            continue
        ours = car.minutes([centre[code] for code, _ in rows], gate_at)
        theirs = np.array([minutes for _, minutes in rows])
        # The gate of this hospital is the one whose minutes go with theirs best, for all its trips.
        left = [np.var(theirs - ours[:, g]) for g in range(ours.shape[1])]
        best = int(np.argmin(left))
        x += (ours[:, best] - ours[:, best].mean()).tolist()
        y += (theirs - theirs.mean()).tolist()
    if not x:
        print("no hospital with five trips from inside the extract")
        return
    a, b = np.array(x), np.array(y)
    print(
        f"{len(a)} trips: drive times differ by {float(a @ b / (a @ a)):.2f} of a minute for each minute that ours "
        f"differ, correlation {np.corrcoef(a, b)[0, 1]:.2f}, mean absolute rest {np.abs(b - a).mean():.2f} minutes"
    )


if __name__ == "__main__":
    main()
