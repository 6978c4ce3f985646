"""The parts of an evidence pack that say what a card costs the council and does to each provider's income."""

from __future__ import annotations

from decimal import Decimal

from app.exports.document import Block, Section, Table
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import NONE, in_order, percent, service_words, signed_pounds
from app.usecases.rates.proposal_answer import GroupCost
from pricing.explain import pounds

GROUPINGS = {"zone": "By zone", "band": "By band", "funder": "By service"}
PRIVATE = "Not for publication: these figures follow from exact demand and show what single providers earn."
YEAR = "52"
"""The weeks of the year that tables show; the council's total is given for each year counted."""


def cost_section(facts: EvidenceFacts) -> Section:
    """The council's cost in a year, in all and by zone, band and service."""
    cost = facts.cost
    if cost is None:
        return Section("What it costs the council", [facts.not_costed])
    made_up = " The demand is made up, for demonstration; it is nobody's care." if cost.synthetic else ""
    against = (
        "No other card is in force, so there is no cost before."
        if facts.against is None
        else f"Before is the same demand at {facts.against.name}, version {facts.against.version}."
    )
    said = (
        f"{'The' if cost.left_out else 'All'} planned hours of demand snapshot {cost.snapshot_id}, those that wait for "
        f"a provider among them, are paid at these rates.{made_up} {against}"
    )
    total = [
        [
            f"A year of {weeks} weeks",
            pounds(pounds_a_year),
            _shown(None if cost.total.current_pounds_per_year is None else cost.total.current_pounds_per_year[weeks]),
            signed_pounds(
                None if cost.total.difference_pounds_per_year is None else cost.total.difference_pounds_per_year[weeks]
            ),
        ]
        for weeks, pounds_a_year in cost.total.proposed_pounds_per_year.items()
    ]
    blocks: list[Block] = [PRIVATE, said, Table("Cost in a year", ["", "At this card", "Before", "Change"], total)]
    head = ["", "Hours a week", "At this card", "Before", "Change"]
    blocks += [
        Table(f"{GROUPINGS[name]}, a year of {YEAR} weeks", head, [_group(group, name) for group in groups])
        for name, groups in (
            (name, in_order(groups, lambda group: group.group, facts.bands) if name == "band" else groups)
            for name, groups in cost.by.items()
        )
    ]
    if cost.left_out:
        blocks.append(
            f"{cost.hours_left_out_per_week:,.1f} hours a week are not in the cost, for no card pays them: "
            f"{', '.join(cost.left_out)}."
        )
    return Section("What it costs the council", blocks)


def providers_section(facts: EvidenceFacts) -> Section:
    """Each provider's income a week before and after, biggest loss first."""
    if facts.cost is None:
        return Section("What it does to providers", [facts.not_costed])
    rows = [
        [
            change.provider or "No provider yet",
            f"{change.hours_per_week:,.1f}",
            _shown(change.before_pounds_per_week),
            pounds(change.after_pounds_per_week),
            signed_pounds(change.change_pounds_per_week),
            percent(change.change_share),
        ]
        for change in facts.providers
    ]
    said = (
        "Income a week from the hours each provider holds today, at the rates before and at these. Biggest loss first."
    )
    head = ["Provider", "Hours a week", "Before", "At this card", "Change", "Change, %"]
    return Section("What it does to providers", [PRIVATE, said, Table("Income, £ a week", head, rows)])


def _group(group: GroupCost, grouping: str) -> list[str]:
    before, rise = group.current_pounds_per_year, group.difference_pounds_per_year
    return [
        (service_words(group.group) if grouping == "funder" else group.group) or "not placed",
        f"{group.hours_per_week:,.1f}",
        pounds(group.proposed_pounds_per_year[YEAR]),
        _shown(None if before is None else before[YEAR]),
        signed_pounds(None if rise is None else rise[YEAR]),
    ]


def _shown(amount: Decimal | None) -> str:
    return NONE if amount is None else pounds(amount)
