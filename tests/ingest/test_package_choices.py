"""Rows that cannot be placed or counted are set aside, mended or stop the file; lines are joined as a mapping says."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest

from app.ingest.package_choices import ChoiceError, Choices
from app.ingest.package_findings_file import findings_csv, findings_workbook
from app.ingest.package_mapping import load_template, parse_mapping
from app.ingest.package_reader import PackagesRead, PackagesRefused, read_packages
from app.ingest.package_suggest import suggest_mapping
from tests.ingest.test_package_reader import GOOD, INDEX, as_csv, loaded, refused

DAY = date(2019, 7, 31)
ODD = {
    "no-fixed-abode": ["ZZ99 3VZ", "zz993vz", "NFA", "No fixed abode"],
    "terminated": ["LE67 3ZZ", "LE11 9XX"],
    "out-of-county": ["LE1 1AA"],
    "unknown": ["LE67 9ZZ", "nonsense"],
    "no-postcode": ["", "n/a"],
}


def rows(*postcodes: str) -> list[dict[str, str]]:
    return [GOOD, *(GOOD | {"reference": f"X{i}", "postcode": text} for i, text in enumerate(postcodes))]


def read(content: bytes, choices: Choices | None = None, **more: object) -> PackagesRead | PackagesRefused:
    return read_packages(content, postcodes=INDEX, as_of=DAY, choices=choices or Choices(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ODD)
def test_what_has_no_place_stops_the_file_unless_it_is_set_aside_and_then_it_is_counted(reason: str) -> None:
    content = as_csv(rows(*ODD[reason]))
    assert len(refused(read(content)).errors) == len(ODD[reason])
    found = loaded(read(content, Choices.of([reason])))
    assert found.packages["reference"].tolist() == ["P1"]
    aside = found.set_aside[reason]
    assert (aside.packages, aside.minutes_per_week, aside.without_hours) == (len(ODD[reason]), 420 * aside.packages, 0)
    assert found.warnings.total == aside.packages
    others = Choices.of([name for name in ODD if name != reason])
    assert isinstance(read(content, others), PackagesRefused)


def test_every_package_of_the_file_is_loaded_or_counted_as_set_aside() -> None:
    everything = [text for texts in ODD.values() for text in texts]
    found = loaded(read(as_csv(rows(*everything)), Choices.of(ODD)))
    assert len(found.packages) + sum(item.packages for item in found.set_aside.values()) == 1 + len(everything)
    assert {name: item.packages for name, item in found.set_aside.items()} == {n: len(t) for n, t in ODD.items()}


def test_a_row_set_aside_stops_nothing_by_its_other_errors() -> None:
    spoilt = rows("ZZ99 3VZ")
    spoilt[1]["hours_per_week"] = "many"
    spoilt[1]["visits"] = ""
    found = loaded(read(as_csv(spoilt), Choices.of(["no-fixed-abode"])))
    assert found.set_aside["no-fixed-abode"].without_hours == 1


def test_mending_takes_the_suggestion_and_says_so_and_stops_where_there_is_none() -> None:
    found = loaded(read(as_csv(rows("LE67 3ZZ")), Choices.of(mend=["terminated"])))
    assert found.packages.set_index("reference").loc["X0", ["postcode", "area_id"]].tolist() == ["LE67 3AB", "E1"]
    assert found.warnings.by_code == {"postcode_mended": 1}
    assert found.set_aside == {}
    without = as_csv(rows("LE11 9XX"))
    assert refused(read(without, Choices.of(mend=["terminated"]))).errors.by_code == {"postcode_terminated": 1}
    assert loaded(read(without, Choices.of(["terminated"], ["terminated"]))).set_aside["terminated"].packages == 1


def test_a_choice_that_is_none_is_named() -> None:
    with pytest.raises(ChoiceError, match="set_aside: found elsewhere, expected some of no-fixed-abode"):
        Choices.of(["elsewhere"])
    with pytest.raises(ChoiceError, match="mend: found no-fixed-abode, expected some of terminated, unknown"):
        Choices.of(mend=["no-fixed-abode"])


def test_lines_of_one_visit_length_each_are_one_package() -> None:
    head = "Package Ref,Postcode,Service,Start Date,End Date,Provider,Carers,Visits Per Week,Visit Length\r\n"
    body = (
        "A1,LE67 3AB,Home Care,01/07/2019,,Care A,Single,14,30\r\n"
        "A1,LE67 3AB,Home Care,01/07/2019,,Care A,Single,7,45\r\n"
        "B2,LE10 1AA,Reablement,01/07/2019,,Care A,Double,7,60\r\n"
    )
    found = loaded(read((head + body).encode()))
    table = found.packages.set_index("reference")
    assert found.mapping.name == "visit-lines"
    assert found.lines_joined == 1
    assert table.loc["A1", ["minutes_per_week", "visits_30", "visits_45"]].tolist() == [735, 14, 7]
    assert table.loc["B2", ["minutes_per_week", "carers_per_visit"]].tolist() == [840, 2]


def cld(*changes: dict[str, str]) -> bytes:
    template = load_template("cld")
    plain = dict.fromkeys(template.required_columns(), "") | {
        "Event Type": "Service", "Service Type": "Long Term Support: Community", "Service Component": "Home Support",
        "Delivery Mechanism": "CASSR Commissioned Support", "Postcode": "LE67 3AB", "Event Start Date": "01/04/2019",
        "Planned units per week": "14", "Cost Frequency (Unit Type)": "Hourly", "Unit Cost": "24.10",
        "Provider CQC Location Name": "Care A",
    }  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, list(plain))
    writer.writeheader()
    for i, change in enumerate(changes):
        writer.writerow(plain | {"Event Reference": f"PK{i}", "LA Person Unique Identifier": f"EX{i}"} | change)
    return out.getvalue().encode()


def test_the_client_level_data_return_is_read_as_home_care() -> None:
    content = cld(
        {},
        {"LA Person Unique Identifier": "two"},
        {"LA Person Unique Identifier": "two"},
        {"Service Type": "LONG TERM SUPPORT: COMMUNITY ", "Service Component": "Home support or domiciliary care"},
        {"Service Type": "Short Term Support: ST-Max", "Service Component": "Reablement", "Event End Date": "NULL"},
        {"Planned units per week": "-7", "Date of Death": "30/06/2019"},
        {"Event Type": "Assessment"},
        {"Service Component": "Meals"},
        {"Delivery Mechanism": "Direct Payment"},
        {"Event Reference": "PK0"},
    )
    found = loaded(read(content))
    table = found.packages.set_index("reference")
    assert found.mapping.name == "cld"
    assert found.passed_over == {"Event Type": 1, "Service Component": 1, "Delivery Mechanism": 1}
    assert table.loc["PK1", ["minutes_per_week", "carers_per_visit"]].tolist() == [1680, 2], "two carers in two rows"
    assert table.loc["PK4", "service_type"] == "reablement"
    assert table.loc["PK5", "minutes_per_week"] == 420
    assert str(table.loc["PK5", "end_date"])[:10] == "2019-06-30", "a death ends care"
    assert "PK0-2" in table.index, "a reference that stands again is numbered"


def test_units_that_are_no_hours_are_named_and_can_be_set_aside_or_given_a_length() -> None:
    content = cld({}, {"Cost Frequency (Unit Type)": "Per session"}, {"Planned units per week": "NULL"})
    errors = refused(read(content)).errors
    assert errors.by_code == {"hours_not_told": 1, "hours_missing": 1}
    assert loaded(read(content, Choices.of(["no-hours"]))).set_aside["no-hours"].without_hours == 2
    template = load_template("cld")
    hours = template.hours
    assert hours is not None
    longer = hours.model_copy(update={"unit_minutes": {"Hourly": 60.0, "per session": 30.0}})
    own = template.model_copy(update={"hours": longer, "name": "ours"})
    found = loaded(read(content, Choices.of(["no-hours"]), mapping=own))
    assert found.packages.set_index("reference").loc["PK1", "minutes_per_week"] == 420


def test_findings_are_written_as_csv_and_as_a_workbook_with_the_rows_marked() -> None:
    read_ = refused(read(as_csv(rows("=1+1", "ZZ99 3VZ"))))
    lines = list(csv.reader(io.StringIO(findings_csv(read_.errors, read_.warnings))))
    assert [line[0] for line in lines[1:]] == ["3", "4"]
    assert lines[1][4].startswith("'=1+1")
    book = openpyxl.load_workbook(io.BytesIO(findings_workbook(read_.errors, read_.warnings, read_.table)))
    assert book.sheetnames == ["Findings", "Rows"]
    page = book["Rows"]
    assert [page.cell(line, 1).value for line in (2, 3)] == ["3", "4"]
    marked = [cell for row in page.iter_rows() for cell in row if cell.comment]
    assert [cell.value for cell in marked] == ["=1+1", "ZZ99 3VZ"]
    assert all(cell.data_type == "s" for cell in marked), "no cell runs as a formula"


ODD_NAMES = (
    "Extract from our system\r\n"
    "Package Ref;Client No;Home Postcode;Type of service;Begin;Finish;Agency;Weekly hrs;Handed\r\n"
    "1001;C1;LE67 3AB;Homecare;06/01/2019;;Care A;7,5;Single\r\n"
    "1002;C2;LE10 1AA;CHC;06/01/2019;;Care B;14,0;Double\r\n"
    "1003;C3;LE10 0AB;Homecare;06-Feb-2019;;Care B;14,0;Double\r\n"
)


def test_a_mapping_is_proposed_from_the_file_with_reasons_and_reads_it() -> None:
    found = suggest_mapping(ODD_NAMES.encode())
    assert found.missing == ()
    assert {item.column: item.field for item in found.placed}["Home Postcode"] == "postcode"
    assert all(item.why for item in found.placed)
    own = parse_mapping(found.toml)
    assert own == found.mapping
    table = loaded(read(ODD_NAMES.encode(), mapping=own)).packages.set_index("reference")
    assert table["minutes_per_week"].tolist() == [450, 840, 840]
    assert table.loc["1002", ["service_type", "carers_per_visit"]].tolist() == ["health_funded", 2]


def test_a_file_that_a_template_reads_is_said_to_need_none() -> None:
    found = suggest_mapping(cld({}))
    assert (found.template, found.missing) == ("cld", ())
    assert parse_mapping(found.toml).name == "cld"


def test_what_a_file_lacks_is_named() -> None:
    found = suggest_mapping(b"Name,Colour,Shape\r\na,red,round\r\nb,blue,square\r\n")
    assert found.mapping is None
    assert set(found.missing) >= {"postcode", "hours or visits"}
