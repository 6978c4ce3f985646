"""Natural areas: towns, villages and other places that belong together, never cut or cut at a price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.usecases.plans.measure.costs import cut_natural_areas
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places, chain, contradiction
from app.usecases.plans.measure.rules.priced import priced
from app.usecases.plans.measure.rules.rule import (
    Broken,
    Ground,
    Labelled,
    Rule,
    RuleOption,
    Verdict,
    Words,
    counted,
    named,
)
from app.usecases.plans.measure.rules.wanted import Place
from geo.demand import MOST_CARE_HOURS_PER_WEEK
from geo.zoning import Finding


class NaturalArea(BaseModel):
    """Places that belong together, such as a town with its villages: judged as one, in place of each settlement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    places: list[Place] = Field(
        min_length=1, max_length=5000, description="Areas by code, or towns and villages by name."
    )
    whole: bool = Field(
        default=False,
        description="True: never cut. False: each cut counts `priorities.natural_area_pounds_per_year`.",
    )


class WholeFields(BaseModel):
    """Fields of a request about what is not to be cut."""

    natural_areas: list[NaturalArea] = Field(
        default=[], max_length=500, description="Towns with their villages, and other places that belong together."
    )
    whole_settlements: list[Place] = Field(
        default=[],
        max_length=2000,
        description="Towns, villages, wards, districts and `natural_areas` that may not be cut, by name.",
    )
    whole_settlements_up_to_hours_per_week: float | None = Field(
        default=None,
        gt=0,
        le=MOST_CARE_HOURS_PER_WEEK,
        description="And every town, village and natural area with at most so many hours.",
    )

    @model_validator(mode="after")
    def _natural_areas_have_names_of_their_own(self) -> WholeFields:
        if len({area.name for area in self.natural_areas}) < len(self.natural_areas):
            raise ValueError("natural_areas: two of them have the same name")
        return self


class Whole(Rule[WholeFields]):
    """Natural areas that may not be cut."""

    name = "natural areas kept whole"
    words = Words(
        "Every place that may not be cut lies in one zone.",
        "Some places that may not be cut lie in several zones.",
        "Move the parts to one zone, or let the place be cut at a price.",
    )
    options = (
        RuleOption(
            "--natural-area",
            "NAME=PLACE,PLACE: judged as one, such as a town's villages.",
            "natural_areas",
            read=lambda given: [
                {"name": name, "places": places.split(",")} for name, places in named(given, "NAME=PLACE,PLACE")
            ],
        ),
        RuleOption("--whole", "A town, village, ward, district or natural area never to be cut.", "whole_settlements"),
        RuleOption(
            "--whole-up-to",
            "Towns and villages of at most so many hours a week are never cut.",
            "whole_settlements_up_to_hours_per_week",
            kind="number",
            least=0.1,
        ),
    )

    def judge(self, asked: WholeFields, inputs: PlanInputs) -> PlanInputs:
        return NaturalAreas(inputs, asked, Places(inputs)).judge(inputs) if asked.natural_areas else inputs

    def limit(self, asked: WholeFields, ground: Ground) -> None:
        ground.together += NaturalAreas(ground.inputs, asked, ground.places).ties()

    def check(self, asked: WholeFields, plan: Labelled) -> Iterator[Verdict]:
        natural = NaturalAreas(plan.inputs, asked, plan.places)
        if not natural.whole:
            return
        cut = set(cut_natural_areas(natural.judge(plan.inputs), plan.plan.labels))
        broken = []
        for number in sorted(natural.whole, key=lambda number: natural.names[number]):
            name = natural.names[number]
            if name in cut:
                areas = plan.ids(np.flatnonzero(natural.of_unit == number).tolist())
                broken.append(Broken(None, f"{name} may not be cut, and lies in several zones.", areas))
        yield counted(self, len(natural.whole), broken)

    def held_to(self, asked: WholeFields) -> str:
        up_to, whole = asked.whole_settlements_up_to_hours_per_week, sum(area.whole for area in asked.natural_areas)
        held = [f"whole_settlements_up_to_hours_per_week {up_to:g}"] if up_to is not None else []
        held += [f"{len(asked.whole_settlements)} whole_settlements"] if asked.whole_settlements else []
        return ", ".join([*held, f"{whole} whole natural_areas"] if whole else held)

    def explain(self, asked: WholeFields, finding: Finding, ground: Ground, zones: Sequence[str]) -> str:
        if finding.kind not in {"unit_too_large", "locks", "apart", "too_far_apart"}:
            return ""
        natural = NaturalAreas(ground.inputs, asked, ground.places)
        held = {natural.named(unit) for unit in finding.units} - {None}
        names = " and ".join(sorted(repr(name) for name in held))
        return (
            f"({names} must stay whole: whole_settlements, natural_areas; let it be cut at a price instead.)"
            if held
            else ""
        )


