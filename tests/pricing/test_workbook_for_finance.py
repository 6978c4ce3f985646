"""The workbook as a finance officer takes it: locked, labelled, in per cent, with sources, checks and subtotals."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl

from pricing import bands_workbook, calibration, price_bands
from tests.pricing.test_pricing_workbook import Sheet

BANDED = calibration("leicestershire-2019-20").banded
BODY = bands_workbook(
    BANDED,
    sources={"on_costs.holiday": ("2026-27", "Working Time Regulations 1998")},
    decided={"urban": Decimal("19.00")},
)


def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(BODY))


def test_sheets_are_locked_but_for_their_inputs_and_print_one_page_wide() -> None:
    for sheet in book():
        assert sheet.protection.sheet
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddHeader.left.text
    inputs = book()["Inputs"]
    for row in range(2, inputs.max_row + 1):
        assert not inputs[f"B{row}"].protection.locked
        assert inputs[f"A{row}"].protection.locked
    assert not any(
        isinstance(cell.value, str) and cell.value.startswith("=") and not cell.protection.locked
        for row in book()["Build-up"].iter_rows()
        for cell in row
    ), "no formula can be typed over"


def test_inputs_have_plain_names_units_year_and_source() -> None:
    inputs = book()["Inputs"]
    rows = {inputs[f"F{row}"].value: row for row in range(2, inputs.max_row + 1)}
    holiday = rows["on_costs.holiday"]
    shown = [inputs[f"{letter}{holiday}"].value for letter in "ACDE"]
    assert shown == ["On-costs, holiday", "0% to 100%", "2026-27", "Working Time Regulations 1998"]
    assert inputs[f"B{holiday}"].number_format == "0.000%"
    assert "£" in inputs[f"B{rows['business.pounds_per_contact_hour']}"].number_format
    assert inputs[f"E{rows['return.share']}"].value == "As stated by whoever priced it"
    assert not [row for row in rows.values() if "_" in inputs[f"A{row}"].value]


def test_subtotals_of_annex_a_check_and_decision_stand_in_the_build_up() -> None:
    sheet = Sheet(BODY)
    for name, rate in price_bands(BANDED).items():
        column = sheet.column(name)
        for label, group in (("total careworker costs", "careworker"), ("total business costs", "business")):
            assert abs(column[f"Annex A: {label}"] - float(rate.subtotal(group))) < 1e-6
        assert abs(column["Annex A: return on operations"] - float(rate.subtotal("return"))) < 1e-6
        assert column["Check: the subtotals less the price"] == 0
    urban = sheet.column("urban")
    assert urban["Rate set by decision"] == 19
    assert round(urban["Rate set by decision less the built-up price"], 2) == 0.25
    assert sheet.column("rural")["Rate set by decision"] is None
    assert "Rate set by decision" not in Sheet(bands_workbook(BANDED)).column("urban")
