"""Places fixed to zones, pairs of places together and apart, and required bases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field

from app.usecases.plans.measure.places import Places, contradiction
from app.usecases.plans.measure.rules.rule import (
    Broken,
    Ground,
    Labelled,
    Rule,
    RuleOption,
    Verdict,
    Words,
    Zones,
    counted,
    couples,
    named,
)
from app.usecases.plans.measure.rules.wanted import Place, PlacePair, ZoneWanted

PLACES = "areas by code, towns, villages, wards and districts by name"


def _by_zone(given: Sequence[str]) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for place, zone in named(given, "PLACE=ZONE"):
        held.setdefault(zone, []).append(place)
    return held


class PlacesFields(BaseModel):
    """Fields of a request about where places lie."""

    locked: dict[str, list[Place]] = Field(
        default={},
        max_length=60,
        description="Places that must lie in a zone, by the zone's name (`Zone 1` where zones are only counted).",
    )
    together: list[PlacePair] = Field(
        default=[], max_length=5000, description="Pairs of places that must share a zone, with all their areas."
    )
    apart: list[PlacePair] = Field(
        default=[], max_length=5000, description="Pairs of places of which no two areas may share a zone."
    )


class Locked(Rule[PlacesFields]):
    """Places that must lie in a zone."""

    name = "locked areas"
    words = Words(
        "Every place lies in the zone it must lie in.",
        "Some places lie in another zone than they must.",
        "Move them to their zone.",
    )
    options = (
        RuleOption(
            "--lock",
            f"PLACE=ZONE: must lie in it ({PLACES}).",
            "locked",
            read=_by_zone,
        ),
    )

    def fix(self, asked: PlacesFields, ground: Ground, zones: Zones) -> None:
        number_of = {zone.name: number for number, zone in enumerate(zones.wanted)}
        strange = sorted(set(asked.locked) - set(number_of))
        if strange:
            raise contradiction(f"locked: there is no zone {strange[0]!r}; the zones are {', '.join(number_of)}.")
        given = [(number, zone.areas, f"wanted[{number}].areas") for number, zone in enumerate(zones.wanted)]
        given += [(number_of[name], held, f"locked[{name}]") for name, held in asked.locked.items()]
        for number, held, where in given:
            for place in held:
                for unit in ground.places.units(place, where):
                    if zones.locked.setdefault(unit, number) != number:
                        one, two = zones.wanted[zones.locked[unit]].name, zones.wanted[number].name
                        raise contradiction(f"{ground.names[unit]} is wanted in both {one!r} and {two!r}.")

    def check(self, asked: PlacesFields, plan: Labelled) -> Iterator[Verdict]:
        held = {i + 1: list(zone.areas) for i, zone in enumerate(plan.wanted)}
        for name, places in asked.locked.items():
            held.setdefault(plan.number_of.get(name, -1), []).extend(places)
        broken: list[Broken] = []
        total = lost = 0
        for number, given in held.items():
            units = sorted({unit for place in given for unit in plan.places.units(place, "locked")})
            away = [unit for unit in units if plan.numbers[unit] != number]
            broken += elsewhere(plan, number, away)
            total, lost = total + len(units), lost + len(away)
        if total:
            yield counted(self, total, broken, lost=lost)

    def held_to(self, asked: PlacesFields) -> str:
        count = sum(map(len, asked.locked.values()))
        return f"{count} locked places" if count else ""


class Bases(Rule[PlacesFields]):
    """Where a zone's care workers must start."""

    name = "required bases"
    words = Words(
        "Every required base lies in its zone.",
        "Some required bases lie in another zone.",
        "Move the base's area to its zone, or ask for another base.",
    )

    def fix(self, asked: PlacesFields, ground: Ground, zones: Zones) -> None:
        zones.bases = dict(_bases(zones.wanted, ground.places))

    def check(self, asked: PlacesFields, plan: Labelled) -> Iterator[Verdict]:
        bases = list(_bases(plan.wanted, plan.places))
        broken = [
            breach
            for i, unit in bases
            for breach in elsewhere(plan, i + 1, [unit] if plan.numbers[unit] != i + 1 else [])
        ]
        if bases:
            yield counted(self, len(bases), broken)


class Together(Rule[PlacesFields]):
    """Places that share a zone."""

    name = "areas together"
    words = Words(
        "Places that must share a zone do.",
        "Some places that must share a zone do not.",
        "Move one of the two.",
    )
    options = (RuleOption("--together", "PLACE,PLACE: share a zone.", "together", read=couples),)

    def limit(self, asked: PlacesFields, ground: Ground) -> None:
        ground.together += ground.places.chains(asked.together, "together")

    def check(self, asked: PlacesFields, plan: Labelled) -> Iterator[Verdict]:
        pairs = plan.places.chains(asked.together, "together")
        broken = [
            Broken(None, f"{plan.names[a]} and {plan.names[b]} must share a zone.", plan.ids([a, b]))
            for a, b in pairs
            if plan.numbers[a] != plan.numbers[b]
        ]
        if pairs:
            yield counted(self, len(pairs), broken, of="pairs")

    def held_to(self, asked: PlacesFields) -> str:
        return f"{len(asked.together)} together" if asked.together else ""


class Apart(Rule[PlacesFields]):
    """Places that share no zone."""

    name = "areas apart"
    words = Words(
        "Places that may not share a zone do not.",
        "Some places that may not share a zone do.",
        "Move one of the two.",
    )
    options = (RuleOption("--apart", "PLACE,PLACE: share none.", "apart", read=couples),)

    def limit(self, asked: PlacesFields, ground: Ground) -> None:
        ground.apart += ground.places.pairs(asked.apart, "apart")

    def check(self, asked: PlacesFields, plan: Labelled) -> Iterator[Verdict]:
        pairs = plan.places.pairs(asked.apart, "apart")
        broken = [
            Broken(plan.numbers[a], f"{plan.names[a]} and {plan.names[b]} may not share a zone.", plan.ids([a, b]))
            for a, b in pairs
            if plan.numbers[a] == plan.numbers[b]
        ]
        if pairs:
            yield counted(self, len(pairs), broken, of="pairs")

    def held_to(self, asked: PlacesFields) -> str:
        return f"{len(asked.apart)} apart" if asked.apart else ""


def elsewhere(plan: Labelled, number: int, units: Sequence[int]) -> Iterator[Broken]:
    """The breach that units should be in the zone of a number and are not; none without units."""
    if units:
        zone = plan.zone(number)
        where = zone.name if zone else "a zone that the plan no longer has"
        yield Broken(number if zone else None, f"{plan.listed(units)} must be in {where}.", plan.ids(units))


def _bases(wanted: Sequence[ZoneWanted], places: Places) -> Iterator[tuple[int, int]]:
    for i, zone in enumerate(wanted):
        if zone.base_area_id is not None:
            yield i, places.unit(zone.base_area_id, f"wanted[{i}].base_area_id")
        elif zone.base_settlement is not None:
            yield i, places.middle(zone.base_settlement, f"wanted[{i}].base_settlement")
