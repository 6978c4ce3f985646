"""The workbook recomputes the price by itself and agrees with the service to the penny."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given

from pricing import (
    Assumptions,
    bands_workbook,
    calibration,
    parse_assumptions,
    price,
    price_bands,
    rate_workbook,
    with_input,
)
from tests.pricing.cases import LEICESTERSHIRE_URBAN, assumptions, some

if TYPE_CHECKING:
    from pathlib import Path

D = Decimal
RICH = LEICESTERSHIRE_URBAN | {
    "label": "a case with everything",
    "travel_wage_pounds_per_hour": 9.00,
    "ppe": {"pounds_per_visit": 0.185, "pounds_per_contact_hour": 0.02},
    "double_handed": {"share_of_visits": 0.2, "second_carer_miles_share": 0.25},
    "enhancements": [
        {"name": "Weekend", "share_of_contact_hours": 0.28, "pay_multiplier": 1.25, "applies_to_travel": True},
    ],
    "business": {
        "lines": [
            {"name": "Rent", "annex_a": "Rent, rates and utilities", "pounds_per_contact_hour": 0.6},
            {"name": "Management", "pounds_per_year": 60_000},
            {"name": "Head office", "share_of_price": 0.03},
        ],
        "contact_hours_per_year": 25_000,
        "cqc_fee_pounds_per_contact_hour": 0.08,
    },
    "return": {"method": "share_of_price", "share": 0.048},
    "rounding": "up",
}


class Sheet:
    """A spreadsheet program of our own, small enough to check: + - * /, three kinds of rounding, and references."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.known: dict[tuple[str, str], Any] = {}

    def value(self, sheet: str, cell: str) -> Any:
        if (sheet, cell) not in self.known:
            self.known[sheet, cell] = self._worked_out(sheet, cell)
        return self.known[sheet, cell]

    def _worked_out(self, sheet: str, cell: str) -> Any:
        raw = self.book[sheet][cell].value
        if not (isinstance(raw, str) and raw.startswith("=")):
            return raw
        names: dict[str, Any] = {"ROUND": _round, "ROUNDUP": _round_up, "ROUNDDOWN": _round_down}

        def reference(found: re.Match[str]) -> str:
            name = f"v{len(names)}"
            names[name] = self.value(found[1] or sheet, found[2].replace("$", ""))
            return name

        text = re.sub(r"(?:(\w+)!)?(\$?[A-Z]{1,2}\$?\d+)", reference, raw[1:])
        return eval(text, {"__builtins__": {}}, names)  # noqa: S307 - formulas this test has just written

    def column(self, title: str) -> dict[str, Any]:
        """The figures of one case by label."""
        sheet = self.book["Build-up"]
        letter = next(cell.column_letter for cell in sheet[1] if cell.value == title)
        return {sheet[f"A{row}"].value: self.value("Build-up", f"{letter}{row}") for row in range(2, sheet.max_row + 1)}

    def change(self, path: str, value: float) -> None:
        """Type a value into the sheet of inputs."""
        inputs = self.book["Inputs"]
        row = next(row for row in range(2, inputs.max_row + 1) if inputs[f"F{row}"].value == path)
        inputs[f"B{row}"] = value
        self.known.clear()


def _round(value: float, places: int) -> float:
    return float(round(D(repr(float(value))) + D("1e-12"), places))


