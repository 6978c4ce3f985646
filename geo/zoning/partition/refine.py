"""Plans by measured costs of zones: zones that matter are measured, the model is fitted to them, and plans chosen anew.

A model of a zone's cost is some 1.5% off, a zone measured on a few days as much, and a search makes use of either's
errors. So each zone's estimate is the model's, moved towards what was measured by as much as the measurement is surer,
and days are spent where they decide: on zones that a plan as cheap as the best could have.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, triu

from geo.zoning.partition.anneal import make_web
from geo.zoning.partition.choose import choose, labels_of
from geo.zoning.partition.costs import ZoneCosts
from geo.zoning.partition.priced import cheap_zones
from geo.zoning.partition.search import AnnealParameters, Pool, grown, start, zones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from geo.zoning.partition.choose import Choice
    from geo.zoning.partition.search import Start, Zone

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Measure = Callable[[Zone, int, int], Floats]


LEAST_SPREAD = 0.006
"""Share of a zone's cost that a model is taken to be off by at the least."""


@dataclass(frozen=True)
class RefineParameters:
    """How measured days are spent.

    Attributes:
        days: Days on which a zone is measured at first, and after each further look, rising.
        looks: Zones measured in a round, for each thread.
        likely_share: Share of a zone's mean cost that a plan's cost may rise by, by the model, through a zone kept.
        listed: Most zones that one listing adds.
        list_rounds: Listings in a round, each with new prices.
        list_every: Rounds between listings.
        restless: Least and greatest spread of the drawn factors of pair prices in searches for further zones.
        warmth: Least and greatest first temperature of these searches, in mean prices of a pair.
        anew: Every so many rounds one of these searches starts from a grown plan.
        choose_seconds: Longest time of one choice among zones.
        least_fit: Measured zones from which the model is fitted to them.
    """

    days: tuple[int, ...] = (8, 24, 72)
    looks: int = 60
    likely_share: float = 0.04
    listed: int = 2500
    list_rounds: int = 4
    list_every: int = 6
    restless: tuple[float, float] = (0.05, 0.5)
    warmth: tuple[float, float] = (0.4, 2.5)
    anew: int = 3
    choose_seconds: float = 2.0
    least_fit: int = 30


class Estimates:
    """Cost of zones by a model fitted to those measured, and by what was measured."""

    def __init__(self, costs: ZoneCosts, days: tuple[int, ...], least_fit: int) -> None:
        self.costs, self.days, self.least_fit = costs, days, least_fit
        self.measured: dict[Zone, Floats] = {}
        self.parts: dict[Zone, tuple[float, float, float]] = {}
        self.factor = np.array([1.0, 1.0, 1.0])
        self.unit_effect = np.zeros(costs.units)
        self.spread = 0.015
        self.noise = 0.03

    def _parts(self, zone: Zone) -> tuple[float, float, float]:
        """What stays, half the price of the pairs parted, and the way there."""
        if zone not in self.parts:
            rows = np.array(zone, np.int64)
            still = float(self.costs.unit_cost[rows].sum())
            self.parts[zone] = (still, 0.5 * self.costs.border(rows), self.costs.link(rows))
        return self.parts[zone]

    def modelled(self, zones: Sequence[Zone]) -> Floats:
        """Cost of zones by the fitted model."""
        effect = np.array([sum(self.unit_effect[unit] for unit in zone) for zone in zones])
        return np.asarray(np.array([self._parts(zone) for zone in zones]) @ self.factor + effect, np.float64)

    def trust(self, days: int) -> float:
        """How far an estimate follows what was measured on so many days, from 0 to 1."""
        return float(self.spread**2 / (self.spread**2 + self.noise**2 / days)) if days else 0.0

    def of(self, zones: Sequence[Zone]) -> Floats:
        """Cost of zones by model and measurement, each by how sure it is."""
        cost = self.modelled(zones)
        for i, zone in enumerate(zones):
            seen = self.measured.get(zone)
            if seen is not None:
                cost[i] += self.trust(seen.size) * (float(seen.mean()) - cost[i])
        return cost

    def doubt(self, zones: Sequence[Zone]) -> Floats:
        """Spread of what zones may really cost, as a share of it."""
        trust = np.array([self.trust(0 if zone not in self.measured else self.measured[zone].size) for zone in zones])
        return np.asarray(self.spread * np.sqrt(1.0 - trust), np.float64)

    def level(self, zone: Zone) -> int:
        """Looks taken at a zone."""
        seen = self.measured.get(zone)
        return 0 if seen is None else self.days.index(seen.size) + 1

    def fit(self) -> None:
        """Fit the factors of the three parts and an effect of each unit to the zones measured; then spread and noise.

        Effects of units are the same for every plan, but hide what is not.
        """
        zones = list(self.measured)
        if len(zones) < self.least_fit:
            return
        parts = np.array([self._parts(zone) for zone in zones])
        mean = np.array([self.measured[zone].mean() for zone in zones])
        count = np.array([self.measured[zone].size for zone in zones])
        weight = 1.0 / (mean * np.sqrt(self.spread**2 + self.noise**2 / count))
        held = np.zeros((len(zones), self.costs.units))
        for i, zone in enumerate(zones):
            held[i, list(zone)] = 1.0
        # Held near what was fitted elsewhere, as some hundred zones of one place tell only so much.
        pull = np.eye(3) * (np.abs(parts).mean(axis=0) / mean.mean()) / 0.02
        usual = 0.02 * mean.mean() / held.sum(axis=1).mean()
        effects = np.eye(self.costs.units) / usual
        left = np.block(
            [
                [parts * weight[:, None], held * weight[:, None]],
                [pull, np.zeros((3, self.costs.units))],
                [np.zeros((self.costs.units, 3)), effects],
            ]
        )
        right = np.concatenate([mean * weight, pull @ np.ones(3), np.zeros(self.costs.units)])
        found = np.linalg.solve(left.T @ left, left.T @ right)
        self.factor, self.unit_effect = found[:3], found[3:]
        design = np.hstack([parts, held])
        self.noise = self._noise_between_plans(design, left.T @ left, weight, mean)
        off = (mean - design @ found) / mean
        self.spread = float(np.sqrt(max((off**2 - self.noise**2 / count).mean(), LEAST_SPREAD**2)))

    def _noise_between_plans(self, design: Floats, normal: Floats, weight: Floats, mean: Floats) -> float:
        """Noise of a day, as a share, once what the day does to each unit, whatever its zone, is taken out."""
        first = self.days[0]
        each = np.array([seen[:first] for seen in self.measured.values()])
        each = each - each.mean(axis=1, keepdims=True)
        fitted = np.linalg.solve(normal, (design * weight[:, None] ** 2).T @ each)
        left = (each - design @ fitted) / mean[:, None]
        return float(np.sqrt((left**2).sum() / (left.size - each.shape[0])))

    def web_costs(self) -> ZoneCosts:
        """The fitted model for a search."""
        fitted = self.costs.scaled(self.factor[1], self.factor[2])
        return replace(fitted, unit_cost=self.factor[0] * self.costs.unit_cost + self.unit_effect)


