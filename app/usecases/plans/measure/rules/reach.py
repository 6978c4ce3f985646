"""Reach: no area with care hours further from its zone's base than so many minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import contradiction, unit_names
from app.usecases.plans.measure.rules.rule import ROUNDING, Broken, Ground, Labelled, Rule, RuleOption, Verdict, Words
from geo.zoning import ZoningProblem

SHOWN = 6
HALVINGS = 12


class ReachFields(BaseModel):
    """The field of a request about reach."""

    longest_minutes: float | None = Field(
        default=None,
        gt=0,
        le=600,
        description="No area with care hours may be further than this from its zone's base, by the travel model's "
        "minutes.",
    )


class Reach(Rule[ReachFields]):
    """No area is further from its zone's base than asked."""

    name = "reach from the base"
    words = Words(
        "Every area is near enough to its zone's base.",
        "Some areas are too far from their zone's base.",
        "Give them to a nearer zone, move its base, or allow more minutes.",
    )
    options = (
        RuleOption(
            "--longest-minutes",
            "No area may be further from its zone's base.",
            "longest_minutes",
            kind="number",
            least=0.1,
        ),
    )

    def limit(self, asked: ReachFields, ground: Ground) -> None:
        travel = ground.inputs.travel
        if asked.longest_minutes is not None:
            ground.cost[(travel.minutes > asked.longest_minutes) & (travel.hours > 0)[:, None]] = np.inf

    def refuse(self, asked: ReachFields, ground: Ground, problem: ZoningProblem) -> None:
        refuse_out_of_reach(ground.inputs, asked.longest_minutes, problem.zones, problem.bases or {})

    def check(self, asked: ReachFields, plan: Labelled) -> Iterator[Verdict]:
        most = asked.longest_minutes
        if most is None:
            return
        labels, travel = plan.plan.labels, plan.inputs.travel
        bases = np.array([_base(plan, i) for i in range(len(plan.zones))])
        minutes = travel.minutes[np.arange(labels.size), bases[labels]]
        far = (minutes > most + ROUNDING) & (travel.hours > 0)
        broken = []
        for i in sorted(set(labels[far].tolist())):
            units = np.flatnonzero(far & (labels == i)).tolist()
            said = f"{plan.listed(units)} are more than {most:g} minutes from the base of {plan.zones[i].name}."
            broken.append(Broken(plan.zones[i].number, said, plan.ids(units)))
        longest = round(float(minutes[travel.hours > 0].max(initial=0.0)), 2)
        yield Verdict(self.name, "minutes", most, longest, not broken, self.words, broken)

    def held_to(self, asked: ReachFields) -> str:
        return "" if asked.longest_minutes is None else f"longest_minutes {asked.longest_minutes:g}"

    def found_nothing(self, asked: ReachFields, kinds: Sequence[str]) -> str:
        if asked.longest_minutes is None or "out_of_reach" not in kinds:
            return ""
        return (
            f"No plan was found in which every area is within {asked.longest_minutes:g} minutes of its zone's base "
            "and the other limits are kept. Allow more minutes, ask for more zones, or widen the tolerance."
        )


def _base(plan: Labelled, i: int) -> int:
    """The base a zone is stored with, while it lies in the zone; the cheapest otherwise."""
    kept = plan.zones[i].base_area_id
    ids = plan.inputs.areas.ids.tolist()
    unit = ids.index(kept) if kept in ids else -1
    return unit if unit >= 0 and plan.plan.labels[unit] == i else int(plan.plan.bases[i])


def refuse_out_of_reach(
    inputs: PlanInputs, longest_minutes: float | None, zones: int, bases: Mapping[int, int]
) -> None:
    """See that so many bases can reach every area with hours.

    Areas of which no two can be reached from one base each need a base of their own: where there are more of them than
    zones, no plan can do.

    Raises:
        JobProblem: they cannot; the detail names areas that lie too far apart and the least minutes that may do.
    """
    if longest_minutes is None:
        return
    minutes, needing = inputs.travel.minutes, np.flatnonzero(inputs.travel.hours > 0)
    usable = np.arange(minutes.shape[1])
    if len(bases) == zones:
        usable = np.array(sorted(bases.values()))
    reach = minutes[np.ix_(needing, usable)]
    names = unit_names(inputs)
    lonely = np.flatnonzero(reach.min(axis=1) > longest_minutes)
    if lonely.size:
        shown = ", ".join(names[needing[i]] for i in lonely[:SHOWN].tolist())
        raise contradiction(
            f"longest_minutes: {lonely.size} areas are further than {longest_minutes:g} minutes from every base, among "
            f"them {shown}. Allow {_up(float(reach.min(axis=1).max()))} minutes, or move a base."
        )
    alone = _each_needs_a_base(reach <= longest_minutes)
    if len(alone) <= zones:
        return
    shown = ", ".join(names[needing[i]] for i in alone[:SHOWN])
    low, high = longest_minutes, float(reach.max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if len(_each_needs_a_base(reach <= middle)) > zones else (low, middle)
    raise contradiction(
        f"longest_minutes: {zones} bases cannot reach every area within {longest_minutes:g} minutes. At least "
        f"{len(alone)} areas lie so far apart that each needs a base of its own, among them {shown}. Ask for "
        f"{len(alone)} zones or more, or allow more than {low:.1f} minutes."
    )


def _each_needs_a_base(served: NDArray[np.bool_]) -> list[int]:
    """Rows of which no two share a column, taken greedily from those that fewest columns serve."""
    found: list[int] = []
    free = np.ones(served.shape[0], dtype=np.bool_)
    for row in np.argsort(served.sum(axis=1), kind="stable").tolist():
        if free[row]:
            found.append(row)
            free &= ~served[:, served[row]].any(axis=1)
    return found


def _up(minutes: float) -> str:
    return f"{np.ceil(minutes * 10) / 10:g}"
