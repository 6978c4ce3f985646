"""The quick engine: PyVRP, for a day whose visits by several carers have their start pinned. It knows no rests."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pyvrp
from pyvrp.stop import MaxIterations, MaxRuntime

from routing.rounds.sequences import Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.day import Day

PER_POUND = 1000
ANY_LOAD = 1_000_000


class PyVrpEngine:
    """A day with pins, as PyVRP's data.

    Each carer that a visit needs is a client; the clients of one visit share a pinned start, so that one
    carer cannot be both. Skills and exclusions are loads that only some carers can carry.
    """

    def __init__(self, day: Day, able: Listed[Listed[int]], pins: Mapping[int, int]) -> None:
        self._day = day
        self._visit = [n for n, visit in enumerate(day.visits) if able[n] for _ in range(visit.carers)]
        weights, homes = day.weights, len(day.visits)
        skills = sorted({skill for n in self._visit for skill in day.visits[n].skills})
        shunned = sorted({name for n in self._visit for name in day.visits[n].excluded_carers})
        miles = np.rint(day.legs.miles * weights.pounds_per_mile * PER_POUND).astype(np.int64)
        minutes = day.legs.minutes.astype(np.int64)
        for legs in (miles, minutes):  # both copies; no place is any way from itself, whatever a day says
            np.fill_diagonal(legs, 0)
        clients = []
        for n in self._visit:
            visit = day.visits[n]
            opens, shuts = (pins[n], pins[n]) if n in pins else (visit.earliest, visit.latest)
            clients.append(
                pyvrp.Client(
                    location=n,
                    delivery=[
                        *(int(s in visit.skills) for s in skills),
                        *(int(c in visit.excluded_carers) for c in shunned),
                    ],
                    service_duration=visit.minutes,
                    tw_early=opens,
                    tw_late=shuts,
                    prize=round(weights.pounds_per_unserved_carer_visit * PER_POUND),
                    required=False,
                )
            )
        carers = [
            pyvrp.VehicleType(
                capacity=[
                    *(ANY_LOAD * (s in carer.skills) for s in skills),
                    *(ANY_LOAD * (carer.id != name) for name in shunned),
                ],
                start_depot=c,
                end_depot=c,
                tw_early=carer.shift_start,
                tw_late=carer.shift_end,
                unit_distance_cost=1,
                unit_duration_cost=round(weights.pounds_per_paid_hour / 60 * PER_POUND),
            )
            for c, carer in enumerate(day.carers)
        ]
        self._data = pyvrp.ProblemData(
            [pyvrp.Location(place.easting, place.northing) for group in (day.visits, day.carers) for place in group],
            clients,
            [pyvrp.Depot(location=homes + c) for c in range(len(day.carers))],
            carers,
            [miles],
            [minutes],
        )

    def run(
        self, start: Listed[Sequence], seed: int, *, seconds: float | None = None, iterations: int = 0
    ) -> list[Sequence]:
        """Search from ``start`` for ``seconds``, or for ``iterations`` where no seconds are given."""
        free: dict[int, list[int]] = {}
        for client in reversed(range(len(self._visit))):
            free.setdefault(self._visit[client], []).append(client)
        routes = [
            pyvrp.Route(self._data, [free[n].pop() for n in route.visits], c)
            for c, route in enumerate(start)
            if route.visits
        ]
        stop = MaxIterations(iterations) if seconds is None else MaxRuntime(seconds)
        best = pyvrp.solve(
            self._data, stop, seed, collect_stats=False, initial_solution=pyvrp.Solution(self._data, routes)
        ).best
        found: list[Sequence] = [Sequence(())] * len(self._day.carers)
        for route in best.routes():
            made = [self._visit[step.idx] for step in route.schedule() if step.is_client()]
            found[route.vehicle_type()] = Sequence(tuple(made))
        return self._whole(found)

    def _whole(self, routes: Listed[Sequence]) -> list[Sequence]:
        """Drop visits that got some of their carers and not all."""
        came: dict[int, set[int]] = {}
        for c, route in enumerate(routes):
            for n in route.visits:
                came.setdefault(n, set()).add(c)
        short = {n for n, who in came.items() if len(who) < self._day.visits[n].carers}
        return [Sequence(tuple(n for n in route.visits if n not in short)) for route in routes]


def engine_name() -> str:
    """Return the engine's name and version for the record."""
    return f"pyvrp {version('pyvrp')}"
