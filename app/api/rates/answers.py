"""What pricing answers: money as JSON numbers, the unit in every field's name."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from pricing import Assumptions, BesideBenchmark, InputMove, Rate, WageTest
from pricing.quantities import Exact


class Answer(BaseModel):
    """Read from the domain's own results."""

    model_config = ConfigDict(from_attributes=True)


class BandPrice(Answer):
    """The price of one band."""

    band: str
    pounds_per_hour: Exact
    over_base_pounds_per_hour: Exact = Field(description="Enhancement over the base band, of the rounded prices.")
    rate: Rate
    benchmarks: tuple[BesideBenchmark, ...] = Field(description="The nearest to the year of the figures.")


class BandsAnswer(Answer):
    """The price of each band from one parameter set."""

    base_band: str
    bands: list[BandPrice]
    weighted_mean_pounds_per_hour: Exact | None = Field(description="By hours; null where no hours were given.")


class SolutionAnswer(Answer):
    """The value of one input at which the price is the one asked for."""

    question: str = "input"
    field: str
    value: Exact = Field(description="In the unit that the field's name states.")
    pounds_per_hour: Exact
    rate: Rate = Field(description="The price at that value, to check it by.")


class ReturnAnswer(Answer):
    """What a price leaves once every cost is met; a loss is negative."""

    question: str = "return"
    pounds_per_contact_hour: Exact
    share_on_cost: Exact
    share_of_price: Exact


class ProvidersAnswer(Answer):
    """The lowest price at which a share of providers reach their return."""

    question: str = "share_of_providers"
    share_of_providers: Exact
    pounds_per_hour: Exact


class BreakEvenAnswer(Answer):
    """Contact hours a year at which a price covers its costs."""

    question: str = "break_even"
    contact_hours_per_year: Exact


class BarAnswer(Answer):
    """One bar of the tornado."""

    field: str
    base: Exact
    low: Exact
    high: Exact
    pounds_per_hour_at_low: Exact = Field(validation_alias="price_at_low")
    pounds_per_hour_at_high: Exact = Field(validation_alias="price_at_high")
    swing_pounds_per_hour: Exact = Field(validation_alias="swing")


class SensitivityAnswer(Answer):
    """Which input moves the price most; the widest bar first."""

    pounds_per_hour: Exact = Field(description="The unrounded price that the bars move away from.")
    bars: list[BarAnswer]


class Quantile(Answer):
    """One quantile of the price."""

    quantile: Exact
    pounds_per_hour: Exact


class SimulateAnswer(Answer):
    """What the scenarios gave."""

    scenarios: int
    seed: int
    mean_pounds_per_hour: Exact
    quantiles: list[Quantile]
    price_paid_pounds_per_hour: Exact
    share_losing_money: Exact = Field(description="Scenarios whose costs, return left aside, exceed the price paid.")
    mean_loss_pounds_per_hour: Exact = Field(description="The mean shortfall of those scenarios.")
    share_below_return: Exact = Field(description="Scenarios that fall short of the return assumed.")


class ExplainAnswer(Answer):
    """A price in words and as a table."""

    total: Exact
    text: str
    sentences: list[str]
    table: list[dict[str, str]] = Field(description="One row a line, with formula, inputs and source.")


class WageTestAnswer(Answer):
    """One pattern of paid time at one length of visit in one band."""

    band: str
    minutes: Exact | None = Field(description="Length of visit; null for the mean visit of the pay reference period.")
    pattern: str
    lawful: bool
    pay_pounds_per_working_hour: Exact
    minimum_pounds_per_hour: Exact
    shortfall_pounds_per_working_hour: Exact
    contact_rate_needed_pounds_per_hour: Exact
    deductions_pounds_per_working_hour: Exact = Field(description="Unrepaid travel, uniform and the like, off pay.")
    age: str = Field(description="Whose minimum it is; empty where one minimum was asked about.")
    counted: list[str] = Field(description="What was taken from pay or added to working time.")
    sentence: str


def wage_test_answer(test: WageTest) -> WageTestAnswer:
    """Present one test."""
    return WageTestAnswer(
        band=test.band,
        minutes=test.minutes,
        pattern=test.pattern,
        lawful=test.lawful,
        pay_pounds_per_working_hour=test.pay_pounds_per_working_hour,
        minimum_pounds_per_hour=test.minimum_pounds_per_hour,
        shortfall_pounds_per_working_hour=test.shortfall_pounds_per_working_hour,
        contact_rate_needed_pounds_per_hour=test.contact_rate_needed_pounds_per_hour,
        deductions_pounds_per_working_hour=test.deductions_pounds_per_working_hour,
        age=test.age,
        counted=list(test.counted),
        sentence=test.sentence(),
    )


class WageSupportedAnswer(Answer):
    """The wage for all working time that the price of a band supports."""

    band: str
    pounds_per_hour: Exact
    wage_pounds_per_hour: Exact
    minimum_pounds_per_hour: Exact
    shortfall_pounds_per_hour: Exact
    price_needed_pounds_per_hour: Exact


class MinimumWageAnswer(Answer):
    """Whether every pattern of paid time is lawful, and by how much those that are not fail."""

    minimum_pounds_per_hour: Exact
    tested_at: str = Field(description="The wage assumed, or the pay that the prices support.")
    all_lawful: bool
    tests: list[WageTestAnswer]
    wages_supported: list[WageSupportedAnswer] = Field(description="Empty where no prices were given.")


