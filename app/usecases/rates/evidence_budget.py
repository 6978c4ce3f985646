"""The parts of an evidence pack that say what a budget pays for, and what a provider's hours do to the price."""

from __future__ import annotations

from decimal import Decimal

from app.exports.document import Block, Points, Section, Table
from app.usecases.rates.affording import AffordAnswer, MarketReturnAnswer, ProviderHoursAnswer
from app.usecases.rates.evidence_affording import Phased
from app.usecases.rates.evidence_effect import PRIVATE
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import NONE, percent, signed_pounds
from pricing.explain import plain, pounds
from pricing.phasing import PhasedYear, PhasingOption

BUDGET_HEADING = "What a budget pays for"
HOURS_HEADING = "What a provider's hours do to the price"


def affordability_section(facts: EvidenceFacts) -> Section:
    """The highest rates inside the budget stated, options over years, and the return to the department."""
    said, asked = facts.affording, facts.affording.asked
    if asked.budget_pounds_per_year is None:
        return Section(BUDGET_HEADING, ["No budget was stated, so the card is held against none."])
    stated = f"The budget stated is {pounds(asked.budget_pounds_per_year)} a year."
    if facts.cost is None:
        return Section(BUDGET_HEADING, [stated, facts.not_costed])
    if said.budget is None:
        return Section(BUDGET_HEADING, [PRIVATE, stated, said.no_budget_answer])
    blocks: list[Block] = [PRIVATE, *_inside(said.budget, facts.bands)]
    blocks += (
        [said.not_phased] if said.phased is None else _options(said.phased, asked.budget_pounds_per_year, facts.bands)
    )
    if said.returned is not None:
        blocks += _return(said.returned)
    return Section(BUDGET_HEADING, blocks)


def _inside(answer: AffordAnswer, order: list[str]) -> list[Block]:
    found = answer.found
    over = found.before_pounds_per_year - found.budget_pounds_per_year
    standing = f"{pounds(abs(over))} {'over' if over > 0 else 'inside'} it"
    hours = sum(answer.demand.hours_per_week.values(), Decimal(0))
    moved = (
        f"Only the rate of {found.free_band} may change."
        if found.factor is None
        else f"Every rate changes by the same share, {percent(found.factor - 1)}."
    )
    said = (
        f"The budget stated is {pounds(found.budget_pounds_per_year)} for a year of {plain(found.weeks)} weeks. The "
        f"{hours:,.1f} hours a week that this card pays cost {pounds(found.before_pounds_per_year)} at its rates: "
        f"{standing}. {moved} Rates are rounded down to a penny, which leaves "
        f"{pounds(found.left_pounds_per_year)} of the budget."
    )
    rows = [
        [
            band.band,
            f"{band.hours_per_week:,.1f}",
            pounds(band.before_pounds_per_hour),
            pounds(band.pounds_per_hour),
            signed_pounds(band.change_pounds_per_hour),
            NONE if band.sustainable_pounds_per_hour is None else pounds(band.sustainable_pounds_per_hour),
            NONE if band.gap_pounds_per_hour is None else signed_pounds(-band.gap_pounds_per_hour),
        ]
        for band in sorted(found.bands, key=lambda band: order.index(band.band))
    ]
    head = ["Band", "Hours a week", "This card", "Highest inside it", "Change", "An hour costs", "Less what it costs"]
    return [said, Table("Highest rates inside the budget, £ an hour", head, rows)]


def _options(phased: Phased, budget: Decimal, order: list[str]) -> list[Block]:
    answer = phased.answer
    years = [year.financial_year for year in answer.options[0].years]
    before = answer.start.pounds_per_hour
    said = (
        "What an hour costs by this card's build-up can be reached from the rates paid before in one year or over "
        "several: the gap closes by equal parts, and no rate is lowered. Each year's cost is of the same hours."
    )
    rates = [
        [
            _named(option) if at == 0 else "",
            name,
            pounds(before[name]),
            *(pounds(_paid(year)[name]) for year in option.years),
        ]
        for option in answer.options
        for at, name in enumerate(order)
    ]
    blocks: list[Block] = [
        said,
        Table("Rates of each option, £ an hour", ["Reached", "Band", "Before", *years], rates, words=frozenset({1})),
        Table(
            "Cost of each option, £ a year",
            ["Reached", "", *years, "All years"],
            _costs(answer.options, budget),
            words=frozenset({1}),
        ),
    ]
    if phased.rests_on:
        basis = [
            f"{figure.financial_year}, {figure.name.replace('_', ' ')}: "
            f"{'held' if figure.share is None else percent(figure.share)} ({figure.kind}). {figure.basis}."
            for figure in phased.rests_on
        ]
        blocks += ["What an hour costs in later years follows the central outlook, which rests on:", Points(basis)]
    return blocks


def _paid(year: PhasedYear) -> dict[str, Decimal]:
    return {band.band: band.pounds_per_hour for band in year.bands}


