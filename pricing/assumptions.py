"""What a price is made from: every input, with its unit in its name and its allowed range.

Nothing has a hidden value. The inputs that a price cannot be stated without are required; the rest default to nil, and
a default is visible in the result's lines as a zero.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema

from pricing.quantities import (
    ROUNDED_SHARES,
    HoursPerYear,
    MilesPerVisit,
    MinutesPerVisit,
    PayMultiplier,
    PayPerHour,
    PencePerMile,
    PoundsPerHour,
    PoundsPerVisit,
    PoundsPerYear,
    RoundToPence,
    Share,
    ShareOfPrice,
    Strict,
    VisitMinutes,
)

ZERO = Decimal(0)

OnCostMethod = Literal["compound", "additive"]
PercentageBase = Literal["contact", "contact_and_travel"]
ChargedOn = Literal["contact", "contact_and_travel", "pay_and_training", "gross_pay"]
ReturnMethod = Literal["on_cost", "share_of_price", "fixed"]
RoundingRule = Literal["nearest", "up", "down"]

ON_COST_NAMES = (
    "training",
    "holiday",
    "non_contact",
    "sickness",
    "notice",
    "employer_ni",
    "pension",
    "apprenticeship_levy",
)


class OnCost(Strict):
    """One on-cost: a share of pay, or pounds per contact hour.

    In JSON a bare number means a share on the method's own base. ``of`` names another base: contact pay; contact and
    travel pay; those and the pay for training and other non-contact time; or gross pay (those and holiday, sickness and
    notice pay), which only employer NI and pension can be charged on.
    """

    share: Share | None = None
    of: ChargedOn | None = None
    pounds_per_contact_hour: PoundsPerHour | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_number_is_a_share(cls, value: Any) -> Any:
        return value if isinstance(value, (dict, OnCost)) else {"share": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Say that a bare number is read too."""
        whole = handler.resolve_ref_schema(handler(core))
        if handler.mode == "serialization":
            return whole
        share = next(kind for kind in whole["properties"]["share"]["anyOf"] if kind.get("type") == "number")
        title, description = whole.pop("title"), whole.pop("description")
        return {"title": title, "description": description, "anyOf": [share, whole]}

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.share is None) == (self.pounds_per_contact_hour is None):
            raise ValueError("give either share or pounds_per_contact_hour")
        if self.of is not None and self.share is None:
            raise ValueError("of goes with share")
        return self


class OnCosts(Strict):
    """What employing people costs beyond pay for contact and travel time.

    Attributes:
        method: ``additive`` adds every percentage up on one base. ``compound`` charges holiday on training time too,
            and employer NI and pension on all of gross pay.
        base: the pay the percentages start from.
        apprenticeship_levy: on pay bills above three million pounds; a line of the price where it is given.
    """

    method: OnCostMethod
    base: PercentageBase = "contact_and_travel"
    training: OnCost = OnCost(share=ZERO)
    holiday: OnCost = OnCost(share=ZERO)
    non_contact: OnCost = OnCost(share=ZERO)
    sickness: OnCost = OnCost(share=ZERO)
    notice: OnCost = OnCost(share=ZERO)
    employer_ni: OnCost = OnCost(share=ZERO)
    pension: OnCost = OnCost(share=ZERO)
    apprenticeship_levy: OnCost = OnCost(share=ZERO)

    @model_validator(mode="after")
    def _no_circles(self) -> Self:
        allowed: dict[str, set[str]] = {name: {"contact", "contact_and_travel"} for name in ON_COST_NAMES}
        allowed["holiday"] |= {"pay_and_training"}
        allowed["employer_ni"] |= {"pay_and_training", "gross_pay"}
        allowed["pension"] |= {"pay_and_training", "gross_pay"}
        allowed["apprenticeship_levy"] |= {"pay_and_training", "gross_pay"}
        for name in ON_COST_NAMES:
            of = getattr(self, name).of
            if of is not None and of not in allowed[name]:
                raise ValueError(
                    f"{name} cannot be charged of {of!r}; expected one of {', '.join(sorted(allowed[name]))}"
                )
        return self


class Travel(Strict):
    """Paid travel and waiting between visits, and the mileage repaid, for one carer's visit."""

    minutes_per_visit: MinutesPerVisit
    miles_per_visit: MilesPerVisit
    pence_per_mile: PencePerMile
    waiting_minutes_per_visit: MinutesPerVisit = ZERO


class Enhancement(Strict):
    """Extra pay for part of the week: evenings, weekends, bank holidays.

    Attributes:
        share_of_contact_hours: the part of all contact hours that carries it.
        pay_multiplier: 1.5 is time and a half.
        extra_pounds_per_hour: a flat addition, beside or instead of the multiplier.
        applies_to_travel: whether travel and waiting inside those hours are enhanced too.
    """

    name: str = Field(min_length=1, max_length=60, pattern=r"^[^.]+$")
    share_of_contact_hours: Share
    pay_multiplier: PayMultiplier = Decimal(1)
    extra_pounds_per_hour: PoundsPerHour = ZERO
    applies_to_travel: bool


class DoubleHanded(Strict):
    """Visits that two carers make together.

    Attributes:
        share_of_visits: the part of the client's visits that two carers make.
        second_carer_miles_share: the second carer's repaid miles as a share of the first's: 1 with a car each, 0 when
            they ride together. Both are paid for the time.
    """

    share_of_visits: Share
    second_carer_miles_share: Share = Decimal(1)


