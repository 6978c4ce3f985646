"""Extracts of care packages: read in three formats through a mapping, every error found, nothing half loaded."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
import xlsxwriter

from app.ingest.package_findings import inert
from app.ingest.package_mapping import PackageMapping, load_template, match_template, parse_mapping, template_names
from app.ingest.package_postcodes import PostcodeTable
from app.ingest.package_reader import PackagesRead, PackagesRefused, read_packages

DAY = date(2019, 7, 31)
INDEX = PostcodeTable(
    live={"LE67 3AB": "E1", "LE67 3AD": "E1", "LE10 1AA": "E2", "LE10 0AB": "E3"},
    terminated={"LE67 3ZZ": "LE67 3AB", "LE11 9XX": ""},
    elsewhere=frozenset({"LE1 1AA"}),
)
GOOD = {
    "reference": "P1",
    "postcode": "le67 3ab",
    "service_type": "maintenance",
    "start_date": "07/01/2019",
    "end_date": "",
    "waiting_since": "",
    "provider": "Care A",
    "carers_per_visit": "1",
    "hours_per_week": "7",
    "visits": "30x14",
}


def as_csv(rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def read(rows: list[dict[str, str]], **kwargs: object) -> PackagesRead | PackagesRefused:
    return read_packages(as_csv(rows), postcodes=INDEX, as_of=DAY, **kwargs)  # type: ignore[arg-type]


def loaded(result: PackagesRead | PackagesRefused) -> PackagesRead:
    assert isinstance(result, PackagesRead), [item.message for item in result.errors.shown]
    return result


def refused(result: PackagesRead | PackagesRefused) -> PackagesRefused:
    assert isinstance(result, PackagesRefused)
    return result


def test_a_good_row_becomes_a_package():
    result = loaded(read([GOOD, GOOD | {"reference": "P2", "carers_per_visit": "2", "hours_per_week": "14"}]))
    first, second = result.packages.to_dict("records")
    assert (first["postcode"], first["area_id"], first["minutes_per_week"], first["visits_30"]) == (
        "LE67 3AB",
        "E1",
        420,
        14,
    )
    assert first["start_date"] == pd.Timestamp(2019, 1, 7)
    assert second["hours_per_week"] == 14
    assert (result.rows, result.kind, result.warnings.total, result.mapping.name) == (2, "csv", 0, "patchwork")


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"postcode": ""}, "postcode", "postcode_missing"),
        ({"postcode": "LE67"}, "postcode", "postcode_malformed"),
        ({"postcode": "LE99 9AA"}, "postcode", "postcode_unknown"),
        ({"postcode": "LE67 3ZZ"}, "postcode", "postcode_terminated"),
        ({"postcode": "LE1 1AA"}, "postcode", "postcode_out_of_county"),
        ({"reference": ""}, "reference", "reference_missing"),
        ({"reference": "x" * 201}, "reference", "reference_too_long"),
        ({"hours_per_week": "-7"}, "hours_per_week", "hours_not_positive"),
        ({"hours_per_week": "0", "visits": ""}, "hours_per_week", "hours_not_positive"),
        ({"hours_per_week": "169", "visits": ""}, "hours_per_week", "hours_absurd"),
        ({"hours_per_week": "seven"}, "hours_per_week", "hours_unreadable"),
        ({"hours_per_week": "1e9"}, "hours_per_week", "hours_unreadable"),
        ({"hours_per_week": "nan"}, "hours_per_week", "hours_unreadable"),
        ({"hours_per_week": "", "visits": ""}, "hours_per_week", "hours_missing"),
        ({"visits": "often"}, "visits", "visits_unreadable"),
        ({"visits": '{"30": -14}'}, "visits", "visits_negative"),
        ({"visits": '{"30": NaN}'}, "visits", "visits_unreadable"),
        ({"visits": "99999x1"}, "visits", "visits_unreadable"),
        ({"visits": "22.5x7"}, "visits", "visits_unreadable"),
        ({"visits": "2x14"}, "visits", "visit_minutes_absurd"),
        ({"visits": "30x500"}, "visits", "visits_absurd"),
        ({"carers_per_visit": "9"}, "carers_per_visit", "carers_absurd"),
        ({"carers_per_visit": "1.5"}, "carers_per_visit", "carers_absurd"),
        ({"carers_per_visit": "some"}, "carers_per_visit", "carers_unreadable"),
        ({"service_type": "laundry"}, "service_type", "service_unreadable"),
        ({"service_type": ""}, "service_type", "service_missing"),
        ({"start_date": "31/02/2019"}, "start_date", "start_date_unreadable"),
        ({"start_date": "2019-02-31"}, "start_date", "start_date_unreadable"),
        ({"start_date": "01/01/1900"}, "start_date", "start_date_too_early"),
        ({"end_date": "31/12/2099"}, "end_date", "end_date_too_late"),
        ({"end_date": "06/01/2019"}, "end_date", "end_before_start"),
        ({"waiting_since": "01/08/2019"}, "waiting_since", "waiting_in_future"),
        ({"start_date": ""}, "start_date", "start_missing"),
    ],
)
def test_each_fault_is_found_at_its_row_and_column_and_stops_the_import(change: dict[str, str], column: str, code: str):
    errors = refused(read([GOOD, GOOD | {"reference": "P2"} | change])).errors
    assert [(item.row, item.column, item.code) for item in errors.shown] == [(3, column, code)]
    assert errors.shown[0].expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("LE67 3ZZ", "LE67 3AB"),
        ("LEI0 IAA", "LE10 1AA"),
        ("LE1O 1AA", "LE10 1AA"),
        ("LE76 3AB", "LE67 3AB"),
        ("LE67 3AE", "LE67 3AB"),
    ],
)
def test_a_wrong_postcode_comes_with_the_one_probably_meant(written: str, meant: str):
    (error,) = refused(read([GOOD | {"postcode": written}])).errors.shown
    assert (error.found, error.suggestion) == (written, meant)


def test_all_errors_come_at_once_in_row_order_and_none_is_lost_to_the_cap():
    bad = [GOOD | {"reference": f"P{i}", "postcode": "LE99 9AA", "hours_per_week": "-1"} for i in range(50)]
    errors = refused(read(bad, most_shown=7)).errors
    assert [item.row for item in errors.shown] == [2, 2, 3, 3, 4, 4, 5]
    assert (errors.total, errors.left_out) == (100, 93)
    assert errors.by_code == {"postcode_unknown": 50, "hours_not_positive": 50}
    assert "93 more of 100" in errors.to_csv()


def test_repeated_references_are_named_where_they_come_again():
    errors = refused(read([GOOD, GOOD | {"reference": "P2"}, GOOD, GOOD])).errors
    assert [(item.row, item.code) for item in errors.shown] == [(4, "reference_duplicate"), (5, "reference_duplicate")]


@pytest.mark.parametrize(
    ("change", "code", "minutes"),
    [
        ({"hours_per_week": "9"}, "hours_unlike_visits", 540),
        ({"hours_per_week": ""}, "hours_from_visits", 420),
        ({"hours_per_week": "120", "visits": ""}, "hours_very_high", 7200),
        ({"provider": ""}, "provider_missing", 420),
    ],
)
def test_what_is_odd_but_possible_warns_and_loads(change: dict[str, str], code: str, minutes: int):
    result = loaded(read([GOOD | change]))
    assert list(result.warnings.by_code) == [code]
    assert result.packages.loc[0, "minutes_per_week"] == minutes


def test_hours_rounded_to_a_tenth_do_not_warn():
    assert loaded(read([GOOD | {"hours_per_week": "5.3", "visits": "45x7"}])).warnings.total == 0


def test_a_finding_in_a_log_shows_no_ones_data_and_the_summary_only_counts():
    errors = refused(read([GOOD | {"postcode": "LE67 3ZZ"}])).errors
    assert "LE67" not in repr(errors.shown[0])
    assert errors.summary() == "postcode_terminated 1"
    assert "LE67 3ZZ" in errors.shown[0].message


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", " =1", "\t=1"])
def test_an_error_report_runs_nothing_when_opened_in_a_spreadsheet(cell: str):
    report = refused(read([GOOD | {"service_type": cell}])).errors.to_csv()
    (row,) = list(csv.DictReader(io.StringIO(report)))
    assert row["found"] == f"'{cell.strip()}"
    assert inert("Care A") == "Care A"


def test_nhs_numbers_as_references_are_refused_and_not_shown_back():
    numbers = [n for n in map(str, range(4_000_000_000, 4_000_000_090)) if _nhs_check(n)][:6]
    errors = refused(read([GOOD | {"reference": n} for n in numbers])).errors
    assert set(errors.by_code) == {"reference_identifies"}
    assert not any(n in errors.to_csv() for n in numbers)
    ten_digits = [GOOD | {"reference": str(4_000_000_000 + i)} for i in range(40)]
    assert loaded(read(ten_digits)).rows == 40


def _nhs_check(text: str) -> bool:
    check = 11 - sum(int(c) * w for c, w in zip(text[:9], range(10, 1, -1), strict=True)) % 11
    return {11: 0}.get(check, check) == int(text[9])


def test_csv_as_it_comes_out_of_offices():
    rows = [GOOD | {"provider": "Café Care"}, GOOD | {"reference": "P2"}]
    prints = set()
    for delimiter in ",;\t|":
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            content = as_csv(rows, delimiter, encoding)
            result = loaded(read_packages(io.BytesIO(content), postcodes=INDEX, as_of=DAY))
            assert result.packages.loc[0, "provider"] == "Café Care"
            prints.add(result.fingerprint)
    assert len(prints) == 1


def test_blank_lines_keep_the_row_numbers_and_uneven_lines_are_named():
    header, good = as_csv([GOOD]).decode().splitlines()
    text = "\r\n".join([header, good, "", ",,,,,,,,,", good.replace("P1", "P2") + ",more", "P3,LE67 3AB", ""])
    errors = refused(read_packages(text.encode(), postcodes=INDEX, as_of=DAY)).errors
    assert [(i.row, i.found) for i in errors.shown if i.code == "row_ragged"] == [(5, "11 fields"), (6, "2 fields")]


def as_xlsx(rows: list[dict[str, object]], sheet: str = "Sheet1") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet(sheet)
    forms = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy"}),
        timedelta: book.add_format({"num_format": "[hh]:mm"}),
    }
    for at, line in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
        for i, cell in enumerate(line):
            if type(cell) in forms:
                page.write_datetime(at, i, cell, forms[type(cell)])
            elif cell is not None:
                page.write(at, i, cell)
    book.close()
    return out.getvalue()


def test_the_same_packages_in_csv_xlsx_and_parquet_have_one_fingerprint():
    typed: dict[str, object] = GOOD | {"start_date": datetime(2019, 1, 7), "hours_per_week": 7.0, "carers_per_visit": 1}  # noqa: DTZ001
    table = pd.DataFrame([typed | {"visits": {"30": 14.0}}]).assign(start_date=date(2019, 1, 7))
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    results = [
        loaded(read_packages(content, postcodes=INDEX, as_of=DAY))
        for content in (as_csv([GOOD]), as_xlsx([typed]), parquet.getvalue())
    ]
    assert [result.kind for result in results] == ["csv", "xlsx", "parquet"]
    assert len({result.fingerprint for result in results}) == 1


def test_the_fingerprint_knows_content_from_order():
    rows = [GOOD, GOOD | {"reference": "P2", "provider": "Care B"}]
    one = loaded(read(rows)).fingerprint
    assert loaded(read(rows[::-1])).fingerprint == one
    for change in ({"provider": "Care C"}, {"hours_per_week": "7.02"}, {"visits": "15x28"}, {"end_date": "01/01/2020"}):
        assert loaded(read([GOOD, rows[1] | change])).fingerprint != one


LAS = {
    "Service Provision ID": "A1",
    "Person Pseudonym": "X9",
    "Postcode": "LE10 1AA",
    "Service Element": "home care -  long term",
    "Provision Start Date": "07-Jan-2019",
    "Provision End Date": "n/a",
    "Brokerage Request Date": "",
    "Provider Name": "Care A",
    "Number of Carers": "Double Up",
    "Weekly Hours": "5.25",
    "15 Min Calls": "7",
    "30 Min Calls": "7",
    "45 Min Calls": "",
    "60 Min Calls": "0",
    "Surname": "must not be kept",
}
CONTROCC: dict[str, object] = {
    "CPLI Ref": 10045.0,
    "Client Key": "K1",
    "Delivery Postcode": "LE10 0AB",
    "Service Code": "HC-CHC",
    "Start Date": datetime(2019, 1, 7),  # noqa: DTZ001
    "End Date": None,
    "Waiting From": None,
    "Provider": "Care B",
    "Carers": "2:1",
    "Planned Hours": timedelta(hours=28),
    "Visits Per Week": 28,
    "Visit Minutes": 30,
}


def test_an_extract_in_the_style_of_las_reads_by_its_template():
    result = loaded(read([LAS]))
    (row,) = result.packages.to_dict("records")
    assert result.mapping.name == "las-style"
    assert (row["person"], row["service_type"], row["carers_per_visit"]) == ("X9", "maintenance", 2)
    assert (row["minutes_per_week"], row["visits_15"], row["visits_30"]) == (630, 7, 7)
    assert result.warnings.total == 0
    assert not result.packages.astype(str).eq("must not be kept").any(axis=None)


def test_an_extract_in_the_style_of_controcc_reads_by_its_template():
    result = loaded(read_packages(as_xlsx([CONTROCC]), postcodes=INDEX, as_of=DAY))
    (row,) = result.packages.to_dict("records")
    assert result.mapping.name == "controcc-style"
    assert (row["reference"], row["area_id"], row["service_type"]) == ("10045", "E3", "health_funded")
    assert (row["minutes_per_week"], row["visits_30"], row["carers_per_visit"]) == (1680, 28, 2)


def test_every_shipped_template_loads_and_says_what_it_is():
    assert template_names() == ["cld", "controcc-style", "las-style", "mosaic-style", "patchwork", "visit-lines"]
    for name in template_names():
        template = load_template(name)
        assert template.note
        assert match_template(template.required_columns()) == template
    with pytest.raises(KeyError, match="las-style"):
        load_template("sap")


def test_a_mapping_must_say_how_much_care_and_which_service():
    columns = '[columns]\nreference = "a"\npostcode = "b"\n'
    with pytest.raises(ValueError, match="hours, visits or both"):
        parse_mapping('name = "x"\ndefault_service_type = "maintenance"\n' + columns)
    with pytest.raises(ValueError, match="default_service_type"):
        parse_mapping('name = "x"\n' + columns + '[hours]\ncolumn = "c"\n')


def test_a_mapping_on_the_third_row_of_a_named_sheet_with_visits_alone():
    mapping = parse_mapping(
        'name = "own"\nsheet = "Data"\ndefault_service_type = "reablement"\n'
        '[columns]\nreference = "REF"\npostcode = "post_code"\nstart_date = "from"\n'
        '[visits]\nkind = "list"\ncolumn = "calls"\norder = "visits_x_minutes"\n'
    )
    content = as_xlsx(
        [{"Ref": "P1", "Post Code": "LE67 3AB", "From": "2019-01-07", "Calls": "14 x 30min, 7x15"}], "Data"
    )
    (row,) = loaded(read_packages(content, postcodes=INDEX, as_of=DAY, mapping=mapping)).packages.to_dict("records")
    assert (row["minutes_per_week"], row["service_type"], row["visits_15"]) == (525, "reablement", 7)
    other = mapping.model_copy(update={"sheet": "Nothing"})
    assert refused(read_packages(content, postcodes=INDEX, as_of=DAY, mapping=other)).errors.by_code == {
        "sheet_missing": 1
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\r\n1,2\r\n", "mapping_missing"),
        (as_csv([GOOD]).splitlines()[0], "file_empty"),
        (b"\0\1\2binary", "file_format"),
        (b"PK\x03\x04broken", "file_damaged"),
        (b"PAR1broken", "file_damaged"),
        (as_csv([GOOD]) + b'P2,"never closed', "file_damaged"),
        (as_csv([GOOD]) + b"\x81\x8d", "file_encoding"),
        (b"\r\n\r\n", "header_missing"),
        (as_csv([GOOD]).replace(b"provider", b"Postcode", 1), "mapping_missing"),
    ],
)
def test_a_file_that_is_no_table_is_one_clear_error(content: bytes, code: str):
    errors = refused(read_packages(content, postcodes=INDEX, as_of=DAY)).errors
    assert errors.by_code == {code: 1}
    assert errors.shown[0].row == 0


def test_a_mapping_whose_columns_are_missing_names_them():
    errors = refused(read([GOOD], mapping=load_template("las-style"))).errors
    assert errors.by_code == {"column_missing": 1}
    assert "Service Provision ID" in errors.shown[0].found


def test_limits_of_size_hold():
    from dataclasses import replace

    from app.ingest.package_limits import package_limits

    held = package_limits()
    rows = [GOOD | {"reference": f"P{i}"} for i in range(5)]
    for file in (replace(held.file, max_rows=4), replace(held.file, max_bytes=100), replace(held.file, max_columns=3)):
        assert refused(read(rows, limits=replace(held, file=file))).errors.by_code == {"file_too_large": 1}
    assert loaded(read(rows, limits=replace(held, file=replace(held.file, max_rows=5)))).rows == 5
    packed = replace(held, file=replace(held.file, max_unpacked_bytes=100))
    assert refused(read_packages(as_xlsx([dict(GOOD)]), postcodes=INDEX, as_of=DAY, limits=packed)).errors.by_code == {
        "file_too_large": 1
    }


def test_a_mapping_survives_being_saved():
    mapping = load_template("las-style")
    assert PackageMapping.model_validate_json(mapping.model_dump_json()) == mapping
