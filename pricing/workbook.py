"""The price as a workbook that recomputes itself: every step a live formula, every input a cell to change.

The formulas are written from the same build-up that prices: ``catalogue.formulas`` records what it does, and each step
becomes a row. Columns are cases: the blended hour, each visit length, or each band; what differs between cases stands
at the top of its column, everything else on the sheet of inputs.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from pricing.structure import inputs_of
from pricing.workbook_sheets import INPUTS, MEAN, Case, set_up, write_about, write_build_up, write_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import Assumptions
    from pricing.bands import BandedAssumptions

BUILD_UP, ABOUT = "Build-up", "About"
_DOUBLE = "double_handed.share_of_visits"
_TRAVEL = ("minutes_per_visit", "miles_per_visit", "waiting_minutes_per_visit")


def rate_workbook(
    assumptions: Assumptions,
    notes: Sequence[tuple[str, str]] = (),
    sources: Mapping[str, tuple[str, str]] | None = None,
) -> bytes:
    """A workbook of one price: the blended hour, and each visit length.

    Args:
        assumptions: of the price.
        notes: further rows of the sheet "About", each with its title; see ``move_notes``.
        sources: year and source of inputs by path; see ``move_sources``.

    Where some visits are double-handed, each length has a column for one carer and one for two.

    Returns:
        The bytes of an XLSX file with sheets "Build-up", "Inputs" and "About". Figures are also stored as computed
        here, for programs that show a workbook without recomputing it.
    """
    double: dict[str, Decimal | None] = {} if assumptions.double_handed is None else {_DOUBLE: None}
    cases = [Case("Blended hour", {MEAN: None, **double}, assumptions.round_to_pence)]
    for minutes in assumptions.visit_lengths_minutes:
        for carers in (1, 2) if double else (1,):
            own: dict[str, Decimal | None] = {MEAN: minutes}
            if double:
                own[_DOUBLE] = Decimal(carers - 1)
            title = f"{minutes.normalize():f} minutes" + (", two carers" if carers == 2 else "")
            cases.append(Case(title, own, Decimal(1), carers))
    return _workbook(assumptions, cases, notes, sources or {})


def bands_workbook(
    banded: BandedAssumptions,
    notes: Sequence[tuple[str, str]] = (),
    sources: Mapping[str, tuple[str, str]] | None = None,
    decided: Mapping[str, Decimal] | None = None,
) -> bytes:
    """A workbook of several bands, one column each; see ``rate_workbook``.

    Args:
        banded: the bands.
        notes: as there.
        sources: as there.
        decided: rates set by decision, by band; each stands under its built-up price with the difference.
    """
    chosen = decided or {}
    varying = (MEAN, "wage_pounds_per_hour", *(f"travel.{name}" for name in _TRAVEL))
    cases = []
    for band in banded.bands:
        inputs = inputs_of(banded.of_band(band.name))
        own: dict[str, Decimal | None] = {path: inputs[path] for path in varying}
        own[MEAN] = band.mean_visit_minutes
        own["wage_pounds_per_hour"] = band.wage_pounds_per_hour
        cases.append(Case(band.name, own, banded.base.round_to_pence, decided=chosen.get(band.name)))
    return _workbook(banded.base, cases, notes, sources or {})


def _workbook(
    base: Assumptions,
    cases: list[Case],
    notes: Sequence[tuple[str, str]],
    sources: Mapping[str, tuple[str, str]],
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_calc_mode("auto")
    formats = {
        "bold": book.add_format({"bold": True}),
        "right": book.add_format({"bold": True, "align": "right"}),
        **{
            name: book.add_format({"bg_color": "#FFF7D6", "border": 1, "locked": False, "num_format": shown})
            for name, shown in (("input", "0.####"), ("input_share", "0.000%"), ("input_money", "£#,##0.00##"))
        },
        "total": book.add_format({"num_format": "0.0000", "bold": True, "top": 1}),
        "check": book.add_format({"num_format": '[=0]"right: 0";[Red]"wrong: "0.000000', "italic": True}),
        "money": book.add_format({"num_format": "0.0000"}),
        "line": book.add_format({"num_format": "0.0000", "bg_color": "#EEF3F8"}),
        "price": book.add_format({"num_format": "£0.00", "bold": True, "top": 1}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    build_up, inputs, about = (book.add_worksheet(name) for name in (BUILD_UP, INPUTS, ABOUT))
    shared = {path for path in inputs_of(base) if any(case.own.get(path) is None for case in cases)}
    cells = write_inputs(inputs, base, shared, formats, sources)
    write_build_up(build_up, base, cases, cells, formats)
    write_about(about, base, formats, notes)
    for sheet in (build_up, inputs, about):
        set_up(sheet, base.label or "Price of an hour of home care")
    book.close()
    return out.getvalue()