class Refiner:
    """Looks for cheaper plans by measured costs until told to stop."""

    def __init__(
        self,
        costs: ZoneCosts,
        weight: Floats,
        limits: tuple[Floats, Floats],
        measure: Measure,
        seed: int,
        threads: int,
        parameters: RefineParameters | None = None,
    ) -> None:
        self.parameters = parameters or RefineParameters()
        self.weight, self.floor, self.ceiling = weight, *limits
        self.measure, self.seed, self.threads = measure, seed, threads
        self.estimates = Estimates(costs, self.parameters.days, self.parameters.least_fit)
        self.pool = Pool()
        self.best: list[Zone] = []
        self.rounds = 0
        self.sizes = (0, 0)
        self.most = 500
        self.prices: Choice

    @property
    def labels(self) -> Ints:
        """The best plan: zone of each unit."""
        return labels_of(self.best, self.weight.size)

    def run(
        self,
        best: list[Zone],
        zones: Sequence[Zone],
        stop: Callable[[], bool],
        sizes: tuple[int, int] | None = None,
    ) -> Ints:
        """Refine the plan `best`, with `zones` to choose from.

        Args:
            best: A plan within all limits.
            zones: Zones to choose from at first, which may be none.
            stop: Whether to end.
            sizes: Fewest and most units of a zone where zones are so small that all can be listed; None where further
                zones are to be looked for by annealing.
        """
        self.sizes = sizes or (0, 0)
        self.best = best
        self.pool.add(best)
        self.pool.add(zones)
        with ThreadPoolExecutor(self.threads) as workers:
            while not stop():
                if sizes is not None and self.rounds % self.parameters.list_every == 1:
                    self._list_round(stop)
                if self.rounds:
                    self._look_round(workers, stop)
                self._look_at(workers, self._worth_measuring(), stop)
                self._choose(workers, stop)
                self.rounds += 1
        return self.labels

    def _look_round(self, workers: ThreadPoolExecutor, stop: Callable[[], bool]) -> None:
        """Search round the best plan under prices slightly drawn, for zones not met yet."""
        drawn = np.random.SeedSequence([self.seed, self.rounds]).generate_state(self.threads, np.uint64)
        asked, quick = self.parameters, AnnealParameters(temperatures=40, proposals_per_unit=60, recorded_share=0.6)
        labels, again = self.labels, self.rounds % self.parameters.anew == 0

        def one(seed: int) -> Start:
            random = np.random.Generator(np.random.PCG64(seed))
            costs = restless(self.estimates.web_costs(), seed, random.uniform(*asked.restless))
            web = make_web(costs, self.weight, self.floor, self.ceiling)
            if again and seed == seeds[0]:
                return start(web, grown(web, seed), seed, stop, AnnealParameters())
            hot = float(np.exp(random.uniform(*np.log(asked.warmth))))
            return start(web, labels, seed, stop, quick, hot=hot)

        seeds = [int(seed >> np.uint64(1)) for seed in drawn]
        for made in workers.map(one, seeds):
            self.pool.add(made.zones)
            if made.feasible:
                self._compare(workers, zones_of(made.labels, self.floor.size), stop)

    def _relaxed(self) -> tuple[list[Zone], Floats, Floats]:
        """The pool, what each zone is thought to cost, and how much a plan would cost more for having it."""
        zones = self.pool.zones
        cost = self.estimates.of(zones)
        self.prices = choose(zones, cost, self.weight.size, self.floor.size, 0.0, relaxed_only=True)
        return zones, cost, self.prices.net(cost, zones)

    def _list_round(self, stop: Callable[[], bool]) -> None:
        """Add zones that by the fitted model a plan about as cheap as the best could have; forget those too dear."""
        asked, fitted = self.parameters, self.estimates.web_costs()
        web = make_web(fitted, self.weight, self.floor, self.ceiling)
        for _ in range(asked.list_rounds):
            zones, cost, net = self._relaxed()
            likely = asked.likely_share * float(cost.mean())
            kept = [zone for zone, dear in zip(zones, net, strict=True) if dear <= 1.5 * likely]
            self.pool = Pool()
            self.pool.add([*self.best, *kept])
            unit_net = fitted.unit_cost - self.prices.price
            found = cheap_zones(web, unit_net, self.prices.zone_price, self.sizes, likely, asked.listed)
            before = len(self.pool.number)
            self.pool.add(found)
            if stop() or len(self.pool.number) < before + 0.02 * len(found):
                return

    def _worth_measuring(self) -> list[Zone]:
        """Zones that, for what is not known of them, may make a plan cheaper than the best: the likeliest of them."""
        zones, cost, net = self._relaxed()
        level = np.array([self.estimates.level(zone) for zone in zones])
        hope = net - self.estimates.doubt(zones) * cost
        order = np.flatnonzero((level < len(self.parameters.days)) & (hope <= self.estimates.doubt(zones) * cost))
        order = order[np.argsort(hope[order], kind="stable")]
        return [zones[int(i)] for i in order[: self.parameters.looks * self.threads]]

    def _look_at(self, workers: ThreadPoolExecutor, zones: Sequence[Zone], stop: Callable[[], bool]) -> None:
        """Measure zones on their next days."""

        def one(zone: Zone) -> Floats | None:
            if stop():
                return None
            level = self.estimates.level(zone)
            first = self.parameters.days[level - 1] if level else 0
            return self.measure(zone, first, self.parameters.days[level])

        for zone, days in zip(zones, workers.map(one, zones), strict=True):
            if days is not None:
                seen = self.estimates.measured.get(zone)
                self.estimates.measured[zone] = days if seen is None else np.concatenate([seen, days])
        self.estimates.fit()

    def _choose(self, workers: ThreadPoolExecutor, stop: Callable[[], bool]) -> None:
        """Choose the cheapest plan, measure what of it was not, and choose again while that changes it."""
        for _ in range(4):
            if stop():
                return
            zones = self.pool.zones
            cost = self.estimates.of(zones)
            upper = float(self.estimates.of(self.best).sum()) * (1 + 1e-9)
            seconds = self.parameters.choose_seconds
            number = {zone: i for i, zone in enumerate(zones)}
            began = time.monotonic()
            found = choose(
                zones,
                cost,
                self.weight.size,
                self.floor.size,
                seconds,
                upper=upper,
                gap=1e-5,
                in_hand=[number[zone] for zone in self.best],
                most=self.most,
            )
            # As many zones to choose among as can be settled in the seconds.
            slow = time.monotonic() - began > 0.8 * seconds
            self.most = max(150, int(0.6 * self.most)) if slow else min(4000, int(1.4 * self.most))
            if found.chosen is None:
                return
            if not self._compare(workers, [zones[i] for i in found.chosen], stop):
                return

    def _compare(self, workers: ThreadPoolExecutor, plan: list[Zone], stop: Callable[[], bool]) -> bool:
        """Measure what a plan that seems cheaper than the best rests on, and keep the cheaper; whether any was new."""
        if float(self.estimates.of(plan).sum()) >= float(self.estimates.of(self.best).sum()):
            return False
        new = [zone for zone in plan if self.estimates.level(zone) < 2]
        self._look_at(workers, new, stop)
        if float(self.estimates.of(plan).sum()) < float(self.estimates.of(self.best).sum()):
            self.best = plan
        return bool(new)


def restless(costs: ZoneCosts, seed: int, spread: float) -> ZoneCosts:
    """The same costs with every pair's price times a drawn factor near 1."""
    random = np.random.Generator(np.random.PCG64(seed))
    upper = csr_matrix(triu(costs.pair_price))
    upper.data = upper.data * np.exp(spread * random.standard_normal(upper.data.size))
    return ZoneCosts(csr_matrix(upper + upper.T), costs.exposure, costs.step_cost, costs.unit_cost)
