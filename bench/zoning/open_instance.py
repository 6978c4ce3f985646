"""Write a home care districting instance as files that anyone can use, with the best plan known and its bound.

    python bench/zoning/open_instance.py FOLDER --units 128 --zones 8 --seconds 120
    python bench/zoning/open_instance.py FOLDER --county DATA --zones 14 --seconds 600

The first makes a county out of nothing. The second takes the demonstration county from DATA, a data folder into which
`patchwork demo` has loaded it. FOLDER gets instance.json, units.csv, neighbours.csv, best_plan.csv, the scorer and a
README; with travel that is not straight lines also costs.csv.gz. The plan is drawn from the files as written.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, triu

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.zoning.score_zones import read_costs, read_rows, score
from bench.zoning.zone_plans import made_county
from geo.zoning import ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound

if TYPE_CHECKING:
    from collections.abc import Iterable

TOLERANCE, PAIR_PRICE = 0.05, 5.0
"""Share by which a zone's hours may differ from the mean, and the price of a parted pair on a made county."""

README = """# {name}

A home care districting instance. Put {units} areas into {zones} zones at least cost.

- Every area is in one zone. Every zone hangs together over `neighbours.csv`.
- A zone has between `least_hours` and `most_hours` hours a week (`instance.json`).
- Each zone has a base, one of its own areas, chosen at least cost. What an hour at an area costs from the base, `costs`
  says.
- Each pair of neighbours in different zones costs its `price`.
- The cost of a plan is the sum of both, in {unit}.

## Files

- `units.csv`: `unit`, `x_km`, `y_km`, `hours` a week.
- `neighbours.csv`: `a`, `b`, `price`.
- `costs`: {costs}
- `instance.json`: numbers of units and zones, limits, the cost of the best plan known and a proven lower bound.
- `best_plan.csv`: that plan: `unit`, `zone`.
- `score_zones.py` (copied here by the command, from `bench/zoning` of the source): `python score_zones.py .
  best_plan.csv` prints the cost of a plan and the rules that it breaks. It needs Python and numpy alone.

The bound holds for all costs, borders and limits above: {proof}.

## Licence

{licence}
"""

MADE = "Made by the Patchwork maintainers out of random numbers, of no real place. Apache License 2.0."

COUNTY = """Hours are synthetic: nobody's care. Places are of live postcodes: Office for National Statistics, licensed
under the Open Government Licence v.3.0. Contains OS data © Crown copyright and database right 2025. Contains Royal Mail
data © Royal Mail copyright and database right 2025. Contains National Statistics data © Crown copyright and database
right 2025."""


def write_csv(path: Path, header: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(header)
        lines.writerows(rows)


def write_made(folder: Path, units: int, zones: int) -> dict[str, Any]:
    """Write a made county; return what instance.json says of it."""
    county = made_county(units)
    rows = zip(range(units), *county["xy"].T.round(3).tolist(), county["hours"].round(2).tolist(), strict=True)
    write_csv(folder / "units.csv", ["unit", "x_km", "y_km", "hours"], rows)
    pairs = sorted(tuple(sorted(pair)) for pair in county["edges"].tolist())
    write_csv(folder / "neighbours.csv", ["a", "b", "price"], ((a, b, PAIR_PRICE) for a, b in pairs))
    (folder / "costs.csv.gz").unlink(missing_ok=True)
    return {
        "name": f"Made county of {units} areas",
        "zones": zones,
        "unit": "hour-kilometres a week",
        "licence": MADE,
        "costs": "there is no file; straight kilometres between area and base.",
    }


def write_county(folder: Path, data: Path, zones: int) -> dict[str, Any]:
    """Write the demonstration county loaded in `data`; return what instance.json says of it."""
    from app.storage.database import Database
    from app.storage.migrate import upgrade
    from app.usecases.plans.measure.costs import Priorities, measured_problem
    from app.usecases.plans.measure.inputs import plan_inputs
    from bench.county import county

    with county(data) as settings:
        upgrade(settings.resolved_database_url)
        database = Database(settings.resolved_database_url)
        try:
            with database.read() as session:
                inputs = plan_inputs(session, settings.council, settings)
                problem = measured_problem(inputs, zones, Priorities())
        finally:
            database.dispose()
    place, ids = np.stack([inputs.areas.eastings, inputs.areas.northings], axis=1) / 1000, inputs.areas.ids.tolist()
    rows = zip(ids, *place.T.round(3).tolist(), problem.hours.round(4).tolist(), strict=True)
    write_csv(folder / "units.csv", ["unit", "x_km", "y_km", "hours"], rows)
    pairs = triu(problem.pair_price + problem.adjacency * 1e-12).tocoo()
    found = sorted(zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.round(2).tolist(), strict=True))
    write_csv(folder / "neighbours.csv", ["a", "b", "price"], ((ids[a], ids[b], price) for a, b, price in found))
    with gzip.open(folder / "costs.csv.gz", "wt", encoding="ascii") as file:
        np.savetxt(file, problem.cost, fmt="%.5g", delimiter=",")
    return {
        "name": "Demonstration county",
        "zones": zones,
        "unit": "pounds a year",
        "licence": COUNTY,
        "costs": "`costs.csv.gz`, a row an area and a column a base, in the order of `units.csv`.",
    }


