"""Draw districts of a districting-and-routing instance at the least expected length of all tours.

    python bench/zoning/districting_routing.py FOLDER INSTANCE --seconds 60 --seed 0 --out LABELS

FOLDER holds `cities`, `synthetic` and `instances.csv` (Ferraz, Ahmed, Cappart and Vidal, Transportation Science 2026).
LABELS gets one district number a unit, in the order of units. The search is by the fitted cost of a tour; the zones
that matter are then measured on days of its own, drawn from the seed, and plans chosen by what was measured.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.zoning.sampled_city import WITHIN, Days, read_city, whole_costs  # noqa: E402
from geo.zoning.partition.choose import choose, labels_of  # noqa: E402
from geo.zoning.partition.connected import connected_sets  # noqa: E402
from geo.zoning.partition.refine import Refiner  # noqa: E402
from geo.zoning.partition.search import AnnealParameters, starts, zones_of  # noqa: E402

if TYPE_CHECKING:
    import numpy.typing as npt

    from bench.zoning.sampled_city import City
    from geo.zoning.partition.costs import ZoneCosts

    Ints = npt.NDArray[np.int64]

FIRST_SHARE, LAST_SECONDS = 0.3, 2.5
"""Share of the seconds in which plans are looked for by the fitted cost alone, and seconds kept for the end."""

LEAST_LEFT = 0.5
"""Share of the seconds left to search in where kernels have to be compiled first."""

STARTS = 12
"""Most starts from grown plans."""

LIKELY = 0.08
"""Share of a zone's mean cost by which, by the fitted cost, a zone may raise a plan and be kept to measure."""

MOST_LISTED = 8
"""Units of a zone up to which all zones that matter are listed."""

KICKS = 0.25
"""Kicks a point in measured tours: more days of rougher tours tell more."""

MOST_SETS = 20_000
"""Connected sets of one size up to which all are listed."""


def draw(city: City, seconds: float, seed: int, threads: int, *, measured: bool = True) -> tuple[Ints, dict[str, Any]]:
    """(units,) district of each unit, and what was done."""
    costs, weight, k = whole_costs(city), np.ones(city.units), city.districts
    floor, ceiling = np.full(k, float(city.least)), np.full(k, float(city.most))
    compile_kernels(city, costs, threads)
    # Loading kernels counts; where they have to be compiled first, half of the seconds are left to search in.
    begun = max(BEGAN, time.monotonic() - seconds * (1 - LEAST_LEFT))
    ends, first = begun + seconds - LAST_SECONDS, begun + seconds * FIRST_SHARE
    found, pool = starts(costs, weight, floor, ceiling, seed, lambda: time.monotonic() > first, STARTS, threads=threads)
    every = connected_sets(city.border, city.least, city.most, MOST_SETS)
    zones = pool.zones if every is None else every
    cost = np.array([costs.of_zone(zone) for zone in zones])
    upper = np.inf if found is None else costs.of_plan(found.labels) * (1 + 1e-9)
    chosen = choose(zones, cost, city.units, k, max(1.0, first - time.monotonic()), upper=upper, gap=1e-6)
    if chosen.chosen is not None:
        best = [zones[i] for i in chosen.chosen]
    elif found is not None:
        best = zones_of(found.labels, k)
    else:
        raise SystemExit(f"{city.name}: no plan within the limits was found in {seconds:g} seconds")
    said = {"model_km": float(sum(costs.of_zone(zone) for zone in best)), "listed": every is not None}
    if not measured:
        return labels_of(best, city.units), said
    days = Days(city, 72, seed)
    root = np.sqrt(city.area[:, None] * np.diff(days.start, axis=1))
    usual = root.mean(axis=1)

    def measure(zone: tuple[int, ...], start: int, end: int) -> npt.NDArray[np.float64]:
        rows = list(zone)
        drawn = root[rows, start:end].sum(axis=0) - usual[rows].sum()
        return days.tours(zone, KICKS, start, end) - WITHIN * drawn

    refiner = Refiner(costs, weight, (floor, ceiling), measure, seed, threads)
    likely = [zone for zone, net in zip(zones, chosen.net(cost, zones), strict=True) if net <= LIKELY * cost.mean()]
    sizes = (city.least, city.most) if city.most <= MOST_LISTED else None
    labels = refiner.run(best, likely, lambda: time.monotonic() > ends, sizes)
    said |= {"rounds": refiner.rounds, "zones": len(refiner.pool.number)}
    said |= {"measured": len(refiner.estimates.measured), "factors": refiner.estimates.factor.round(3).tolist()}
    said |= {"spread": round(refiner.estimates.spread, 4), "noise": round(refiner.estimates.noise, 4)}
    said |= {"estimate_km": float(refiner.estimates.of(refiner.best).sum())}
    return labels, said


def compile_kernels(city: City, costs: ZoneCosts, threads: int) -> None:
    """Load every kernel, or compile it where it was never used here."""
    quick = AnnealParameters(temperatures=2, proposals_per_unit=1)
    least, most = np.zeros(city.districts), np.full(city.districts, np.inf)
    starts(costs, np.ones(city.units), least, most, 0, lambda: False, threads, quick, threads)
    Days(city, 1, 0).tours((0,), 1)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("instance")
    ask.add_argument("--seconds", type=float, default=60.0)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--model-only", action="store_true", help="leave out the measured days")
    given = ask.parse_args()
    city = read_city(given.folder, given.instance)
    labels, said = draw(city, given.seconds, given.seed, given.threads, measured=not given.model_only)
    given.out.write_text(" ".join(map(str, labels.tolist())) + "\n", encoding="utf-8")
    print(json.dumps({"instance": city.name, "seconds": round(time.monotonic() - BEGAN, 1), **said}))


if __name__ == "__main__":
    main()
