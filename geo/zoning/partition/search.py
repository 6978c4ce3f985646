"""Plans at least whole-zone cost: annealed starts, and the zones of good plans kept for choosing among."""

from __future__ import annotations

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
    """How a start is annealed.

    Attributes:
        temperatures: Temperatures of one start, falling by a constant factor.
        hot: First temperature, as a share of the mean price of a pair.
        cold: Last temperature, as a share of the mean price of a pair.
        proposals_per_unit: Proposals at each temperature, for each unit.
        penalty: Price of a mean unit's weight missed at the end, in mean prices of a pair; a tenth of it at the start.
        recorded_share: Share of the temperatures, at the cold end, after each of which the zones are kept.
    """

    temperatures: int = 100
    hot: float = 0.7
    cold: float = 0.02
    proposals_per_unit: int = 150
    penalty: float = 12.0
    recorded_share: float = 0.35


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
    """Zones grown from drawn units, the one with most hours to go first; each hangs together."""
    random = np.random.Generator(np.random.PCG64(seed))
    n, k = web.weight.shape[0], web.floor.shape[0]
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
    """Anneal the plan `label`; the best plan met that keeps every limit, or where none does the last one."""
    n, k = web.weight.shape[0], web.floor.shape[0]
    held = hold(web, label, seed)
    unit = float(web.price.mean())
    mean = float(web.weight.mean())
    best, best_cost, met = held.label.copy(), np.inf, Pool()
    first, steps = parameters.hot if hot is None else hot, parameters.temperatures
    for step in range(steps):
        if stop():
            break
        done = step / max(1, steps - 1)
        temperature = unit * first * (parameters.cold / first) ** done
        penalty = unit * parameters.penalty / mean * (0.1 + 0.9 * done)
        anneal(web, held, parameters.proposals_per_unit * n, temperature, penalty)
        if missed(web, held) > 0.0:
            continue
        cost = float(cost_of(web, held))
        if cost < best_cost - 1e-12:
            best, best_cost = held.label.copy(), cost
        if done >= 1 - parameters.recorded_share:
            met.add(zones_of(held.label, k))
    held = hold(web, best, seed)
    anneal(web, held, parameters.proposals_per_unit * n, 0.0, unit * parameters.penalty * 10 / mean)
    feasible = missed(web, held) <= 0.0
    if feasible:
        met.add(zones_of(held.label, k))
    return Start(held.label, float(cost_of(web, held)), bool(feasible), met.zones)


def starts(
    costs: ZoneCosts,
    weight: Floats,
    floor: Floats,
    ceiling: Floats,
    seed: int,
    stop: Callable[[], bool],
    count: int,
    parameters: AnnealParameters | None = None,
) -> tuple[Start | None, Pool]:
    """Make up to `count` starts from grown plans; the cheapest within all limits, and the zones met on the way."""
    web, found, pool = make_web(costs, weight, floor, ceiling), None, Pool()
    for index in range(count):
        if stop() and found is not None:
            break
        drawn = int(np.random.SeedSequence([seed, index]).generate_state(1, np.uint64)[0] >> np.uint64(1))
        made = start(web, grown(web, drawn), drawn, stop, parameters or AnnealParameters())
        pool.add(made.zones)
        if made.feasible and (found is None or made.cost < found.cost):
            found = made
    return found, pool
