"""Plans by measured costs of zones: zones that matter are measured, the model is fitted to them, and plans chosen anew.

A model of a zone's cost is some 1.5% off, a zone measured on a few days as much, and a search makes use of either's
errors. So each zone's estimate is the model's, moved towards what was measured by as much as the measurement is surer,
and days are spent where they decide: on zones that a plan as cheap as the best could have.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, triu

from geo.zoning.partition.anneal import make_web
from geo.zoning.partition.choose import choose, labels_of
from geo.zoning.partition.costs import ZoneCosts
from geo.zoning.partition.search import AnnealParameters, Pool, grown, start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from geo.zoning.partition.search import Start, Zone

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Measure = Callable[[Zone, int, int], Floats]


@dataclass(frozen=True)
class RefineParameters:
    """How measured days are spent.

    Attributes:
        days: Days on which a zone is measured at first, and after each further look, rising.
        looks: Zones measured in a round, for each thread.
        likely_share: Share of a zone's mean cost that a plan's cost may rise by through a zone worth measuring.
        restless: Least and greatest spread of the drawn factors of pair prices in searches for further zones.
        warmth: Least and greatest first temperature of these searches, in mean prices of a pair.
        anew: Every so many rounds one of these searches starts from a grown plan.
        choose_seconds: Longest time of one choice among zones.
        least_fit: Measured zones from which the model is fitted to them.
    """

    days: tuple[int, ...] = (8, 24, 72)
    looks: int = 60
    likely_share: float = 0.02
    restless: tuple[float, float] = (0.05, 0.5)
    warmth: tuple[float, float] = (0.25, 1.5)
    anew: int = 3
    choose_seconds: float = 2.5
    least_fit: int = 30


class Estimates:
    """Cost of zones by a model fitted to those measured, and by what was measured."""

    def __init__(self, costs: ZoneCosts, days: tuple[int, ...], least_fit: int) -> None:
        self.costs, self.days, self.least_fit = costs, days, least_fit
        self.measured: dict[Zone, Floats] = {}
        self.parts: dict[Zone, tuple[float, float, float]] = {}
        self.factor = np.array([1.0, 1.0, 1.0])
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
        return np.asarray(np.array([self._parts(zone) for zone in zones]) @ self.factor, np.float64)

    def of(self, zones: Sequence[Zone]) -> Floats:
        """Cost of zones by model and measurement, each by how sure it is."""
        cost = self.modelled(zones)
        for i, zone in enumerate(zones):
            seen = self.measured.get(zone)
            if seen is not None:
                trust = self.spread**2 / (self.spread**2 + self.noise**2 / seen.size)
                cost[i] += trust * (float(seen.mean()) - cost[i])
        return cost

    def level(self, zone: Zone) -> int:
        """Looks taken at a zone."""
        seen = self.measured.get(zone)
        return 0 if seen is None else self.days.index(seen.size) + 1

    def fit(self) -> None:
        """Fit the factors of the three parts, the model's spread and the noise of a day, to the zones measured."""
        zones = list(self.measured)
        if len(zones) < self.least_fit:
            return
        parts = np.array([self._parts(zone) for zone in zones])
        mean = np.array([self.measured[zone].mean() for zone in zones])
        count = np.array([self.measured[zone].size for zone in zones])
        spread = np.array([self.measured[zone].std(ddof=1) for zone in zones]) / mean
        self.noise = float(np.sqrt((spread**2).mean()))
        weight = 1.0 / (mean * np.sqrt(self.spread**2 + self.noise**2 / count))
        # Held near what was fitted elsewhere, as some hundred zones of one place tell only so much.
        pull = np.eye(3) * (np.abs(parts).mean(axis=0) / mean.mean()) / 0.02
        left = np.vstack([parts * weight[:, None], pull])
        right = np.concatenate([mean * weight, pull @ np.ones(3)])
        self.factor = np.linalg.lstsq(left, right, rcond=None)[0]
        off = (mean - parts @ self.factor) / mean
        self.spread = float(np.sqrt(max((off**2 - self.noise**2 / count).mean(), 0.004**2)))

    def web_costs(self) -> ZoneCosts:
        """The fitted model for a search."""
        return self.costs.scaled(self.factor[1], self.factor[2])


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

    @property
    def labels(self) -> Ints:
        """The best plan: zone of each unit."""
        return labels_of(self.best, self.weight.size)

    def run(self, best: list[Zone], zones: Sequence[Zone], stop: Callable[[], bool], *, more: bool) -> Ints:
        """Refine the plan `best`, with `zones` to choose from, and with `more` others looked for as well."""
        self.best = best
        self.pool.add(best)
        self.pool.add(zones)
        with ThreadPoolExecutor(self.threads) as workers:
            while not stop():
                if more and self.rounds:
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

    def _worth_measuring(self) -> list[Zone]:
        """Zones that a plan about as cheap as the best could have: those that raise it least and were seen least."""
        zones = self.pool.zones
        cost = self.estimates.of(zones)
        prices = choose(zones, cost, self.weight.size, self.floor.size, 0.0, relaxed_only=True)
        net = prices.net(cost, zones)
        level = np.array([self.estimates.level(zone) for zone in zones])
        likely = self.parameters.likely_share * float(cost.mean())
        open_looks = (level < len(self.parameters.days)) & (net <= likely / (1.0 + level))
        order = np.flatnonzero(open_looks)
        order = order[np.argsort(net[order] + 0.25 * likely * level[order], kind="stable")]
        count = self.parameters.looks * self.threads
        return [zones[i] for i in order[:count]]

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
            found = choose(zones, cost, self.weight.size, self.floor.size, seconds, upper=upper, gap=1e-5)
            if found.chosen is None:
                return
            plan = [zones[i] for i in found.chosen]
            new = [zone for zone in plan if self.estimates.level(zone) < 2]
            self._look_at(workers, new, stop)
            if float(self.estimates.of(plan).sum()) < float(self.estimates.of(self.best).sum()):
                self.best = plan
            if not new:
                return


def restless(costs: ZoneCosts, seed: int, spread: float) -> ZoneCosts:
    """The same costs with every pair's price times a drawn factor near 1."""
    random = np.random.Generator(np.random.PCG64(seed))
    upper = csr_matrix(triu(costs.pair_price))
    upper.data = upper.data * np.exp(spread * random.standard_normal(upper.data.size))
    return ZoneCosts(csr_matrix(upper + upper.T), costs.exposure, costs.step_cost, costs.unit_cost)
