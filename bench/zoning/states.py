"""Counties of a state as units: the proven cheapest plan of each, its seconds, and its certificate checked again.

    python bench/zoning/states.py states.json --seconds 120 --seeds 0 1 2

The file holds, for each state, `k` districts, the least and largest population `L` and `U` of one, `nodes` with `pop`
and `name`, `edges`, and where known `optimal_population_hop_distance`. Cost is people times steps to their base.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from geo.zoning import ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.solve.warm import warm_up


def as_problem(state: dict[str, Any]) -> ZoningProblem:
    """A state as a zoning problem: equal districts of its counties within its limits."""
    n, (a, b) = len(state["nodes"]), np.array(state["edges"]).T
    adjacency = csr_matrix((np.ones(2 * a.size), (np.r_[a, b], np.r_[b, a])), (n, n))
    people = np.array([node["pop"] for node in state["nodes"]], float)
    steps = shortest_path(adjacency, unweighted=True)
    middle = people.sum() / state["k"]
    tolerance = min(state["U"] / middle - 1, 1 - state["L"] / middle)
    names = [node["name"] for node in state["nodes"]]
    return ZoningProblem(people, adjacency, steps, state["k"], tolerance=tolerance, names=names)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("file", type=Path)
    ask.add_argument("--seconds", type=float, default=120.0)
    ask.add_argument("--seeds", type=int, nargs="+", default=[0])
    given = ask.parse_args()
    warm_up()
    for name, state in json.loads(given.file.read_text()).items():
        for seed in given.seeds:
            problem = as_problem(state)
            plan = solve(problem, seconds=given.seconds, seed=seed)
            assert broken_rules(problem, plan.labels) == []
            assert abs(recomputed_cost(problem, plan.labels) - plan.cost) <= 1e-9 * plan.cost
            row: dict[str, Any] = {"state": name, "units": problem.units, "zones": problem.zones, "seed": seed}
            row |= {"seconds": round(plan.elapsed_seconds, 1), "cost": plan.cost, "bound": plan.bound}
            row |= {"known": state.get("optimal_population_hop_distance"), "ended": plan.stopped}
            if plan.certificate is not None:
                began = time.monotonic()
                row |= {"certificate": type(plan.certificate).__name__}
                row |= {"checked_bound": checked_bound(problem, plan.certificate)}
                row |= {"check_seconds": round(time.monotonic() - began, 1)}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
