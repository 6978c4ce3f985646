"""Polish a plan: re-split every zone with those next to it, exactly, until no few zones can be split better; then kick.

Bases move to the middle of their zones after every step, so that they wander to where they should be. A kick moves one
base to a unit near it and polishes round about; what is cheaper is kept.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.zoning.model.state import make_state, plan_cost, plan_misses
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.search.parameters import SEARCH
from geo.zoning.search.resplit import can_be_resplit, resplit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.model.state import Net

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Stage = tuple[tuple[int, float, float], ...]


can_be_polished = can_be_resplit


class Polished(NamedTuple):
    """A plan, its bases and what it costs."""

    label: Ints
    base: Ints
    cost: float


class Polisher:
    """Polishes plans of one problem; what was re-split once to no avail is not tried again."""

    def __init__(self, model: Model, net: Net) -> None:
        self.model, self.net = model, net
        self.tried: set[int] = set()

    def polish(self, plan: Polished, stage: Stage, stop: Callable[[], bool], ends: float) -> Polished:
        """Re-split all zones of `plan`, so many at a time, while that saves anything, or until `ends`."""
        for step in stage:
            plan = self._descend(plan, set(range(self.model.zones)), step, stop, ends)
        return plan

    def kick(self, plan: Polished, seed: int, stop: Callable[[], bool], ends: float) -> Polished:
        """Move the base of one zone, re-split round about, and return what came of it, or `plan` if that is cheaper."""
        model, random = self.model, np.random.Generator(np.random.PCG64(seed))
        open_zones = np.flatnonzero(model.base_of_zone < 0)
        if open_zones.size == 0:
            return plan
        zone = int(open_zones[random.integers(open_zones.size)])
        units = np.flatnonzero(plan.label[model.atom_of] == zone)
        away = model.weighted[units, model.atom_of[plan.base[zone]]]
        near = units[np.argsort(away, kind="stable")][1 : SEARCH.kick_reach + 1]
        if near.size == 0:
            return plan
        base = plan.base.copy()
        base[zone] = int(near[random.integers(near.size)])
        size, gap, longest = SEARCH.kick_stage
        zones = self._around(plan.label, base, zone, size)
        label = resplit(model, plan.label, base, zones, min(longest, ends - time.monotonic()), gap)
        if label is None:
            return plan
        found = self._settled(label)
        if found is None or found.cost > plan.cost * SEARCH.hopeful:
            return plan
        changed = self._changed(plan, found)
        found = self._descend(found, changed, SEARCH.kick_stage, stop, ends)
        return found if found.cost < plan.cost * (1 - TOLERANCES.rounding) else plan

    def _descend(
        self,
        plan: Polished,
        waiting: set[int],
        stage: tuple[int, float, float],
        stop: Callable[[], bool],
        ends: float,
    ) -> Polished:
        """Re-split round the `waiting` zones, and round those that change, while that saves anything."""
        size, gap, longest = stage
        waiting = set(waiting)
        while waiting and not stop():
            zone = min(waiting)
            waiting.discard(zone)
            zones = self._around(plan.label, plan.base, zone, size)
            left = min(longest, ends - time.monotonic())
            key = self._key(plan, zones, gap)
            if left <= 0:
                break
            if key in self.tried:
                continue
            self.tried.add(key)
            label = resplit(self.model, plan.label, plan.base, zones, left, gap)
            found = None if label is None else self._settled(label)
            if found is not None and found.cost < plan.cost * (1 - TOLERANCES.rounding):
                waiting |= self._changed(plan, found)
                plan = found
        return plan

    def _settled(self, label: Ints) -> Polished | None:
        """The plan with every base in the middle of its zone; None where it misses a limit."""
        state = make_state(self.model, self.net, label, 1)
        hours, broken = plan_misses(self.net, state)
        if hours > TOLERANCES.rounding * float(self.model.hours.sum()) or broken:
            return None
        return Polished(state.label, state.base, float(plan_cost(self.net, state)))

    def _changed(self, before: Polished, after: Polished) -> set[int]:
        moved = before.label != after.label
        zones = np.concatenate([before.label[moved], after.label[moved], np.flatnonzero(before.base != after.base)])
        return set(zones.tolist())

    def _around(self, label: Ints, base: Ints, zone: int, size: int) -> Ints:
        """`zone` and those next to it whose bases are nearest, `size` in all where there are so many."""
        model = self.model
        row = np.repeat(label, np.diff(model.start))
        beside = np.unique(label[model.item[row == zone]])
        beside = beside[beside != zone]
        home = model.atom_of[base[beside]]
        each = model.weighted[base[zone], home] / np.maximum(model.hours[home], 1e-12)
        nearest = beside[np.argsort(each, kind="stable")][: size - 1]
        return np.sort(np.append(nearest, zone)).astype(np.int64)

    def _key(self, plan: Polished, zones: Ints, gap: float) -> int:
        members = np.flatnonzero(np.isin(plan.label, zones))
        return hash((members.tobytes(), plan.label[members].tobytes(), plan.base[zones].tobytes(), gap))
