"""Every rule that a plan breaks as it stands: its zones and hours, and what was asked of it when it was drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.models import ZonePlan
from app.storage.plan_proofs import proof_of
from app.usecases.plans.draw.problem import least_hours_of
from app.usecases.plans.draw.request import TryRequest, ZoneWanted
from app.usecases.plans.measure.checks import plan_checks
from app.usecases.plans.measure.costs import cut_natural_areas, measured_plan
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import NaturalAreas, Places, unit_names
from app.usecases.plans.measure.stored import draft_of, inputs_of, judged_by, labels_of
from app.usecases.plans.publish.proof import request_of
from geo.plans.editing import ZoneRow
from geo.zoning import ZonePlan as Measured

Row = dict[str, Any]
NAMES_SHOWN = 5
MINUTES_ROUNDING = 1e-6


def broken_promises(session: Session, council: str, plan: ZonePlan, settings: Settings) -> list[Row]:
    """Rows of ``rule``, ``zone_number`` (None for the whole plan) and ``detail``; none for a sound plan.

    Zones in pieces and hours off their targets are told of every plan. Of one that was drawn, also the rules it was
    asked to keep; zones go by the numbers they were drawn with, whatever they are called now.

    Raises:
        Problem: it was made on other areas than are loaded.
    """
    inputs, draft = inputs_of(session, council, plan, settings), draft_of(session, plan)
    priorities, tolerance = judged_by(plan)
    labels = labels_of(inputs, draft)
    measured = measured_plan(inputs, len(draft.zones), labels, priorities)
    found = plan_checks(inputs, draft.zones, measured, tolerance)["broken_rules"]
    rows = [{name: rule[name] for name in ("rule", "zone_number", "detail")} for rule in found]
    request = request_of(plan)
    if request is None:
        return rows
    kept = proof_of(session, plan.id)
    wanted = [ZoneWanted.model_validate(zone) for zone in kept["wanted"]] if kept else list(request.wanted or ())
    try:
        return [*rows, *_Asked(inputs, request, wanted, draft.zones, measured).broken()]
    except Problem as unknown:  # places of the request that are no longer there
        return [*rows, _row("rules", None, f"What it was asked to keep cannot be checked: {unknown.detail}")]


def _row(rule: str, zone: int | None, detail: str) -> Row:
    return {"rule": rule, "zone_number": zone, "detail": detail}


class _Asked:
    """A plan beside what it was asked to be."""

    def __init__(
        self,
        inputs: PlanInputs,
        request: TryRequest,
        wanted: Sequence[ZoneWanted],
        zones: Sequence[ZoneRow],
        plan: Measured,
    ) -> None:
        self.inputs, self.request, self.wanted, self.zones, self.plan = inputs, request, wanted, zones, plan
        self.places, self.names = Places(inputs), unit_names(inputs)
        self.numbers = [zones[label].number for label in plan.labels.tolist()]
        self.at = {zone.number: i for i, zone in enumerate(zones)}

    def broken(self) -> Iterator[Row]:
        yield from self._fixed()
        yield from self._pairs()
        yield from self._whole()
        yield from self._viable()
        yield from self._reached()

    def _fixed(self) -> Iterator[Row]:
        """Areas locked to a zone, and bases, that lie in another one."""
        number_of = {zone.name: i + 1 for i, zone in enumerate(self.wanted)}
        if not self.wanted:  # drawn before the zones of counted plans were kept: they were named by number
            number_of = {f"Zone {zone.number}": zone.number for zone in self.zones}
        held = {i + 1: list(zone.areas) for i, zone in enumerate(self.wanted)}
        for name, places in self.request.locked.items():
            held.setdefault(number_of.get(name, -1), []).extend(places)
        for number, given in held.items():
            units = [unit for place in given for unit in self.places.units(place, "locked")]
            yield from self._elsewhere("locked areas", number, [u for u in units if self.numbers[u] != number])
        for i, zone in enumerate(self.wanted):
            if zone.base_area_id is not None or zone.base_settlement is not None:
                unit = (
                    self.places.unit(zone.base_area_id, "wanted.base_area_id")
                    if zone.base_area_id is not None
                    else self.places.middle(str(zone.base_settlement), "wanted.base_settlement")
                )
                yield from self._elsewhere("required bases", i + 1, [unit] if self.numbers[unit] != i + 1 else [])

    def _elsewhere(self, rule: str, number: int, units: Sequence[int]) -> Iterator[Row]:
        if units:
            zone = self.zones[self.at[number]].name if number in self.at else "a zone that the plan no longer has"
            yield _row(rule, number if number in self.at else None, f"{self._listed(units)} must be in {zone}.")

    def _pairs(self) -> Iterator[Row]:
        for a, b in self.places.chains(self.request.together, "together"):
            if self.numbers[a] != self.numbers[b]:
                yield _row("areas together", None, f"{self.names[a]} and {self.names[b]} must share a zone.")
        for a, b in self.places.pairs(self.request.apart, "apart"):
            if self.numbers[a] == self.numbers[b]:
                yield _row("areas apart", self.numbers[a], f"{self.names[a]} and {self.names[b]} may not share a zone.")

    def _whole(self) -> Iterator[Row]:
        natural = NaturalAreas(self.inputs, self.request, self.places)
        cut = set(cut_natural_areas(natural.judge(self.inputs), self.plan.labels))
        for name in sorted({natural.names[number] for number in natural.whole} & cut):
            yield _row("natural areas kept whole", None, f"{name} may not be cut, and lies in several zones.")

    def _viable(self) -> Iterator[Row]:
        if not self.wanted and self.request.viable_hours_per_week is None:
            return
        wanted = list(self.wanted) or [ZoneWanted(name=zone.name) for zone in self.zones]
        by_number = {i + 1: zone for i, zone in enumerate(wanted)}
        # a zone that an edit made has no rule of its own: what holds for all holds for it
        own = [by_number.get(zone.number, ZoneWanted(name=zone.name)) for zone in self.zones]
        aims = np.array([np.nan if z.target_hours_per_week is None else z.target_hours_per_week for z in self.zones])
        least = least_hours_of(self.request, own, None if np.isnan(aims).all() else aims)
        for i, zone in enumerate(self.zones):
            if self.plan.hours[i] < least[i] - MINUTES_ROUNDING:
                hours = f"{zone.name} has {self.plan.hours[i]:,.0f} hours a week"
                yield _row("viability of prime providers", zone.number, f"{hours}; {least[i]:,.0f} make it viable.")

    def _reached(self) -> Iterator[Row]:
        most = self.request.longest_minutes
        if most is None:
            return
        labels, travel = self.plan.labels, self.inputs.travel
        bases = [self._base(i) for i in range(len(self.zones))]
        minutes = travel.minutes[np.arange(labels.size), np.array(bases)[labels]]
        far = (minutes > most + MINUTES_ROUNDING) & (travel.hours > 0)
        for i in sorted(set(labels[far].tolist())):
            units = np.flatnonzero(far & (labels == i)).tolist()
            said = f"{self._listed(units)} are more than {most:g} minutes from the base of {self.zones[i].name}."
            yield _row("reach from the base", self.zones[i].number, said)

    def _base(self, i: int) -> int:
        """The base a zone is stored with, while it lies in the zone; the cheapest otherwise."""
        kept = self.zones[i].base_area_id
        ids = self.inputs.areas.ids.tolist()
        unit = ids.index(kept) if kept in ids else -1
        return unit if unit >= 0 and self.plan.labels[unit] == i else int(self.plan.bases[i])

    def _listed(self, units: Sequence[int]) -> str:
        shown = ", ".join(self.names[unit] for unit in units[:NAMES_SHOWN])
        return shown + (f" and {len(units) - NAMES_SHOWN} more" if len(units) > NAMES_SHOWN else "")
