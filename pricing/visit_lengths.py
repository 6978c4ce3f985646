"""Price by length of visit: the part that is worked by the hour, and the part that every visit brings.

``price per hour (L) = A + 60 T / L`` and ``price per visit (L) = A L / 60 + T``, ``L`` in minutes. A price built up
from an hourly wage and a journey to each visit follows this law whatever its conventions, so published prices can be
checked against it: where they do not fit, each length was priced by its own medians or by judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.compute import compute
from pricing.errors import InputProblem, PricingInputError
from pricing.rounding import exact_arithmetic

if TYPE_CHECKING:
    from pricing.structure import Structure

HOUR = Decimal(60)


@dataclass(frozen=True, slots=True)
class VisitLengthLaw:
    """The two figures from which the price of every length follows.

    Attributes:
        pounds_per_hour: ``A``, what an hour costs apart from getting there.
        pounds_per_visit: ``T``, what each visit adds.
    """

    pounds_per_hour: Decimal
    pounds_per_visit: Decimal

    def price_per_hour(self, minutes: Decimal | int) -> Decimal:
        """Pounds per contact hour at visits of some minutes. At the mean visit this is the blended price."""
        return self.pounds_per_hour + HOUR * self.pounds_per_visit / minutes

    def price_per_visit(self, minutes: Decimal | int) -> Decimal:
        """Pounds for one visit of some minutes."""
        return self.pounds_per_hour * minutes / HOUR + self.pounds_per_visit


def law_of(structure: Structure, inputs: Mapping[str, Decimal], known: Decimal | None = None) -> VisitLengthLaw:
    """The law of one build-up, from its prices at two lengths.

    Args:
        structure: the choices.
        inputs: the numbers.
        known: the unrounded price at the inputs' own mean visit, where it has been computed already.
    """
    mean = inputs["mean_visit_minutes"]
    here = compute(structure, inputs)["price"] if known is None else known
    shorter = compute(structure, {**inputs, "mean_visit_minutes": mean / 2})["price"]
    # half the length is twice the visits, so the difference is the visits of one hour at the mean
    per_hour_of_visits = shorter - here
    return VisitLengthLaw(here - per_hour_of_visits, per_hour_of_visits * mean / HOUR)


def fit_law(pounds_per_hour_by_minutes: Mapping[int, Decimal] | Mapping[Decimal, Decimal]) -> VisitLengthLaw:
    """Fit the law to published prices per hour by visit length, by least squares on the prices per hour.

    Args:
        pounds_per_hour_by_minutes: at least two lengths. Turn prices per visit into prices per hour first.

    Raises:
        PricingInputError: if there are fewer than two lengths.
    """
    if len(pounds_per_hour_by_minutes) < 2:
        found = sorted(pounds_per_hour_by_minutes)
        raise PricingInputError([InputProblem("pounds_per_hour_by_minutes", found, "at least two visit lengths")])
    with exact_arithmetic():
        count = len(pounds_per_hour_by_minutes)
        visits = {minutes: HOUR / minutes for minutes in pounds_per_hour_by_minutes}
        mean_visits = sum(visits.values(), Decimal(0)) / count
        mean_price = sum(pounds_per_hour_by_minutes.values(), Decimal(0)) / count
        spread = sum(((v - mean_visits) ** 2 for v in visits.values()), Decimal(0))
        together = sum(
            (
                (visits[minutes] - mean_visits) * (pounds - mean_price)
                for minutes, pounds in pounds_per_hour_by_minutes.items()
            ),
            Decimal(0),
        )
        per_visit = together / spread
        return VisitLengthLaw(mean_price - per_visit * mean_visits, per_visit)


def prices_per_hour(pounds_per_visit_by_minutes: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Turn published prices per visit into prices per hour."""
    with exact_arithmetic():
        return {minutes: pounds * HOUR / minutes for minutes, pounds in pounds_per_visit_by_minutes.items()}
