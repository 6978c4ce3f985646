"""Counting while a simulation runs, and the figures at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from brokerage.rules.model import RuleSet
from brokerage.simulation.model import Assumptions, County, Outcome, SimRequest


class Tally:
    """What happened so far."""

    def __init__(self, county: County, assumed: Assumptions) -> None:
        """Nothing yet."""
        self.county, self._warm_up = county, assumed.warm_up_days
        self.offers = self.swaps = 0
        self.placed: dict[int, tuple[int, float, float, float]] = {}
        self.turns: dict[tuple[int, int], float] = defaultdict(float)
        self.amounts: list[float] = []

    def counts(self, request: SimRequest) -> bool:
        """Whether a request is after the warm-up."""
        return request.day >= self._warm_up

    def count_turn(self, request: SimRequest, due: dict[int, float], provider: int, amount: float) -> None:
        """A turn given to one, owed in shares to all who could have had it."""
        if not self.counts(request):
            return
        self.amounts.append(amount)
        for number, share in due.items():
            self.turns[request.zone, number] += share * amount
        self.turns[request.zone, provider] -= amount

    def count_placed(self, request: SimRequest, provider: int, day: float, begins: float, minutes: float) -> None:
        """A package taken."""
        self.placed[request.request_id] = (provider, day, begins, minutes)


def outcome_of(tally: Tally, rules: RuleSet, providers: Iterable[int]) -> Outcome:
    """The figures of a run."""
    county = tally.county
    counted = [one for one in county.requests if tally.counts(one)]
    waits, visits, first, minutes = [], [], [], []
    unmet: dict[str, float] = defaultdict(float)
    hours: dict[int, float] = dict.fromkeys(providers, 0.0)
    by_zone: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for one in counted:
        known = tally.placed.get(one.request_id)
        until = known[1] if known else county.days
        waits.append(until - one.day)
        unmet[one.band] += one.hours_per_week * (until - one.day) / max(county.days, 1.0)
        if known:
            first.append(known[2] - one.day)
            hours[known[0]] += one.hours_per_week
            by_zone[one.zone][known[0]] += one.hours_per_week
            minutes.append(known[3])
            visits.append(one.carer_visits_per_week)
    shares = [np.array(list(zone.values())) / sum(zone.values()) for zone in by_zone.values()]
    stray = np.abs(list(tally.turns.values())) / np.mean(tally.amounts) if tally.amounts else None
    return Outcome(
        rule_set=rules.name,
        requests=len(counted),
        placed=len(minutes),
        mean_days=float(np.mean(waits)) if waits else 0.0,
        median_days=float(np.median(waits)) if waits else 0.0,
        p90_days=float(np.percentile(waits, 90)) if waits else 0.0,
        mean_days_to_first_visit=float(np.mean(first)) if first else 0.0,
        unmet_hours_by_band={band: round(value, 3) for band, value in sorted(unmet.items())},
        concentration=float(np.mean([(part**2).sum() for part in shares])) if shares else 0.0,
        minutes_per_visit=float(np.average(minutes, weights=visits)) if minutes else 0.0,
        offers_per_request=tally.offers / max(len(county.requests), 1),
        stray_p95=None if stray is None else float(np.percentile(stray, 95)),
        swaps=tally.swaps,
        hours_by_provider={number: round(value, 2) for number, value in hours.items()},
    )
