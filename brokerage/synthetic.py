"""Made-up providers, requests and answers, drawn from a seed: for the demonstration and for simulation.

Nobody's data is in it. Distributions are the maintainers' choice, set to look like home care and to be told apart from
it: names begin with ``Synthetic``, telephones are of the range kept for drama (Ofcom, 01632 960000 to 960999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from brokerage.visits import Visits

LANGUAGES: Final = ("Gujarati", "Punjabi", "Polish", "Urdu", "British Sign Language")
SKILLS: Final = ("dementia", "hoist", "peg feeding", "end of life", "learning disability")
_PATTERNS: Final[tuple[tuple[float, tuple[Visits, ...]], ...]] = (
    (0.26, (Visits(30, 7, 1, (), "morning"),)),
    (0.22, (Visits(30, 7, 1, (), "morning"), Visits(30, 7, 1, (), "bed"))),
    (0.14, (Visits(45, 7, 1, (), "morning"), Visits(30, 7, 1, (), "midday"), Visits(30, 7, 1, (), "bed"))),
    (0.12, (Visits(45, 7, 1, (), "morning"), Visits(30, 7, 1, (), "midday"), Visits(30, 14, 1, (), "bed"))),
    (0.10, (Visits(30, 14, 2), Visits(45, 14, 2))),
    (0.08, (Visits(60, 3, 1, ("mon", "wed", "fri"), "morning"),)),
    (0.08, (Visits(15, 14),)),
)
"""Shares of patterns of visits: a morning call is the commonest package, one in ten is double-handed."""


def draw_pattern(rng: np.random.Generator) -> tuple[Visits, ...]:
    """A pattern of visits."""
    weights = np.array([weight for weight, _ in _PATTERNS])
    return _PATTERNS[int(rng.choice(len(_PATTERNS), p=weights / weights.sum()))][1]


@dataclass(frozen=True, slots=True)
class DrawnRequest:
    """A made-up request.

    Attributes:
        days_ago: When it was made, in days before now.
        pattern: Its visits.
        urgent: Whether it is urgent.
        from_hospital: Whether it is a discharge.
    """

    days_ago: float
    pattern: tuple[Visits, ...]
    urgent: bool
    from_hospital: bool


def draw_request(rng: np.random.Generator, days_ago: float) -> DrawnRequest:
    """A request made some days ago: three in ten are discharges, most of which are urgent."""
    hospital = bool(rng.random() < 0.3)
    return DrawnRequest(days_ago, draw_pattern(rng), bool(rng.random() < (0.7 if hospital else 0.1)), hospital)


def draw_some(rng: np.random.Generator, of: Sequence[str], most: int) -> list[str]:
    """Some of a list, in its order."""
    number = int(rng.integers(0, most + 1))
    chosen = set(rng.choice(len(of), size=number, replace=False).tolist())
    return [item for i, item in enumerate(of) if i in chosen]
