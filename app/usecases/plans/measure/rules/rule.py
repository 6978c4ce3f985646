"""What a zone rule is: its field in a request, what it does to the problem, its check on any plan, and its words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from app.usecases.plans.measure.costs import Priorities
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places, unit_names
from app.usecases.plans.measure.rules.wanted import ZoneWanted
from geo.plans.editing import ZoneRow
from geo.zoning import Finding, ZonePlan, ZoningProblem
from geo.zoning.problem.islands import attach_pieces, piece_of_each

NAMES_SHOWN = 5
ROUNDING = 1e-6
"""Hours or minutes by which a limit may seem missed by rounding alone."""

Fields = TypeVar("Fields", bound=BaseModel)
"""The fields of a request that a rule reads."""


class Words(NamedTuple):
    """What is said of a rule.

    Attributes:
        kept: Of a plan that keeps it.
        broken: Of a plan that breaks it.
        remedy: What would help.
    """

    kept: str
    broken: str
    remedy: str


@dataclass(frozen=True)
class Broken:
    """One breach of a rule.

    Attributes:
        zone_number: The zone concerned; None for the whole plan.
        detail: A sentence that names zones and places.
        areas: Codes of the areas that are to blame.
    """

    zone_number: int | None
    detail: str
    areas: Sequence[str] = ()


@dataclass(frozen=True)
class Verdict:
    """A rule in force on a plan: what was asked and found.

    Attributes:
        rule: Its name.
        unit: What ``asked`` and ``found`` count.
        asked: The limit, or the price.
        found: What the plan has, or pays.
        kept: Whether it is kept; None for what has a price and no limit.
        words: What is said of it.
        broken: Every breach.
        also: Further figures of it.
        name: What breaches are filed under, where that is not ``rule``.
    """

    rule: str
    unit: str
    asked: float
    found: float
    kept: bool | None
    words: Words
    broken: Sequence[Broken] = ()
    also: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def row(self) -> dict[str, Any]:
        """As a row of a plan's report."""
        said = "" if self.kept is None else self.words.kept if self.kept else self.words.broken
        return {
            "rule": self.rule,
            "unit": self.unit,
            "asked": self.asked,
            "found": self.found,
            "kept": self.kept,
            "words": said,
            **self.also,
        }

    def breaches(self) -> list[dict[str, Any]]:
        """Its breaches as rows of ``rule``, ``zone_number``, ``detail``, ``areas`` and ``remedy``."""
        return [
            {
                "rule": self.name or self.rule,
                "zone_number": each.zone_number,
                "detail": each.detail,
                "areas": list(each.areas),
                "remedy": self.words.remedy,
            }
            for each in self.broken
        ]


@dataclass(eq=False)
class Ground:
    """What the rules make of a county whatever the zones: made once for a range of numbers of zones.

    Attributes:
        inputs: The county as the rules have it: neighbours, natural areas, priced groupings.
        places: Its places by name.
        cost: (n, n) pounds a year for each care hour a week of area i when its zone's base is at j; infinite where a
            rule does not allow it.
        together: Pairs of units that share a zone.
        apart: Pairs that do not.
    """

    inputs: PlanInputs
    places: Places
    cost: NDArray[np.float64]
    together: list[tuple[int, int]] = field(default_factory=list)
    apart: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def names(self) -> list[str]:
        """Names of the units."""
        return unit_names(self.inputs)

    def links(self) -> Sequence[tuple[int, int]]:
        """The pairs by which the engine will link a map that is in pieces."""
        piece = piece_of_each(self.inputs.areas.adjacency)
        return attach_pieces(self.inputs.areas.adjacency, self.cost, piece)[1] if piece.max() > 0 else ()


