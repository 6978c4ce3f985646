"""A spreadsheet of postcodes given back with columns added."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from app.exports.filled_list import ADDED, fill_list
from app.lookup.schemas import LookupVisitRate, LookupZone, PostcodeAnswer
from app.problems import Problem

KNOWN = "LE67 3AP"


def look_up(text: str) -> PostcodeAnswer:
    if text.replace(" ", "").upper() != "LE673AP":
        raise Problem(404, "postcode-unknown", "Unknown", f"{text} is not in the directory.")
    rate = LookupVisitRate(minutes=30, pounds_per_hour=Decimal("19.73"), pounds_per_visit=Decimal("9.87"))
    values: dict[str, Any] = dict.fromkeys(PostcodeAnswer.model_fields)
    values |= {"postcode": KNOWN, "live": True, "repaired": [], "flags": [], "band": "urban", "band_label": "Urban"}
    values |= {"visit_rates": [rate], "zone": LookupZone(number=1, name="Coalville", tier="large")}
    return PostcodeAnswer.model_construct(**values)


def rows_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_a_list_comes_back_with_its_own_rows_and_columns_first() -> None:
    given = b"Case,Post code,Note\r\nA1,le673ap,first\r\nA2,ZZ9 9ZZ,second\r\nA3,,third\r\n"
    filled = fill_list(given, look_up, minutes=30)
    rows = rows_of(filled.content)
    assert list(rows[0]) == ["Case", "Post code", "Note", *ADDED]
    assert [row["Case"] for row in rows] == ["A1", "A2", "A3"]
    assert rows[0]["Zone"] == "Coalville"
    assert rows[0]["Pounds a visit"] == "9.87"
    assert rows[1]["Remark"] == "ZZ9 9ZZ is not in the directory."
    assert rows[2]["Remark"] == "No postcode"


def test_the_delimiter_of_the_file_is_kept() -> None:
    filled = fill_list("Name;Postcode\nÉlan;LE67 3AP\n".encode("cp1252"), look_up, minutes=30)
    rows = rows_of(filled.content, ";")
    assert rows[0]["Name"] == "Élan"
    assert rows[0]["Band"] == "Urban"


def test_a_length_without_a_rate_is_said() -> None:
    row = rows_of(fill_list(b"postcode\nLE67 3AP\n", look_up, minutes=25).content)[0]
    assert row["Pounds an hour"] == ""
    assert row["Remark"] == "The card has no rate for 25 minutes"


def test_a_workbook_keeps_its_sheets_and_looks() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Case", "Postcode"])
    sheet.append(["A1", "LE67 3AP"])
    sheet["A1"].font = Font(bold=True)
    book.create_sheet("Other")["A1"] = "kept"
    buffer = io.BytesIO()
    book.save(buffer)
    filled = fill_list(buffer.getvalue(), look_up, minutes=30)
    found = load_workbook(io.BytesIO(filled.content))
    assert filled.form == "xlsx"
    assert found.sheetnames == ["Sheet", "Other"]
    assert found["Other"]["A1"].value == "kept"
    assert found["Sheet"]["A1"].font.bold
    assert [cell.value for cell in found["Sheet"][1]] == ["Case", "Postcode", *ADDED]
    assert found["Sheet"]["D2"].value == "Coalville"
    assert found["Sheet"]["G2"].value == 19.73


def test_the_column_may_be_named() -> None:
    rows = rows_of(fill_list(b"Where,Postcode\nLE67 3AP,ZZ9 9ZZ\n", look_up, minutes=30, column="where").content)
    assert rows[0]["Zone"] == "Coalville"


@pytest.mark.parametrize("content", [b"", b"Name\nA\n", b"%PDF-1.7", b"PK\x03\x04broken", b"postcode\n"])
def test_what_is_no_list_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        fill_list(content, look_up, minutes=30)
    assert caught.value.status == 422


def test_a_list_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Problem, match="10,000"):
        fill_list(b"postcode\n" + b"LE67 3AP\n" * 10_001, look_up, minutes=30)


def test_a_spoilt_row_says_so_and_spoils_no_other() -> None:
    lines = [
        "Our clients,,",
        "Case,Post code,Note",
        "A1,LE67 3AP,first",
        "A2,LE67 3AP,a,b",
        "A3,#REF!,",
        "A4,LE67 3AP,#N/A",
    ]
    given = "\r\n".join(lines).encode()
    rows = rows_of(fill_list(given, look_up, minutes=30).content)
    assert [row["Zone"] for row in rows] == ["Coalville", "", "", "Coalville"]
    assert rows[1]["Remark"] == "row 4: found 4 fields, expected 3 as in the header"
    assert "Post code" in rows[2]["Remark"]
    assert "#REF!" in rows[2]["Remark"]


@pytest.mark.parametrize("how", ["sep", "utf-16", "tabs"])
def test_lists_as_other_programs_write_them(how: str) -> None:
    text = "Name;Post code\r\n\u00c9lan;LE67 3AP\r\n"
    given = {
        "sep": ("sep=;\r\n" + text).encode("cp1252"),
        "utf-16": text.replace(";", "\t").encode("utf-16"),
        "tabs": text.replace(";", "\t").encode(),
    }[how]
    rows = rows_of(fill_list(given, look_up, minutes=30).content, ";" if how == "sep" else "\t")
    assert rows[0]["Zone"] == "Coalville"
    assert rows[0]["Name"] == "\u00c9lan"
