"""Zone plans of ours and of the peers, side by side: the same county, in the same run, scored by the same code.

    python3 -m venv peers && peers/bin/pip install --no-deps --require-hashes -r bench/zoning/peers-requirements.txt
    python bench/zoning/peers.py --units 600 2000 --peers-python peers/bin/python

Each method runs in a process of its own with a time limit; one that is not installed is skipped, and the line says so.
Cost is hours times straight km to the zone's best unit. A plan counts as kept within limits when it has the number of
zones asked for, each in one piece and within the tolerance: a cost outside the limits may lie below the least possible.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from peer_methods import METHODS, NOT_INSTALLED  # noqa: E402
from zone_plans import as_problem, made_county  # noqa: E402

from geo.zoning import ZoningProblem, solve  # noqa: E402

OURS = "Patchwork"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For the peers' sums over tiny arrays: more threads take longer, half as long again for spopt's AZP."""


def score(problem: ZoningProblem, labels: Any) -> dict[str, Any]:
    """Cost, worst balance and pieces of any labelling, whatever its number of zones."""
    zone = np.unique(labels, return_inverse=True)[1].reshape(-1)
    count = int(zone.max()) + 1
    cost = 0.0
    for number in range(count):
        at = np.flatnonzero(zone == number)
        cost += float((problem.hours[at] @ problem.cost[np.ix_(at, at)]).min())
    held = np.bincount(zone, problem.hours, minlength=count)
    pairs = problem.adjacency.tocoo()
    same = zone[pairs.row] == zone[pairs.col]
    inside = csr_matrix((np.ones(int(same.sum())), (pairs.row[same], pairs.col[same])), pairs.shape)
    pieces = int(connected_components(inside, directed=False)[0])
    worst = float(np.abs(held / (problem.hours.sum() / problem.zones) - 1).max())
    return {
        "cost": cost,
        "worst": worst,
        "zones": count,
        "pieces": pieces,
        "kept": count == problem.zones == pieces and worst <= problem.tolerance + 1e-6,
    }


def by_a_peer(python: str, name: str, file: Path, problem: ZoningProblem, limit_seconds: float) -> dict[str, Any]:
    """What one peer draws, in a process that is ended after the limit."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "labels.npy"
        words = [python, str(HERE / "peer_methods.py"), name, str(file), str(problem.zones), str(problem.tolerance)]
        process = subprocess.Popen(  # noqa: S603 - our own script
            [*words, str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **ONE_THREAD},
        )
        try:
            said, wrong = process.communicate(timeout=limit_seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return {"note": f"stopped after {limit_seconds:g} s"}
        if process.returncode == NOT_INSTALLED:
            return {"note": "not installed"}
        if process.returncode != 0:
            return {"note": f"failed: {(wrong.strip().splitlines() or ['no message'])[-1]}"}
        last = json.loads(said.strip().splitlines()[-1])
        return {"seconds": last["seconds"], **score(problem, np.load(out))}


def ours(problem: ZoningProblem, seconds: float, seed: int) -> dict[str, Any]:
    """Our plan with the seconds given, and its proven gap."""
    plan = solve(problem, seconds=seconds, seed=seed)
    return {"seconds": plan.elapsed_seconds, **score(problem, plan.labels), "bound": plan.bound, "gap": plan.gap}


def line(name: str, row: dict[str, Any], best: float) -> str:
    """One row of the table."""
    if "note" in row:
        return f"| {name} | {row['note']} | | | | | | |"
    kept = "yes" if row["kept"] else "no"
    over = f"{row['cost'] / best - 1:+.1%}"
    cells = [f"{row['seconds']:,.2f}", f"{row['cost']:,.0f}", over, f"{row['worst']:.1%}", row["zones"], row["pieces"]]
    return " | ".join([f"| {name}", *map(str, cells), f"{kept} |"])


def main() -> None:
    """Print a table for each size."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--units", type=int, nargs="+", default=[600])
    ask.add_argument("--zones", type=int, default=14)
    ask.add_argument("--tolerance", type=float, default=0.05)
    ask.add_argument("--seconds", type=float, default=10.0, help="for our plan")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--limit", type=float, default=150.0, help="seconds after which a peer is stopped")
    ask.add_argument("--peers-python", default=sys.executable, help="interpreter that has the peers installed")
    ask.add_argument("--methods", nargs="*", choices=[*METHODS], default=[*METHODS])
    given = ask.parse_args()
    for units in given.units:
        county = made_county(units)
        problem = as_problem(county, given.zones, given.tolerance)
        mine = ours(problem, given.seconds, given.seed)
        print(f"\n{units:,} units, {given.zones} zones, tolerance {given.tolerance:.0%}\n")
        print("| method | seconds | cost, hours x km | over ours | worst balance | zones | pieces | within limits |")
        print("|---|--:|--:|--:|--:|--:|--:|---|")
        print(line(OURS, mine, mine["cost"]), flush=True)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "county.npz"
            np.savez(file, **county)
            for name in given.methods:
                row = by_a_peer(given.peers_python, name, file, problem, given.limit)
                print(line(METHODS[name][0], row, mine["cost"]), flush=True)
        print(
            f"\nProven of ours: at least {mine['bound']:,.0f} whatever is drawn, so {mine['gap']:.2%} at most to save."
        )


if __name__ == "__main__":
    main()
