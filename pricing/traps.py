"""Reading published prices with care: which follow the law of visit lengths, and which hold a known mistake.

The mistakes are those found in the fair cost of care reports of 2022-23: travel per contact hour charged to every
visit (as in Herefordshire's and Barnsley's), lines that are medians and do not add up, and travel that was never
asked for (Bolton's and Bradford's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pricing.quantities import Given, PaidPerHour, Strict, VisitMinutes
from pricing.rounding import exact_arithmetic
from pricing.visit_lengths import VisitLengthLaw, fit_law

Kind = Literal[
    "follows_the_law",
    "one_length_off",
    "separate_medians",
    "flat_pro_rata",
    "travel_per_hour_used_per_visit",
    "mean_visit_does_not_fit",
    "no_travel_time",
    "lines_do_not_add",
]
TWO_PENCE = Decimal("0.02")
HOUR = 60


class Published(Strict):
    """Prices as a council published them.

    Attributes:
        pounds_per_hour_by_minutes: price per hour by visit length.
        blended_pounds_per_hour: the price of the mean hour, where there is one.
        lines: pounds per contact hour by line (``travel_time``, ``mileage``, ``ppe`` and others), where published.
        mean_visit_minutes: where published.
    """

    pounds_per_hour_by_minutes: dict[Annotated[int, Field(ge=1, le=1440)], PaidPerHour]
    blended_pounds_per_hour: PaidPerHour | None = None
    lines: dict[str, Given] = Field(default_factory=dict)
    mean_visit_minutes: VisitMinutes | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before using the prices."""

    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the prices follow, and the findings.

    Attributes:
        law: fitted to all lengths, or to the others where one is off; None where nothing fits.
        implied_mean_visit_minutes: the mean visit at which the law gives the blended price; None where it is not
            defined.
    """

    law: VisitLengthLaw | None
    implied_mean_visit_minutes: Decimal | None
    findings: tuple[Finding, ...]

    def found(self, kind: Kind) -> bool:
        """Whether there is a finding of a kind."""
        return any(finding.kind == kind for finding in self.findings)


def diagnose(published: Published, *, tolerance_pounds: Decimal = TWO_PENCE) -> Diagnosis:
    """Hold published prices against the law of visit lengths and the known mistakes.

    Args:
        published: prices per hour by length, at least two.
        tolerance_pounds: how far a price per hour may be off the law; printed prices are rounded.

    Raises:
        PricingInputError: if there are fewer than two lengths.
    """
    with exact_arithmetic():
        law, findings = _fit(published.pounds_per_hour_by_minutes, tolerance_pounds)
        if law is not None:
            trapped = _per_hour_used_per_visit(published, law, tolerance_pounds)
            findings += trapped or _mean_visit(published, law, tolerance_pounds)
        findings += _lines(published)
        return Diagnosis(law, _implied_mean(published, law), tuple(findings))


def _misfit(law: VisitLengthLaw, prices: Mapping[int, Decimal]) -> Decimal:
    return max(abs(law.price_per_hour(minutes) - pounds) for minutes, pounds in prices.items())


def _fit(prices: Mapping[int, Decimal], tolerance: Decimal) -> tuple[VisitLengthLaw | None, list[Finding]]:
    law = fit_law(prices)
    said = f"£{law.pounds_per_hour:.2f} an hour and £{law.pounds_per_visit:.2f} a visit"
    if _misfit(law, prices) <= tolerance:
        if abs(law.pounds_per_visit) <= tolerance:
            return law, [Finding("flat_pro_rata", "Every length is pro rata of one hourly price; visits cost nothing.")]
        return law, [Finding("follows_the_law", f"All lengths follow {said}.")]
    # three points always leave a pair that fits exactly, so an outlier needs four
    candidates = []
    for left_out in prices if len(prices) >= 4 else ():
        others = {minutes: pounds for minutes, pounds in prices.items() if minutes != left_out}
        fitted = fit_law(others)
        candidates.append((_misfit(fitted, others), left_out, fitted))
    best = min(candidates, default=None, key=lambda candidate: candidate[:2])
    if best is not None and best[0] <= tolerance:
        return best[2], [Finding("one_length_off", _off(best[1], prices[best[1]], best[2], tolerance))]
    said = "No single hourly and visit cost gives these prices; each length seems to be a median of its own."
    return None, [Finding("separate_medians", said)]


def _off(minutes: int, pounds: Decimal, law: VisitLengthLaw, tolerance: Decimal) -> str:
    said = f"{minutes} minutes is £{pounds:.2f} an hour; the other lengths lead to £{law.price_per_hour(minutes):.2f}."
    if abs(pounds - law.pounds_per_hour) <= tolerance:
        said += " It is the hourly part alone: the cost of the visit was left off."
    return said


def _per_hour_used_per_visit(published: Published, law: VisitLengthLaw, tolerance: Decimal) -> list[Finding]:
    blended, mean = published.blended_pounds_per_hour, published.mean_visit_minutes
    if blended is None or law.pounds_per_visit <= tolerance or (mean is not None and abs(mean - HOUR) < 1):
        return []
    if abs(law.price_per_hour(HOUR) - blended) > tolerance:
        return []
    said = (
        f"The price of a 60-minute visit equals the blended hour, £{blended:.2f}, as if the mean visit were an hour: "
        f"travel per contact hour (£{law.pounds_per_visit:.2f}) was charged to every visit. The blended hour should be "
        "the hourly part plus 60 / mean minutes visits."
    )
    names = ("travel_time", "mileage", "ppe")
    for count in (1, 2, 3):
        together = sum((published.lines.get(name, Decimal(0)) for name in names[:count]), Decimal(0))
        if together and abs(together - law.pounds_per_visit) <= tolerance:
            said += f" It is the sum of {' and '.join(names[:count])} per contact hour, £{together:.2f}."
            break
    return [Finding("travel_per_hour_used_per_visit", said)]


def _mean_visit(published: Published, law: VisitLengthLaw, tolerance: Decimal) -> list[Finding]:
    """Hold the blended price against the law at the mean visit that was stated."""
    blended, mean = published.blended_pounds_per_hour, published.mean_visit_minutes
    if blended is None or mean is None or abs(law.price_per_hour(mean) - blended) <= tolerance:
        return []
    said = f"At the stated mean visit of {mean.normalize():f} minutes the law gives £{law.price_per_hour(mean):.2f} an "
    said += f"hour and the blended price is £{blended:.2f}"
    implied = _implied_mean(published, law)
    said += f", which is the price at a mean of {implied:.1f} minutes." if implied is not None else "."
    return [Finding("mean_visit_does_not_fit", said + " A median in place of the mean does this.")]


def _lines(published: Published) -> list[Finding]:
    found = []
    if published.lines.get("travel_time") == 0:
        said = "The travel time line is 0: travel is paid inside the contact rate, or was not asked for; it is not "
        said += "evidence of low travel."
        found.append(Finding("no_travel_time", said))
    blended, total = published.blended_pounds_per_hour, sum(published.lines.values(), Decimal(0))
    if blended is not None and len(published.lines) > 3 and abs(total - blended) > TWO_PENCE:
        said = f"The lines add up to £{total:.2f} and the total is £{blended:.2f}: medians do not add."
        found.append(Finding("lines_do_not_add", said))
    return found


def _implied_mean(published: Published, law: VisitLengthLaw | None) -> Decimal | None:
    blended = published.blended_pounds_per_hour
    if law is None or blended is None or blended <= law.pounds_per_hour or law.pounds_per_visit <= 0:
        return None
    return HOUR * law.pounds_per_visit / (blended - law.pounds_per_hour)