class NaturalAreasCut(Rule[WholeFields]):
    """The price of cutting a natural area."""

    name = "natural areas cut"
    words = Words("No natural area is cut.", "Some natural areas are cut.", "Raise the price of a cut.")

    def check(self, asked: WholeFields, plan: Labelled) -> Iterator[Verdict]:
        price = plan.priorities.natural_area_pounds_per_year
        cut = cut_natural_areas(NaturalAreas(plan.inputs, asked, plan.places).judge(plan.inputs), plan.plan.labels)
        yield from priced(self, price, "pounds a year for each cut", plan.plan.parts["areas"], {"cut": len(cut)})


class NaturalAreas:
    """What must not be cut, or at a price: settlements, and what the request says belongs together.

    Attributes:
        of_unit: (n,) index of the natural area of each unit, -1 for none.
        names: Their names.
        whole: Indices of those that may not be cut at all.
    """

    def __init__(self, inputs: PlanInputs, rules: WholeFields, places: Places) -> None:
        """Raises JobProblem where a place is not known or is in two natural areas."""
        of_unit, self.names = inputs.natural.copy(), list(inputs.natural_names)
        whole: set[int] = set()
        taken: dict[int, str] = {}
        for i, area in enumerate(rules.natural_areas):
            number = len(self.names)
            self.names.append(area.name)
            for place in area.places:
                for unit in places.units(place, f"natural_areas[{i}].places"):
                    if taken.setdefault(unit, area.name) != area.name:
                        raise contradiction(f"natural_areas: {place} is in both {taken[unit]!r} and {area.name!r}.")
                    of_unit[unit] = number
            if area.whole:
                whole.add(number)
        given = {area.name: len(inputs.natural_names) + i for i, area in enumerate(rules.natural_areas)}
        for i, name in enumerate(rules.whole_settlements):
            if name in given:
                whole.add(given[name])
                continue
            meant = places.find(name, f"whole_settlements[{i}]")
            if meant.kind in {"ward", "district"}:
                whole.add(len(self.names))
                of_unit[meant.units] = len(self.names)
                self.names.append(meant.name)
            else:
                whole |= {int(of_unit[unit]) for unit in meant.units} - {-1}
        self.of_unit: NDArray[np.int64] = of_unit
        most = rules.whole_settlements_up_to_hours_per_week
        if most is not None:
            inside = of_unit >= 0
            hours = np.bincount(of_unit[inside], inputs.travel.hours[inside], minlength=len(self.names))
            present = np.bincount(of_unit[inside], minlength=len(self.names)) > 0
            whole |= {int(number) for number in np.flatnonzero(present & (hours <= most))}
        self.whole = sorted(whole)

    def ties(self) -> list[tuple[int, int]]:
        """Pairs of units that keep the whole ones whole."""
        tied: list[tuple[int, int]] = []
        for number in self.whole:
            tied += chain(np.flatnonzero(self.of_unit == number).tolist())
        return tied

    def judge(self, inputs: PlanInputs) -> PlanInputs:
        """The county with these natural areas in place of its settlements."""
        return replace(inputs, judged=self.of_unit, judged_names=self.names)

    def called(self, unit: int) -> str:
        """Name of the natural area a unit is in; in none, its number."""
        number = int(self.of_unit[unit])
        return self.names[number] if number >= 0 else str(unit)

    def named(self, unit: int) -> str | None:
        """Name of the natural area a unit is kept whole with."""
        number = int(self.of_unit[unit])
        return self.names[number] if number in self.whole else None
