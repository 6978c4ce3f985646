"""The sheets of the workbook: inputs, build-up and what it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import (  # type: ignore[import-untyped, unused-ignore]
    xl_col_to_name,
    xl_rowcol_to_cell,
)

from pricing.buildup import line_keys
from pricing.catalogue import formulas, line_facts
from pricing.compute import compute
from pricing.input_words import formula_words, input_words
from pricing.paths import bounds_of, is_money, is_share
from pricing.rounding import exact_arithmetic, round_price
from pricing.structure import inputs_of, structure_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import Assumptions
    from pricing.structure import Structure

INPUTS = "Inputs"
MEAN = "mean_visit_minutes"
SUBTOTALS = {
    "careworker": "Annex A: total careworker costs",
    "business": "Annex A: total business costs",
    "return": "Annex A: return on operations",
}
CHECK = "Check: the subtotals less the price"
DECIDED, OVER = "Rate set by decision", "Rate set by decision less the built-up price"
UNROUNDED, STEP, ROUNDED, VISIT = "Total, unrounded", "Round to pence", "Total, rounded", "Price of the visit"
_FIRST_CASE = 2
_ROUND = {"nearest": "ROUND", "up": "ROUNDUP", "down": "ROUNDDOWN"}


@dataclass(frozen=True, slots=True)
class Case:
    """One column: its title and the inputs it has of its own; None takes the value from the sheet of inputs."""

    title: str
    own: dict[str, Decimal | None] = field(default_factory=dict)
    rounded_to_pence: Decimal = Decimal(1)
    carers: int = 1
    decided: Decimal | None = None


def set_up(sheet: Any, title: str) -> None:
    """Lock a sheet but for its inputs, and print it one page wide under its title, the header on every page."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    # an ampersand starts a code in a header, so that one of the title's own is doubled
    sheet.set_header("&L&B" + title.replace("&", "&&")[:180])
    sheet.set_footer("&L&A&RPage &P of &N")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Rows of the build-up by name, and what stands beside them."""

    rows: dict[str, int]
    labels: dict[str, str]
    formula_texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where one case is written."""

    sheet: Any
    number: int
    rows: Mapping[str, int]
    shared: Mapping[str, str]
    formats: Mapping[str, Any]

    def address(self, name: str) -> str:
        """The cell of a name: in this column if it has a row, else on the sheet of inputs."""
        if name in self.rows:
            return f"{xl_col_to_name(self.number)}{self.rows[name] + 1}"
        return self.shared[name]

    def number_at(self, name: str, value: Decimal, style: str = "input") -> None:
        """A figure to change, or to read where the style is not that of an input."""
        self.sheet.write_number(self.rows[name], self.number, float(value), self.formats[style])

    def formula_at(self, name: str, text: str, style: str, value: Decimal) -> None:
        """A live formula, and its value for programs that do not compute."""
        self.sheet.write_formula(self.rows[name], self.number, f"={text}", self.formats[style], float(value))


INPUT_HEAD = ("Input", "Value", "Allowed", "Year", "Source", "Name in the service")


def write_inputs(
    sheet: Any,
    base: Assumptions,
    shared: set[str],
    formats: Mapping[str, Any],
    sources: Mapping[str, tuple[str, str]],
) -> dict[str, str]:
    """One row an input, with its year and source; returns the absolute address of each."""
    for column, (title, width) in enumerate(zip(INPUT_HEAD, (46, 14, 22, 14, 60, 44), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats["bold"])
    sheet.freeze_panes(1, 1)
    unsaid = (base.financial_year or "not stated", "As stated by whoever priced it")
    cells = {}
    values = {path: value for path, value in inputs_of(base).items() if path in shared}
    for row, (path, value) in enumerate(values.items(), start=1):
        low, high = bounds_of(base, path)
        share = is_share(base, path)
        style = "input_share" if share else "input_money" if is_money(base, path) else "input"
        year, source = sources.get(path, unsaid)
        sheet.write_string(row, 0, input_words(path))
        sheet.write_number(row, 1, float(value), formats[style])
        shown = f"{low:.0%} to {high:.0%}" if share else f"{low.normalize():f} to {high.normalize():f}"
        sheet.write_string(row, 2, shown)
        sheet.write_string(row, 3, year)
        sheet.write_string(row, 4, source, formats["wrap"])
        sheet.write_string(row, 5, path)
        sheet.data_validation(
            row,
            1,
            row,
            1,
            {"validate": "decimal", "criteria": "between", "minimum": float(low), "maximum": float(high)},
        )
        cells[path] = f"{INPUTS}!{xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)}"
    return cells


def write_build_up(
    sheet: Any, base: Assumptions, cases: list[Case], shared: Mapping[str, str], formats: Mapping[str, Any]
) -> None:
    """One row a step, one column a case; ``shared`` holds the addresses on the sheet of inputs."""
    structure = structure_of(base)
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 1, 60)
    sheet.set_column(_FIRST_CASE, _FIRST_CASE + len(cases), 14)
    sheet.freeze_panes(1, _FIRST_CASE)
    sheet.write_string(0, 0, "£ per contact hour unless named otherwise", formats["bold"])
    sheet.write_string(0, 1, "Formula", formats["bold"])
    layout = _layout(structure, cases)
    sheet.print_area(0, 0, max(layout.rows.values()), _FIRST_CASE + len(cases) - 1)
    for name, row in layout.rows.items():
        sheet.write_string(row, 0, layout.labels[name])
        sheet.write_string(row, 1, layout.formula_texts[name], formats["wrap"])
    for number, case in enumerate(cases, start=_FIRST_CASE):
        sheet.write_string(0, number, case.title, formats["right"])
        _write_case(_Column(sheet, number, layout.rows, shared, formats), base, structure, case)


