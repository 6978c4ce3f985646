"""Offers and hours against what was owed, by provider, zone and size of provider, with intervals.

What a provider was owed of each call-off is its share among those who could have had it. Beside the sum owed stands
what it got. A share of n turns is given with its 95% interval after Wilson (Probable inference, the law of succession,
and statistical inference, 1927), so that few turns are not taken for unfairness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

Z_95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Turn:
    """One first offer of a request.

    Attributes:
        zone: Of the request; 0 outside every zone.
        hours: A week.
        due: Each provider's share of it.
        given_to: Who was asked first.
        accepted_by: Who took it in the end; None where nobody did.
    """

    zone: int
    hours: float
    due: dict[int, float]
    given_to: int
    accepted_by: int | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """What one provider got and was owed in one group.

    Attributes:
        group, provider_id: Where and who.
        turns: First offers in the group that it could have had.
        got: Of them it was asked first.
        owed: Of them it was owed.
        share_got, share_owed: Parts of the turns.
        low, high: 95% interval of the share it got.
        within: Whether the share owed lies in the interval.
        hours_accepted, hours_owed: Hours a week.
    """

    group: int
    provider_id: int
    turns: int
    got: int
    owed: float
    share_got: float
    share_owed: float
    low: float
    high: float
    within: bool
    hours_accepted: float
    hours_owed: float


def fairness(turns: Iterable[Turn], *, by_zone: bool = True) -> list[Fairness]:
    """What every provider got against what it was owed, by zone or over all."""
    could: dict[tuple[int, int], int] = defaultdict(int)
    got: dict[tuple[int, int], int] = defaultdict(int)
    owed: dict[tuple[int, int], float] = defaultdict(float)
    hours: dict[tuple[int, int], float] = defaultdict(float)
    hours_owed: dict[tuple[int, int], float] = defaultdict(float)
    for turn in turns:
        group = turn.zone if by_zone else 0
        for provider in {*turn.due, turn.given_to}:
            could[group, provider] += 1
            owed[group, provider] += turn.due.get(provider, 0.0)
            hours_owed[group, provider] += turn.due.get(provider, 0.0) * turn.hours
        got[group, turn.given_to] += 1
        if turn.accepted_by is not None:
            hours[group, turn.accepted_by] += turn.hours
    out = []
    for key in sorted({*could, *hours}):
        n = could[key]
        low, high = wilson(got[key], n)
        share_owed = owed[key] / n if n else 0.0
        out.append(
            Fairness(
                group=key[0],
                provider_id=key[1],
                turns=n,
                got=got[key],
                owed=owed[key],
                share_got=got[key] / n if n else 0.0,
                share_owed=share_owed,
                low=low,
                high=high,
                within=low <= share_owed <= high,
                hours_accepted=hours[key],
                hours_owed=hours_owed[key],
            )
        )
    return out


SIZES: Final = ("small", "middle", "large")
"""Thirds of the providers by the hours a week that they serve now; the names are in order."""


def size_classes(hours_served: Mapping[int, float]) -> dict[int, int]:
    """The third that each provider belongs to by the hours it serves: 0 small, 1 middle, 2 large.

    Providers that serve alike are in one class, the lower one.
    """
    order = sorted(hours_served.values())
    return {
        number: min(2, 3 * sum(other < hours for other in order) // len(order))
        for number, hours in hours_served.items()
    }


def by_size(turns: Iterable[Turn], classes: Mapping[int, int]) -> list[Turn]:
    """The same turns with providers gathered by size: class numbers stand where provider numbers stood."""
    out = []
    for turn in turns:
        due: dict[int, float] = defaultdict(float)
        for provider, share in turn.due.items():
            due[classes[provider]] += share
        taken = None if turn.accepted_by is None else classes[turn.accepted_by]
        out.append(replace(turn, due=dict(due), given_to=classes[turn.given_to], accepted_by=taken))
    return out


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share of n; nought to one where n is nought."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)
