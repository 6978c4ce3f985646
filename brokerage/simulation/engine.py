"""The run: requests come, are ranked by the rules and offered; providers accept what fits; care ends and frees hours.

Event by event, from a seed: the same county, rules, assumptions and seed give the same outcome. A provider accepts when
its paid hours cover the care and the travel that the package adds, and then with a probability that falls with the
added minutes. The rules' answer times end an offer that is not answered. Nobody took it: all are asked again later.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from brokerage.providers import RoleName
from brokerage.ranking import Asked, Candidate, Ranking, could_have_it, rank
from brokerage.rules.model import RuleSet
from brokerage.shares import amount_of, given, shares_due
from brokerage.simulation.exchange import exchange
from brokerage.simulation.model import Assumptions, County, Outcome, SimRequest
from brokerage.simulation.outcome import Tally, outcome_of
from brokerage.simulation.provider_state import ProviderState, Served

SERVICE = "home care"


@dataclass(slots=True)
class _Case:
    """A request on its way."""

    request: SimRequest
    refused: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    willing: set[int] = field(default_factory=set)
    first: bool = True
    asked: int = 0
    done: bool = False


def simulate(county: County, rules: RuleSet, seed: int = 0, assumed: Assumptions | None = None) -> Outcome:
    """Run a county under a rule set.

    Args:
        county: Providers and requests.
        rules: The rule set.
        seed: Draws the answers.
        assumed: What is assumed of them.
    """
    return _Run(county, rules, seed, assumed or Assumptions()).outcome()


class _Run:
    def __init__(self, county: County, rules: RuleSet, seed: int, assumed: Assumptions) -> None:
        self._county, self._rules, self._assumed = county, rules, assumed
        self._seed = seed
        self._states = {one.provider_id: ProviderState(one, assumed) for one in county.providers}
        self._events: list[tuple[float, int, str, Any]] = []
        self._order = count()
        self._owed: dict[int, dict[int, float]] = defaultdict(dict)
        self._tally = Tally(county, assumed)
        for request in county.requests:
            self._later(request.day, "request", request)
        for provider in county.providers:
            for i, package in enumerate(provider.packages):
                self._later(package[4], "end", (provider.provider_id, -(i + 1)))
        if assumed.swap_every_days is not None:
            self._later(assumed.swap_every_days, "swap", None)

    def outcome(self) -> Outcome:
        """Run to the end and count."""
        while self._events:
            day, _, kind, what = heapq.heappop(self._events)
            if day > self._county.days:
                break
            getattr(self, f"_on_{kind}")(day, what)
        hours = {number: state.given for number, state in self._states.items()}
        return outcome_of(self._tally, self._rules, list(hours))

    def _later(self, day: float, kind: str, what: Any) -> None:
        heapq.heappush(self._events, (day, next(self._order), kind, what))

    def _on_request(self, day: float, request: SimRequest) -> None:
        self._ask(day, _Case(request))

    def _on_again(self, day: float, case: _Case) -> None:
        case.refused.clear()
        self._ask(day, case)

    def _on_end(self, _day: float, what: tuple[int, int]) -> None:
        provider, key = what
        for number, state in self._states.items():
            if number == provider or key in state.served:
                state.drop(key)

    def _on_swap(self, day: float, _what: None) -> None:
        self._tally.swaps += exchange(self._states)
        if self._assumed.swap_every_days is not None:
            self._later(day + self._assumed.swap_every_days, "swap", None)

    def _ask(self, day: float, case: _Case) -> None:
        """Offer a case to whom the rules ask now; when all have refused, ask everybody again later."""
        ranking = self._rank(case)
        now = [number for number in ranking.asked_first if number not in case.refused]
        if not now:
            self._later(day + self._assumed.ask_again_hours / 24, "again", case)
            return
        if case.first:
            self._count_turn(case.request, ranking, now[0])
            case.first = False
        until = day + ranking.answer_minutes / 1440
        case.waiting, case.willing = set(now), set()
        for number in now:
            self._tally.offers += 1
            case.asked += 1
            draws = self._draws(case.request, number, case.asked)
            silent = draws.random() < self._assumed.silent
            answer = until if silent else min(until, day + float(draws.exponential(self._assumed.answer_hours)) / 24)
            taken = not (silent or answer >= until)
            self._later(answer, "answer", (case, number, float(draws.random()) if taken else 1.0))

    def _draws(self, request: SimRequest, *more: int) -> np.random.Generator:
        """Chance that hangs on the request and the provider alone, so that rule sets meet the same."""
        return np.random.default_rng((self._seed, request.request_id, *more))

    def _rank(self, case: _Case) -> Ranking:
        request = case.request
        asked = Asked(request.request_id, request.zone, SERVICE, request.hours_per_week, request.urgent)
        owed = self._owed[request.zone]
        candidates = [
            Candidate(
                provider_id=number,
                name=state.given.name,
                role=role,
                role_since="",
                priority_score=state.given.priority_score,
                owed=owed.get(number, 0.0) if self._rules.shares.kind != "none" else None,
                free_hours=state.free_hours,
                marginal_travel_minutes=state.added_minutes(request.easting, request.northing),
                turned_down="before" if number in case.refused else None,
            )
            for number, state in self._states.items()
            if (role := state.given.roles.get(request.zone)) is not None
        ]
        found = rank(asked, candidates, self._rules, explain=False)
        left = [item for item in found.items if item.candidate.provider_id not in case.refused]
        return found if left else Ranking(found.items, found.left_out, (), found.mode, found.answer_minutes)

    def _count_turn(self, request: SimRequest, ranking: Ranking, provider: int) -> None:
        roles: dict[int, RoleName] = could_have_it(ranking)
        due = shares_due(roles, self._rules)
        if not due:
            return
        amount = amount_of(request.hours_per_week, self._rules)
        self._owed[request.zone] = given(self._owed[request.zone], due, provider, amount, self._rules.shares.most_owed)
        self._tally.count_turn(request, due, provider, amount)

    def _on_answer(self, day: float, what: tuple[_Case, int, float]) -> None:
        case, number, chance = what
        if case.done or number not in case.waiting:
            return
        case.waiting.discard(number)
        if self._accepts(case.request, self._states[number], chance):
            case.willing.add(number)
        else:
            case.refused.add(number)
        if case.willing:
            self._place(day, case)
        elif not case.waiting:
            self._ask(day, case)

    def _accepts(self, request: SimRequest, state: ProviderState, chance: float) -> bool:
        minutes = state.added_minutes(request.easting, request.northing)
        needs = request.hours_per_week + request.carer_visits_per_week * minutes / 60
        willing = state.given.willing * float(np.exp(-minutes / self._assumed.putting_off_minutes))
        return bool(state.free_hours >= needs and chance < willing)

    def _place(self, day: float, case: _Case) -> None:
        order = [item.candidate.provider_id for item in self._rank(case).items]
        number = min(case.willing, key=order.index)
        request, state = case.request, self._states[number]
        minutes = state.added_minutes(request.easting, request.northing)
        state.take(
            Served(
                request.request_id,
                request.easting,
                request.northing,
                request.hours_per_week,
                request.carer_visits_per_week,
                minutes,
            )
        )
        case.done = True
        begins = day + float(self._draws(request).exponential(self._assumed.first_visit_days))
        self._tally.count_placed(request, number, day, begins, minutes)
        self._later(begins + request.lasts_days, "end", (number, request.request_id))