class LineSummaryAnswer(Answer):
    """One line over the sample, pounds per contact hour. An empty answer is not a zero."""

    line: str
    answers: int
    missing: int
    zeros: int
    lower_quartile: Exact
    median: Exact
    upper_quartile: Exact


class IncompleteAnswer(Answer):
    """A return that has no total."""

    provider: int = Field(description="Its number in the sample, from 1.")
    missing: list[str]


class SampleAnswer(Answer):
    """Medians and quartiles per line and of the totals, with what to beware of. Pounds per contact hour."""

    providers: int
    lines: list[LineSummaryAnswer]
    totals: LineSummaryAnswer | None = Field(description="Of complete returns; null where no return is complete.")
    incomplete: list[IncompleteAnswer] = Field(description="Returns without a total, and the lines each leaves out.")
    sum_of_medians: Exact = Field(description="Not the median of the totals.")
    warnings: list[str]


class AppliedAnswer(Answer):
    """One input that was set from a year's figures."""

    field: str
    value: Exact
    source: str


class YearAnswer(Answer):
    """A price in a year, and which inputs the year set."""

    financial_year: str
    applied: list[AppliedAnswer]
    held: list[str] = Field(description="Sums of money the year does not move, still in the money they were given in.")
    moves: list[InputMove] = Field(description="Every input: moved by what, held and why, or asked about.")
    assumptions: Assumptions
    rate: Rate


class ChangeAnswer(Answer):
    """What one input did between two years."""

    field: str
    before: Exact
    after: Exact
    index: str


class UpliftYearAnswer(Answer):
    """One year's price."""

    financial_year: str
    pounds_per_hour: Exact
    unrounded_pounds_per_hour: Exact
    rise_pounds_per_hour: Exact | None = Field(description="Over the year before, unrounded; null for the first.")
    rise_share: Exact | None
    changes: list[ChangeAnswer]
    held: list[str] = Field(description="Inputs that have no index and stay as they are.")
    line_changes_pounds_per_contact_hour: dict[str, Exact]


class OnCostAnswer(Answer):
    """Shares of pay."""

    employer_ni: Exact
    pension: Exact
    apprenticeship_levy: Exact
    headline_ni: Exact = Field(description="The rate before the threshold, weighted by day where it changed.")


class FigureAnswer(Answer):
    """One statutory or voluntary figure, in the unit its name states."""

    name: str
    value: Exact
    applies_from: date
    applies_to: date
    source: str
    source_date: str
    confidence: str
    note: str


class StatutoryYearAnswer(Answer):
    """The figures of one financial year."""

    financial_year: str
    starts: date
    ends: date
    figures: list[FigureAnswer] = Field(validation_alias="figure")


class YearCost(Answer):
    """One annual figure and the year it is for."""

    weeks: Exact
    pounds_per_year: Exact


class CostGroup(Answer):
    """Hours and pounds of one group."""

    group: str
    hours_per_week: Exact
    pounds_per_week: Exact
    mean_pounds_per_hour: Exact
    years: list[YearCost]


class CostSide(Answer):
    """A demand at one tariff."""

    tariff: str
    total: CostGroup
    by: dict[str, list[CostGroup]] = Field(description="By zone, band, funder and provider, where rows name them.")


class CostDifference(Answer):
    """Proposed less current."""

    total: CostGroup
    by: dict[str, list[CostGroup]]


class IncomeChangeAnswer(Answer):
    """What the change does to one provider's income."""

    provider: str = Field(description="Empty for care that no provider is named for.")
    hours_per_week: Exact
    pounds_per_week_before: Exact
    pounds_per_week_after: Exact
    change_pounds_per_week: Exact = Field(validation_alias="pounds_per_week")
    change_share: Exact | None = Field(validation_alias="share", description="Of the income before; null if none.")


class FieldWarning(Answer):
    """Something about one field of the request to know before relying on the answer."""

    field: str
    sentence: str


class PricingCostAnswer(Answer):
    """Annual cost of a demand at one or two tariffs."""

    day_count: str
    proposed: CostSide
    current: CostSide | None
    difference: CostDifference | None
    provider_income: list[IncomeChangeAnswer] | None = Field(description="Biggest loss first.")
    warnings: list[FieldWarning] = Field(description="What was left aside, by field.")


class FindingAnswer(Answer):
    """One thing to know before using published prices."""

    kind: str
    sentence: str


class DiagnosisAnswer(Answer):
    """What published prices follow, and the known mistakes in them."""

    pounds_per_hour: Exact | None = Field(description="A of price an hour = A + 60 T / minutes; null: no law fits.")
    pounds_per_visit: Exact | None = Field(description="T of the same law.")
    implied_mean_visit_minutes: Exact | None
    findings: list[FindingAnswer]


class CqcAnswer(Answer):
    """The Care Quality Commission's annual fee."""

    pounds_per_year: Exact
    pounds_per_contact_hour: Exact


class PeriodPrice(Answer):
    """The price of one part of the week."""

    period: str = Field(description="basic, or the name of an enhancement.")
    pounds_per_hour: Exact
    over_basic_pounds_per_hour: Exact
    pounds_per_visit_by_minutes: dict[str, Exact] = Field(description="To the penny.")