class CareworkerCost(Strict):
    """PPE, and any other cost of sending a carer that is not pay."""

    pounds_per_visit: PoundsPerVisit = ZERO
    pounds_per_contact_hour: PoundsPerHour = ZERO


class BusinessLine(Strict):
    """One business cost: pounds per contact hour, pounds a year spread over its contact hours, or a share of price."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^.]+$")
    annex_a: str | None = Field(default=None, max_length=80)
    pounds_per_contact_hour: PoundsPerHour | None = None
    pounds_per_year: PoundsPerYear | None = None
    share_of_price: ShareOfPrice | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = (self.pounds_per_contact_hour, self.pounds_per_year, self.share_of_price)
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of pounds_per_contact_hour, pounds_per_year, share_of_price")
        return self


class Business(Strict):
    """Running the business: as one figure, as a share of the price, line by line, or any of these together."""

    pounds_per_contact_hour: PoundsPerHour | None = None
    share_of_price: ShareOfPrice | None = None
    lines: tuple[BusinessLine, ...] = ()
    cqc_fee_pounds_per_contact_hour: PoundsPerHour = ZERO
    contact_hours_per_year: HoursPerYear | None = None

    @model_validator(mode="after")
    def _something_said(self) -> Self:
        if self.pounds_per_contact_hour is None and self.share_of_price is None and not self.lines:
            raise ValueError("give pounds_per_contact_hour, share_of_price or lines")
        if self.contact_hours_per_year is None and any(line.pounds_per_year is not None for line in self.lines):
            raise ValueError("lines in pounds_per_year need contact_hours_per_year")
        _unique([line.name for line in self.lines], "business line")
        return self


class Return(Strict):
    """Return on operations, and which of the two conventions (or a fixed sum) it follows.

    A share ``x`` of the price equals ``x / (1 - x)`` on cost: 4.8% of price is 5% on cost.
    """

    method: ReturnMethod
    share: ShareOfPrice | None = None
    pounds_per_contact_hour: PoundsPerHour | None = None

    @model_validator(mode="after")
    def _fits_method(self) -> Self:
        wanted, other = (
            ("pounds_per_contact_hour", "share") if self.method == "fixed" else ("share", "pounds_per_contact_hour")
        )
        if getattr(self, wanted) is None or getattr(self, other) is not None:
            raise ValueError(f"the {self.method} method takes {wanted} and not {other}")
        return self


class Assumptions(Strict):
    """Everything one price is made from.

    ``price(Assumptions(...))`` is a pure function of these fields. A zero on-cost is said by leaving the field out or
    by writing 0; it then shows as a line of 0.
    """

    label: str = Field(default="", max_length=200, description="Free text carried to the result")
    financial_year: str | None = Field(
        default=None,
        pattern=r"^20\d\d-\d\d$",
        description="The year whose money these figures are in, such as 2026-27; warnings then hold them against it",
    )
    wage_pounds_per_hour: PayPerHour = Field(description="Basic pay for contact time")
    travel_wage_pounds_per_hour: PayPerHour | None = Field(
        default=None, description="Pay for travel and waiting time, where it differs from the wage for contact time"
    )
    on_costs: OnCosts
    mean_visit_minutes: VisitMinutes = Field(
        description="Contact hours over visits, in minutes: the mean, not the median"
    )
    travel: Travel
    ppe: CareworkerCost = CareworkerCost()
    other_careworker: CareworkerCost = CareworkerCost()
    enhancements: tuple[Enhancement, ...] = ()
    double_handed: DoubleHanded | None = None
    business: Business
    return_on_operations: Return = Field(alias="return")
    visit_lengths_minutes: tuple[VisitMinutes, ...] = (Decimal(15), Decimal(30), Decimal(45), Decimal(60))
    round_to_pence: RoundToPence = Field(default=Decimal(5), description="The price is rounded to a multiple of this")
    rounding: RoundingRule = Field(default="nearest", description="nearest (half up), up or down")

    @field_validator("enhancements")
    @classmethod
    def _an_hour_carries_one_enhancement(cls, given: tuple[Enhancement, ...]) -> tuple[Enhancement, ...]:
        _unique([enhancement.name for enhancement in given], "enhancement")
        if sum(enhancement.share_of_contact_hours for enhancement in given) > 1 + ROUNDED_SHARES:
            raise ValueError(
                "the enhancements' share_of_contact_hours add up to more than 1; an hour carries one enhancement"
            )
        return given

    @field_validator("visit_lengths_minutes")
    @classmethod
    def _each_length_once(cls, given: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        _unique([str(minutes.normalize()) for minutes in given], "visit length")
        return given

    @model_validator(mode="after")
    def _shares_of_price_leave_something(self) -> Self:
        overheads = sum(
            (line.share_of_price or ZERO for line in self.business.lines), self.business.share_of_price or ZERO
        )
        surplus = self.return_on_operations
        share = surplus.share or ZERO
        taken = overheads * (1 + share) if surplus.method == "on_cost" else overheads
        taken += share if surplus.method == "share_of_price" else ZERO
        if taken >= 1:
            raise ValueError(
                f"overheads and return take {taken} of the price; expected less than 1, or no price is high enough"
            )
        return self


def _unique(names: list[str], what: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{what} given more than once: {', '.join(twice)}")
