"""How a plan stands up to change: growth by band and age, demand drawn anew, and a provider that leaves."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import invalid_input
from app.settings import Settings
from app.storage.models import ZonePlan
from app.usecases.plans.compare.equality import resident_groups
from app.usecases.plans.measure.costs import Priorities, imbalance, measured_plan, rounded, scaled_targets
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.stored import difference, draft_of, inputs_of, judged_by, labels_of
from app.usecases.rates.set_rates import bands_in_force
from geo.plans.editing import Draft
from geo.plans.robustness import grown_hours, sampled_demand
from geo.plans.travel_cost import travel_assumptions, year_of_travel, yearly_cost
from geo.zoning import ZonePlan as DrawnPlan


class RobustnessRequest(BaseModel):
    """What may change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"growth": {"rural": 0.1}, "samples": 50, "seed": 1}]}
    )

    growth: dict[str, Annotated[float, Field(ge=-1, le=100)]] = Field(
        default={},
        max_length=20,
        description="Growth as a share, by band (`rural`) or by a group of residents that is loaded (`pop_75plus`): "
        "0.1 is a tenth more. Of a band it is that of its hours; of a group, that of the county's, where they live.",
    )
    samples: int = Field(default=200, ge=1, le=2000, description="How many times packages are drawn anew.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    provider: str | None = Field(
        default=None, max_length=120, description="The provider that leaves; the one with most hours when null."
    )


def plan_robustness(
    session: Session, council: str, plan: ZonePlan, request: RobustnessRequest, settings: Settings
) -> dict[str, Any]:
    """Put a plan to the test with its zones and bases as they are.

    Raises:
        Problem: a group or provider is not known, or growth would leave an area with less than nothing.
    """
    inputs = inputs_of(session, council, plan, settings)
    draft = draft_of(session, plan)
    labels = labels_of(inputs, draft)
    _, tolerance = judged_by(plan)
    cost = yearly_cost(inputs.travel)
    measured = measured_plan(inputs, len(draft.zones), labels, Priorities())
    return {
        "plan_id": plan.id,
        "tolerance_share": tolerance,
        "growth": _grown(session, council, inputs, draft, measured, request),
        "sampled": _sampled(inputs, draft, measured, cost, tolerance, request),
        "provider_exit": _exit(inputs, draft, labels, request.provider),
    }


def _grown(
    session: Session,
    council: str,
    inputs: PlanInputs,
    draft: Draft,
    measured: DrawnPlan,
    request: RobustnessRequest,
) -> dict[str, Any] | None:
    if not request.growth:
        return None
    groups, _ = resident_groups(session, council, inputs)
    bands = bands_in_force(session, council)
    of_area = np.array([bands.get(area, "") for area in inputs.areas.ids.tolist()])
    groups |= {band: (of_area == band).astype(np.float64) for band in sorted(set(bands.values()))}
    try:
        hours, added = grown_hours(inputs.travel.hours, request.growth, groups)
    except ValueError as error:
        raise invalid_input(f"{error}.", errors=[{"field": "growth", "message": str(error)}]) from error
    visits = inputs.travel.visits()
    per_hour = np.divide(visits, inputs.travel.hours, out=np.zeros(hours.size), where=inputs.travel.hours > 0)
    mean = float(visits.sum() / inputs.travel.hours.sum())
    later = inputs.travel.with_demand(hours, hours * np.where(per_hour > 0, per_hour, mean))
    before, after = (
        rounded(year_of_travel(travel, measured.labels, measured.bases).figures()) for travel in (inputs.travel, later)
    )
    grown = np.bincount(measured.labels, hours, minlength=len(draft.zones)).astype(np.float64)
    targets = [zone.target_hours_per_week for zone in draft.zones]
    scaled = scaled_targets(grown, targets)
    return {
        "hours_added_by_group": rounded(added),
        "hours_per_week_before": round(float(inputs.travel.hours.sum()), 2),
        "hours_per_week_after": round(float(hours.sum()), 2),
        "imbalance_share_before": imbalance(measured.hours, scaled_targets(measured.hours, targets)),
        "imbalance_share_after": imbalance(grown, scaled),
        "figures_after": after,
        "change": difference(before, after),
        "zones": [
            {
                "number": zone.number,
                "name": zone.name,
                "hours_per_week_before": round(float(measured.hours[i]), 2),
                "hours_per_week_after": round(float(grown[i]), 2),
                "deviation_share_after": None if not aim else round(float(grown[i]) / aim - 1, 6),
            }
            for i, (zone, aim) in enumerate(zip(draft.zones, scaled, strict=True))
        ],
    }


