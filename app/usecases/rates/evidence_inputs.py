"""The parts of an evidence pack that say what the rates are made from, and what the year's move did to each input."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.exports.document import Block, Section, Table
from app.usecases.rates.evidence_facts import EvidenceFacts
from app.usecases.rates.evidence_words import NONE, input_words, shown_as
from pricing import Assumptions, InputMove
from pricing.assumptions import ON_COST_NAMES
from pricing.structure import inputs_of

_WHAT = {"moved": "Moved", "held": "Held", "asked": "To decide"}


def inputs_section(facts: EvidenceFacts) -> Section:
    """Every input with its year and source, then the figures of the year that the law or a public body sets."""
    cases = {band.name: facts.banded.of_band(band.name) for band in facts.banded.bands}
    values = {band: inputs_of(given) for band, given in cases.items()}
    paths = dict.fromkeys(path for inputs in values.values() for path in inputs)
    moves = {move.field: move for move in facts.moves}
    rows = []
    for path in paths:
        cells = [input_value(cases[band], path, values[band][path]) if path in values[band] else NONE for band in cases]
        rows.append([input_words(path), *cells, *_year_and_source(facts, moves, path, cases)])
    head = ["Input", *cases, "Year", "Source"]
    words = frozenset({len(head) - 2, len(head) - 1})
    blocks: list[Block] = [Table("Inputs by band", head, rows, words=words)]
    if facts.year is not None:
        known = [
            [
                input_words(figure.name),
                shown_as(figure.value, share="share" in figure.name, money="pounds" in figure.name),
                f"{figure.applies_from} to {figure.applies_to}",
                f"{figure.source}, {figure.source_date} ({figure.confidence})",
            ]
            for figure in facts.year.figure
        ]
        caption = f"Published figures of {facts.financial_year}"
        blocks.append(Table(caption, ["Figure", "Value", "Holds", "Source"], known, words=frozenset({2, 3})))
    else:
        blocks.append(f"No published figures are held for {facts.financial_year}.")
    return Section("What the rates are made from", blocks)


def moves_section(facts: EvidenceFacts) -> Section:
    """What the move to the card's year did to each input."""
    heading = "What the move to the year did to each input"
    if not facts.moves:
        return Section(heading, ["The card was priced from its own inputs; no input was moved from another year."])
    base = facts.banded.base
    rows = [
        [
            input_words(move.field),
            _WHAT[move.what],
            input_value(base, move.field, move.before),
            input_value(base, move.field, move.after),
            move.by,
        ]
        for move in facts.moves
    ]
    said = (
        "Every input was moved by something named, held for a reason, or left for somebody to decide. What was left is "
        "as it was before."
    )
    head = ["Input", "What", "Before", "After", "By what, or why"]
    return Section(heading, [said, Table("Inputs across the move", head, rows, words=frozenset({1, 4}))])


def _year_and_source(
    facts: EvidenceFacts, moves: Mapping[str, InputMove], path: str, bands: Mapping[str, Assumptions]
) -> tuple[str, str]:
    """Whose money an input is in and who says so; a band's own move goes before the one all bands share."""
    name = path.rpartition(".")[2]
    own = [moves[field] for band in bands if (field := f"bands.{band}.{name}") in moves]
    found = own or ([moves[path]] if path in moves else [])
    if not found:
        return facts.banded.base.financial_year or "not stated", "As stated in the basis of the card"
    moved = {move.what for move in found} == {"moved"}
    return (facts.financial_year if moved else "as before"), "; ".join(dict.fromkeys(move.by for move in found))


def input_value(given: Assumptions, path: str, value: Decimal) -> str:
    """A value in its unit: pounds where it is money, per cent where it is a share."""
    parent, _, name = path.rpartition(".")
    if name in ON_COST_NAMES and parent.startswith(("on_costs", "bands.")):
        share = getattr(given.on_costs, name).share is not None
        return shown_as(value, share=share, money=not share)
    if path.startswith("business.lines."):
        share = any(line.share_of_price is not None and path.endswith(f".{line.name}") for line in given.business.lines)
        return shown_as(value, share=share, money=not share)
    return shown_as(value, share="share" in name, money="pounds" in name)
