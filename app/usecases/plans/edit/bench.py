"""What a plan's edits are measured on, kept from one stroke to the next, so that each is answered at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Hashable
from functools import cached_property
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.models import ZonePlan
from app.usecases.plans.measure.checks import plan_checks
from app.usecases.plans.measure.costs import measured_problem
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.stored import (
    Promised,
    county_of,
    judged_like,
    labels_of,
    on_own_ground,
    promised,
)
from geo.plans.editing import Draft
from geo.plans.travel_cost import yearly_cost
from geo.zoning import ZoningProblem
from geo.zoning.plan.boundaries import clean_units
from geo.zoning.plan.plan import make_plan

PLANS_KEPT = 3
"""Plans being edited at a time in a process: some 40 MB each for 2,000 areas."""
DRAFTS_KEPT = 8
"""Of each plan: the one before a stroke is as a rule the one after the last."""


class Bench:
    """A plan's county, rules and problem, and what its latest drafts came to.

    Attributes:
        county: What every plan of the county is measured on.
        inputs: The same as the plan's rules have it.
        asked: What the plan was asked to be.
    """

    def __init__(self, county: PlanInputs, inputs: PlanInputs, asked: Promised) -> None:
        self.county, self.inputs, self.asked = county, inputs, asked
        self._cost = yearly_cost(inputs.travel)
        self._problems: LRUCache[int, ZoningProblem] = LRUCache(4)
        self._checks: LRUCache[Hashable, dict[str, Any]] = LRUCache(DRAFTS_KEPT)
        self._lock = threading.Lock()

    @cached_property
    def ground(self) -> NDArray[np.object_]:
        """(n,) polygons of the areas, with edges that match."""
        return clean_units(np.array(self.inputs.areas.polygons, dtype=object))

    def checks(self, draft: Draft) -> dict[str, Any]:
        """Figures of a draft, a line for each zone, and every rule it breaks."""
        labels = labels_of(self.inputs, draft)
        key = (draft.zones, labels.tobytes())
        with self._lock:
            found = self._checks.get(key)
        if found is None:
            measured = make_plan(self._problem(len(draft.zones)), labels)
            asked = self.asked
            plan = Labelled(self.inputs, draft.zones, measured, asked.wanted, asked.tolerance, asked.priorities)
            found = plan_checks(plan, asked.rules)
            with self._lock:
                self._checks[key] = found
        return found

    def _problem(self, zones: int) -> ZoningProblem:
        with self._lock:
            found = self._problems.get(zones)
        if found is None:
            found = measured_problem(self.inputs, zones, self.asked.priorities, cost=self._cost)
            with self._lock:
                self._problems[zones] = found
        return found


_benches: LRUCache[Hashable, Bench] = LRUCache(PLANS_KEPT)
_lock = threading.Lock()


def bench_of(session: Session, council: str, plan: ZonePlan, settings: Settings) -> Bench:
    """The bench of a plan: the one at hand while its county, demand, prices and rules are the same.

    Raises:
        Problem: no areas or demand are loaded.
    """
    county = county_of(session, council, plan, settings)
    key = (settings.resolved_database_url, council, plan.id, json.dumps(plan.parameters, sort_keys=True, default=str))
    with _lock:
        found = _benches.get(key)
    if found is None or found.county is not county:
        found = Bench(county, judged_like(plan, on_own_ground(plan, county)), promised(session, plan))
        with _lock:
            _benches[key] = found
    return found