def _layout(structure: Structure, cases: list[Case]) -> _Layout:
    own = list(dict.fromkeys(path for case in cases for path in case.own))
    written = formulas(structure)
    labels = {facts.key: facts.label for facts in line_facts(structure)}
    texts = dict.fromkeys(own, "own to this column")
    texts |= {name: formula_words(step.text()) for name, step in written.items()}
    decided = [DECIDED, OVER] if any(case.decided is not None for case in cases) else []
    texts |= {
        **dict.fromkeys(SUBTOTALS.values(), "sum of the lines of the group"),
        CHECK: "must be 0",
        DECIDED: "the reason stands on the sheet About",
        OVER: "the rate less the total, rounded",
        UNROUNDED: "sum of the lines (shaded rows)",
        STEP: "own to this column",
        ROUNDED: "the total, rounded once",
        VISIT: "unrounded total × minutes ÷ 60 × carers, rounded to the penny",
    }
    ends = (*SUBTOTALS.values(), UNROUNDED, STEP, ROUNDED, *decided, VISIT, CHECK)
    rows = {name: row for row, name in enumerate((*own, *written, *ends), start=1)}
    return _Layout(rows, {name: name if name in ends else labels.get(name, input_words(name)) for name in rows}, texts)


def _write_case(column: _Column, base: Assumptions, structure: Structure, case: Case) -> None:
    inputs = inputs_of(base) | {path: value for path, value in case.own.items() if value is not None}
    lines = line_keys(structure)
    with exact_arithmetic():
        computed = compute(structure, inputs)
        total = sum((computed[key] for key in lines), Decimal(0))
    for path, value in case.own.items():
        if value is None:
            column.formula_at(path, column.shared[path], "money", inputs[path])
        else:
            column.number_at(path, value, "input_money" if is_money(base, path) else "input")
    for name, step in formulas(structure).items():
        column.formula_at(name, step.cells(column.address), "line" if name in lines else "money", computed[name])
    groups: dict[str, list[str]] = {group: [] for group in SUBTOTALS}
    for facts in line_facts(structure):
        groups[facts.group].append(facts.key)
    for group, keys in groups.items():
        amount = sum((computed[key] for key in keys), Decimal(0))
        column.formula_at(SUBTOTALS[group], "+".join(map(column.address, keys)) or "0", "total", amount)
    column.formula_at(UNROUNDED, "+".join(column.address(key) for key in lines), "money", total)
    column.number_at(STEP, case.rounded_to_pence)
    # nine places first, so that the binary remainder of a price that is a multiple already does not push it up or down
    rounding = _ROUND[base.rounding]
    unrounded, step_cell, mean = (column.address(name) for name in (UNROUNDED, STEP, MEAN))
    rounded = f"{rounding}(ROUND({unrounded}*100/{step_cell},9),0)*{step_cell}/100"
    column.formula_at(ROUNDED, rounded, "price", round_price(total, case.rounded_to_pence, base.rounding))
    if case.decided is not None:
        column.number_at(DECIDED, case.decided, "price")
        over = case.decided - round_price(total, case.rounded_to_pence, base.rounding)
        column.formula_at(OVER, f"{column.address(DECIDED)}-{column.address(ROUNDED)}", "price", over)
    parts = "-".join(column.address(name) for name in SUBTOTALS.values())
    column.formula_at(CHECK, f"ROUND({column.address('price')}-{parts},6)", "check", Decimal(0))
    visit = f"{rounding}(ROUND({unrounded}*{mean}/60*{case.carers}*100,9),0)/100"
    pounds = total * inputs[MEAN] / 60 * case.carers
    column.formula_at(VISIT, visit, "price", round_price(pounds, Decimal(1), base.rounding))


def write_about(
    sheet: Any, base: Assumptions, formats: Mapping[str, Any], notes: Sequence[tuple[str, str]] = ()
) -> None:
    """What the workbook is, the choices built into it, the source of each line, and further notes with their titles."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100, formats["wrap"])
    surplus = base.return_on_operations
    rows = [
        (
            "What this is",
            "A build-up of the price of an hour of home care. Change a yellow cell and all follows.",
        ),
        ("Case", base.label or "not named"),
        ("On-costs", f"{base.on_costs.method}, charged on {base.on_costs.base.replace('_', ' ')} pay"),
        ("Return", surplus.method.replace("_", " ")),
        ("Rounding", f"{base.rounding}, to {base.round_to_pence}p; computed unrounded and rounded once"),
        ("Choices", "The choices above are built into the formulas; make a new workbook to change one."),
    ]
    rows += [(f"Source: {facts.label}", facts.source) for facts in line_facts(structure_of(base))]
    rows += notes
    for row, (title, text) in enumerate(rows):
        sheet.write_string(row, 0, title, formats["bold"])
        sheet.write_string(row, 1, text, formats["wrap"])
