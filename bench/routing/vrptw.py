"""Vehicle routing with time windows, 1,000 visits, by PyVRP in two processes and in parts.

    python bench/routing/vrptw.py INSTANCE.vrp [INSTANCE.vrp ...] [--seconds 120] [--seed 0] [--out FOLDER]

Instances are VRPLIB text (Gehring and Homberger), distances truncated to one decimal; where a ``.sol`` of the best
known solution stands beside one, the gap to it is printed. The routes are checked and added up here, apart from the
engine.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxRuntime

#: Costs and times are whole tenths.
TENTHS = 10
#: Sweeps over all parts, visits of a part, and share of the time for the whole at once where parts come to nothing.
SWEEPS, VISITS_A_PART, WHOLE_SHARE = 6, 170, 0.2


@dataclass(frozen=True)
class Instance:
    """An instance; the depot is place 0. Times, stays and distances in tenths."""

    vehicles: int
    capacity: int
    legs: NDArray[np.int64]
    demand: list[int]
    windows: list[tuple[int, int]]
    stays: list[int]
    places: NDArray[np.float64]


def read(path: Path) -> Instance:
    """Read VRPLIB text."""
    heads: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if ":" in line:
            name, value = line.split(":", 1)
            heads[name.strip()] = value.strip()
        elif line.strip().endswith("_SECTION"):
            section = line.strip()
        elif line.strip() and line.strip() != "EOF":
            sections.setdefault(section, []).append([float(word) for word in line.split()])
    places = np.array([row[1:] for row in sections["NODE_COORD_SECTION"]])
    exact = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    windows = [(round(row[1] * TENTHS), round(row[2] * TENTHS)) for row in sections["TIME_WINDOW_SECTION"]]
    everywhere = float(heads.get("SERVICE_TIME", 0))
    stays = [row[1] for row in sections.get("SERVICE_TIME_SECTION", [])] or [0.0, *[everywhere] * (len(places) - 1)]
    return Instance(
        int(heads["VEHICLES"]),
        int(heads["CAPACITY"]),
        np.floor(exact * TENTHS + 1e-9).astype(np.int64),
        [int(row[1]) for row in sections["DEMAND_SECTION"]],
        windows,
        [round(stay * TENTHS) for stay in stays],
        places,
    )


def solve(instance: Instance, seconds: float, seed: int, start: list[list[int]] | None = None) -> list[list[int]]:
    """Return routes of visits, by one engine from one seed, going on from ``start`` where there is one."""
    n = len(instance.demand)
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in range(n)],
        [
            pyvrp.Client(
                location=i,
                delivery=[instance.demand[i]],
                service_duration=instance.stays[i],
                tw_early=instance.windows[i][0],
                tw_late=instance.windows[i][1],
            )
            for i in range(1, n)
        ],
        [pyvrp.Depot(location=0)],
        [
            pyvrp.VehicleType(
                num_available=instance.vehicles,
                capacity=[instance.capacity],
                tw_early=instance.windows[0][0],
                tw_late=instance.windows[0][1],
            )
        ],
        [instance.legs],
        [instance.legs],
    )
    first = None
    if start is not None:
        first = pyvrp.Solution(data, [pyvrp.Route(data, [visit - 1 for visit in route], 0) for route in start])
    result = pyvrp.solve(data, MaxRuntime(seconds), seed, collect_stats=False, initial_solution=first)
    if not result.is_feasible() and start is not None:
        return start
    return [[step.idx + 1 for step in route.schedule() if step.is_client()] for route in result.best.routes()]


def solve_part(instance: Instance, routes: list[list[int]], fleet: int, seconds: float, seed: int) -> list[list[int]]:
    """Return better routes, ``fleet`` at the most, for the visits of these, as a smaller instance of its own."""
    places = [0, *sorted(visit for route in routes for visit in route)]
    number = {place: i for i, place in enumerate(places)}
    part = Instance(
        fleet,
        instance.capacity,
        instance.legs[np.ix_(places, places)],
        [instance.demand[place] for place in places],
        [instance.windows[place] for place in places],
        [instance.stays[place] for place in places],
        instance.places[places],
    )
    start = [[number[visit] for visit in route] for route in routes] if len(routes) <= fleet else None
    return [[places[visit] for visit in route] for route in solve(part, seconds, seed, start)]


def sectors(middles: NDArray[np.float64], sizes: list[int], parts: int, turn: float) -> list[list[int]]:
    """Return numbers in groups of about as much in all, by the angle of their middles from the depot."""
    angle = (np.arctan2(middles[:, 1], middles[:, 0]) / (2 * np.pi) + turn) % 1.0
    order = np.argsort(angle, kind="stable")
    made = np.cumsum(np.array(sizes)[order])
    group = np.minimum(((made - 1) * parts) // made[-1], parts - 1)
    return [found for g in range(parts) if (found := [int(i) for i in order[group == g]])]


def solve_whole(instance: Instance, seconds: float, seed: int, processes: int) -> list[list[int]]:
    """Solve sector by sector, turned each time, as many at a time as there are processes.

    A part is far quicker to better than the whole. In the first sweep every visit is a route of its own.
    """
    began = time.perf_counter()
    visits = len(instance.demand) - 1
    parts = max(1, round(visits / VISITS_A_PART / processes)) * processes
    rng = np.random.default_rng(seed)
    routes = [[visit] for visit in range(1, visits + 1)]
    with ProcessPoolExecutor(processes) as pool:
        for number in range(SWEEPS):
            left = seconds - (time.perf_counter() - began)
            each = left / (SWEEPS - number) / (parts / processes)
            middles = np.array([instance.places[route].mean(axis=0) - instance.places[0] for route in routes])
            groups = sectors(middles, [len(route) for route in routes], parts, float(rng.random()))
            sweep = []
            for i, group in enumerate(groups):
                some = [routes[one] for one in group]
                fleet = max(1, instance.vehicles * len(some) // len(routes))
                sweep.append(pool.submit(solve_part, instance, some, fleet, each, seed * 1000 + number * 100 + i))
            routes = [route for job in sweep for route in job.result()]
            if number == 0 and length(instance, routes) == float("inf"):
                # A sector may have had too few vehicles, so all of them together.
                routes = solve(instance, seconds * WHOLE_SHARE, seed)
    return routes


def length(instance: Instance, routes: list[list[int]]) -> float:
    """Return the distance, infinite where a visit is late, left out or too many."""
    try:
        return judge(instance, routes)
    except AssertionError:
        return float("inf")


def judge(instance: Instance, routes: list[list[int]]) -> float:
    """Return the distance of the routes; raise on any broken rule."""
    visits = sorted(visit for route in routes for visit in route)
    assert visits == list(range(1, len(instance.demand))), "a visit is left out or made twice"
    assert len(routes) <= instance.vehicles, "more routes than vehicles"
    total = 0
    for route in routes:
        assert sum(instance.demand[visit] for visit in route) <= instance.capacity, f"{route}: overfull"
        clock = instance.windows[0][0]
        for at, target in pairwise([0, *route, 0]):
            leg = int(instance.legs[at, target])
            clock = max(clock + instance.stays[at] + leg, instance.windows[target][0])
            assert clock <= instance.windows[target][1], f"{route}: late at {target}"
            total += leg
    return total / TENTHS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="folder for the solutions, in the instances' own format")
    asked = parser.parse_args()
    for path in asked.instances:
        start = time.perf_counter()
        instance = read(path)
        left = asked.seconds - (time.perf_counter() - start) - 1.0  # for starting processes and writing
        routes = solve_whole(instance, max(1.0, left), asked.seed, asked.processes)
        cost = judge(instance, routes)
        known = path.with_suffix(".sol")
        text = ""
        if known.exists():
            best = float(known.read_text(encoding="utf-8").split("Cost")[1].split()[0])
            text = f", {100 * (cost / best - 1):+.2f} % of the best known {best:.1f}"
        took = time.perf_counter() - start
        print(f"{path.stem}: {cost:.1f} in {len(routes)} routes, {took:.1f} s{text}", flush=True)
        if asked.out is not None:
            lines = [f"Route #{i}: {' '.join(map(str, route))}" for i, route in enumerate(routes, 1)]
            (asked.out / f"{path.stem}.sol").write_text("\n".join([*lines, f"Cost {cost}"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
