"""What callers ask of pricing: every field with its unit in its name, unknown fields refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.days import EndDay, RecordedDay
from app.usecases.rates.pricing_questions import YearQuestion
from pricing import Assumptions, BandedAssumptions, DemandRow, Index, Range, Tariff, WeeklyHours
from pricing.minimum_wage import PATTERNS, Pattern
from pricing.quantities import (
    AS_NUMBER,
    MEANT,
    CareHoursPerWeek,
    Given,
    HoursPerYear,
    MinutesPerVisit,
    PaidPerHour,
    PayPerHour,
    PoundsPerYear,
    Share,
    Strict,
    VisitMinutes,
    WeeksPerYear,
)
from pricing.simulation import DEFAULT_QUANTILES
from pricing.working_terms import WorkingTerms

MOST_SCENARIOS_IN_A_CALL = 200_000
SomeShare = Annotated[Decimal, Field(gt=0, le=1), MEANT, AS_NUMBER]
"""A share that is not nought."""
OwnFigures = Annotated[
    str | None, Field(max_length=200_000, description="Your own statutory figures as TOML, laid over the shipped ones.")
]
Groups = Annotated[
    tuple[WeeklyHours, ...],
    Field(max_length=100, description="Paid hours a week by group; the shares add up to 1."),
]
NeededGroups = Annotated[tuple[WeeklyHours, ...], Field(min_length=1, max_length=100)]
FinancialYear = Annotated[str, Field(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])]


class BandsRequest(BandedAssumptions):
    """One parameter set, the travel of each band, and what to compare the bands with."""

    base_band: str | None = Field(
        default=None, description="Enhancements are over this band; urban, or else the first, where not given."
    )
    hours_per_week: Annotated[dict[str, CareHoursPerWeek], Field(max_length=50)] | None = Field(
        default=None, description="Care hours by band; with them the weighted mean is answered too."
    )


class SolveRequest(Strict):
    """A question asked backwards.

    ``input``: the value of one input at which the price is ``pounds_per_hour``. ``return``: what that price leaves.
    ``share_of_providers``: the lowest price at which a share of ``providers`` reach the return each states.
    ``break_even``: contact hours a year at which that price covers its costs.
    """

    question: Literal["input", "return", "share_of_providers", "break_even"] = "input"
    assumptions: Assumptions | None = None
    field: str | None = Field(
        default=None,
        max_length=200,
        description="Path of the input to find: wage_pounds_per_hour, travel.minutes_per_visit, return.share, ...",
    )
    pounds_per_hour: PaidPerHour | None = Field(default=None, description="The price, per contact hour")
    at_visit_minutes: VisitMinutes | None = Field(
        default=None, description="Length of visit the price is for; the mean visit where not given."
    )
    providers: tuple[Assumptions, ...] = Field(default=(), max_length=500)
    hours_per_week: tuple[CareHoursPerWeek, ...] | None = Field(
        default=None, max_length=500, description="Care hours of each provider, to weigh them by."
    )
    share_of_providers: SomeShare | None = None
    fixed_pounds_per_year: Annotated[PoundsPerYear, Field(gt=0)] | None = Field(
        default=None, description="Fixed costs, in place of the business figure per contact hour."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed, optional = {
            "input": (("assumptions", "field", "pounds_per_hour"), ("at_visit_minutes",)),
            "return": (("assumptions", "pounds_per_hour"), ()),
            "share_of_providers": (("providers", "share_of_providers"), ("hours_per_week",)),
            "break_even": (("assumptions", "pounds_per_hour"), ("fixed_pounds_per_year",)),
        }[self.question]
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "question"}
        given = {name for name, value in values.items() if value is not None and value != ()}
        missing = [name for name in needed if name not in given]
        beside = sorted(given - {*needed, *optional})
        if missing or beside:
            said = f"the question {self.question!r} takes {', '.join(needed)}"
            said += f" and may take {', '.join(optional)}" if optional else ""
            found = [f"{', '.join(missing)} missing"] if missing else []
            found += [f"{', '.join(beside)} beside them"] if beside else []
            raise ValueError(f"{said}; found {' and '.join(found)}")
        return self


class LowHigh(Strict):
    """Two values to try, in the unit of the input."""

    low: Given
    high: Given

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"found low {self.low} above high {self.high}; expected low at most high")
        return self


class SensitivityRequest(Strict):
    """Move one input at a time."""

    assumptions: Assumptions
    ranges: dict[str, LowHigh] | None = Field(
        default=None, description="Low and high value by path; every input that is not 0 where not given."
    )
    share: SomeShare = Field(
        default=Decimal("0.1"), description="Without ranges, each input moves by this share of itself either way."
    )


class SimulateRequest(Strict):
    """Draw scenarios from stated ranges, and price them all."""

    assumptions: Assumptions
    ranges: dict[str, Range] = Field(min_length=1, description="What each input may be, by path.")
    scenarios: int = Field(default=10_000, ge=1, le=MOST_SCENARIOS_IN_A_CALL)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    price_paid_pounds_per_hour: PaidPerHour | None = Field(
        default=None, description="What providers are paid; the rounded base price where not given."
    )
    quantiles: tuple[Share, ...] = Field(default=DEFAULT_QUANTILES, min_length=1, max_length=99)


class CostRequest(Strict):
    """Care hours a week and one or two tariffs."""

    rows: tuple[DemandRow, ...] = Field(min_length=1, max_length=50_000)
    proposed: Tariff
    current: Tariff | None = Field(default=None, description="With it, the difference and each provider's change.")
    weeks: tuple[WeeksPerYear, ...] = Field(
        default=(Decimal(52), Decimal(53)), min_length=1, max_length=5, description="Weeks a year is taken to have."
    )
    days: tuple[Annotated[int, Field(ge=1, le=366)], ...] = Field(
        default=(), max_length=5, description="Days a year is taken to have, instead of weeks: 365 is 52.142857 weeks."
    )


class MinimumWageRequest(Strict):
    """Bands, or one set of assumptions, and the minimum to hold pay against."""

    assumptions: Assumptions | None = None
    banded: BandedAssumptions | None = None
    pounds_per_hour: dict[str, PaidPerHour] | None = Field(
        default=None, description="Price paid by band. With it each pattern is tested at the pay that price supports."
    )
    minimum_pounds_per_hour: PayPerHour | None = None
    financial_year: FinancialYear | None = Field(
        default=None, description="Or the National Living Wage of this financial year."
    )
    patterns: tuple[Pattern, ...] = Field(default=PATTERNS, min_length=1, max_length=3)
    other_working_minutes_per_contact_hour: MinutesPerVisit = Field(
        default=Decimal(0), description="Training, meetings and the like, which are working time too."
    )
    terms: WorkingTerms | None = Field(
        default=None,
        description="What carers bear themselves: unrepaid miles, uniform, unpaid training and waiting, deductions. "
        "Where left out a mile is taken to cost HMRC's approved amount of the year.",
    )
    by_age: bool = Field(
        default=False, description="With financial_year: test the minimum of each age, apprentices too."
    )
    pay_by_age: dict[str, PayPerHour] = Field(
        default_factory=dict, description="With by_age: pay of an age, such as 18 to 20, where it differs."
    )
    own_figures_toml: OwnFigures = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.assumptions is None) == (self.banded is None):
            raise ValueError("give either assumptions or banded")
        if (self.minimum_pounds_per_hour is None) == (self.financial_year is None):
            raise ValueError("give either minimum_pounds_per_hour or financial_year")
        if self.by_age and self.financial_year is None:
            raise ValueError("by_age needs financial_year, whose minimum of each age is tested")
        if self.pay_by_age and not self.by_age:
            raise ValueError("pay_by_age goes with by_age")
        return self


class SampleRequest(Strict):
    """What providers answered: pounds per contact hour by line; null where a provider gave no figure."""

    providers: tuple[dict[str, Annotated[Decimal, Field(ge=-500, le=500), MEANT, AS_NUMBER] | None], ...] = Field(
        min_length=1, max_length=5_000
    )
    travel_line: str = Field(default="travel_time", description="Name of the travel time line.")


class YearRequest(YearQuestion):
    """Move a price to a year. Without assumptions, the Leicestershire calibration is moved."""


class UpliftRequest(Strict):
    """Carry a price over some years, an index for each input."""

    assumptions: Assumptions
    years: tuple[FinancialYear, ...] = Field(
        min_length=1, max_length=20, description="In order; the first is the assumptions' own."
    )
    indices: dict[str, Index] = Field(default_factory=dict, description="By path of the input.")
    weekly_hours: Groups = ()
    pension_participation: Share = Decimal(1)
    own_figures_toml: OwnFigures = None


class OnCostRequest(Strict):
    """Weekly hours, from which NI and pension follow as shares of pay."""

    financial_year: FinancialYear
    wage_pounds_per_hour: PayPerHour
    weekly_hours: NeededGroups
    first_day: RecordedDay | None = Field(
        default=None, description="Rates that change within the year are weighted by days from here; its first day."
    )
    last_day: EndDay | None = Field(default=None, description="The last day counted; the year's last.")
    pension_participation: Share = Decimal(1)
    pay_bill_pounds_per_year: Annotated[PoundsPerYear, Field(gt=0)] | None = None
    employment_allowance: bool = Field(
        default=False, description="Off: council-funded care is widely taken as excluded."
    )
    own_figures_toml: OwnFigures = None


class CqcRequest(Strict):
    """Size of a provider."""

    scheme: str = Field(description="Financial year the fees scheme started in.")
    locations: int = Field(ge=1, le=10_000)
    people: int = Field(ge=0, le=1_000_000)
    contact_hours_per_year: HoursPerYear
