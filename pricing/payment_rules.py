"""How visits are paid at the same rates: by plan, by the minute, or by band of minutes; rounding, tolerance, premium.

The rules follow what contracts of English councils say of electronically monitored visits: planned minutes paid within
a tolerance, delivered minutes rounded, steps of fifteen minutes, a premium on short visits, and cancelled visits paid
in part when notice was short. Rates alone do not say what a contract costs; ``compare_rules`` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from pricing.card_rates import rate_for
from pricing.quantities import AS_NUMBER, MEANT, Exact, PoundsPerVisit, Share, Strict, VisitMinutes
from pricing.rate_card import WEEKDAY
from pricing.rounding import A_PENNY, exact_arithmetic, round_price

if TYPE_CHECKING:
    from pricing.rate_card import RateCard

Basis = Literal["by_plan", "by_minute", "by_band_of_minutes"]
MONITORED = Annotated[Exact, Field(ge=0, le=1440)]


class PaidStep(Strict):
    """Delivered minutes up to a number are paid as so many."""

    up_to_minutes: VisitMinutes
    paid_minutes: MONITORED


class ShortVisitPremium(Strict):
    """A sum added to visits of up to so many paid minutes."""

    up_to_minutes: VisitMinutes
    pounds_per_visit: PoundsPerVisit


class PaymentRules(Strict):
    """What of a visit is paid.

    Attributes:
        basis: planned minutes, delivered minutes, or the step that delivered minutes fall in.
        steps: for ``by_band_of_minutes``, rising; longer visits are paid by the minute.
        round_to_minutes: delivered minutes are rounded to a multiple of this.
        rounding: nearest (half up), up or down.
        tolerance_minutes: delivered within so many of plan is paid as planned.
        rate: ``by_length`` pays the card's price of the length; ``hourly`` pays the hourly rate pro rata.
        premium: on short visits.
        cancelled_share: of the planned price, for a visit cancelled with too little notice.
        cancelled_notice_hours: notice below which that is paid.
    """

    basis: Basis = "by_plan"
    steps: Annotated[tuple[PaidStep, ...], Field(max_length=50)] = ()
    round_to_minutes: VisitMinutes = Decimal(1)
    rounding: Literal["nearest", "up", "down"] = "nearest"
    tolerance_minutes: Annotated[Exact, Field(ge=0, le=60)] = Decimal(0)
    rate: Literal["by_length", "hourly"] = "by_length"
    premium: ShortVisitPremium | None = None
    cancelled_share: Share = Decimal(0)
    cancelled_notice_hours: Annotated[Exact, Field(ge=0, le=336)] = Decimal(24)

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        if (self.basis == "by_band_of_minutes") != bool(self.steps):
            raise ValueError("steps go with by_band_of_minutes, and it needs them")
        for earlier, later in pairwise(self.steps):
            if later.up_to_minutes <= earlier.up_to_minutes or later.paid_minutes < earlier.paid_minutes:
                raise ValueError(f"steps rise; found {later.up_to_minutes} minutes after {earlier.up_to_minutes}")
        return self


class MonitoredVisit(Strict):
    """A visit as planned and as it was delivered, so many times a week.

    Attributes:
        delivered_minutes: what was monitored; as planned where left out.
        cancelled_hours_before: notice of a cancelled visit; the visit was made where left out.
    """

    band: str
    planned_minutes: VisitMinutes
    delivered_minutes: MONITORED | None = None
    per_week: Annotated[Decimal, Field(gt=0, le=1_000_000), MEANT, AS_NUMBER] = Decimal(1)
    carers: Annotated[int, Field(ge=1, le=4)] = 1
    day_type: str = WEEKDAY
    cancelled_hours_before: Annotated[Exact, Field(ge=0, le=8760)] | None = None


@dataclass(frozen=True, slots=True)
class PaidVisit:
    """What one visit is paid, for so many minutes, and why."""

    minutes: Decimal
    pounds: Decimal
    how: str


@dataclass(frozen=True, slots=True)
class RulesCost:
    """What a week of visits costs under some rules; the difference is from paying by plan."""

    name: str
    pounds_per_week: Decimal
    paid_hours_per_week: Decimal
    delivered_hours_per_week: Decimal
    over_plan_pounds_per_week: Decimal


def pay_visit(card: RateCard, visit: MonitoredVisit, rules: PaymentRules) -> PaidVisit:
    """What a visit is paid.

    Raises:
        PricingInputError: if the card has no such band.
    """
    with exact_arithmetic():
        if visit.cancelled_hours_before is not None:
            if visit.cancelled_hours_before >= rules.cancelled_notice_hours or not rules.cancelled_share:
                return PaidVisit(Decimal(0), Decimal(0), "cancelled, with nothing to pay")
            whole = _priced(card, visit, visit.planned_minutes, rules)
            pounds = round_price(whole * rules.cancelled_share, A_PENNY)
            return PaidVisit(Decimal(0), pounds, f"cancelled late: {rules.cancelled_share:.0%} of the planned price")
        minutes, how = _paid_minutes(visit, rules)
        return PaidVisit(minutes, _priced(card, visit, minutes, rules), how)


def _paid_minutes(visit: MonitoredVisit, rules: PaymentRules) -> tuple[Decimal, str]:
    delivered = visit.planned_minutes if visit.delivered_minutes is None else visit.delivered_minutes
    if rules.basis == "by_plan":
        return visit.planned_minutes, "as planned"
    if delivered == 0:
        return Decimal(0), "not delivered"
    if abs(delivered - visit.planned_minutes) <= rules.tolerance_minutes:
        return visit.planned_minutes, "within tolerance of plan"
    if rules.basis == "by_band_of_minutes":
        step = next((step for step in rules.steps if delivered <= step.up_to_minutes), None)
        if step is not None:
            return step.paid_minutes, f"in the step up to {step.up_to_minutes.normalize():f} minutes"
    rounded = round_price(delivered, rules.round_to_minutes * 100, rules.rounding)
    return rounded, f"as delivered, to {rules.round_to_minutes.normalize():f} minutes"


def _priced(card: RateCard, visit: MonitoredVisit, minutes: Decimal, rules: PaymentRules) -> Decimal:
    if minutes <= 0:
        return Decimal(0)
    found = rate_for(card, visit.band, minutes=max(minutes, Decimal(1)), carers=visit.carers, day_type=visit.day_type)
    paid = found.pounds_per_visit or Decimal(0)
    if rules.rate == "hourly" and found.pounds_per_hour is not None:
        paid = round_price(found.pounds_per_hour * minutes / 60 * visit.carers, A_PENNY)
    if rules.premium is not None and minutes <= rules.premium.up_to_minutes:
        paid += rules.premium.pounds_per_visit
    return paid


def compare_rules(
    card: RateCard, visits: Sequence[MonitoredVisit], rules: Mapping[str, PaymentRules]
) -> list[RulesCost]:
    """What the same visits cost a week at the same rates under each set of rules.

    Raises:
        PricingInputError: if the card has no such band.
    """
    plan = PaymentRules()
    with exact_arithmetic():
        as_planned = sum((pay_visit(card, visit, plan).pounds * visit.per_week for visit in visits), Decimal(0))
        delivered = sum((_delivered(visit) * visit.per_week * visit.carers for visit in visits), Decimal(0)) / 60
        found = []
        for name, chosen in rules.items():
            paid = [(pay_visit(card, visit, chosen), visit) for visit in visits]
            pounds = sum((each.pounds * visit.per_week for each, visit in paid), Decimal(0))
            hours = sum((each.minutes * visit.per_week * visit.carers for each, visit in paid), Decimal(0)) / 60
            found.append(RulesCost(name, pounds, hours, delivered, pounds - as_planned))
    return found


def _delivered(visit: MonitoredVisit) -> Decimal:
    if visit.cancelled_hours_before is not None:
        return Decimal(0)
    return visit.planned_minutes if visit.delivered_minutes is None else visit.delivered_minutes
