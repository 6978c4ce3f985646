"""The evidence pack: what a card says is what the document says, in both forms, whatever text is in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.shared import Cm
from sqlalchemy.orm import Session

from app.exports.document import Document, Points, Section, Table
from app.exports.document_docx import document_docx
from app.exports.document_page import document_page
from app.security.bootstrap import ensure_administrator
from app.storage.models import RateCard
from app.storage.rate_cards import rates_of_card
from app.usecases.rates.evidence import card_evidence, evidence_document
from app.usecases.rates.evidence_facts import gather_evidence
from app.usecases.rates.proposal_request import ProposalRequest
from app.usecases.rates.proposals import propose
from app.usecases.rates.publish import publish_card, retire_card, warnings_of
from app.usecases.rates.set_rates import CardRequest, draft_card
from pricing import calibration
from pricing.benchmark_gaps import minimum_price_of
from tests.databases import Installation, blank_installation

COUNCIL = "leicestershire"
REASON = "Cabinet, 3 February 2026, option B"
HOSTILE = 'Rates <script>alert("x")</script> & Co'


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with blank_installation("sqlite", tmp_path_factory.mktemp("evidence")) as installation:
        ensure_administrator(installation.database, installation.settings)
        yield installation


@pytest.fixture
def session(blank: Installation) -> Iterator[Session]:
    """A write session whose changes are given up at the end."""
    with blank.database.write() as opened:
        yield opened
        opened.rollback()


def proposed(session: Session, **more: object) -> int:
    asked = ProposalRequest.model_validate(
        {"financial_year": "2026-27", "wage": "real-living", "uplift": 0.04, "name": HOSTILE} | more
    )
    number = propose(session, COUNCIL, asked, "Ann", drafts=True).draft_card_id
    assert number is not None
    return number


def stored(session: Session, number: int) -> RateCard:
    return session.get_one(RateCard, number)


def pack(session: Session, number: int, *, costed: bool = True) -> Document:
    return evidence_document(gather_evidence(session, COUNCIL, stored(session, number), costed=costed))


def table(document: Document, caption: str) -> Table:
    return next(found for found in document.tables() if found.caption.startswith(caption))


def section(document: Document, heading: str) -> Section:
    return next(found for found in document.sections if found.heading.startswith(heading))


def said(part: Section) -> str:
    return " ".join(block for block in part.blocks if isinstance(block, str))


def test_the_word_file_has_the_figures_of_the_card(session: Session) -> None:
    number = proposed(session)
    card = stored(session, number)
    file = docx.Document(io.BytesIO(card_evidence(session, COUNCIL, card, "docx", costed=True)))
    headings = [p.text for p in file.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == [part.heading for part in pack(session, number).sections]
    tables = [[[cell.text for cell in row.cells] for row in grid.rows] for grid in file.tables]
    rates = {row.band: row for row in rates_of_card(session, number)}
    paid = next(rows for rows in tables if rows[0][:2] == ["Band", "£ an hour"])
    assert {row[0]: row[1] for row in paid[1:]} == {band: f"£{row.pounds_per_hour:.2f}" for band, row in rates.items()}
    built = next(rows for rows in tables if rows[0][0] == "Line" and "urban" in rows[0])
    amounts = {row[0]: dict(zip(built[0], row, strict=True)) for row in built[1:]}
    for band, row in rates.items():
        for line in row.lines:
            if line["name"] != "Business costs":  # its subtotal has the same name
                assert amounts[line["name"]][band] == f"£{Decimal(str(line['pounds_per_contact_hour'])):.4f}"
        assert amounts["Sum of the lines"][band] == f"£{row.unrounded_pounds_per_hour:.4f}"
        assert amounts["Rate on the card"][band] == f"£{row.pounds_per_hour:.2f}"
    assert file.core_properties.title == f"{HOSTILE}: evidence for the rates"
    assert file.sections[0].page_width > file.sections[0].page_height


def test_subtotals_and_lines_add_up_to_the_price(session: Session) -> None:
    built = table(pack(session, proposed(session)), "Build-up")
    for column in range(1, len(built.head)):
        figures = [Decimal(row[column].replace("£", "").replace("−", "-")) for row in built.rows]
        *body, total, _ = figures
        subtotals = [figures[number] for number in sorted(built.totals)[:-2]]
        assert len(subtotals) == 3
        assert abs(sum(subtotals) - total) <= Decimal("0.0002")
        assert abs(sum(body) - 2 * total) <= Decimal("0.002")


def test_every_input_has_a_source_and_every_move_is_there(session: Session) -> None:
    number = proposed(session)
    document = pack(session, number)
    inputs = table(document, "Inputs by band")
    assert all(row[-1] and row[-2] for row in inputs.rows)
    by_name = {row[0]: row for row in inputs.rows}
    assert by_name["Wage pounds per hour"][1:] == [*["£13.45"] * 4, "2026-27", by_name["Wage pounds per hour"][-1]]
    assert "Living Wage Foundation" in by_name["Wage pounds per hour"][-1]
    assert by_name["Travel, miles per visit"][1:5] == ["1.55", "2.75", "5.05", "7.85"]
    assert by_name["On-costs, holiday"][1] == "12.07%"
    moves = stored(session, number).details["moves"]
    moved = table(document, "Inputs across the move")
    assert [(row[1], row[-1]) for row in moved.rows] == [
        ({"moved": "Moved", "held": "Held", "asked": "To decide"}[move["what"]], move["by"]) for move in moves
    ]
    figures = table(document, "Published figures of 2026-27")
    assert any(row[:2] == ["National living wage pounds per hour", "£12.71"] for row in figures.rows)


def test_pay_that_is_not_lawful_is_said_to_be_so(session: Session) -> None:
    lawful = section(pack(session, proposed(session, pence_per_mile=55)), "Is pay lawful")
    assert said(lawful).startswith("Pay is lawful in every test.")
    number = proposed(session, pence_per_mile=0, wage="national-living")
    found = pack(session, number)
    assert said(section(found, "Is pay lawful")).startswith("Pay is not lawful in ")
    assert {row[4] for row in table(found, "Pay for a working hour").rows if row[1] == "21 and over"} == {"no"}
    assert all(
        w.sentence in {row[0] for row in table(found, "As the card stands").rows}
        for w in warnings_of(session, COUNCIL, stored(session, number))
    )


def test_who_decided_and_why_warnings_were_accepted(session: Session) -> None:
    number = proposed(session, overrides={"urban": {"pounds_per_hour": 27.1, "reason": "Rounded up by cabinet"}})
    kinds = {w.code for w in warnings_of(session, COUNCIL, stored(session, number)) if not w.note}
    assert kinds
    publish_card(session, COUNCIL, number, "Bea", accept=dict.fromkeys(kinds, REASON))
    session.flush()
    found = pack(session, number)
    assert {(row[1], row[2]) for row in table(found, "Accepted when").rows} == {(REASON, "Bea")}
    assert [(row[0], row[2]) for row in table(found, "What was done").rows] == [
        ("Drafted", "Ann"),
        ("Published", "Bea"),
    ]
    assert "is paid from 1 April 2026" in said(section(found, "Who decided"))
    assert any(
        "Rounded up by cabinet" in item
        for block in section(found, "Who decided").blocks
        if isinstance(block, Points)
        for item in block.items
    )
    assert "The rate of urban was set by decision" in said(section(found, "How each rate"))
    after = proposed(session, effective_from=date(2027, 4, 1))
    now = next(row.pounds_per_hour for row in rates_of_card(session, after) if row.band == "urban")
    fall = Decimal("27.10") - now
    urban = table(pack(session, after), "Rates for an hour").rows[0]
    assert urban[1:4] == [f"£{now:.2f}", "£27.10", f"−£{fall:.2f}"], "beside the card that is paid until then"
    assert urban[4] == f"−{fall / Decimal('27.10'):.1%}"
    retire_card(session, COUNCIL, number, "Cy")
    session.flush()
    assert "It was retired" in said(section(pack(session, number), "Who decided"))


def test_the_gap_to_the_benchmark_is_of_the_cards_year(session: Session) -> None:
    number = proposed(session)
    held = minimum_price_of("2026-27")
    assert held is not None
    known = held.pounds_per_hour
    gap = {row.band: row.pounds_per_hour - known for row in rates_of_card(session, number)}
    every = table(pack(session, number), "Gap to each benchmark").rows
    rows = {row[0]: row[5] for row in every if row[2].startswith("The minimum price") and row[3] == "2026-27"}
    assert rows == {band: f"{'+' if g > 0 else '−'}£{abs(g):.2f}" for band, g in gap.items()}


def test_a_card_of_a_year_without_figures_still_has_its_pack(session: Session) -> None:
    banded = calibration("leicestershire-2019-20").banded
    asked = CardRequest(name="Far off", effective_from=date(2041, 4, 1), assumptions=banded)
    card = draft_card(session, COUNCIL, asked, "Ann")
    found = pack(session, card.id, costed=False)
    assert "no minimum wage is held for 2041-42" in said(section(found, "Is pay lawful"))
    assert "No published figures are held for 2041-42" in said(section(found, "What the rates are made from"))
    assert "no input was moved" in said(section(found, "What the move"))
    assert "left out" in said(section(found, "What it costs"))
    assert document_docx(found)[:2] == b"PK"


def test_html_shows_text_as_it_stands(session: Session) -> None:
    page = document_page(pack(session, proposed(session))).decode()
    assert "<script" not in page
    assert "Rates &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Co" in page
    assert page.count("<h2") == page.count("<section>") == page.count("<li><a href")


def test_characters_no_document_may_hold_are_left_out(tmp_path: Path) -> None:
    odd = Document(
        "A\x00B", "C\x1bD", [Section("E\ufffe", ["F\x08", Points(["\x0bG"]), Table("T", ["H"], [["\x01I"]])])]
    )
    file = tmp_path / "odd.docx"
    file.write_bytes(document_docx(odd))
    read = docx.Document(str(file))
    assert read.tables[0].rows[1].cells[0].text == "I"
    assert "\x00" not in document_page(odd).decode()


def test_no_row_of_the_word_file_breaks_and_long_texts_have_the_room(session: Session) -> None:
    number = proposed(session)
    file = docx.Document(io.BytesIO(card_evidence(session, COUNCIL, stored(session, number), "docx", costed=True)))
    for grid in file.tables:
        assert sum(column.width or 0 for column in grid.columns) <= Cm(29.7 - 2 * 2), (
            "what A4 lying has between margins"
        )
        assert all(row._tr.get_or_add_trPr().xpath("./w:cantSplit") for row in grid.rows)
    inputs = next(grid for grid in file.tables if grid.rows[0].cells[0].text == "Input")
    widths = {cell.text: cell.width or 0 for cell in inputs.rows[0].cells}
    assert widths["Source"] == max(widths.values())
