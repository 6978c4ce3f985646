"""Seconds, cost, proven gap and balance of zone plans on a made county, or on one read from a file.

    python bench/zoning/zone_plans.py --units 600 2000 --seconds 10 60 --seeds 0 1 2
    python bench/zoning/zone_plans.py --file county.npz --zones 14

A file holds `xy` (n, 2) in km, `hours` (n,) and `edges` (e, 2). Cost is hours times straight km to the zone's base. The
made county is a strip of market towns with villages between, its cells the Voronoi cells of its units. Every plan is
verified by the independent checker; with --verify so is the bound, from its certificate.
"""

from __future__ import annotations

import argparse
import json
import resource
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import Voronoi

from geo.zoning import ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import leaves


def made_county(units: int, seed: int = 11) -> dict[str, Any]:
    """Towns along two valleys, villages everywhere, hours heavier where people are older (the villages)."""
    random = np.random.default_rng(seed)
    length_km, width_km, towns = 70.0, 40.0, 11
    along = np.sort(random.uniform(4, length_km - 4, towns))
    across = np.where(np.arange(towns) % 2, 0.3, 0.7) * width_km + random.normal(0, 2.5, towns)
    middle = np.stack([along, across], axis=1)
    share = random.pareto(1.5, towns) + 0.3
    in_town = random.choice(towns, int(0.7 * units), p=share / share.sum())
    spots = middle[in_town] + random.normal(0, 1, (in_town.size, 2)) * (1.0 + share[in_town, None])
    place = np.concatenate([spots, random.uniform(0, 1, (units - in_town.size, 2)) * [length_km, width_km]])
    place = np.clip(place, 0.05, [length_km - 0.05, width_km - 0.05])
    mirrored = [place, place * [-1, 1], place * [1, -1]]
    mirrored += [[2 * length_km, 0] + place * [-1, 1], [0, 2 * width_km] + place * [1, -1]]
    pairs = Voronoi(np.concatenate(mirrored)).ridge_points
    old = np.concatenate([np.ones(in_town.size), np.full(units - in_town.size, 1.6)])
    return {"xy": place, "hours": random.gamma(2.0, 4.5, units) * old, "edges": pairs[(pairs < units).all(axis=1)]}


def as_problem(county: dict[str, Any], zones: int, tolerance: float, **options: Any) -> ZoningProblem:
    """The county as a zoning problem with equal targets."""
    place, (a, b) = county["xy"], county["edges"].T
    n = len(place)
    adjacency = csr_matrix((np.ones(2 * a.size), (np.r_[a, b], np.r_[b, a])), (n, n))
    km = np.hypot(*(place[:, None] - place).transpose(2, 0, 1))
    return ZoningProblem(county["hours"], adjacency, km, zones, tolerance, **options)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--file", type=Path)
    ask.add_argument("--units", type=int, nargs="+", default=[600, 2000], help="several sizes show how it grows")
    ask.add_argument("--zones", type=int, default=14)
    ask.add_argument("--tolerance", type=float, default=0.05)
    ask.add_argument("--seconds", type=float, nargs="+", default=[10.0, 60.0])
    ask.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    ask.add_argument("--verify", action="store_true")
    given = ask.parse_args()
    counties = [made_county(units) for units in given.units] if given.file is None else [dict(np.load(given.file))]
    for county in counties:
        measure(as_problem(county, given.zones, given.tolerance), given.seconds, given.seeds, verify=given.verify)


def measure(problem: ZoningProblem, budgets: list[float], seeds: list[int], *, verify: bool) -> None:
    """Print a line for every budget of seconds and every seed."""
    for seconds in budgets:
        for seed in seeds:
            plan = solve(problem, seconds=seconds, seed=seed)
            assert broken_rules(problem, plan.labels) == []
            assert abs(recomputed_cost(problem, plan.labels) - plan.cost) <= 1e-9 * plan.cost
            row: dict[str, Any] = {
                "units": problem.units,
                "seconds": round(plan.elapsed_seconds, 1),
                "seed": seed,
                "starts": plan.work,
            }
            row |= {"cost": round(plan.cost, 1), "bound": round(plan.bound, 1), "gap": round(plan.gap, 4)}
            row |= {"imbalance": round(plan.imbalance, 4), "stopped": plan.stopped}
            row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            if verify and plan.certificate is not None:
                row["cases"] = leaves(plan.certificate)
                row["checked_bound"] = round(checked_bound(problem, plan.certificate), 1)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
