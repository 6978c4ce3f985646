"""Changing a plan by hand: areas moved, zones split, merged, renamed, each as a step that can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geo.demand import MOST_CARE_HOURS_PER_WEEK

ZoneNumber = Annotated[int, Field(ge=1, le=999)]
ZoneName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
AreaId = Annotated[str, Field(min_length=1, max_length=20)]


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Move(_Operation):
    """Areas, or every area of a town or village, go to another zone."""

    do: Literal["move"]
    areas: list[AreaId] = Field(default=[], max_length=10_000)
    settlements: list[str] = Field(default=[], max_length=200, description="Towns and villages, by name.")
    to: ZoneNumber


class Split(_Operation):
    """Part of a zone becomes a zone of its own: the areas named, or half of its hours where none are.

    The hours aimed at are shared as the hours are.
    """

    do: Literal["split"]
    zone: ZoneNumber
    name: ZoneName
    areas: list[AreaId] = Field(default=[], max_length=10_000)
    settlements: list[str] = Field(default=[], max_length=200)


class Merge(_Operation):
    """Zones become one; it keeps the number, name and tier of the first, and the hours meant for all of them."""

    do: Literal["merge"]
    zones: list[ZoneNumber] = Field(min_length=2, max_length=60)
    name: ZoneName | None = None


class Gather(_Operation):
    """A zone is put back in one piece: what is cut off from its main piece goes to the zone around it."""

    do: Literal["gather"]
    zone: ZoneNumber


class Rename(_Operation):
    """A zone gets another name."""

    do: Literal["rename"]
    zone: ZoneNumber
    name: ZoneName


class SetTier(_Operation):
    """A zone gets another tier, or other hours to aim at."""

    do: Literal["set-tier"]
    zone: ZoneNumber
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(
        default=None, gt=0, le=MOST_CARE_HOURS_PER_WEEK, description="Null: none."
    )


LEAST_SHARE = 0.001
"""Of the hours aimed at, what a part without hours is given: an aim of nothing is no aim."""

Operation = Annotated[Move | Split | Merge | Gather | Rename | SetTier, Field(discriminator="do")]


class EditError(ValueError):
    """A step that cannot be taken; the message names the step, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone without its areas."""

    number: int
    name: str
    tier: str | None = None
    target_hours_per_week: float | None = None
    base_area_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan being edited.

    Attributes:
        zones: Its zones, by number.
        zone_of: Zone number by area.
    """

    zones: tuple[ZoneRow, ...]
    zone_of: Mapping[str, int]

    def zone(self, number: int, step: str) -> ZoneRow:
        """The zone of a number.

        Raises:
            EditError: there is none.
        """
        found = next((zone for zone in self.zones if zone.number == number), None)
        if found is None:
            numbers = ", ".join(str(zone.number) for zone in self.zones)
            raise EditError(f"{step}: found zone {number}, expected one of {numbers}")
        return found

    def members(self, number: int) -> list[str]:
        """The areas of a zone, in order."""
        return sorted(area for area, zone in self.zone_of.items() if zone == number)


def edited(
    draft: Draft,
    operations: Sequence[Operation],
    *,
    areas_of_settlement: Mapping[str, Sequence[str]],
    halve: Callable[[Sequence[str]], Sequence[str]],
    gather: Callable[[Draft, int], Mapping[str, int]],
    hours: Mapping[str, float],
) -> Draft:
    """The plan after every step in turn.

    Args:
        draft: The plan before.
        operations: The steps.
        areas_of_settlement: Areas of each town and village, by name.
        halve: Given the areas of a zone, those that should make up the new half of it.
        gather: Given a plan and the number of a zone, the zone that each area cut off from it goes to.
        hours: Care hours a week by area, by which the hours aimed at are shared where areas are split off.

    Raises:
        EditError: a step names what is not there, or leaves a zone without areas or two with one name.
    """
    for number, operation in enumerate(operations):
        step = f"operations[{number}] ({operation.do})"
        if isinstance(operation, Move):
            draft = _moved(draft, _areas(draft, operation, areas_of_settlement, step), operation.to, step)
        elif isinstance(operation, Split):
            draft = _split(draft, operation, areas_of_settlement, halve, hours, step)
        elif isinstance(operation, Merge):
            draft = _merged(draft, operation, step)
        elif isinstance(operation, Gather):
            draft.zone(operation.zone, step)
            draft = replace(draft, zone_of={**draft.zone_of, **gather(draft, operation.zone)})
        elif isinstance(operation, Rename):
            draft = _changed(draft, replace(draft.zone(operation.zone, step), name=operation.name))
        else:
            zone = draft.zone(operation.zone, step)
            if "tier" in operation.model_fields_set:
                zone = replace(zone, tier=operation.tier)
            if "target_hours_per_week" in operation.model_fields_set:
                zone = replace(zone, target_hours_per_week=operation.target_hours_per_week)
            draft = _changed(draft, zone)
        _check(draft, step)
    return draft