@dataclass(eq=False)
class Zones:
    """What the rules make of the zones that are asked for.

    Attributes:
        wanted: The zones, in order of their numbers.
        standing: Name of the zone each area is in now, where changing it has a price.
        priorities: What else the plan is judged by.
        tolerance: Largest deviation from a target, as a share of it.
        targets: (zones,) hours, NaN for none; None where all are to be equal.
        least_hours: (zones,) hours that make each viable.
        locked: Zone of each unit that is fixed to one.
        bases: Required base of each zone that has one.
        membership_cost: (n, zones) pounds a year of each unit in each zone.
    """

    wanted: Sequence[ZoneWanted]
    standing: Mapping[str, str] | None
    priorities: Priorities
    tolerance: float
    targets: NDArray[np.float64] | None = None
    least_hours: NDArray[np.float64] | None = None
    locked: dict[int, int] = field(default_factory=dict)
    bases: dict[int, int] = field(default_factory=dict)
    membership_cost: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Labelled:
    """A plan to be checked, however it came about.

    Attributes:
        inputs: The county as the plan's rules have it.
        zones: Its zones, in order of number.
        plan: The same, measured: its labels are positions in ``zones``.
        wanted: The zones it was drawn with, which its rules name, by their numbers; none where nobody named any.
        tolerance: Largest deviation from a target, as a share of it.
        priorities: What else it is judged by.
    """

    inputs: PlanInputs
    zones: Sequence[ZoneRow]
    plan: ZonePlan
    wanted: Sequence[ZoneWanted]
    tolerance: float
    priorities: Priorities

    @cached_property
    def places(self) -> Places:
        """The county's places by name."""
        return Places(self.inputs)

    @cached_property
    def names(self) -> list[str]:
        """Names of the units."""
        return unit_names(self.inputs)

    @cached_property
    def numbers(self) -> list[int]:
        """Number of the zone of each unit."""
        return [self.zones[label].number for label in self.plan.labels.tolist()]

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Number of each zone by the name that the rules call it by."""
        if self.wanted:
            return {zone.name: i + 1 for i, zone in enumerate(self.wanted)}
        return {f"Zone {zone.number}": zone.number for zone in self.zones} | {z.name: z.number for z in self.zones}

    def zone(self, number: int) -> ZoneRow | None:
        """The zone of a number; None where the plan no longer has it."""
        return next((zone for zone in self.zones if zone.number == number), None)

    def listed(self, units: Sequence[int]) -> str:
        """Units by name, the first few of many."""
        shown = ", ".join(self.names[unit] for unit in units[:NAMES_SHOWN])
        return shown + (f" and {len(units) - NAMES_SHOWN} more" if len(units) > NAMES_SHOWN else "")

    def ids(self, units: Iterable[int]) -> list[str]:
        """Codes of units."""
        return [str(self.inputs.areas.ids[unit]) for unit in units]


@dataclass(frozen=True)
class RuleOption:
    """A rule on the command line.

    Attributes:
        flag: The option, such as ``--lock``.
        help: What it says of itself.
        field: The field of the request it fills.
        kind: ``texts`` (may be given often), ``number`` or ``flag``.
        read: The field's value from what was given; a ValueError says what was found and expected.
        least: Least number.
    """

    flag: str
    help: str
    field: str
    kind: str = "texts"
    read: Callable[[Any], Any] = lambda given: given
    least: float | None = None

    @property
    def parameter(self) -> str:
        """The option as the name of a parameter."""
        return self.flag.removeprefix("--").replace("-", "_")


class Rule(ABC, Generic[Fields]):
    """One rule of zones. All but its name, words and check may stay as they are here, which does nothing."""

    name: ClassVar[str]
    words: ClassVar[Words]
    options: ClassVar[Sequence[RuleOption]] = ()

    def join(self, asked: Fields, inputs: PlanInputs) -> PlanInputs:
        """The county with the neighbours that the rule makes."""
        return inputs

    def judge(self, asked: Fields, inputs: PlanInputs) -> PlanInputs:
        """The county with what the rule judges and prices plans by."""
        return inputs

    def limit(self, asked: Fields, ground: Ground) -> None:
        """Put the rule's limits that hold for any zones into the problem.

        Raises:
            JobProblem: a place is not known; the detail names the field.
        """

    def fix(self, asked: Fields, ground: Ground, zones: Zones) -> None:
        """Put what the rule asks of single zones into the problem.

        Raises:
            JobProblem: a place or zone is not known; the detail names the field.
        """

    def refuse(self, asked: Fields, ground: Ground, problem: ZoningProblem) -> None:
        """See that some plan may keep the rule.

        Raises:
            JobProblem: none can; the detail says why and what would help.
        """

    @abstractmethod
    def check(self, asked: Fields, plan: Labelled) -> Iterator[Verdict]:
        """What the rule finds of a plan; nothing where it is not in force.

        Raises:
            JobProblem: a place that it names is no longer there.
        """

    def held_to(self, asked: Fields) -> str:
        """The rule in a few words, where it is in force: what a search that found nothing was held to."""
        return ""

    def explain(self, asked: Fields, finding: Finding, ground: Ground, zones: Sequence[str]) -> str:
        """What to add to a reason why no plan can be, where the rule is behind it."""
        return ""

    def found_nothing(self, asked: Fields, kinds: Sequence[str]) -> str:
        """What a search that found nothing has met, in the rule's words; nothing where it was not the rule."""
        return ""


def counted(rule: Rule[Any], total: int, broken: Sequence[Broken], *, of: str = "", lost: int | None = None) -> Verdict:
    """A verdict on so many things asked, of which some are broken.

    Args:
        rule: Which.
        total: How many were asked.
        broken: The breaches.
        of: What is counted, where the name of the rule does not say it.
        lost: How many of them are broken; as many as there are breaches where None.
    """
    found = total - (len(broken) if lost is None else lost)
    label = f"{rule.name} ({of})" if of else rule.name
    return Verdict(label, "number", total, found, found >= total, rule.words, broken, name=rule.name)


def couples(given: Sequence[str]) -> list[list[str]]:
    """Pairs from texts such as ``Quorndon,Mountsorrel``.

    Raises:
        ValueError: one of them has no or several commas.
    """
    pairs = [[part.strip() for part in text.split(",")] for text in given]
    wrong = next((text for text, parts in zip(given, pairs, strict=True) if len(parts) != 2), None)
    if wrong is not None:
        raise ValueError(f"found {wrong!r}, expected two places with a comma between")
    return pairs


def named(given: Sequence[str], expected: str) -> list[tuple[str, str]]:
    """The two sides of texts such as ``NAME=VALUE``.

    Raises:
        ValueError: one of them lacks a side.
    """
    found = []
    for text in given:
        left, _, right = text.partition("=")
        if not left or not right:
            raise ValueError(f"found {text!r}, expected {expected}")
        found.append((left.strip(), right.strip()))
    return found