def _named(option: PhasingOption) -> str:
    n = option.reached_in_years
    return f"In {n} year{'' if n == 1 else 's'}"


def _costs(options: tuple[PhasingOption, ...], budget: Decimal) -> list[list[str]]:
    rows = []
    for option in options:
        costs = [year.cost_pounds_per_year for year in option.years]
        over = [year.over_standing_still_pounds_per_year for year in option.years]
        short = [year.short_of_sustainable_pounds_per_year for year in option.years]
        rows += [
            [_named(option), "Cost", *map(pounds, costs), pounds(option.cost_of_all_years_pounds)],
            [
                "",
                "Over the rates before, unchanged",
                *map(signed_pounds, over),
                signed_pounds(option.over_standing_still_all_years_pounds),
            ],
            ["", "Short of what an hour costs", *map(pounds, short), pounds(sum(short, Decimal(0)))],
            ["", "Budget less cost, the budget held", *(signed_pounds(budget - cost) for cost in costs), NONE],
        ]
    return rows


def _return(answer: MarketReturnAnswer) -> list[Block]:
    found = answer.found
    rows = [
        [
            year.financial_year,
            pounds(year.average_fee_pounds_per_hour),
            pounds(year.lowest_fee_pounds_per_hour),
            pounds(year.highest_fee_pounds_per_hour),
            f"{year.hours_per_year:,.0f}",
            pounds(year.pounds_per_year),
        ]
        for year in (found.before, found.after)
    ]
    said = (
        "In the market sustainability return home care's average fee, weighted by hours, changes by "
        f"{signed_pounds(found.fee_rise_pounds_per_hour)} ({percent(found.fee_rise_share)})."
    )
    if found.sustainable_pounds_per_hour is not None and found.gap_pounds_per_hour is not None:
        said += (
            f" An hour costs {pounds(found.sustainable_pounds_per_hour)} by the build-up; the fee less that is "
            f"{signed_pounds(-found.gap_pounds_per_hour)}."
        )
    head = ["Year", "Average fee", "Lowest", "Highest", "Hours a year", "£ a year"]
    return [said, Table("Market sustainability return, home care", head, rows)]


def provider_hours_section(facts: EvidenceFacts) -> Section:
    """The price by the number of providers that share the hours, and by the hours of one."""
    said = facts.affording
    if not said.asked.of_providers:
        return Section(
            HOURS_HEADING,
            ["No fixed costs of a provider were stated, so the price is not shown by a provider's hours."],
        )
    if facts.cost is None:
        return Section(HOURS_HEADING, [facts.not_costed])
    if said.providers is None:
        return Section(HOURS_HEADING, [said.no_providers_answer])
    return Section(HOURS_HEADING, [PRIVATE, *_by_hours(said.providers)])


def _by_hours(answer: ProviderHoursAnswer) -> list[Block]:
    found = answer.found
    where = "the county" if answer.zone is None else f"zone {answer.zone}"
    needed = found.break_even_hours_per_year
    breaks = (
        "At the price paid no hours of one provider cover its costs."
        if needed is None
        else f"At the price paid one provider covers its costs, without a return, from {needed:,.0f} hours a year."
    )
    said = (
        f"In {where} {found.providers_now} providers share {found.hours_per_year:,.0f} hours a year, paid "
        f"{pounds(found.paid_pounds_per_hour)} an hour in the mean. What one provider spends whatever its hours is "
        f"{pounds(found.fixed_pounds_per_year)} a year, as stated. Fewer providers spread it over more hours each. "
        f"{breaks} With a gain-share the council keeps {found.gain_share:.0%} of what an hour costs less than now, and "
        f"bears as much of what it costs more. {found.held.capitalize()}."
    )
    rows = [
        [
            f"{point.providers}, as now" if point.providers == found.providers_now else str(point.providers),
            f"{point.hours_per_year_each:,.0f}",
            pounds(point.sustainable_pounds_per_hour),
            signed_pounds(point.over_now_pounds_per_hour),
            pounds(point.pounds_per_year),
            pounds(point.shared_pounds_per_hour),
            signed_pounds(point.council_saves_pounds_per_year),
            "yes" if point.breaks_even else "no",
        ]
        for point in found.by_providers
    ]
    head = [
        "Providers",
        "Hours a year each",
        "An hour costs",
        "Against now",
        "A year of it",
        "Paid with the gain shared",
        "Council saves a year",
        "Covers its costs",
    ]
    curve = [
        [f"{at.hours_per_year:,.0f}", pounds(at.pounds_per_hour), pounds(at.fixed_pounds_per_hour)]
        for at in found.curve
    ]
    return [
        said,
        Table("The price by the number of providers", head, rows, words=frozenset({7})),
        Table(
            "The price by the hours of one provider",
            ["Hours a year", "An hour costs", "Of which fixed costs"],
            curve,
        ),
    ]