def _areas(
    draft: Draft, operation: Move | Split, areas_of_settlement: Mapping[str, Sequence[str]], step: str
) -> list[str]:
    named = list(operation.areas)
    for name in operation.settlements:
        if name not in areas_of_settlement:
            raise EditError(f"{step}: found settlement {name!r}, which names no area of this council")
        named += areas_of_settlement[name]
    unknown = sorted(set(named) - set(draft.zone_of))
    if unknown:
        shown = ", ".join(unknown[:5])
        raise EditError(f"{step}: {len(unknown)} areas are not of this council: {shown}")
    return named


def _moved(draft: Draft, areas: Sequence[str], to: int, step: str) -> Draft:
    draft.zone(to, step)
    if not areas:
        raise EditError(f"{step}: found no areas, expected areas or settlements to move")
    return replace(draft, zone_of={**draft.zone_of, **dict.fromkeys(areas, to)})


def _split(
    draft: Draft,
    operation: Split,
    areas_of_settlement: Mapping[str, Sequence[str]],
    halve: Callable[[Sequence[str]], Sequence[str]],
    hours: Mapping[str, float],
    step: str,
) -> Draft:
    zone = draft.zone(operation.zone, step)
    members = draft.members(zone.number)
    named = bool(operation.areas or operation.settlements)
    part = _areas(draft, operation, areas_of_settlement, step) if named else list(halve(members))
    elsewhere = sorted(set(part) - set(members))
    if elsewhere:
        raise EditError(f"{step}: {len(elsewhere)} areas are not in zone {zone.number}: {', '.join(elsewhere[:5])}")
    number = next(n for n in range(1, 1000) if n not in {other.number for other in draft.zones})
    share = _share(part, members, hours) if named else 0.5
    aims: tuple[float | None, float | None] = (None, None)
    if zone.target_hours_per_week is not None:
        aims = (zone.target_hours_per_week * (1 - share), zone.target_hours_per_week * share)
    rest = replace(zone, target_hours_per_week=aims[0], base_area_id=None)
    new = ZoneRow(number, operation.name, zone.tier, aims[1])
    zones = tuple(sorted([*(z for z in draft.zones if z.number != zone.number), rest, new], key=lambda z: z.number))
    return Draft(zones, {**draft.zone_of, **dict.fromkeys(part, number)})


def _share(part: Sequence[str], members: Sequence[str], hours: Mapping[str, float]) -> float:
    """Share of a zone's hours that is split off; half where it has none."""
    whole, off = (sum(hours.get(area, 0.0) for area in set(areas)) for areas in (members, part))
    return min(max(off / whole, LEAST_SHARE), 1 - LEAST_SHARE) if whole > 0 else 0.5


def _merged(draft: Draft, operation: Merge, step: str) -> Draft:
    if len(set(operation.zones)) < len(operation.zones):
        raise EditError(f"{step}: found zones {operation.zones}, expected different ones")
    parts = [draft.zone(number, step) for number in operation.zones]
    targets = [zone.target_hours_per_week for zone in parts]
    known = [target for target in targets if target is not None]
    first = replace(
        parts[0],
        name=operation.name or parts[0].name,
        target_hours_per_week=sum(known) if len(known) == len(targets) else None,
        base_area_id=None,
    )
    gone = set(operation.zones[1:])
    zones = tuple(first if z.number == first.number else z for z in draft.zones if z.number not in gone)
    return Draft(zones, {area: first.number if zone in gone else zone for area, zone in draft.zone_of.items()})


def _changed(draft: Draft, zone: ZoneRow) -> Draft:
    return replace(draft, zones=tuple(zone if z.number == zone.number else z for z in draft.zones))


def _check(draft: Draft, step: str) -> None:
    held = set(draft.zone_of.values())
    for zone in draft.zones:
        if zone.number not in held:
            raise EditError(f"{step}: zone {zone.number} ({zone.name}) is left without an area; merge it instead")
    names = [zone.name for zone in draft.zones]
    alike = [" ".join(name.casefold().split()) for name in names]  # people do not tell them apart, nor do other systems
    twice = next((name for name, plain in zip(names, alike, strict=True) if alike.count(plain) > 1), None)
    if twice is not None:
        raise EditError(f"{step}: two zones are named {twice!r}, expected a name of its own for each")
