"""Hours of zones: near their targets, and enough for the prime providers to be viable."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from app.usecases.plans.measure.costs import imbalance, scaled_targets
from app.usecases.plans.measure.places import contradiction
from app.usecases.plans.measure.rules.rule import (
    ROUNDING,
    Broken,
    Ground,
    Labelled,
    Rule,
    RuleOption,
    Verdict,
    Words,
    Zones,
)
from app.usecases.plans.measure.rules.wanted import ZoneWanted
from geo.demand import MOST_CARE_HOURS_PER_WEEK
from geo.plans.travel_cost import travel_assumptions
from geo.zoning import Finding

SHARE_ROUNDING = 1e-9
SHOWN = 6


class HoursFields(BaseModel):
    """Fields of a request about the hours of zones."""

    tier_hours_per_week: dict[str, Annotated[float, Field(gt=0, le=MOST_CARE_HOURS_PER_WEEK)]] = Field(
        default={},
        max_length=20,
        description="Hours of each zone of a tier, for wanted zones without hours of their own.",
    )
    viable_hours_per_week: float | None = Field(
        default=None,
        gt=0,
        le=10_000,
        description="Least hours that each of a zone's two prime providers must have to be viable: every zone carries "
        "at least twice as many, but for zones with hours of their own for it. Null sets no limit.",
    )
    viable_without_target: bool = Field(
        default=False,
        description="Whether `viable_hours_per_week` holds for zones without a target too. As a rule they, such as a "
        "rural free zone, have no prime providers and are exempt.",
    )

    @model_validator(mode="after")
    def _viable_is_said(self) -> HoursFields:
        if self.viable_without_target and self.viable_hours_per_week is None:
            raise ValueError("viable_without_target goes with viable_hours_per_week")
        return self


class Balance(Rule[HoursFields]):
    """Hours near their targets."""

    name = "balance"
    words = Words(
        "Every zone's hours are near its target.",
        "Some zones' hours are too far from their targets.",
        "Move areas between such a zone and its neighbours, or widen the tolerance.",
    )

    def fix(self, asked: HoursFields, ground: Ground, zones: Zones) -> None:
        zones.targets = _targets(zones.wanted, asked.tier_hours_per_week)

    def check(self, asked: HoursFields, plan: Labelled) -> Iterator[Verdict]:
        scaled = scaled_targets(plan.plan.hours, [zone.target_hours_per_week for zone in plan.zones])
        broken = []
        for zone, hours, aim in zip(plan.zones, plan.plan.hours.tolist(), scaled, strict=True):
            off = round(hours / aim - 1, 6) if aim else 0.0
            if abs(off) > plan.tolerance + SHARE_ROUNDING:
                detail = f"{zone.name} has {hours:,.0f} hours a week, {off:+.1%} of its target of {aim:,.0f}"
                broken.append(Broken(zone.number, f"{detail}; {plan.tolerance:.0%} is allowed."))
        found = imbalance(plan.plan.hours, scaled) or 0.0
        yield Verdict(self.name, "share of the target", plan.tolerance, found, not broken, self.words, broken)


class Viability(Rule[HoursFields]):
    """Enough hours for the prime providers of a zone."""

    name = "viability of prime providers"
    words = Words(
        "Every zone that needs them has hours enough for its prime providers.",
        "Some zones have too few hours for their prime providers.",
        "Give such a zone more areas, lower what makes it viable, or exempt it.",
    )
    options = (
        RuleOption(
            "--viable-hours",
            "Least hours a week of each of a zone's two prime providers.",
            "viable_hours_per_week",
            kind="number",
            least=0.1,
        ),
        RuleOption("--viable-free", "Zones without a target must be viable too.", "viable_without_target", kind="flag"),
    )

    def fix(self, asked: HoursFields, ground: Ground, zones: Zones) -> None:
        free = np.zeros(len(zones.wanted), dtype=np.bool_) if zones.targets is None else np.isnan(zones.targets)
        zones.least_hours = least_hours_of(asked, zones.wanted, free)

    def check(self, asked: HoursFields, plan: Labelled) -> Iterator[Verdict]:
        by_number = {i + 1: zone for i, zone in enumerate(plan.wanted)}
        # a zone that an edit made has no rule of its own: what holds for all holds for it
        own = [by_number.get(zone.number, ZoneWanted(name=zone.name)) for zone in plan.zones]
        free = np.array([zone.target_hours_per_week is None for zone in plan.zones])
        least = least_hours_of(asked, own, free & ~free.all())
        bound = np.flatnonzero(least > 0).tolist()
        hours = plan.plan.hours
        each = [self._of(plan, zone, float(least[zone])) for zone in bound]
        if bound and np.unique(least[bound]).size == 1:
            found = round(float(hours[bound].min()), 2)
            broken = [breach for breaches in each for breach in breaches]
            yield Verdict(self.name, _HOURS, float(least[bound[0]]), found, not broken, self.words, broken)
            return
        for zone, broken in zip(bound, each, strict=True):
            rule, found = f"{self.name}: {plan.zones[zone].name}", round(float(hours[zone]), 2)
            yield Verdict(rule, _HOURS, float(least[zone]), found, not broken, self.words, broken, name=self.name)

    def _of(self, plan: Labelled, zone: int, least: float) -> list[Broken]:
        hours = float(plan.plan.hours[zone])
        if hours >= least - ROUNDING:
            return []
        detail = f"{plan.zones[zone].name} has {hours:,.0f} hours a week; {least:,.0f} make it viable."
        return [Broken(plan.zones[zone].number, detail)]

    def held_to(self, asked: HoursFields) -> str:
        if asked.viable_hours_per_week is None:
            return ""
        free = " for zones without a target too" if asked.viable_without_target else ""
        return f"viable_hours_per_week {asked.viable_hours_per_week:g}{free}"

    def explain(self, asked: HoursFields, finding: Finding, ground: Ground, zones: Sequence[str]) -> str:
        if finding.kind != "not_viable" or not finding.zones:
            return ""
        named = ", ".join(zones[zone] for zone in finding.zones[:SHOWN])
        return f"(viable_hours_per_week, for all or in wanted; 0 there exempts {named}.)"


_HOURS = "hours a week of a zone"


def zone_hours_needed(viable_hours_per_week: float) -> float:
    """Least hours of a zone whose prime providers each have so many."""
    return viable_hours_per_week * int(travel_assumptions()["viability"]["prime_providers"])


def least_hours_of(asked: HoursFields, wanted: Sequence[ZoneWanted], free: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(zones,) least hours that make each zone viable, 0 for those that are exempt.

    Args:
        asked: What holds for every zone.
        wanted: The zones, with what holds for one alone.
        free: (zones,) whether each is without a target where others have one.
    """
    for_all = asked.viable_hours_per_week or 0.0
    given = [
        zone.viable_hours_per_week
        if zone.viable_hours_per_week is not None
        else 0.0
        if exempt and not asked.viable_without_target
        else for_all
        for zone, exempt in zip(wanted, free.tolist(), strict=True)
    ]
    return np.array([zone_hours_needed(hours) for hours in given])


def _targets(wanted: Sequence[ZoneWanted], by_tier: Mapping[str, float]) -> NDArray[np.float64] | None:
    unused = sorted(set(by_tier) - {zone.tier for zone in wanted})
    if unused:
        raise contradiction(f"tier_hours_per_week: no wanted zone has the tier {unused[0]!r}.")
    given = [
        zone.target_hours_per_week or (by_tier.get(zone.tier, math.nan) if zone.tier else math.nan) for zone in wanted
    ]
    return None if all(math.isnan(target) for target in given) else np.array(given)
