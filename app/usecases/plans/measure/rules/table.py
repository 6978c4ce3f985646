"""The table of zone rules: drawing, editing, importing, publishing, sweeps, command line and HTTP all go through it.

A new rule is a module beside this one, its fields among those of `PlanRules`, and its place in `RULES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.problems import Problem
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.prices import TravelTerms
from app.usecases.plans.measure.rules.ground import Barriers, Contiguity, Crossings, GroundFields
from app.usecases.plans.measure.rules.hours import Balance, HoursFields, Viability
from app.usecases.plans.measure.rules.line import LineFields, Lines
from app.usecases.plans.measure.rules.places import Apart, Bases, Locked, PlacesFields, Together
from app.usecases.plans.measure.rules.priced import Compactness, Disruption
from app.usecases.plans.measure.rules.reach import Reach, ReachFields
from app.usecases.plans.measure.rules.rule import Broken, Ground, Labelled, Rule, RuleOption, Verdict, Words
from app.usecases.plans.measure.rules.wanted import ZoneWanted
from app.usecases.plans.measure.rules.whole import NaturalAreasCut, Whole, WholeFields

RULES: Sequence[Rule[Any]] = (
    Contiguity(),
    Balance(),
    Viability(),
    Reach(),
    Locked(),
    Bases(),
    Together(),
    Apart(),
    Barriers(),
    Crossings(),
    Whole(),
    NaturalAreasCut(),
    Compactness(),
    Disruption(),
    Lines(),
)


class ZoneRules(LineFields, WholeFields, GroundFields, PlacesFields, ReachFields, HoursFields, BaseModel):
    """The rules that zones have to keep."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanRules(ZoneRules):
    """What a plan, or every plan of a sweep, has to keep, and what it is measured on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wanted: list[ZoneWanted] | None = Field(default=None, min_length=2, max_length=60, description="The zones by name.")
    like_plan_id: int | None = Field(
        default=None, description="Zones with the names, tiers and hours that this plan's zones are meant to have."
    )
    against_plan_id: int | None = Field(
        default=None, description="Plan whose zones packages should stay in, at the price of disruption."
    )
    snapshot_id: int | None = Field(default=None, description="Demand to draw on; the current snapshot when null.")
    travel: TravelTerms = TravelTerms()

    @model_validator(mode="after")
    def _zones_have_names_of_their_own(self) -> PlanRules:
        if self.wanted and len({zone.name for zone in self.wanted}) < len(self.wanted):
            raise ValueError("wanted: two zones have the same name")
        return self


def options() -> Iterator[RuleOption]:
    """Every rule's options on the command line."""
    for rule in RULES:
        yield from rule.options


def joined(asked: ZoneRules, inputs: PlanInputs) -> PlanInputs:
    """The county with the neighbours that the rules make: what zones hang together by.

    Raises:
        JobProblem: an area is not known, or a barrier lies between areas that do not touch.
    """
    for rule in RULES:
        inputs = rule.join(asked, inputs)
    return inputs


def judged(asked: ZoneRules, inputs: PlanInputs) -> PlanInputs:
    """The county with what the rules judge and price plans by.

    Raises:
        JobProblem: a place is not known.
    """
    for rule in RULES:
        inputs = rule.judge(asked, inputs)
    return inputs


def limited(asked: ZoneRules, ground: Ground) -> Ground:
    """The ground with the limits of every rule that hold for any zones.

    Raises:
        JobProblem: a place is not known; the detail names the field.
    """
    for rule in RULES:
        rule.limit(asked, ground)
    return ground


def check_rules(asked: ZoneRules, plan: Labelled) -> list[Verdict]:
    """What every rule in force finds of a plan, however the plan came about.

    A rule that names places which are no longer there counts as broken, since nobody can say that it is kept.
    """
    found: list[Verdict] = []
    for rule in RULES:
        try:
            found += rule.check(asked, plan)
        except Problem as unknown:
            words = Words("", f"{rule.name}: this rule cannot be checked.", "Draw the plan again on today's areas.")
            lost = Broken(None, f"Whether the rule on {rule.name} is kept cannot be checked: {unknown.detail}")
            found.append(Verdict(rule.name, "number", 1, 0, kept=False, words=words, broken=(lost,)))
    return found


def breaches(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Every breach as a row of ``rule``, ``zone_number``, ``detail``, ``areas`` and ``remedy``."""
    return [row for verdict in verdicts for row in verdict.breaches()]


def held_to(asked: ZoneRules) -> list[str]:
    """The rules in force in a few words each."""
    return [said for rule in RULES if (said := rule.held_to(asked))]


def read_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request from what was given on the command line, by the options' parameter names.

    Raises:
        ValueError: an option cannot be read; it says which, what was found and what was expected.
    """
    fields: dict[str, Any] = {}
    for option in options():
        value = given.get(option.parameter)
        if value in (None, [], False):
            continue
        try:
            read = option.read(value)
        except ValueError as error:
            raise ValueError(f"{option.flag}: {error}") from None
        fields[option.field] = [*fields.get(option.field, ()), *read] if isinstance(read, list) else read
    return fields
