"""VROOM on a day, run by a Python that has pyvroom: the day as JSON comes in, each carer's visits go out.

Started by ``bench/routing/peers_rounds.py``; pyvroom is no dependency of ours. VROOM keeps no carers in step, so starts
of double-handed visits come pinned; it counts travel, not waiting.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import numpy as np
import vroom


def main() -> None:
    day = json.load(sys.stdin)
    places = len(day["visits"])
    problem = vroom.Input()
    problem.set_durations_matrix("car", np.array(day["minutes"], np.uint32))
    numbers = {skill: i + 1 for i, skill in enumerate(day["skills"])}
    problem.add_vehicle(
        [
            vroom.Vehicle(
                c,
                start=places + c,
                end=places + c,
                skills={numbers[skill] for skill in carer["skills"]},
                time_window=(carer["shift_start"], carer["shift_end"]),
                breaks=[
                    vroom.Break(10 * c + i, [(rest["earliest"], rest["latest"])], service=rest["minutes"])
                    for i, rest in enumerate(carer["breaks"])
                ],
            )
            for c, carer in enumerate(day["carers"])
        ]
    )
    jobs = [n for n, visit in enumerate(day["visits"]) for _ in range(visit["carers"])]
    problem.add_job(
        [
            vroom.Job(
                k,
                location=n,
                default_service=day["visits"][n]["minutes"],
                skills={numbers[skill] for skill in day["visits"][n]["skills"]},
                time_windows=[(day["visits"][n]["earliest"], day["visits"][n]["latest"])],
            )
            for k, n in enumerate(jobs)
        ]
    )
    answer = problem.solve(exploration_level=5, nb_threads=2, timeout=timedelta(seconds=day["seconds"]))
    steps = answer.routes
    routes: list[list[int]] = [[] for _ in day["carers"]]
    for _, step in steps[steps["type"] == "job"].iterrows():
        routes[int(step["vehicle_id"])].append(jobs[int(step["id"])])
    json.dump(routes, sys.stdout)


if __name__ == "__main__":
    main()
