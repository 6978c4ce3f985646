"""Home health-care routing and scheduling instances (Mankowska and others 2014), by ruin and recreate.

    python bench/routing/hhcrsp.py INSTANCE.json --seconds 60 --seed 0 --out SOLUTION.json [--threads 2]

The objective is a third each of distance, total tardiness and the largest tardiness. Services of one patient are done
by different carers, together or one after the other within the instance's distance in time. The solution is written
in the instances' own format and judged from the file by a checker that shares nothing with the search.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from hhcrsp_search import STAY, Tables, neighbours, search


def read(path: Path) -> tuple[Tables, list[tuple[str, str]], list[str]]:
    """Return the tables of an instance, the patient and service of each node, and the carers' names."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    default = {service["id"]: service["default_duration"] for service in raw["services"]}
    rows: list[tuple[Any, ...]] = []
    for i, patient in enumerate(raw["patients"], 1):
        needed = patient["required_caregivers"]
        sync = patient.get("synchronization")
        gap = sync["distance"] if sync and sync["type"] == "sequential" else [0, 0]
        for k, need in enumerate(needed):
            mate = -1 if len(needed) == 1 else len(rows) + (1 if k == 0 else -1)
            stay = need.get("duration", default[need["service"]])
            rows.append((i, *patient["time_window"], stay, mate, k == 0, *gap, patient["id"], need["service"]))
    place, opens, shuts, stay, mate, first, least, most, patients, services = zip(*rows, strict=True)
    distance, at = np.array(raw["distances"], float), np.array([*place, 0])
    leg = np.ascontiguousarray(distance[np.ix_(at, at)])
    when = np.array([opens, shuts, stay, least, most], float)
    able = np.array([[service in carer["abilities"] for carer in raw["caregivers"]] for service in services])
    tables = Tables(leg, when, np.array(mate), np.array(first), able, neighbours(leg, when))
    return tables, list(zip(patients, services, strict=True)), [carer["id"] for carer in raw["caregivers"]]


def judge(instance: Path, solution: Path) -> dict[str, float]:
    """Check a solution file against its instance and add up its objective; raise on any broken rule."""
    raw = json.loads(instance.read_text(encoding="utf-8"))
    answer = json.loads(solution.read_text(encoding="utf-8"))
    place = {patient["id"]: i for i, patient in enumerate(raw["patients"], 1)}
    abilities = {carer["id"]: carer["abilities"] for carer in raw["caregivers"]}
    patients = {patient["id"]: patient for patient in raw["patients"]}
    default = {service["id"]: service["default_duration"] for service in raw["services"]}
    driven, late, done = 0.0, [], {}
    for route in answer["routes"]:
        at, free = 0, 0.0
        for stop in route["locations"]:
            patient, service, begin = patients[stop["patient"]], stop["service"], stop["arrival_time"]
            need = next(need for need in patient["required_caregivers"] if need["service"] == service)
            leg = raw["distances"][at][place[patient["id"]]]
            assert service in abilities[route["caregiver_id"]], f"{stop}: carer is not able"
            assert begin >= free + leg - 1e-6, f"{stop}: starts before the carer can be there"
            assert begin >= patient["time_window"][0] - 1e-6, f"{stop}: starts before the window opens"
            assert (patient["id"], service) not in done, f"{stop}: done twice"
            free = begin + need.get("duration", default[service])
            assert abs(stop["departure_time"] - free) < 1e-6, f"{stop}: departure does not fit the duration"
            late.append(max(0.0, begin - patient["time_window"][1]))
            done[patient["id"], service] = (begin, route["caregiver_id"])
            driven, at = driven + leg, place[patient["id"]]
        driven += raw["distances"][at][0]
    for patient in raw["patients"]:
        got = [done[patient["id"], need["service"]] for need in patient["required_caregivers"]]
        if len(got) == 2:
            sync = patient["synchronization"]
            least, most = (0, 0) if sync["type"] == "simultaneous" else sync["distance"]
            assert least - 1e-6 <= got[1][0] - got[0][0] <= most + 1e-6, f"{patient['id']}: not in step"
            assert got[0][1] != got[1][1], f"{patient['id']}: one carer for both"
    total, worst = sum(late), max(late)
    return {"distance": driven, "tardiness": total, "largest": worst, "objective": (driven + total + worst) / 3}


def solve_to(instance: Path, out: Path, seconds: float, seed: int, threads: int) -> None:
    """Solve an instance within ``seconds`` and write the solution in the instances' own format."""
    began = time.monotonic()
    case, names, carers = read(instance)
    _, routes = search(case, seconds - (time.monotonic() - began), seed, threads)
    document = {"routes": []}
    for carer, route in zip(carers, routes, strict=True):
        stops = [
            {
                "patient": names[node][0],
                "service": names[node][1],
                "arrival_time": begin,
                "departure_time": begin + float(case.when[STAY, node]),
            }
            for node, begin in route
        ]
        document["routes"].append({"caregiver_id": carer, "locations": stops})
    out.write_text(json.dumps(document, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    solve_to(asked.instance, asked.out, asked.seconds, asked.seed, asked.threads)
    print(json.dumps({"instance": asked.instance.name, **judge(asked.instance, asked.out)}))


if __name__ == "__main__":
    main()
