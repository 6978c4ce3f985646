"""What the bound looks at: zones of one kind, and the Lagrangian dual of the balanced p-median at given prices.

Give every unit a price for being served, and let each zone choose the base and the units that earn it most within its
hours. Whatever the prices, the sum of prices less what the zones earn is a lower bound; the search is for the prices
that make it highest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.model.knapsack import BARRED, FORCED, all_earnings

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class ZoneClass:
    """Zones with the same limits and the same rules: `count` of them, choosing among `bases`."""

    zones: tuple[int, ...]
    floor: float
    ceiling: float
    role: Roles
    bases: Ints

    @property
    def count(self) -> int:
        """Number of zones in the class."""
        return len(self.zones)


def zone_classes(model: Model) -> list[ZoneClass]:
    """Group zones that are interchangeable in the bound."""
    held = set(model.lock[model.lock >= 0].tolist())
    groups: dict[tuple[float, float, int], list[int]] = {}
    for zone in range(model.zones):
        own = zone if zone in held or model.base_of_zone[zone] >= 0 else -1
        groups.setdefault((float(model.floor[zone]), float(model.ceiling[zone]), own), []).append(zone)
    classes = []
    for (floor, ceiling, own), zones in groups.items():
        role = np.where(model.lock >= 0, BARRED, 0).astype(np.int8)
        bases = np.arange(model.weighted.shape[0])
        if own >= 0:
            role[model.lock == own] = FORCED
            if model.base_of_zone[own] >= 0:
                bases = model.base_of_zone[own : own + 1].copy()
        bases = bases[role[model.atom_of[bases]] != BARRED]
        classes.append(ZoneClass(tuple(zones), floor, ceiling, role, bases))
    return classes


def least_extras(model: Model) -> float:
    """Lower bound on the priced extras: every atom in the zone where its membership costs least."""
    return float(model.membership.min(axis=1).sum())


def evaluate(
    model: Model, classes: list[ZoneClass], price: Floats, bases: list[Ints], pool: Executor | None = None
) -> tuple[float, list[Floats]]:
    """Return the dual value at `price`, looking at `bases` of each class only, and what each of them earns."""
    values = []
    for group, chosen in zip(classes, bases, strict=True):
        value = np.empty(chosen.size)

        def look(span: slice, group: ZoneClass = group, chosen: Ints = chosen, value: Floats = value) -> None:
            all_earnings(
                model.weighted,
                price,
                model.hours,
                model.atom_of,
                group.role,
                group.floor,
                group.ceiling,
                chosen[span],
                value[span],
            )

        middle = chosen.size // 2
        if pool is None or middle < 32:
            look(slice(None))
        else:
            list(pool.map(look, [slice(0, middle), slice(middle, None)]))
        values.append(value)
    total = float(price[model.hours > 0].sum())
    for group, value in zip(classes, values, strict=True):
        total += float(np.sort(value)[: group.count].sum()) if value.size >= group.count else np.inf
    return total, values
