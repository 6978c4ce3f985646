"""What a proposal of rates answers, at every door alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from pricing import BesideBenchmark, InputMove
from pricing.quantities import Exact
from pricing.rounding import to_pennies


class Answer(BaseModel):
    """Read from the domain's own results."""

    model_config = ConfigDict(from_attributes=True)


class VisitAnswer(Answer):
    """The price of a visit of one length."""

    minutes: Exact
    pounds_per_visit: Exact
    pounds_per_hour: Exact | None
    two_carers_pounds_per_visit: Exact | None


class DayTypeAnswer(Answer):
    """The prices of one part of the week."""

    day_type: str = Field(description="weekday, or the name of an enhancement.")
    pounds_per_hour: Exact
    by_visit_length: list[VisitAnswer]
    priced_apart: bool = Field(description="False where pay is the same as on weekdays, so the price is too.")


class ProposedBand(Answer):
    """One band: its price by length and day type, beside the card in force."""

    band: str
    pounds_per_hour: Exact
    unrounded_pounds_per_hour: Exact
    over_base_pounds_per_hour: Exact
    in_force_pounds_per_hour: Exact | None = Field(description="Null where no card in force has the band.")
    difference_pounds_per_hour: Exact | None
    difference_share: Exact | None
    by_visit_length: list[VisitAnswer]
    by_day_type: list[DayTypeAnswer]
    lines: dict[str, Exact] = Field(description="Pounds per contact hour by line, summing to the unrounded price.")
    line_changes: dict[str, Exact] = Field(description="Each line less the same line of the card in force.")
    benchmarks: tuple[BesideBenchmark, ...] = Field(description="The benchmarks nearest to the year.")


class AgainstCard(Answer):
    """The card in force that the proposal stands beside."""

    id: int
    name: str
    version: int
    effective_from: date
    financial_year: str | None


class GroupCost(Answer):
    """Hours and pounds of one group; the current figures are null where no card is in force."""

    group: str
    hours_per_week: Exact
    proposed_pounds_per_week: Exact
    current_pounds_per_week: Exact | None
    proposed_pounds_per_year: dict[str, Exact] = Field(description="By weeks in the year.")
    current_pounds_per_year: dict[str, Exact] | None
    difference_pounds_per_year: dict[str, Exact] | None


class ProposalCost(Answer):
    """What the proposal costs the council in a year."""

    snapshot_id: int
    synthetic: bool
    day_count: str
    total: GroupCost
    by: dict[str, list[GroupCost]] = Field(description="By zone, band and funder.")
    hours_left_out_per_week: Exact = Field(description="Hours of services and zones that no card pays.")
    left_out: list[str] = Field(description="Those services and zones.")


class ProviderChange(Answer):
    """What the proposal does to one provider's income."""

    provider: str = Field(description="Empty for care that no provider is named for.")
    hours_per_week: Exact
    before_pounds_per_week: Exact | None
    after_pounds_per_week: Exact
    change_pounds_per_week: Exact | None
    change_pounds_per_year: dict[str, Exact] | None
    change_share: Exact | None


class LawfulTest(Answer):
    """One test of pay."""

    band: str
    age: str
    minutes: Exact | None
    pattern: str
    lawful: bool
    pay_pounds_per_working_hour: Exact
    minimum_pounds_per_hour: Exact
    deductions_pounds_per_working_hour: Exact
    sentence: str


class Lawful(Answer):
    """Whether pay is lawful when carers are paid as the proposal assumes: for all working time."""

    all_lawful: bool
    financial_year: str
    minimum_pounds_per_hour: Exact
    cost_pence_per_mile: Exact
    tests: list[LawfulTest] = Field(description="By band, age and visit length, at the mean visit first.")


class WarningAnswer(Answer):
    """One thing to accept before the card is published, or to know."""

    code: str
    field: str
    band: str
    sentence: str
    note: bool


class Proposal(Answer):
    """Next year's rates, what they cost, whether they are lawful, and what stands behind them."""

    financial_year: str
    service_type: str
    bands: list[ProposedBand]
    against_card: AgainstCard | None
    cost: ProposalCost | None = Field(description="Null where no demand or no bands of places are loaded.")
    providers: list[ProviderChange] = Field(description="Biggest loss first.")
    lawful: Lawful
    warnings: list[WarningAnswer]
    moved: list[InputMove]
    held: list[InputMove]
    asked: list[InputMove] = Field(description="Inputs left for somebody to decide; they are as they were.")
    draft_card_id: int | None
    basis: str
    effective_from: date
    mean_visit_minutes: Exact
    wage_pounds_per_hour: Exact


def by_weeks(pounds: dict[Decimal, Decimal]) -> dict[str, Decimal]:
    """Annual figures by weeks as JSON keys them, to the penny."""
    return {f"{weeks.normalize():f}": to_pennies(amount) for weeks, amount in pounds.items()}
