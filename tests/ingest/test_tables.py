"""One reader of tables: whatever a spreadsheet or a case system writes is read right, or refused by name."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from app.ingest.package_fields import clock_minutes
from app.ingest.tables import TableError, TextTable, pick, read_table
from app.ingest.tables.limits import TableLimits
from app.ingest.tables.numbers import as_numbers, decimal_comma, number

NAMES = ("id", "name", "amount")
ROWS = [("NA", "Café", "7.5"), ("null", "Bar; grill", "1.25"), ("None", "x", "")]


def choose(headers: list[str]) -> dict[str, str]:
    return pick(headers, {name: (name,) for name in NAMES})


def text(delimiter: str = ",", end: str = "\r\n", above: str = "") -> str:
    quoted = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in (NAMES, *ROWS)]
    return above + end.join(delimiter.join(row) for row in quoted) + end


def columns(table: TextTable) -> list[tuple[str, ...]]:
    return list(zip(*(table.columns[name] for name in NAMES), strict=True))


ENCODED = {
    "utf-8": text().encode(),
    "utf-8 with mark": text().encode("utf-8-sig"),
    "utf-16 with mark": text("\t").encode("utf-16"),
    "utf-16 big end": b"\xfe\xff" + text("\t").encode("utf-16-be"),
    "utf-16 without mark": text("\t").encode("utf-16-le"),
    "utf-16 big end without mark": text().encode("utf-16-be"),
    "windows": text(";").encode("cp1252"),
    "old mac": text(",", "\r").encode("mac-roman"),
    "unix": text(",", "\n").encode(),
    "semicolons": text(";").encode(),
    "bars": text("|").encode(),
    "sep line": text(";", above="sep=;\r\n").encode(),
    "sep line with a tab": text("\t", above='"sep=\t"\r\n').encode("utf-8-sig"),
    "trailing commas": text().replace("\r\n", ",,\r\n").encode(),
    "trailing commas but in the header": text().replace("\r\n", ",\r\n").replace(",\r\n", "\r\n", 1).encode(),
    "blank lines": text().replace("\r\n", "\r\n\r\n").encode(),
    "title rows": text(above="Our extract\r\n\r\nPrinted on,1 May\r\n").encode(),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED.keys())
def test_every_flavour_of_text_is_the_same_table(content: bytes) -> None:
    assert columns(read_table(content, choose)) == ROWS


def test_rows_count_as_a_spreadsheet_shows_them() -> None:
    assert read_table(text(above="sep=;\r\n", delimiter=";").encode(), choose).rows.tolist() == [2, 3, 4]
    assert read_table(text().replace("\r\n", "\r\n\r\n").encode(), choose).rows.tolist() == [3, 5, 7]
    quoted = b'id,name,amount\r\n1,"two\r\nlines",3\r\n2,x,4\r\n'
    assert read_table(quoted, choose).rows.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "file_empty", "an empty file"),
        (text("\t").encode("utf-16")[:-1], "file_encoding", "ends within a letter"),
        ((text() + "é").encode()[:-1], "file_encoding", "ends within a letter"),
        (text().encode() + b"\x81\x8d", "file_encoding", "no known encoding"),
        (text().encode() + b"a\x00b,c,d", "file_format", "binary"),
        (b"\x7fELF\x00\x01\x02", "file_format", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_format", "save it as XLSX"),
        (b"%PDF-1.7 x", "file_format", "a PDF"),
        (b"id,name,amount,Name\r\n1,2,3,4\r\n", "column_repeated", "'name' and 'Name'"),
        (b"id,name,amount, AMOUNT \r\n1,2,3,4\r\n", "column_repeated", "2 columns named 'amount'"),
        (b"id,name\r\n1,2\r\n", "column_missing", "no column amount among id, name"),
        (b'id,name,amount\r\n1,"2,3\r\n', "file_damaged", "every quote closed"),
        (b"PK\x03\x04 cut", "file_damaged", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content: bytes, code: str, said: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(content, choose)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_ragged_row_is_kept_with_its_number_of_fields() -> None:
    table = read_table(b"id,name,amount\r\n1,2\r\n1,2,3,4\r\n1,2,3,,\r\n", choose)
    assert table.ragged == {2: 2, 3: 4}


def book(*sheets: tuple[str, list[list[Any]], str], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as made:
        for name, rows, state in sheets:
            page = made.add_worksheet(name)
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
            if state == "hidden":
                page.hide()
            elif state != "":
                page.merge_range(state, rows[2][0] if len(rows) > 2 else "")
        made.worksheets()[-1].activate()
        made.worksheets()[-1].set_first_sheet()
    return out.getvalue()


GOOD = [list(NAMES), *map(list, ROWS)]


def test_the_first_visible_sheet_that_fits_is_read_and_named() -> None:
    cover = [["A cover sheet"], ["with a note", "or two"]]
    old = [list(NAMES), ["old", "old", "1"]]
    table = read_table(book(("old", old, "hidden"), ("Cover", cover, ""), ("Data 2026", GOOD, "")), choose)
    assert (table.sheet, columns(table)) == ("Data 2026", ROWS)
    assert read_table(book(("old", old, "hidden"), ("new", GOOD, "")), choose, sheet="old").columns["id"] == ["old"]
    with pytest.raises(TableError, match="sheets Data, expected a sheet named 'data'"):
        read_table(book(("Data", GOOD, "")), choose, sheet="data")


def test_title_rows_and_a_table_that_does_not_begin_in_the_first_column_are_found() -> None:
    shifted = [[], ["", "A title"], [], ["", "", *NAMES], *(["", "", *row] for row in ROWS)]
    table = read_table(book(("Data", shifted, "")), choose)
    assert columns(table) == ROWS
    assert (table.header_row, table.rows.tolist()) == (4, [5, 6, 7])
    assert "header_row = 4" in table.notes[0]


def edited(content: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(old, new, count) if name.endswith("sheet1.xml") else part)
    return out.getvalue()


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_cells_that_show_an_error_are_named_in_workbooks_and_text(error: str) -> None:
    plain = book(("Data", [list(NAMES), ["1", "x", 99.0]], ""))
    table = read_table(edited(plain, b'<c r="C2"><v>99</v>', f'<c r="C2" t="e"><v>{error}</v>'.encode()), choose)
    assert [(f.row, f.column, f.code, f.found) for f in table.faults] == [(2, "amount", "cell_error", error)]
    table = read_table(f"id,name,amount\r\n1,x,{error}\r\n".encode(), choose)
    assert [(f.row, f.column, f.code) for f in table.faults] == [(2, "amount", "cell_error")]


def test_a_formula_that_nobody_computed_is_named_and_one_that_gives_nothing_is_blank() -> None:
    made = openpyxl.Workbook()
    made.active.append(list(NAMES))
    made.active.append(["1", "x", "=1+1"])
    out = io.BytesIO()
    made.save(out)
    (fault,) = read_table(out.getvalue(), choose).faults
    assert (fault.row, fault.column, fault.code) == (2, "amount", "cell_not_computed")
    empty = edited(
        book(("Data", [list(NAMES), ["1", "x", 99.0]], "")),
        b'<c r="C2"><v>99</v>',
        b'<c r="C2" t="str"><f>IF(1,"")</f><v></v>',
    )
    assert read_table(empty, choose).faults == ()


@pytest.mark.parametrize("cell", [b'<c t="e"><v>#REF!</v></c>', b"<c><f>1+1</f></c>", b'<c s="1"><f>A1</f><v/></c>'])
def test_errors_in_cells_that_do_not_say_where_they_stand_are_told(cell: bytes) -> None:
    plain = book(("Data", [list(NAMES), ["1", "x", 99.0]], ""))
    unplaced = edited(plain, b'<c r="C2"><v>99</v></c>', cell)
    with pytest.raises(TableError, match="1 cells that show an error or a formula nobody computed"):
        read_table(unplaced, choose)
    sound = edited(plain, b'<c r="C2"><v>99</v></c>', b"<c><v>99</v></c>")
    assert read_table(sound, choose).columns["amount"] == ["99"]


def test_merged_cells_below_the_header_are_named() -> None:
    table = read_table(book(("Data", [list(NAMES), ["1", "x", "2"], ["2", "y", "3"]], "A2:A3")), choose)
    assert [(f.row, f.column, f.code) for f in table.faults] == [(3, "id", "cell_merged")]


@pytest.mark.parametrize("cell", ["XFD1048576", "T600000", "ZZ90000", "XFD2"])
def test_a_value_far_off_is_measured_and_not_laid_out(cell: str) -> None:
    plain = book(("Data", GOOD, ""))
    row = "".join(filter(str.isdigit, cell))
    far = f'<row r="{row}"><c r="{cell}" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    with pytest.raises(TableError) as caught:
        read_table(edited(plain, b"</sheetData>", far.encode()), choose)
    assert caught.value.code == "sheet_strayed"
    assert "Ctrl+End" in str(caught.value)


def test_lengths_of_time_instants_and_long_numbers_keep_what_they_say() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page, clock = made.add_worksheet(), made.add_format({"num_format": "[h]:mm"})
        page.write_row(0, 0, NAMES)
        page.write_number(1, 0, 123456789012345)
        page.write_number(1, 1, 30.25 / 24, clock)
        page.write_number(1, 2, 9.333333333333334)
        page.write_number(2, 1, 30.25 / 24, made.add_format({"num_format": "hh:mm"}))
        page.write_number(2, 2, 7.5 / 24, made.add_format({"num_format": "hh:mm"}))
    row, plain = columns(read_table(out.getvalue(), choose))
    assert row == ("123456789012345", "30:15:00", "9.333333333333334")
    assert [clock_minutes(text) for text in plain[1:]] == [1815, 450]


def test_parquet_and_a_zip_of_one_table_are_read_alike() -> None:
    out = io.BytesIO()
    parquet.write_table(pa.table({name: [row[i] for row in ROWS] for i, name in enumerate(NAMES)}), out)
    assert columns(read_table(out.getvalue(), choose)) == ROWS
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("extract.csv", text())
        made.writestr("__MACOSX/._extract.csv", b"\0\5\x16\7")
    assert columns(read_table(packed.getvalue(), choose)) == ROWS


def test_a_table_past_its_limits_is_refused() -> None:
    small = TableLimits(max_bytes=10_000, max_unpacked_bytes=10_000_000, max_rows=2, max_columns=5)
    with pytest.raises(TableError, match="more than 2 rows"):
        read_table(text().encode(), choose, limits=small)
    with pytest.raises(TableError, match="at most 10,000 bytes"):
        read_table(text().encode() * 500, choose, limits=small)


@pytest.mark.parametrize(
    ("written", "point", "comma"),
    [
        ("7.5", 7.5, None), ("7,5", None, 7.5), ("1,250", 1250.0, 1.25), ("1.250,5", None, 1250.5), ("12", 12.0, 12.0),
        ("9.333333333333334", 9.333333333333334, None), ("5e-05", 5e-05, None), ("486,000", 486_000.0, 486.0),
        ("1e9", None, None), ("seven", None, None), ("", None, None), ("1.250", 1.25, None), ("nan", None, None),
    ],
)  # fmt: skip
def test_numbers_are_read_in_both_ways_of_writing_them(written: str, point: float | None, comma: float | None) -> None:
    assert number(written) == point
    assert number(written, comma=True) == comma


def test_a_decimal_comma_is_told_by_the_column_and_never_guessed() -> None:
    assert decimal_comma(["7,5", "1,250"])
    assert decimal_comma(["7,0"])
    assert not decimal_comma(["1,250", "3"])
    assert not decimal_comma(["7,5", "7.5"])
    values, bad = as_numbers(["7,5", "", "x"], comma=True)
    assert values[0] == 7.5
    assert bad.tolist() == [False, False, True]
