"""The parts of an evidence pack that hold a card against the law, its own warnings, a benchmark and other inputs."""

from __future__ import annotations

from decimal import Decimal

from app.exports.document import Block, Section, Table
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_inputs import input_value
from app.usecases.rates.evidence_words import NONE, input_words
from app.usecases.rates.proposal_answer import LawfulTest
from pricing import tornado
from pricing.explain import plain, pounds

MOST_BARS = 8


def lawful_section(facts: EvidenceFacts) -> Section:
    """The test of pay at the visit that leaves the least, and the wage that each price supports."""
    found = facts.lawful
    if found is None:
        said = f"Pay was not tested: no minimum wage is held for {facts.financial_year}."
        return Section("Is pay lawful?", [said])
    verdict = (
        "Pay is lawful in every test."
        if found.all_lawful
        else f"Pay is not lawful in {sum(not test.lawful for test in found.tests)} of {len(found.tests)} tests."
    )
    said = (
        f"{verdict} Carers are taken to be paid for all working time at the wage the card assumes, in each band, at "
        f"each visit length and for each age. A mile is taken to cost a carer {plain(found.cost_pence_per_mile)}p; "
        "what is not repaid of it counts against pay (National Minimum Wage Regulations 2015, regulation 13). The law "
        "looks at a whole pay period, for which the mean visit stands; the visit that leaves least shows the risk."
    )
    means = {(test.band, test.age): test for test in found.tests if test.minutes is None}
    rows = [
        [
            test.band,
            test.age,
            pounds(test.minimum_pounds_per_hour),
            *_result(means[test.band, test.age]),
            "mean visit" if test.minutes is None else f"{plain(test.minutes)} minutes",
            *_result(test),
        ]
        for test in _least(found.tests)
    ]
    head = [
        "Band",
        "Age",
        "Minimum",
        "At the mean visit",
        "Lawful",
        "Visit that leaves least",
        "At that visit",
        "Lawful",
    ]
    caption = f"Pay for a working hour after what is not repaid, {found.financial_year}"
    blocks: list[Block] = [said, Table(caption, head, rows, words=frozenset({1, 4, 5, 7}))]
    supported = [
        [
            item.band,
            pounds(item.pounds_per_hour),
            pounds(item.wage_pounds_per_hour),
            pounds(item.minimum_pounds_per_hour),
            pounds(item.price_needed_pounds_per_hour),
        ]
        for item in facts.supported
    ]
    if supported:
        head = ["Band", "Rate", "Wage it supports", "Minimum", "Rate the minimum needs"]
        blocks.append(Table("The wage for all working time that each rate supports", head, supported))
    return Section("Is pay lawful?", blocks)


def _result(test: LawfulTest) -> tuple[str, str]:
    return pounds(test.pay_pounds_per_working_hour), "yes" if test.lawful else "no"


def _least(tests: list[LawfulTest]) -> list[LawfulTest]:
    """Of each band and age the test with the least to spare."""
    least: dict[tuple[str, str], LawfulTest] = {}
    for test in tests:
        key = (test.band, test.age)
        if key not in least or _spare(test) < _spare(least[key]):
            least[key] = test
    return list(least.values())


def _spare(test: LawfulTest) -> Decimal:
    return test.pay_pounds_per_working_hour - test.minimum_pounds_per_hour


def warnings_section(facts: EvidenceFacts) -> Section:
    """What the card gives reason to warn of, and why each was accepted."""
    accepted = facts.card.details.get("accepted", [])
    blocks: list[Block] = []
    if accepted:
        rows = [[item["sentence"], item["reason"], item["by"]] for item in accepted]
        head = ["Warning", "Accepted because", "By"]
        blocks.append(Table("Accepted when the card was published", head, rows, words=frozenset({1, 2})))
    if facts.warnings:
        rows = [
            [warning.sentence, "for information" if warning.note else "to be accepted with a reason"]
            for warning in facts.warnings
        ]
        blocks.append(Table("As the card stands today", ["Warning", "Standing"], rows, words=frozenset({1})))
    return Section("Warnings", blocks or ["The card gives no reason to warn of anything."])


def sensitivity_section(facts: EvidenceFacts) -> Section:
    """Which inputs move the price most, in the card's first band."""
    band = facts.bands[0]
    given = facts.banded.of_band(band)
    bars = [bar for bar in tornado(given) if bar.swing][:MOST_BARS]
    rows = [
        [
            input_words(bar.field),
            input_value(given, bar.field, bar.base),
            pounds(bar.price_at_low),
            pounds(bar.price_at_high),
            pounds(bar.swing),
        ]
        for bar in bars
    ]
    said = (
        f"Each input is changed alone by a tenth either way, within its bounds, and the price of {band} is "
        f"built up anew. "
        "These are the inputs that move it most."
    )
    head = ["Input", "Value", "Price, a tenth lower", "Price, a tenth higher", "Apart"]
    return Section("What moves the price most", [said, Table(f"£ an hour, {band}", head, rows)] if rows else [NONE])
