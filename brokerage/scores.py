"""Priority from timely pick-up, quality of delivery and overall response, smoothed so that small numbers do not rule.

Each part is a mean of observations between 0 and 100:

    pick-up    100 when the first visit came in time after the acceptance, else 0
    quality    marks of audits and complaints as they were given, and the regulator's rating as one mark
    response   100 for an offer accepted, 50 declined in time, 0 when the time ran out or the package was handed back

With n observations of mean m, a part is (n m + k s) / (n + k): the starting score s from the tender counts like k
observations (the posterior mean of a normal prior; Efron and Morris, Stein's estimator and its generalizations, 1975).
Below the least number of samples it is s alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from brokerage.rules.model import PriorityRules

RATING_MARKS: Final = {"Outstanding": 100.0, "Good": 80.0, "Requires improvement": 45.0, "Inadequate": 0.0}
"""The regulator's rating as a mark. Maintainers' choice. Not rated gives no mark: it is not bad."""
ACCEPTED: Final = 100.0
DECLINED_IN_TIME: Final = 50.0
NO_ANSWER: Final = 0.0


@dataclass(frozen=True, slots=True)
class Performance:
    """What was observed of one provider in the period.

    Attributes:
        pick_ups: 100 or 0 for each accepted package whose first visit came, or was due and did not.
        quality: Marks of 0 to 100, the regulator's among them.
        responses: 100, 50 or 0 for each offer that was answered, ran out, or was handed back.
        starting_score: From the tender; None where there is none.
    """

    pick_ups: Sequence[float] = ()
    quality: Sequence[float] = ()
    responses: Sequence[float] = ()
    starting_score: float | None = None


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: its value, how many observations, their mean, and whether they counted."""

    value: float
    samples: int
    mean: float | None
    counted: bool


@dataclass(frozen=True, slots=True)
class PriorityScore:
    """A provider's score and what it is made of.

    Attributes:
        score: 0 to 100.
        parts: ``pick_up``, ``quality`` and ``response``.
        starting_score: What stood at the start.
    """

    score: float
    parts: dict[str, ScorePart]
    starting_score: float

    @property
    def basis(self) -> str:
        """What it rests on, in words."""
        counted = [
            f"{name.replace('_', '-')} {part.mean:.0f} of {part.samples}"
            for name, part in self.parts.items()
            if part.counted and part.mean is not None
        ]
        if not counted:
            few = sum(part.samples for part in self.parts.values())
            return f"the starting score; {few} observation{'' if few == 1 else 's'}, too few to count"
        return f"{', '.join(counted)}, smoothed towards the starting score {self.starting_score:.0f}"


def priority_score(seen: Performance, rules: PriorityRules) -> PriorityScore:
    """Score one provider."""
    start = rules.starting_score if seen.starting_score is None else seen.starting_score
    parts = {
        "pick_up": _part(seen.pick_ups, start, rules),
        "quality": _part(seen.quality, start, rules, least=1),
        "response": _part(seen.responses, start, rules),
    }
    weights = {name: getattr(rules.parts, name) for name in parts}
    score = sum(weights[name] * part.value for name, part in parts.items()) / sum(weights.values())
    return PriorityScore(score, parts, start)


def _part(values: Sequence[float], start: float, rules: PriorityRules, least: int | None = None) -> ScorePart:
    n = len(values)
    mean = sum(values) / n if n else None
    needed = max(1, rules.least_samples if least is None else least)
    if mean is None or n < needed:
        return ScorePart(start, n, mean, counted=False)
    k = rules.starting_weight
    return ScorePart((n * mean + k * start) / (n + k), n, mean, counted=True)
