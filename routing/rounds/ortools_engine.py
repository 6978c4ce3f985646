"""The complete engine: OR-Tools routing with double-handed visits in step, skills, shifts and rests."""

from __future__ import annotations

from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.rounds.day import LATEST_MINUTE
from routing.rounds.sequences import Rest, RestPlace, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.rounds.day import Day

#: Costs are whole numbers to the engine: thousandths of a pound.
PER_POUND = 1000


class OrToolsEngine:
    """A routing model of one day, to be run once.

    Each carer that a visit needs is a node of its own; the nodes of a visit start together, by different
    carers, and are made all or none.
    """

    def __init__(self, day: Day, able: list[list[int]]) -> None:
        self.day = day
        self.node_visit = [n for n, visit in enumerate(day.visits) if able[n] for _ in range(visit.carers)]
        k, carers, homes = len(self.node_visit), len(day.carers), len(day.visits)
        place = np.array([*self.node_visit, *range(homes, homes + carers)], dtype=np.int64)
        self._index = pywrapcp.RoutingIndexManager(k + carers, carers, [*range(k, k + carers)], [*range(k, k + carers)])
        self._model = pywrapcp.RoutingModel(self._index)
        minutes = day.legs.minutes[np.ix_(place, place)]
        self._stay = np.array([*(day.visits[n].minutes for n in self.node_visit), *[0] * carers], dtype=np.int64)
        miles_cost = np.rint(day.legs.miles[np.ix_(place, place)] * day.weights.pounds_per_mile * PER_POUND)
        model = self._model
        model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(miles_cost.astype(np.int64).tolist()))
        transit = model.RegisterTransitMatrix((minutes + self._stay[:, None]).tolist())
        model.AddDimension(transit, LATEST_MINUTE, LATEST_MINUTE, False, "time")
        self._time = model.GetDimensionOrDie("time")
        per_minute = round(day.weights.pounds_per_paid_hour / 60 * PER_POUND)
        self._time.SetSpanCostCoefficientForAllVehicles(per_minute)
        self._add_visits(able)
        self._breaks: list[list[Any]] = []
        self._add_carers()

    def _add_visits(self, able: list[list[int]]) -> None:
        model, time, solver = self._model, self._time, self._model.solver()
        penalty = round(self.day.weights.pounds_per_unserved_carer_visit * PER_POUND)
        for node, number in enumerate(self.node_visit):
            visit, i = self.day.visits[number], self._index.NodeToIndex(node)
            time.CumulVar(i).SetRange(visit.earliest, visit.latest)
            model.AddDisjunction([i], penalty)
            # SetAllowedVehiclesForIndex takes no list from Python in ortools 9.15; -1 stands for not made.
            model.VehicleVar(i).SetValues([-1, *able[number]])
            for other in range(node - 1, -1, -1):
                if self.node_visit[other] != number:
                    break
                j = self._index.NodeToIndex(other)
                solver.Add(model.ActiveVar(i) == model.ActiveVar(j))
                solver.Add(time.CumulVar(i) == time.CumulVar(j))
                solver.Add((model.VehicleVar(i) != model.VehicleVar(j)) + (1 - model.ActiveVar(i)) >= 1)

    def _add_carers(self) -> None:
        model, time, solver = self._model, self._time, self._model.solver()
        stay = [int(self._stay[self._index.IndexToNode(i)]) for i in range(model.Size())]
        for c, carer in enumerate(self.day.carers):
            for end in (model.Start(c), model.End(c)):
                time.CumulVar(end).SetRange(carer.shift_start, carer.shift_end)
            model.AddVariableMaximizedByFinalizer(time.CumulVar(model.Start(c)))
            model.AddVariableMinimizedByFinalizer(time.CumulVar(model.End(c)))
            rests = [
                solver.FixedDurationIntervalVar(rest.earliest, rest.latest, rest.minutes, False, f"rest {c} {b}")
                for b, rest in enumerate(carer.breaks)
            ]
            if rests:
                time.SetBreakIntervalsOfVehicle(rests, c, stay)
            self._breaks.append(rests)

    def run(
        self,
        seconds: float,
        seed: int,
        *,
        at_most: float | None = None,
        solution_limit: int | None = None,
        on_better: Callable[[float], None] | None = None,
    ) -> list[Sequence] | None:
        """Search for ``seconds`` and return the best sequences found, ``None`` where there are none.

        Where there is no plan by then, the search goes on until ``at_most``. ``solution_limit`` stops after so many
        solutions instead, the same on every machine. ``on_better`` is told the cost in pounds of each better plan.
        """
        model = self._model
        model.solver().ReSeed(seed)
        search = pywrapcp.DefaultRoutingSearchParameters()
        search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        search.time_limit.FromMilliseconds(max(1, int((at_most or seconds) * 1000)))
        if solution_limit is not None:
            search.solution_limit = solution_limit
        best = [float("inf")]
        began = monotonic()

        def tell() -> None:
            value = model.CostVar().Max() / PER_POUND
            if value < best[0]:
                best[0] = value
                if on_better is not None:
                    on_better(value)
            if solution_limit is None and monotonic() - began > seconds:
                model.solver().FinishCurrentSearch()

        model.AddAtSolutionCallback(tell)
        answer = model.SolveWithParameters(search)
        return None if answer is None else [self._sequence(answer, c) for c in range(len(self.day.carers))]

    def _sequence(self, answer: Any, c: int) -> Sequence:
        model, time = self._model, self._time
        visits: list[int] = []
        starts: list[int] = []
        i = answer.Value(model.NextVar(model.Start(c)))
        while not model.IsEnd(i):
            visits.append(self.node_visit[self._index.IndexToNode(i)])
            starts.append(answer.Min(time.CumulVar(i)))
            i = answer.Value(model.NextVar(i))
        if not visits:
            return Sequence(())
        leaves, returns = answer.Max(time.CumulVar(model.Start(c))), answer.Min(time.CumulVar(model.End(c)))
        rests = []
        for number, interval in enumerate(self._breaks[c]):
            at, due = answer.StartMin(interval), self.day.carers[c].breaks[number]
            if at + due.minutes <= leaves or due.earliest + due.minutes <= leaves:
                rests.append(Rest(number, RestPlace.BEFORE))
            elif at >= returns or due.latest >= returns:
                rests.append(Rest(number, RestPlace.AFTER))
            else:
                rests.append(Rest(number, RestPlace.WITHIN, sum(start <= at for start in starts)))
        rests.sort(key=lambda rest: answer.StartMin(self._breaks[c][rest.number]))
        return Sequence(tuple(visits), tuple(rests))


def engine_name() -> str:
    """Return the engine's name and version for the record."""
    return f"ortools {version('ortools')}"
