"""The parts of an evidence pack that say what is paid: the rates, how each is built up, and prices of visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.exports.document import Block, Section, Table
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import (
    NONE,
    day,
    formula_words,
    four_places,
    in_order,
    percent,
    service_words,
    signed_pounds,
)
from pricing import ServiceRate
from pricing.explain import plain, pounds

GROUPS = {"careworker": "Careworker costs", "business": "Business costs", "return": "Return"}


def rates_section(facts: EvidenceFacts) -> Section:
    """The rate of each band, beside the card before."""
    before = {} if facts.against is None else facts.against.pounds_per_hour()
    head = ["Band", "£ an hour", "Before", "Change", "Change, %"]
    rows = []
    for rate in facts.rates:
        was = before.get(rate.band)
        rise = None if was is None else rate.pounds_per_hour - was
        share = None if rise is None or not was else rise / was
        shown = NONE if was is None else pounds(was)
        rows.append([rate.band, pounds(rate.pounds_per_hour), shown, signed_pounds(rise), percent(share)])
    against = facts.against
    beside = (
        "No other card is in force to compare it with."
        if against is None
        else f"It is compared with {against.name}, version {against.version}, from {day(against.effective_from)}."
    )
    blocks: list[Block] = [facts.card.basis, beside, Table("Rates for an hour of contact time", head, rows)]
    others = [
        [service_words(other.service_type), _service_price(other, facts.bands)] for other in facts.paid.other_services
    ]
    if others:
        blocks.append(Table("Other services on the card", ["Service", "Price"], others, words=frozenset({1})))
    return Section("The rates", blocks)


def build_up_section(facts: EvidenceFacts) -> Section:
    """Each band line by line, summing to its price; then how each line is worked out and who says so."""
    amounts = {band: {line["key"]: _amount(line) for line in lines} for band, lines in facts.lines.items()}
    # bands need not have the same lines: what stands in any of them has its row
    facts_of = {line["key"]: line for lines in facts.lines.values() for line in lines}
    rows, totals = [], set()
    for group, title in GROUPS.items():
        keys = [key for key, line in facts_of.items() if line["group"] == group]
        by_band = [[lines.get(key, Decimal(0)) for key in keys] for lines in amounts.values()]
        rows += [
            [facts_of[key]["name"], *(four_places(lines[number]) for lines in by_band)]
            for number, key in enumerate(keys)
        ]
        totals.add(len(rows))
        rows.append([title, *(four_places(sum(lines, Decimal(0))) for lines in by_band)])
    totals |= {len(rows), len(rows) + 1}
    rows.append(["Sum of the lines", *(four_places(sum(a.values(), Decimal(0))) for a in amounts.values())])
    rows.append(["Rate on the card", *(pounds(facts.paid.rate(band).pounds_per_hour) for band in amounts)])
    base = facts.banded.base
    said = (
        "Each line is in pounds for an hour of contact time, shown to a hundredth of a penny. The lines are added "
        f"unrounded, and the sum is rounded once: {base.rounding}, to {plain(base.round_to_pence)}p. On-costs are "
        f"{base.on_costs.method}, charged on {base.on_costs.base.replace('_', ' ')} pay."
    )
    decided = [
        f"The rate of {rate.band} was set by decision and is not the rounded sum: {rate.override_reason}."
        for rate in facts.rates
        if rate.override_reason
    ]
    how = [
        [line["name"], line["annex_a"], formula_words(line["formula"]), line["source"]] for line in facts_of.values()
    ]
    return Section(
        "How each rate is built up",
        [
            said,
            *decided,
            Table("Build-up, £ for an hour of contact time", ["Line", *amounts], rows, totals=frozenset(totals)),
            Table(
                "How each line is worked out",
                ["Line", "Heading of Annex A", "Formula", "Source"],
                how,
                words=frozenset({1, 2, 3}),
            ),
        ],
    )


def visits_section(facts: EvidenceFacts) -> Section:
    """What one visit is paid, by length, by one carer and two, and by part of the week."""
    rows = []
    for rate in facts.rates:
        parts = [(part.day_type, part.visits) for part in rate.day_types] or [("", rate.visits)]
        for day_type, visits in parts:
            for visit in visits:
                two = visit.two_carers_pounds_per_visit
                when = day_type.replace("_", " ") or "any day"
                shown = NONE if two is None else pounds(two)
                rows.append([rate.band, when, plain(visit.minutes), pounds(visit.pounds_per_visit), shown])
    if not rows:
        return Section("Prices of visits", ["The card has hourly rates alone."])
    head = ["Band", "Day", "Minutes", "One carer", "Two carers"]
    return Section("Prices of visits", [Table("£ a visit", head, rows, words=frozenset({1}))])


def _amount(line: Mapping[str, Any]) -> Decimal:
    return Decimal(str(line["pounds_per_contact_hour"]))


def _service_price(other: ServiceRate, bands: Sequence[str]) -> str:
    if other.pounds_per_night is not None:
        said = f"{pounds(other.pounds_per_night)} a night"
    elif other.pounds_per_week is not None:
        said = f"{pounds(other.pounds_per_week)} a week"
    else:
        rates = in_order(other.pounds_per_hour.items(), lambda rate: rate[0], bands)
        said = ", ".join(f"{band} {pounds(rate)} an hour" for band, rate in rates)
    return f"{said}. {other.basis}".strip()
