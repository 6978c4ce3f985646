"""What a plan costs in a year, part by part: the one place that drawing, editing and comparing ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import unit_names
from geo.adjacency import shared_borders
from geo.plans.border_price import pair_prices
from geo.plans.travel_cost import year_of_travel, yearly_cost
from geo.zoning import ZonePlan, ZoningProblem
from geo.zoning.plan.compare import parted_neighbours
from geo.zoning.plan.plan import make_plan

NO_LIMIT = 1e9
"""A tolerance that every plan keeps: what is measured is not judged."""


class Priorities(BaseModel):
    """What else a plan is judged by, in pounds a year beside paid travel."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    border_pounds_per_year: float = Field(
        default=50.0,
        ge=0,
        le=100_000,
        description="Compactness: what each pair of neighbouring areas in different zones counts. 0 draws by travel.",
    )
    border_pounds_per_km: float = Field(
        default=0.0,
        ge=0,
        le=1_000_000,
        description="What each km of border between two zones counts a year, beside the pairs it parts.",
    )
    natural_area_pounds_per_year: float = Field(
        default=0.0, ge=0, le=1_000_000, description="What each further zone that a town or village is cut into counts."
    )
    disruption_pounds_per_package: float = Field(
        default=0.0, ge=0, le=100_000, description="What each package that changes zone against another plan counts."
    )


def measured_problem(
    inputs: PlanInputs,
    zones: int,
    priorities: Priorities,
    *,
    membership_cost: NDArray[np.float64] | None = None,
    **more: Any,
) -> ZoningProblem:
    """The zoning problem whose cost is a plan's pounds a year; without limits on hours unless ``more`` sets them."""
    limits = {"tolerance": NO_LIMIT, "islands": "attach", **more}
    if "cost" not in limits:
        limits["cost"] = yearly_cost(inputs.travel)
    return ZoningProblem(
        hours=inputs.travel.hours,
        adjacency=inputs.areas.adjacency,
        zones=zones,
        membership_cost=membership_cost,
        areas=inputs.uncut,
        area_price=priorities.natural_area_pounds_per_year,
        cut_price=_cut_price(inputs, priorities),
        groupings=inputs.groupings,
        names=unit_names(inputs),
        **limits,
    )


def _cut_price(inputs: PlanInputs, priorities: Priorities) -> Any:
    """Pounds a year of parting two neighbours: one number, or one for each pair where borders count by their length."""
    if priorities.border_pounds_per_km == 0:
        return priorities.border_pounds_per_year
    borders = shared_borders(np.array(inputs.areas.polygons, dtype=object))
    adjacency = inputs.areas.adjacency
    return pair_prices(adjacency, borders, priorities.border_pounds_per_year, priorities.border_pounds_per_km)


def measured_plan(inputs: PlanInputs, zones: int, labels: NDArray[np.int64], priorities: Priorities) -> ZonePlan:
    """A plan's bases, hours and cost by part; the bases are those that make it cheapest."""
    return make_plan(measured_problem(inputs, zones, priorities), labels)


def plan_cost(inputs: PlanInputs, plan: ZonePlan) -> dict[str, Any]:
    """A plan's pounds a year, part by part.

    Travel is all paid travel of the county; ``objective_pounds_per_year`` is what plans are chosen by: the part of it
    that a plan decides, and the priorities.
    """
    travel = year_of_travel(inputs.travel, plan.labels, plan.bases).figures()
    parts = {
        "border_pounds_per_year": plan.parts["cuts"],
        "natural_area_pounds_per_year": plan.parts["areas"],
        "line_pounds_per_year": plan.parts["groupings"],
        "disruption_pounds_per_year": plan.parts["membership"],
    }
    priced = sum(parts.values())
    cut = cut_natural_areas(inputs, plan.labels)
    return {
        **rounded(travel),
        **rounded(parts),
        "objective_pounds_per_year": round(travel["decided_by_the_plan_pounds_per_year"] + priced, 2),
        "parted_neighbours": parted_neighbours(plan),
        "natural_areas_cut": len(cut),
        "natural_areas_cut_names": cut,
    }


def cut_natural_areas(inputs: PlanInputs, labels: NDArray[np.int64]) -> list[str]:
    """Names of the towns, villages and other natural areas that lie in more than one zone."""
    inside = inputs.uncut >= 0
    pairs = {(int(a), int(z)) for a, z in zip(inputs.uncut[inside], labels[inside], strict=True)}
    times = np.bincount([a for a, _ in pairs], minlength=len(inputs.uncut_names)) if pairs else np.zeros(0, int)
    return [inputs.uncut_names[i] for i in np.flatnonzero(times > 1).tolist()]


def rounded(figures: dict[str, float], places: int = 2) -> dict[str, float]:
    """Figures at the cent, so that stored reports are short and the same on every machine."""
    return {name: round(float(value), 6 if "_per_visit" in name else places) for name, value in figures.items()}


def scaled_targets(hours: NDArray[np.float64], targets: Sequence[float | None]) -> list[float | None]:
    """Targets as plans are judged by them: in proportion where every zone has one, otherwise as hours."""
    known = [target for target in targets if target is not None]
    scale = float(hours.sum()) / sum(known) if known and len(known) == len(targets) else 1.0
    return [None if target is None else target * scale for target in targets]


def imbalance(hours: NDArray[np.float64], targets: Sequence[float | None]) -> float | None:
    """Largest deviation from a scaled target as a share of it; None where no zone has one."""
    off = [abs(float(held) / aim - 1) for held, aim in zip(hours, targets, strict=True) if aim]
    return round(max(off), 6) if off else None
