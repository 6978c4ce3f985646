"""Raise the Lagrangian bound of the balanced p-median by subgradient steps on the price of an hour in each unit.

Give every unit a price for being served, and let each zone choose the base and the units that earn it most within its
hours. Whatever the prices, the sum of prices less what the zones earn is a lower bound on any plan; the search is for
the prices that make it highest. Bases are chosen at least cost within the counts that a node of the tree allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.jit import kernel
from geo.zoning.bound.choice import choose_bases
from geo.zoning.bound.parameters import BOUND
from geo.zoning.bound.worth import all_worth, dear_atoms, take, usual_price
from geo.zoning.model.knapsack import FORCED

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.reach import Reach

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Roles = npt.NDArray[np.int8]

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
STEPS_A_LOOK = BOUND.steps_a_look

PATIENCE = BOUND.patience

STEP_CUT = BOUND.step_cut
LEAST_STEP = BOUND.least_step

LEAST_GAIN = BOUND.least_gain

MEMORY = BOUND.memory


class Kinds(NamedTuple):
    """Zones with the same limits and rules are of one kind; c kinds, their limits and what atoms may do in them."""

    role: Roles
    locked: Bools
    floor: Floats
    ceiling: Floats
    zones: Ints


class Shortlist(NamedTuple):
    """Bases looked at, kind after kind, and the regions that restrict them: see `choose_bases`."""

    base: Ints
    base_start: Ints
    region: Ints
    parent: Ints
    least: Ints
    most: Ints
    region_start: Ints


def make_kinds(groups: list[ZoneClass]) -> Kinds:
    """Stack the classes of zones."""
    role = np.stack([group.role for group in groups])
    return Kinds(
        role,
        np.asarray((role == FORCED).any(axis=1)),
        np.array([group.floor for group in groups]),
        np.array([group.ceiling for group in groups]),
        np.array([group.count for group in groups], np.int64),
    )


@kernel
def value_of(
    reach: Reach,
    kinds: Kinds,
    shortlist: Shortlist,
    price: Floats,
    usual: float,
    guess: Floats,
    value: Floats,
    pick: Ints,
) -> float:
    """Dual value at `price` when only the bases of `shortlist` may be chosen; writes each base's worth and the choice.

    ``guess`` is (c, n) the rate at which each zone stopped; ``pick`` holds positions in the shortlist, kind by kind.
    """
    total = 0.0
    for atom in range(price.shape[0]):
        total += price[atom] * reach.hours[atom]
    first_pick = 0
    for kind in range(kinds.zones.shape[0]):
        first, last = shortlist.base_start[kind], shortlist.base_start[kind + 1]
        low, high = shortlist.region_start[kind], shortlist.region_start[kind + 1]
        count = kinds.zones[kind]
        all_worth(
            reach,
            price,
            kinds.role[kind],
            kinds.locked[kind],
            usual,
            kinds.floor[kind],
            kinds.ceiling[kind],
            shortlist.base[first:last],
            guess[kind],
            value[first:last],
        )
        chosen = pick[first_pick : first_pick + count]
        total += choose_bases(
            value[first:last],
            shortlist.region[first:last],
            shortlist.parent[low:high],
            shortlist.least[low:high],
            shortlist.most[low:high],
            chosen,
        )
        if not total < np.inf:
            return np.inf
        for at in range(count):
            chosen[at] += first
        first_pick += count
    return total


@kernel
def take_steps(
    reach: Reach,
    kinds: Kinds,
    shortlist: Shortlist,
    price: Floats,
    direction: Floats,
    fresh: bool,  # noqa: FBT001 - kernels take no keywords
    factor: float,
    target: float,
    steps: int,
    guess: Floats,
    chosen_share: Floats,
) -> None:
    """Take `steps` steps of Polyak's length (Held, Wolfe and Crowder 1974) towards `target`, in place.

    ``chosen_share`` is (c, n) a running mean of how often each base is chosen: near the best prices, the share of the
    base in a solution of the linear relaxation (Barahona and Anbil 2000).
    """
    m = price.shape[0]
    value = np.empty(shortlist.base.shape[0])
    pick = np.empty(kinds.zones.sum(), np.int64)
    used = np.empty(m)
    usual = usual_price(price, reach.hours)
    for _ in range(steps):
        total = value_of(reach, kinds, shortlist, price, usual, guess, value, pick)
        if not total < np.inf:
            return
        used[:] = 0.0
        first_pick = 0
        for kind in range(kinds.zones.shape[0]):
            dear = dear_atoms(price, reach.hours, kinds.role[kind], usual)
            for at in range(shortlist.base_start[kind], shortlist.base_start[kind + 1]):
                chosen_share[kind, shortlist.base[at]] *= MEMORY
            for at in range(first_pick, first_pick + kinds.zones[kind]):
                base = shortlist.base[pick[at]]
                chosen_share[kind, base] += 1.0 - MEMORY
                take(
                    reach,
                    base,
                    price,
                    kinds.role[kind],
                    dear,
                    usual,
                    kinds.floor[kind],
                    kinds.ceiling[kind],
                    guess[kind, base],
                    used,
                )
            first_pick += kinds.zones[kind]
        norm, scale = 0.0, 0.0
        for atom in range(m):
            slope = 1.0 - used[atom] if reach.hours[atom] > 0 else 0.0
            direction[atom] = slope if fresh else 0.6 * slope + 0.4 * direction[atom]
            norm += direction[atom] ** 2 * reach.hours[atom]
            scale += reach.hours[atom]
        fresh = False
        if norm < 1e-12 * scale:
            return
        length = factor * max(target - total, 1e-4 * abs(target)) / norm
        for atom in range(m):
            price[atom] += length * direction[atom]


@dataclass(eq=False)
class Climb:
    """Where an ascent stands: price of an hour in each atom, the bound they prove, and how often bases are chosen.

    ``guess`` and ``chosen_share`` are (c, n); ``factor`` is the step factor the next ascent starts with, and ``start``
    prices to start from in place of those that prove the bound.
    """

    price: Floats
    guess: Floats
    chosen_share: Floats
    bound: float = -np.inf
    factor: float = 1.0
    start: Floats | None = None

    def copy(self) -> Climb:
        """A climb that goes on from here without changing this one."""
        return Climb(self.price.copy(), self.guess.copy(), self.chosen_share.copy(), self.bound, self.factor)


def likely_part(everything: Shortlist, value: Floats, pick: Ints, counts: Ints) -> Shortlist:
    """The bases worth looking at until the next full look: the chosen, and the cheapest of each region."""
    wanted = np.zeros(everything.base.size, np.bool_)
    wanted[pick] = True
    starts, regions = everything.base_start, everything.region_start
    for kind, count in enumerate(counts.tolist()):
        region = everything.region[starts[kind] : starts[kind + 1]]
        worth = value[starts[kind] : starts[kind + 1]]
        outer = 4 * count + 12
        for number in range(regions[kind + 1] - regions[kind]):
            inside = np.flatnonzero(region == number)
            keep = outer if number == 0 else max(16, outer // 3)
            if inside.size > keep:
                inside = inside[np.argpartition(worth[inside], keep - 1)[:keep]]
            wanted[starts[kind] + inside] = True
    kept = np.flatnonzero(wanted)
    start = np.searchsorted(kept, starts).astype(np.int64)
    return everything._replace(base=everything.base[kept], base_start=start, region=everything.region[kept])


def ascend(
    reach: Reach,
    kinds: Kinds,
    everything: Shortlist,
    climb: Climb,
    target: float,
    looks: int,
    stop: Callable[[], bool],
    upper: float = np.inf,
) -> None:
    """Raise the bound of `climb` in place, for at most `looks` full looks, until it passes `upper` or is at rest."""
    price = (climb.price if climb.start is None else climb.start).copy()
    best, rest, climb.start = -np.inf, price.copy(), None
    direction = np.zeros(price.size)
    value = np.empty(everything.base.size)
    pick = np.empty(int(kinds.zones.sum()), np.int64)
    fresh, idle = True, 0
    for _ in range(looks):
        total = value_of(reach, kinds, everything, price, usual_price(price, reach.hours), climb.guess, value, pick)
        if not np.isfinite(total):
            climb.bound = np.inf
            return
        if total > best + LEAST_GAIN * abs(best) or not np.isfinite(best):
            best, rest, idle = total, price.copy(), 0
            if total > climb.bound:
                climb.bound, climb.price = total, price.copy()
            if total >= upper:
                return
        else:
            idle += 1
            if idle >= PATIENCE:
                climb.factor, idle, fresh = climb.factor * STEP_CUT, 0, True
                price = rest.copy()
        if climb.factor < LEAST_STEP or stop():
            return
        likely = likely_part(everything, value, pick, kinds.zones)
        take_steps(
            reach,
            kinds,
            likely,
            price,
            direction,
            fresh,
            climb.factor,
            target,
            STEPS_A_LOOK,
            climb.guess,
            climb.chosen_share,
        )
        fresh = False
