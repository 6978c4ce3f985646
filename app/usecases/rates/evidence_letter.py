"""The parts of an evidence pack that say who decided, and the letter that asks providers what they think."""

from __future__ import annotations

from app.exports.document import Points, Section, Table
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import day
from pricing.explain import plain, pounds

ACTIONS = {
    "rate_card.create": "Drafted",
    "rate_card.publish": "Published",
    "rate_card.end": "Last day set",
    "rate_card.retire": "Retired",
    "consultation.create": "Letter or answer logged",
    "consultation.respond": "Answer responded to",
}
QUESTIONS = (
    "Does the build-up leave out a cost you bear? Which, and how much is it for an hour of contact time?",
    "Are travel time, miles and the mean visit what you see in each band? Please send your own figures.",
    "Can you recruit and keep carers at the wage assumed, and pay them for all working time?",
    "What would these rates change in the care you offer, and where?",
)
ANSWER_BY = (
    "Answer by [last day for answers] to [name, address]. We will publish what was said, without names, and what we "
    "changed because of it."
)
BLANK_ROWS = 5
FOR_THE_COUNCIL = "What else was thought of is for the council to say."


def decided_section(facts: EvidenceFacts) -> Section:
    """Who drafted, published and changed the card, and when."""
    card = facts.card
    rows = [[ACTIONS.get(entry.action, entry.action), day(entry.at.date()), entry.actor] for entry in facts.history]
    rows = rows or [["Drafted", day(card.created_at.date()), card.created_by]]
    overrides = [f"{band}: {given['reason']}." for band, given in card.assumptions.get("overrides", {}).items()]
    table = Table("What was done to the card", ["What", "When", "Who"], rows, words=frozenset({1, 2}))
    standing = {
        "draft": "It is a draft: nobody has decided it, and nothing is paid by it.",
        "published": f"It was decided, and is paid from {day(card.effective_from)}.",
        "retired": "It was retired and is not paid.",
    }[card.status]
    if not overrides:
        return Section("Who decided", [standing, table])
    return Section("Who decided", [standing, table, "Rates set by decision, and why:", Points(overrides)])


def letter_section(facts: EvidenceFacts) -> Section:
    """A letter to providers; what only the council knows stands in square brackets."""
    card = facts.card
    if card.status == "retired":
        return Section("Letter to providers", ["The card was retired; there is nothing to ask about."])
    rates = {rate.band: pounds(rate.pounds_per_hour) for rate in facts.rates}
    before = {} if facts.against is None else facts.against.pounds_per_hour()
    rows = [[band, rate, pounds(before[band]) if band in before else "–"] for band, rate in rates.items()]
    base = facts.banded.base
    last = f" to {day(card.effective_to)}" if card.effective_to else ""
    when = f"{day(card.effective_from)}{last}"
    opening = f"{facts.council} has set the rates for {facts.service} from {when}, and asks what they mean for you."
    if card.status == "draft":
        opening = (
            f"{facts.council} asks what you think of the rates it means to pay for {facts.service} from {when}. "
            "No decision has been taken."
        )
    built = (
        f"The rates assume pay of {facts.wages} an hour, "
        f"{plain(base.travel.pence_per_mile)} pence a mile, the travel time of each band, and a mean visit of "
        f"{plain(base.mean_visit_minutes)} minutes. Every line of the build-up, each input with its source, and the "
        "test of whether pay is lawful are in the document with this letter."
    )
    return Section(
        "Letter to providers",
        [
            "[Date]",
            "Dear provider,",
            opening,
            Table("Rates for an hour of contact time", ["Band", "New rate", "Rate before"], rows),
            built,
            "Please tell us:",
            Points(QUESTIONS),
            ANSWER_BY,
            "[Name and post], " + facts.council,
        ],
    )


def options_section(facts: EvidenceFacts) -> Section:
    """The other cards that were drawn up for the same service and year, beside this one."""
    heading = "Options considered"
    if not facts.options:
        said = f"No other card was drawn up for this service and year. {FOR_THE_COUNCIL}"
        return Section(heading, [said, "[Options considered, and why they were not chosen]"])
    bands = facts.bands
    rows = [["This card", facts.card.status, *(pounds(rate.pounds_per_hour) for rate in facts.rates)]]
    for option in facts.options:
        rates = option.pounds_per_hour()
        shown = [pounds(rates[band]) if band in rates else "–" for band in bands]
        rows.append([f"{option.name}, version {option.version}", option.status, *shown])
    table = Table("Rates of each option, £ an hour", ["Option", "Standing", *bands], rows, words=frozenset({1}))
    return Section(
        heading,
        [
            f"These cards were drawn up for the same service and year. {FOR_THE_COUNCIL}",
            table,
            "[Why this card was chosen]",
        ],
    )


def answers_section(facts: EvidenceFacts) -> Section:
    """The log of letters and answers, without names where the pack is for publication; blank where empty."""
    head = ["Day", "What", "Whom", "What was said", "What was done about it"]
    words = frozenset({1, 2, 3, 4})
    if not facts.consultation:
        blank = [[""] * len(head)] * BLANK_ROWS
        said = "Nothing was logged yet. To be filled in by the council."
        return Section("Log of answers", [said, Table("Letters and answers", head, blank, words=words)])
    rows = [
        [
            day(entry.on),
            "Letter sent" if entry.what == "letter-sent" else "Answer",
            entry.whom if facts.named or entry.what == "letter-sent" else "A provider",
            entry.said or "–",
            entry.response or ("–" if entry.what == "letter-sent" else "Nothing yet"),
        ]
        for entry in facts.consultation
    ]
    answers = sum(entry.what == "answer" for entry in facts.consultation)
    said = f"{len(rows) - answers} letters were sent and {answers} answers came."
    return Section("Log of answers", [said, Table("Letters and answers", head, rows, words=words)])