def read_problem(folder: Path, zones: int) -> tuple[list[str], ZoningProblem]:
    """The instance as written: names of its units, and what the engine is asked."""
    units = read_rows(folder / "units.csv")
    names = [unit["unit"] for unit in units]
    number, n = {name: i for i, name in enumerate(names)}, len(names)
    pairs = [(number[row["a"]], number[row["b"]], float(row["price"])) for row in read_rows(folder / "neighbours.csv")]
    a, b, price = (np.array(column) for column in zip(*pairs, strict=True))
    both = (np.r_[a, b], np.r_[b, a])
    adjacency, prices = csr_matrix((np.ones(2 * a.size), both), (n, n)), csr_matrix((np.r_[price, price], both), (n, n))
    hours = np.array([float(unit["hours"]) for unit in units])
    return names, ZoningProblem(hours, adjacency, read_costs(folder, units), zones, TOLERANCE, cut_price=prices)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--county", type=Path, help="data folder of the loaded demonstration")
    ask.add_argument("--units", type=int, default=128)
    ask.add_argument("--zones", type=int, default=8)
    ask.add_argument("--seconds", type=float, default=120.0)
    ask.add_argument("--seed", type=int, default=0)
    given = ask.parse_args()
    folder = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    said = (
        write_made(folder, given.units, given.zones)
        if given.county is None
        else write_county(folder, given.county, given.zones)
    )
    names, problem = read_problem(folder, given.zones)
    plan = solve(problem, seconds=given.seconds, seed=given.seed)
    assert broken_rules(problem, plan.labels) == []
    proven = plan.certificate is not None
    bound = checked_bound(problem, plan.certificate) if plan.certificate is not None else plan.bound
    write_csv(folder / "best_plan.csv", ["unit", "zone"], zip(names, (plan.labels + 1).tolist(), strict=True))
    proof = "its certificate was checked by code that shares nothing with the engine" if proven else "by exact search"
    wanted = {"name": said["name"], "units": problem.units, "zones": problem.zones, "cost_unit": said["unit"]}
    wanted |= {"least_hours": float(problem.floor_hours[0]), "most_hours": float(problem.ceiling_hours[0])}
    best = {"cost": round(plan.cost, 4), "bound": float(np.floor(min(bound, plan.cost) * 1e4) / 1e4)}
    best |= {"gap_share": round(1 - best["bound"] / best["cost"], 6), "seconds": round(plan.elapsed_seconds, 1)}
    (folder / "instance.json").write_text(json.dumps(wanted | {"best": best}, indent=1) + "\n", encoding="utf-8")
    text = README.format(**said, units=problem.units, proof=proof)
    (folder / "README.md").write_text(text, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("score_zones.py"), folder / "score_zones.py")
    print(json.dumps(wanted | {"best": best, "scored": score(folder, folder / "best_plan.csv")}, indent=1))


if __name__ == "__main__":
    main()
