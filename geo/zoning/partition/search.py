"""Plans at least whole-zone cost: annealed starts, and the zones of good plans kept for choosing among."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.partition.anneal import anneal, cost_of, hold, make_web, missed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from geo.zoning.partition.anneal import Web
    from geo.zoning.partition.costs import ZoneCosts

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Zone = tuple[int, ...]


@dataclass(frozen=True)
class AnnealParameters:
    """How a start is annealed. Temperatures and prices are in mean prices of a pair of neighbours.

    Attributes:
        temperatures: Temperatures of one start, falling by a constant factor; 2 or more.
        hot: First temperature, above `cold`.
        cold: Last temperature, above 0.
        proposals_per_unit: Proposals at each temperature, for each unit; 1 or more.
        penalty: Price of a mean unit's weight missed, in temperatures: at first, and at the least later.
        dearer: Factor of that price after a temperature that ends outside the limits; above 1.
        cheaper: Factor of that price after one that ends within them; from 0 to 1.
        recorded_share: Share of the temperatures, at the cold end, after each of which the zones are kept; 0 to 1.
    """

    temperatures: int = 100
    hot: float = 3.0
    cold: float = 0.2
    proposals_per_unit: int = 150
    penalty: float = 3.0
    dearer: float = 1.3
    cheaper: float = 0.97
    recorded_share: float = 0.6


@dataclass
class Pool:
    """Zones met in plans that keep every limit, each once, in the order they were met."""

    number: dict[Zone, int] = field(default_factory=dict)

    def add(self, zones: Iterable[Zone]) -> None:
        """Keep zones not met yet; a zone is its units in rising order."""
        for zone in zones:
            self.number.setdefault(zone, len(self.number))

    @property
    def zones(self) -> list[Zone]:
        """The zones in the order they were met."""
        return list(self.number)


def zones_of(label: Ints, count: int) -> list[Zone]:
    """The zones of a plan, each its units in rising order."""
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(count + 1))
    return [tuple(order[ends[zone] : ends[zone + 1]].tolist()) for zone in range(count)]


def grown(web: Web, seed: int) -> Ints:
    """Zones grown from drawn units, the one with most hours to go first; each hangs together.

    Raises:
        ValueError: There are fewer units than zones, or units that no drawn unit is joined to.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    n, k = web.weight.shape[0], web.floor.shape[0]
    if n < k:
        message = f"{k} zones were asked of {n} units; each zone needs at least one"
        raise ValueError(message)
    label = np.full(n, -1, np.int64)
    ends: list[list[int]] = [[] for _ in range(k)]
    load = np.zeros(k)
    wanted = (np.minimum(web.ceiling, 1e12) + web.floor) / 2
    for zone, unit in enumerate(random.permutation(n)[:k]):
        label[unit], load[zone] = zone, web.weight[unit]
        ends[zone] = web.item[web.start[unit] : web.start[unit + 1]].tolist()
    while (label < 0).any():
        for zone in np.argsort(load / wanted, kind="stable"):
            open_ends = [unit for unit in ends[zone] if label[unit] < 0]
            ends[zone] = open_ends
            if open_ends:
                unit = open_ends[int(random.integers(len(open_ends)))]
                label[unit] = zone
                load[zone] += web.weight[unit]
                ends[zone] = open_ends + web.item[web.start[unit] : web.start[unit + 1]].tolist()
                break
        else:
            alone = np.flatnonzero(label < 0)
            message = f"{alone.size} units, first number {int(alone[0])}, cannot be reached from any of {k} zones"
            raise ValueError(message)
    return label


@dataclass(frozen=True, eq=False)
class Start:
    """What a start ended with: labels, the cost of what can change, whether it keeps all limits, and zones met."""

    labels: Ints
    cost: float
    feasible: bool
    zones: list[Zone]


def start(
    web: Web,
    label: Ints,
    seed: int,
    stop: Callable[[], bool],
    parameters: AnnealParameters,
    hot: float | None = None,
) -> Start:
    """Anneal the plan `label`; the best plan met that keeps every limit, or where none does the last one.

    What a missed limit costs follows the plan: dearer while limits are missed and cheaper while they are kept, as what
    a plan saves by missing them may be a multiple of the price of a pair (where a depot is far away, above all).
    """
    n, k = web.weight.shape[0], web.floor.shape[0]
    held = hold(web, label, seed)
    unit, mean = _scale(web), float(web.weight.mean())
    best, best_cost, met = held.label.copy(), np.inf, Pool()
    first, steps = parameters.hot if hot is None else hot, parameters.temperatures
    proposals, penalty = parameters.proposals_per_unit * n, unit * first * parameters.penalty / mean
    for step in range(steps):
        if stop():
            break
        done = step / max(1, steps - 1)
        temperature = unit * first * (parameters.cold / first) ** done
        anneal(web, held, proposals, temperature, penalty)
        if missed(web, held) > 0.0:
            penalty *= parameters.dearer
            continue
        penalty = max(penalty * parameters.cheaper, parameters.penalty * temperature / mean)
        cost = float(cost_of(web, held))
        if cost < best_cost - 1e-12:
            best, best_cost = held.label.copy(), cost
        if done >= 1 - parameters.recorded_share:
            met.add(zones_of(held.label, k))
    held = hold(web, held.label if best_cost == np.inf else best, seed)
    anneal(web, held, proposals, 0.0, 10 * penalty)
    feasible = missed(web, held) <= 0.0
    if feasible:
        met.add(zones_of(held.label, k))
    return Start(held.label, float(cost_of(web, held)), bool(feasible), met.zones)


def _scale(web: Web) -> float:
    """The mean price of a pair; where pairs cost nothing, a hundredth of the longest way to a zone, or 1."""
    price = float(web.price.mean()) if web.price.size else 0.0
    return price or float(web.step_cost.sum()) / 100 or 1.0


def starts(
    costs: ZoneCosts,
    weight: Floats,
    floor: Floats,
    ceiling: Floats,
    seed: int,
    stop: Callable[[], bool],
    count: int,
    parameters: AnnealParameters | None = None,
    threads: int = 1,
) -> tuple[Start | None, Pool]:
    """Make up to `count` starts from grown plans; the cheapest within all limits, and the zones met on the way.

    At least one start is made, and more while none keeps all limits, whatever `stop` says.
    """
    web, kept, pool = make_web(costs, weight, floor, ceiling), list[Start](), Pool()

    def one(index: int) -> Start | None:
        if index >= threads and kept and stop():
            return None
        drawn = int(np.random.SeedSequence([seed, index]).generate_state(1, np.uint64)[0] >> np.uint64(1))
        # The first starts run to their end, however late it is: there must be a plan.
        ends = stop if index >= threads else _never
        return start(web, grown(web, drawn), drawn, ends, parameters or AnnealParameters())

    with ThreadPoolExecutor(threads) as workers:
        for first in range(0, count, threads):
            for made in workers.map(one, range(first, min(first + threads, count))):
                if made is not None:
                    pool.add(made.zones)
                    kept += [made] if made.feasible else []
    return min(kept, key=lambda made: made.cost, default=None), pool


def _never() -> bool:
    return False