def _round_up(value: float, _: int) -> int:
    return -int(-value // 1)


def _round_down(value: float, _: int) -> int:
    return int(value // 1)


@some
@given(assumptions())
def test_the_formulas_give_every_line_and_price(given_assumptions: Assumptions) -> None:
    rate, sheet = price(given_assumptions), Sheet(rate_workbook(given_assumptions))
    blended = sheet.column("Blended hour")
    for line in rate.lines:
        assert abs(blended[line.name] - float(line.pounds_per_contact_hour)) < 1e-7, line.name
    assert abs(blended["Total, unrounded"] - float(rate.unrounded)) < 1e-6
    for visit in rate.by_visit_length:
        column = sheet.column(f"{visit.minutes:f} minutes")
        assert abs(column["Total, unrounded"] - float(visit.pounds_per_hour)) < 1e-6
        if given_assumptions.double_handed is not None:
            pair = sheet.column(f"{visit.minutes:f} minutes, two carers")
            paired = pair["Total, unrounded"] * float(visit.minutes) / 60 * 2
            assert abs(paired - float(visit.double_handed_pounds_per_visit)) < 1e-6


def test_changing_an_input_changes_the_price_to_the_penny() -> None:
    given_assumptions = parse_assumptions(RICH)
    for path, value in (
        ("wage_pounds_per_hour", "12.71"),
        ("travel.pence_per_mile", "55"),
        ("business.lines.Head office", "0.05"),
    ):
        sheet = Sheet(rate_workbook(given_assumptions))
        sheet.change(path, float(value))
        rate = price(with_input(given_assumptions, path, D(value)))
        assert f"{sheet.column('Blended hour')['Total, rounded']:.2f}" == str(rate.total)
        for visit in rate.by_visit_length:
            column = sheet.column(f"{visit.minutes:f} minutes")
            assert f"{column['Price of the visit']:.2f}" == str(visit.rounded_pounds_per_visit)


def test_four_bands_stand_side_by_side() -> None:
    banded = calibration().banded
    sheet = Sheet(bands_workbook(banded))
    for name, rate in price_bands(banded).items():
        assert f"{sheet.column(name)['Total, rounded']:.2f}" == str(rate.total)


def test_inputs_carry_their_ranges_and_names_cannot_run() -> None:
    named = RICH | {"business": {"lines": [{"name": "=1+1", "pounds_per_contact_hour": 3}]}}
    book = openpyxl.load_workbook(io.BytesIO(rate_workbook(parse_assumptions(named))))
    assert len(book["Inputs"].data_validations.dataValidation) == book["Inputs"].max_row - 1
    label = next(cell for cell in book["Build-up"]["A"] if cell.value == "=1+1")
    assert label.data_type != "f"


def _recalculated(path: Path, folder: Path) -> bytes:
    """Open a workbook in LibreOffice, let it compute, and save it again."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed, so the workbook cannot be recalculated by it")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program, "--headless", profile, "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return (folder / "out" / path.name).read_bytes()


def test_libreoffice_recomputes_the_price_to_the_penny(tmp_path: Path) -> None:
    """A finance officer changes three inputs; every price that LibreOffice then shows is the service's own."""
    given_assumptions = parse_assumptions(RICH)
    sheet = Sheet(rate_workbook(given_assumptions))
    changes = {
        "wage_pounds_per_hour": D("12.71"),
        "travel.minutes_per_visit": D("8.25"),
        "on_costs.employer_ni": D("0.1120"),
    }
    for path, value in changes.items():
        sheet.change(path, float(value))
        given_assumptions = with_input(given_assumptions, path, value)
    # saving through openpyxl drops the stored figures, so whatever is read back was computed by LibreOffice
    file = tmp_path / "rate.xlsx"
    sheet.book.save(file)
    assert openpyxl.load_workbook(file, data_only=True)["Build-up"]["C5"].value is None
    shown = Sheet(_recalculated(file, tmp_path))
    shown.book = openpyxl.load_workbook(tmp_path / "out" / "rate.xlsx", data_only=True)
    rate = price(given_assumptions)
    blended = shown.column("Blended hour")
    assert f"{blended['Total, rounded']:.2f}" == str(rate.total)
    for line in rate.lines:
        assert abs(blended[line.name] - float(line.pounds_per_contact_hour)) < 1e-7, line.name
    for visit in rate.by_visit_length:
        column = shown.column(f"{visit.minutes:f} minutes")
        assert f"{column['Price of the visit']:.2f}" == str(visit.rounded_pounds_per_visit)
        pair = shown.column(f"{visit.minutes:f} minutes, two carers")
        assert abs(pair["Price of the visit"] - float(visit.double_handed_pounds_per_visit)) <= 0.01
