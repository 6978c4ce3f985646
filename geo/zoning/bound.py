"""A proof of how cheap any plan can be: the Lagrangian dual of the balanced p-median (contiguity left out).

Give every unit a price for being served, and let each zone choose the base and the units that earn it most within its
hours. Whatever the prices, the sum of prices less what the zones earn is a lower bound; the search is for the prices
that make it highest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.fixing import keep_bases
from geo.zoning.knapsack import BARRED, FORCED, all_earnings, take

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.model import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]

FULL_EVERY, FULL_EVERY_MANY = 15, 40
"""Steps between looks at every base, for one class of zones and for many; in between only the likeliest are seen."""

FIRST_STEP, WARM_STEP = 1.0, 0.2
"""Step factor from rough prices, and from those of a plan."""

PATIENCE = 3
"""Full looks without a better bound before the step is halved."""


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


@dataclass(eq=False)
class Dual:
    """The state of an ascent: prices, the best found, and what every base earns at the last full look."""

    price: Floats
    best_price: Floats
    best: float = -1e300
    theta: float = 1.0
    idle_looks: int = 0
    steps: int = 0
    direction: Floats | None = None
    likely: list[Ints] = field(default_factory=list)


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


def ascend(
    model: Model,
    classes: list[ZoneClass],
    dual: Dual,
    steps: int,
    target: float,
    stop: Callable[[], bool],
    pool: Executor | None = None,
    upper: float = np.inf,
) -> None:
    """Take up to `steps` subgradient steps of Polyak's length (Held, Wolfe and Crowder 1974) towards `target`.

    Bases that no plan cheaper than `upper` can have are struck from `classes` on the way.
    """
    target -= least_extras(model)
    for _ in range(steps):
        if stop():
            return
        full = dual.steps % (FULL_EVERY if len(classes) < 3 else FULL_EVERY_MANY) == 0
        dual.steps += 1
        looked = [group.bases for group in classes] if full else dual.likely
        value, values = evaluate(model, classes, dual.price, looked, pool)
        if full:
            _note(classes, dual, value, values)
            if value >= dual.best and np.isfinite(upper):
                kept = keep_bases(classes, values, value + least_extras(model), upper)
                classes[:] = [replace(group, bases=bases) for group, bases in zip(classes, kept, strict=True)]
        used = np.zeros(model.atoms)
        for group, bases, earned in zip(classes, looked, values, strict=True):
            for at in np.argsort(earned, kind="stable")[: group.count]:
                base = bases[at]
                row, atom = model.weighted[base], model.atom_of[base]
                take(row, dual.price, model.hours, group.role, atom, group.floor, group.ceiling, used, 1.0)
        slope = np.where(model.hours > 0, 1.0 - used, 0.0)
        dual.direction = slope if dual.direction is None else 0.6 * slope + 0.4 * dual.direction
        scaled = dual.direction * model.hours
        norm = float(scaled @ dual.direction)
        if norm < 1e-12 * max(1.0, float(model.hours.sum())):
            _finish(model, classes, dual)
            return
        dual.price = dual.price + dual.theta * max(target - value, 1e-4 * abs(target)) / norm * scaled


def _finish(model: Model, classes: list[ZoneClass], dual: Dual) -> None:
    """End the ascent where the slope is nought: the prices are the best there are."""
    value, values = evaluate(model, classes, dual.price, [group.bases for group in classes])
    _note(classes, dual, value, values)
    dual.theta = 0.0


def _note(classes: list[ZoneClass], dual: Dual, value: float, values: list[Floats]) -> None:
    """Keep the best prices, cool the step when stuck, and list the bases worth looking at until the next full look."""
    if value > dual.best + 1e-6 * abs(dual.best):
        dual.best, dual.best_price, dual.idle_looks = value, dual.price.copy(), 0
    else:
        dual.idle_looks += 1
        if dual.idle_looks >= PATIENCE:
            dual.theta *= 0.6
            dual.idle_looks = 0
            dual.price = dual.best_price.copy()
            dual.direction = None
    dual.likely = []
    for group, earned in zip(classes, values, strict=True):
        keep = min(earned.size, 4 * group.count + 12)
        dual.likely.append(group.bases[np.sort(np.argsort(earned, kind="stable")[:keep])])


def start_dual(model: Model, price: Floats | None = None) -> Dual:
    """An ascent from `price`, or from what units cost to serve at the mean distance."""
    first = model.hours * model.hour_cost if price is None else price
    return Dual(first.copy(), first.copy(), theta=FIRST_STEP if price is None else WARM_STEP)
