"""Hold the fitted cost of a district to tours: mean error, and rank correlation within a city.

    python bench/zoning/district_costs.py FOLDER INSTANCE... --districts 40 --days 60 --seed 3

Districts are of quickly drawn plans within the limits of each instance; their tours run through days drawn from the
seed. The coefficients were fitted on cities of their own; nothing is fitted here.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.zoning.sampled_city import Days, read_city, whole_costs
from geo.zoning.partition.search import AnnealParameters, starts

KICKS = 5.0
"""Kicks a point in a tour that is measured."""


def held_to_tours(folder: Path, instance: str, districts: int, days: int, seed: int) -> dict[str, float | str]:
    """Errors of the fitted cost over districts of plans that are within limits and otherwise drawn."""
    city, quick = read_city(folder, instance), AnnealParameters(temperatures=15, proposals_per_unit=60)
    costs, drawn, k = whole_costs(city), Days(city, days, seed), city.districts
    limits = np.full(k, float(city.least)), np.full(k, float(city.most))
    _, pool = starts(costs, np.ones(city.units), *limits, seed, lambda: False, 1 + 3 * districts // k, quick)
    order = np.random.default_rng(seed).permutation(len(pool.zones))[:districts]
    zones = [pool.zones[int(i)] for i in order]
    fitted = np.array([costs.of_zone(zone) for zone in zones])
    toured = np.array([drawn.tours(zone, KICKS).mean() for zone in zones])
    off = fitted / toured - 1
    row = {"mean_error": np.abs(off).mean(), "level": off.mean(), "rank_correlation": spearmanr(fitted, toured)[0]}
    rounded = {name: round(float(value), 4) for name, value in row.items()}
    return {"instance": instance, "districts": float(len(zones)), **rounded}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("instances", nargs="+")
    ask.add_argument("--districts", type=int, default=40)
    ask.add_argument("--days", type=int, default=60)
    ask.add_argument("--seed", type=int, default=3)
    given = ask.parse_args()
    for instance in given.instances:
        found = held_to_tours(given.folder, instance, given.districts, given.days, given.seed)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
