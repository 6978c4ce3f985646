"""Who is asked to take a package, in which order, and why. A pure function of what is stored beside its answer.

The score of a provider is the mean of its parts, each 0 to 100, weighted by the rule set:

    priority   the provider's score from pick-up, quality and response
    share      50 where nothing is owed; one package (or mean package of hours) owed more or less moves it by 25
    travel     100 x 10 / (10 + minutes): ten more minutes of driving a visit halve it
    capacity   free hours over twice the hours needed, at most 100; 50 where nobody stated them

Within a step of the rules providers go by score; ties are settled as the rules say, at last by a lot that is drawn from
the request's number, so that the same record gives the same order again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from brokerage.providers import RoleName
from brokerage.rules.model import RATINGS, RuleSet

HALVING_MINUTES: Final = 10.0
SHARE_POINTS_PER_PACKAGE: Final = 25.0
UNKNOWN_PART: Final = 50.0
"""Score of a part about which nothing is known: neither for nor against."""
SCORE_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """The request as ranking needs it: no name, no door.

    Attributes:
        request_id: Its number; draws the lot.
        zone: Number of its zone; None outside every zone.
        service_type: Which service.
        hours_per_week: Care hours, all carers counted.
        urgent: Whether the short answer times apply.
        skills: Skills that are needed; who lacks one is left out.
        languages: Languages wished for; who lacks them all is not left out, but it is said.
        not_providers: Providers the person does not want.
    """

    request_id: int
    zone: int | None
    service_type: str
    hours_per_week: float
    urgent: bool = False
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    not_providers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider with a role for the request, as it stood when it was ranked.

    Attributes:
        provider_id, name: Who.
        role: By which role.
        role_since: First day of the role, ISO.
        priority_score: 0 to 100.
        priority_basis: What it rests on, in words.
        owed: Packages (or hours) owed more than given in this zone; None where nothing is owed.
        free_hours: Stated free hours less what was accepted since; None where nobody stated them.
        marginal_travel_minutes: Minutes of driving one visit adds; None where they cannot be worked out.
        travel_basis: What they rest on, in words.
        rating: The regulator's rating; None where not rated.
        suspended: Why it takes no packages now; None where it does.
        skills, languages: What its carers have.
        zones_held: Numbers of the zones it holds packages in.
        share_of_zone_hours: Its part of the zone's hours.
        turned_down: How it turned this request down before; None where it did not.
    """

    provider_id: int
    name: str
    role: RoleName
    role_since: str
    priority_score: float
    priority_basis: str = ""
    owed: float | None = None
    free_hours: float | None = None
    marginal_travel_minutes: float | None = None
    travel_basis: str = ""
    rating: str | None = None
    suspended: str | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    zones_held: tuple[int, ...] = ()
    share_of_zone_hours: float = 0.0
    turned_down: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A provider in its place.

    Attributes:
        rank: 1 for the first.
        step: Position of the rules' step it is asked in, from 1.
        score: 0 to 100.
        parts: The score's parts, each 0 to 100.
        why: The reasons, a sentence each.
        short: Whether it stated too few free hours for the package.
    """

    rank: int
    step: int
    candidate: Candidate
    score: float
    parts: dict[str, float]
    why: tuple[str, ...]
    short: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A provider with a role who is not asked, and why."""

    provider_id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order in which providers are asked.

    Attributes:
        items: In order.
        left_out: Who is not asked.
        asked_first: Numbers of the providers to ask now.
        mode: How: in turn, together or open.
        answer_minutes: How long they have.
    """

    items: tuple[Ranked, ...]
    left_out: tuple[LeftOut, ...]
    asked_first: tuple[int, ...]
    mode: str
    answer_minutes: int


@dataclass(frozen=True, slots=True)
class _Placed:
    candidate: Candidate
    step: int
    score: float
    parts: dict[str, float]
    short: bool
    order: tuple[Any, ...] = field(default=())


def rank(asked: Asked, candidates: Iterable[Candidate], rules: RuleSet, *, explain: bool = True) -> Ranking:
    """Put providers in the order in which the rules ask them.

    Args:
        asked: The request.
        candidates: Every provider with a role for it.
        rules: The rule set in force.
        explain: Whether to give the reasons in words; a simulation needs none.
    """
    left_out: list[LeftOut] = []
    placed: list[_Placed] = []
    for candidate in candidates:
        reason = _refusal(asked, candidate, rules)
        if reason is None:
            placed.append(_place(asked, candidate, rules))
        else:
            left_out.append(LeftOut(candidate.provider_id, candidate.name, reason))
    placed.sort(key=lambda one: one.order)
    items = tuple(
        Ranked(
            rank=i,
            step=one.step + 1,
            candidate=one.candidate,
            score=one.score,
            parts=one.parts,
            why=tuple(_why(asked, one, rules)) if explain else (),
            short=one.short,
        )
        for i, one in enumerate(placed, start=1)
    )
    left_out.sort(key=lambda one: (one.name, one.provider_id))
    return _called(asked, items, tuple(left_out), rules)


def _called(asked: Asked, items: tuple[Ranked, ...], left_out: tuple[LeftOut, ...], rules: RuleSet) -> Ranking:
    fresh = [item for item in items if item.candidate.turned_down is None] or list(items)
    if not fresh:
        return Ranking(items, left_out, (), rules.steps[0].mode, _minutes(asked, rules, 0))
    first = fresh[0].step
    step = rules.steps[first - 1]
    now = [item.candidate.provider_id for item in fresh if (item.step, item.short) == (first, fresh[0].short)]
    if step.mode == "in-turn":
        now = now[:1]
    elif step.most_at_once is not None:
        now = now[: step.most_at_once]
    return Ranking(items, left_out, tuple(now), step.mode, _minutes(asked, rules, first - 1))


def _minutes(asked: Asked, rules: RuleSet, step: int) -> int:
    chosen = rules.steps[step]
    return chosen.urgent_answer_minutes if asked.urgent else chosen.answer_minutes


def _refusal(asked: Asked, candidate: Candidate, rules: RuleSet) -> str | None:
    if rules.step_of(candidate.role) is None:
        return f"The rules do not ask {candidate.role.value} providers."
    if candidate.suspended is not None:
        return f"Suspended: {candidate.suspended}."
    if candidate.provider_id in asked.not_providers:
        return "The person does not want this provider."
    missing = [skill for skill in asked.skills if skill.casefold() not in {s.casefold() for s in candidate.skills}]
    if missing:
        return f"Has not said that its carers have the skill needed: {', '.join(missing)}."
    return _below_floor(candidate, rules) or _over_cap(asked, candidate, rules)


def _below_floor(candidate: Candidate, rules: RuleSet) -> str | None:
    least = rules.quality.least_rating
    if least is None:
        return None
    if candidate.rating not in RATINGS:
        return "Not rated by the regulator, which the rules ask for." if rules.quality.not_rated == "refused" else None
    if RATINGS.index(candidate.rating) > RATINGS.index(least):
        return f"Rated {candidate.rating}; the rules ask for {least} or better."
    return None


def _over_cap(asked: Asked, candidate: Candidate, rules: RuleSet) -> str | None:
    most, held = rules.caps.zones_per_provider, set(candidate.zones_held)
    if most is not None and asked.zone not in held and len(held) >= most:
        return f"Holds packages in {len(held)} zones, the most that the rules allow."
    share = rules.caps.share_of_zone_hours
    if share is not None and candidate.share_of_zone_hours >= share:
        return f"Holds {candidate.share_of_zone_hours:.0%} of the zone's hours; the rules allow {share:.0%}."
    return None


def score_parts(candidate: Candidate, asked: Asked, rules: RuleSet) -> dict[str, float]:
    """The parts of a score, each 0 to 100: see the formulas at the head of this module."""
    unit = 1.0 if rules.shares.unit == "packages" else max(asked.hours_per_week, 1.0)
    owed, minutes, free = candidate.owed, candidate.marginal_travel_minutes, candidate.free_hours
    return {
        "priority": candidate.priority_score,
        "share": UNKNOWN_PART
        if owed is None
        else min(100.0, max(0.0, UNKNOWN_PART + SHARE_POINTS_PER_PACKAGE * owed / unit)),
        "travel": UNKNOWN_PART if minutes is None else 100.0 * HALVING_MINUTES / (HALVING_MINUTES + max(minutes, 0.0)),
        "capacity": UNKNOWN_PART
        if free is None
        else min(100.0, max(0.0, 50.0 * free / max(asked.hours_per_week, 0.25))),
    }


def _place(asked: Asked, candidate: Candidate, rules: RuleSet) -> _Placed:
    parts = score_parts(candidate, asked, rules)
    weights = rules.weights
    score = sum(getattr(weights, name) * value for name, value in parts.items()) / weights.total
    step = rules.step_of(candidate.role) or 0
    short = (
        rules.caps.within_stated_capacity
        and candidate.free_hours is not None
        and candidate.free_hours < asked.hours_per_week
    )
    # What the score is made of ranks unrounded and unclipped: two providers owed 5 and 9 packages are not alike.
    owed = -(candidate.owed or 0.0) if weights.share == weights.total else 0.0
    ties = tuple(_tie(key, asked, candidate, parts) for key in rules.ties)
    order = (short, step, owed, -round(score, 6), *ties, candidate.provider_id)
    return _Placed(candidate, step, round(score, SCORE_DIGITS), parts, short, order)


def _tie(key: str, asked: Asked, candidate: Candidate, parts: dict[str, float]) -> Any:
    if key == "share":
        return -(candidate.owed or 0.0)
    if key == "travel":
        minutes = candidate.marginal_travel_minutes
        return float("inf") if minutes is None else round(minutes, 3)
    if key == "lot":
        return lot(asked.request_id, candidate.provider_id)
    return -parts[key]


def lot(request_id: int, provider_id: int) -> str:
    """A lot that nobody can foresee by name or number and everybody can draw again."""
    return hashlib.sha256(f"{request_id}:{provider_id}".encode()).hexdigest()


def _why(asked: Asked, one: _Placed, rules: RuleSet) -> list[str]:
    candidate, weights = one.candidate, rules.weights
    where = "in the county" if asked.zone is None else f"in zone {asked.zone}"
    step = f"asked in step {one.step + 1} of {len(rules.steps)}"
    said = [f"{candidate.role.value.capitalize()} provider {where} since {candidate.role_since}: {step}."]
    counts = f"counts {weights.priority / weights.total:.0%}" if weights.priority else "settles ties at the most"
    basis = f" ({candidate.priority_basis})" if candidate.priority_basis else ""
    said.append(f"Priority score {candidate.priority_score:.0f} of 100{basis}; {counts}.")
    if candidate.owed is not None:
        said.append(_owed_in_words(candidate.owed, rules))
    if candidate.marginal_travel_minutes is None:
        said.append("Travel is not known: the provider has no visits and no office that can be placed.")
    else:
        basis = f", {candidate.travel_basis}" if candidate.travel_basis else ""
        said.append(f"A visit adds {candidate.marginal_travel_minutes:.1f} minutes of driving{basis}.")
    said.append(_capacity_in_words(asked, candidate, short=one.short))
    spoken = {language.casefold() for language in candidate.languages}
    if asked.languages:
        met = [language for language in asked.languages if language.casefold() in spoken]
        said.append(f"Speaks {', '.join(met)}." if met else f"Has nobody who speaks {', '.join(asked.languages)}.")
    if candidate.turned_down is not None:
        said.append(f"Was asked before for this package: {candidate.turned_down}.")
    return said


def _owed_in_words(owed: float, rules: RuleSet) -> str:
    unit = rules.shares.unit
    what = "turns" if rules.shares.counted == "turns" else unit
    if abs(owed) < 0.005:
        return f"Has had its share of {what} here."
    more = "is owed" if owed > 0 else "has had more than its share by"
    return f"{more[0].upper()}{more[1:]} {abs(owed):.2f} {what} here."


def _capacity_in_words(asked: Asked, candidate: Candidate, *, short: bool) -> str:
    need = f"the package needs {asked.hours_per_week:g}"
    if candidate.free_hours is None:
        return f"Has stated no free hours; {need}."
    said = f"{candidate.free_hours:g} hours a week free as stated; {need}"
    return f"{said}: too few, so it comes after those that have them." if short else f"{said}."


def could_have_it(ranking: Ranking) -> dict[int, RoleName]:
    """Roles of the providers that could be given the package now: those that are not short of hours."""
    return {item.candidate.provider_id: item.candidate.role for item in ranking.items if not item.short}