def _sampled(
    inputs: PlanInputs,
    draft: Draft,
    measured: DrawnPlan,
    cost: NDArray[np.float64],
    tolerance: float,
    request: RobustnessRequest,
) -> dict[str, Any]:
    position = {area: i for i, area in enumerate(inputs.areas.ids.tolist())}
    found = sampled_demand(
        inputs.packages["hours_per_week"].to_numpy(np.float64),
        inputs.packages["area_id"].map(pd.Series(position)).to_numpy(np.int64),
        measured.labels,
        [zone.target_hours_per_week for zone in draft.zones],
        cost[np.arange(measured.labels.size), measured.bases[measured.labels]],
        tolerance=tolerance,
        samples=request.samples,
        seed=request.seed,
    )
    return {
        "samples": found.samples,
        "all_zones_within_tolerance_share": round(found.all_within_share, 4),
        "decided_by_the_plan_pounds_per_year": {
            "low": round(found.pounds_low, 2),
            "mean": round(found.pounds_mean, 2),
            "high": round(found.pounds_high, 2),
        },
        "zones": [
            {
                "number": zone.number,
                "name": zone.name,
                "hours_per_week_low": round(float(found.hours_low[i]), 2),
                "hours_per_week_high": round(float(found.hours_high[i]), 2),
                "within_tolerance_share": round(float(found.within_share[i]), 4),
            }
            for i, zone in enumerate(draft.zones)
        ],
    }


def _exit(inputs: PlanInputs, draft: Draft, labels: NDArray[np.int64], provider: str | None) -> dict[str, Any] | None:
    """What a provider leaves behind in each zone, and how many providers are left to take it up."""
    held = inputs.packages[inputs.packages["provider"] != ""]
    if not len(held):
        return None
    hours_of = held.groupby("provider")["hours_per_week"].sum()
    if provider is not None and provider not in hours_of.index:
        raise invalid_input(
            f"provider: found {provider!r}, which has no package in the demand measured.",
            errors=[{"field": "provider", "message": "has no package", "found": provider}],
        )
    leaver = provider or str(hours_of.sort_values(kind="stable").index[-1])
    label = dict(zip(inputs.areas.ids.tolist(), labels.tolist(), strict=True))
    zone_of = held["area_id"].map(pd.Series(label))
    mine = held["provider"] == leaver
    needed = int(travel_assumptions()["viability"]["prime_providers"])
    rows = []
    for i, zone in enumerate(draft.zones):
        here = zone_of == i
        left, whole = held[here & mine], float(held.loc[here, "hours_per_week"].sum())
        others = int(held.loc[here & ~mine, "provider"].nunique())
        hours = float(left["hours_per_week"].sum())
        rows.append(
            {
                "number": zone.number,
                "name": zone.name,
                "packages": len(left),
                "hours_per_week": round(hours, 2),
                "share_of_the_zone": round(hours / whole, 6) if whole else 0.0,
                "growth_needed_of_the_others": round(hours / (whole - hours), 6) if whole > hours else None,
                "providers_left": others,
                "too_few_left": bool(hours > 0 and others < needed),
            }
        )
    return {
        "provider": leaver,
        "packages": int(mine.sum()),
        "people": int(held.loc[mine, "person"].nunique()),
        "hours_per_week": round(float(hours_of[leaver]), 2),
        "share_of_all": round(float(hours_of[leaver] / hours_of.sum()), 6),
        "zones": rows,
    }
