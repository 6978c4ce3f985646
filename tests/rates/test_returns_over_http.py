"""Open-book returns over HTTP: the page is filled in, sent, checked, decided on, and adds up to statistics."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from app.security.roles import MATRIX, Permission, Role
from pricing.return_template import return_template
from tests.databases import blank_installation
from tests.pricing.returns_for_tests import cells
from tests.rates.conftest import client_of

YEAR = "2026-27"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[TestClient]:
    with blank_installation("sqlite", tmp_path) as installation:
        yield from client_of(installation)


def filled(given: dict[str, Any]) -> bytes:
    """The template with its yellow cells filled in."""
    book = openpyxl.load_workbook(io.BytesIO(return_template(YEAR)))
    sheet = book["Return"]
    for row in range(1, sheet.max_row + 1):
        key = sheet[f"A{row}"].value
        if key in given:
            assert not sheet[f"C{row}"].protection.locked
            sheet[f"C{row}"] = given[key]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(given: dict[str, Any]) -> bytes:
    return "\n".join(["Code,Your figure", *(f'{key},"{value}"' for key, value in given.items())]).encode()


def send(client: TestClient, *files: tuple[str, bytes]) -> Any:
    return client.post("/v1/returns", files=[("file", file) for file in files])


def test_the_template_is_filled_sent_and_kept(fresh: TestClient) -> None:
    page = fresh.get("/v1/returns/template?financial_year=2026-27")
    assert page.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(page.content)).sheetnames == ["Return"]
    reply = send(
        fresh, ("alder.xlsx", filled(cells())), ("birch.csv", as_csv(cells("Birch", wage_pounds_per_hour="£13.00")))
    )
    assert reply.status_code == 201, reply.text
    body = reply.json()
    assert (body["files"], body["counted"], body["excluded"]) == (2, 2, 0)
    totals = {item["total_pounds_per_contact_hour"] for item in body["items"]}
    assert len(totals) == 1, "the two files say the same"
    shown = fresh.get(f"/v1/returns/{body['items'][0]['id']}").json()
    assert shown["missing"] == []
    assert {line["key"]: line["pounds_per_contact_hour"] for line in shown["lines"]}["direct_care"] == 13
    assert fresh.get("/v1/returns/template?financial_year=2041-42").status_code == 422


def test_a_return_with_a_fault_is_kept_excluded_and_counted_only_for_a_reason(fresh: TestClient) -> None:
    (item,) = send(fresh, ("a.csv", as_csv(cells(employer_ni=136974)))).json()["items"]
    assert item["state"] == "excluded"
    assert "Employer National Insurance: found £136,974, 15.0% of all pay" in item["reason"]
    (finding,) = item["findings"]
    assert (finding["code"], finding["field"], finding["sets_aside"]) == ("ni-without-threshold", "employer_ni", True)
    counted = fresh.post(f"/v1/returns/{item['id']}/count", json={"reason": "All its carers earn far more"}).json()
    assert (counted["state"], counted["reason"]) == ("counted", "All its carers earn far more")
    again = fresh.post(f"/v1/returns/{item['id']}/exclude", json={"reason": "Withdrawn by the provider"}).json()
    assert again["state"] == "excluded"
    assert fresh.post(f"/v1/returns/{item['id']}/exclude", json={"reason": ""}).status_code == 422
    log = [entry["action"] for entry in fresh.get("/v1/audit").json()["items"]]
    assert {"provider_return.create", "provider_return.count", "provider_return.exclude"} <= set(log)


def test_an_incomplete_return_cannot_count(fresh: TestClient) -> None:
    (item,) = send(fresh, ("a.csv", as_csv(cells(travel_time=None)))).json()["items"]
    assert item["total_pounds_per_contact_hour"] is None
    refused = fresh.post(f"/v1/returns/{item['id']}/count", json={"reason": "It will do"})
    assert refused.status_code == 409
    assert "an empty cell is not nought" in refused.json()["detail"]


def test_a_later_return_takes_the_place_of_an_earlier(fresh: TestClient) -> None:
    first = send(fresh, ("a.csv", as_csv(cells("Alder Care")))).json()["items"][0]["id"]
    second = send(fresh, ("b.csv", as_csv(cells("ALDER CARE", surplus=0)))).json()["items"][0]["id"]
    items = {item["id"]: item for item in fresh.get("/v1/returns").json()["items"]}
    assert (items[first]["state"], items[first]["replaced_by"]) == ("replaced", second)
    assert items[second]["state"] == "counted"
    assert fresh.post(f"/v1/returns/{first}/count", json={"reason": "The first was right"}).status_code == 409
    other_year = send(fresh, ("c.csv", as_csv(cells("Alder Care", financial_year="2025-26")))).json()["items"][0]
    assert other_year["id"] > second
    assert fresh.get("/v1/returns?state=replaced").json()["items"] == [items[first]]


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        (as_csv(cells(mileage="lots")), "bad.csv, row 16, mileage", "found lots, expected a number"),
        (as_csv(cells(wage_pounds_per_hour=0)), "bad.csv, row 9, wage_pounds_per_hour", "more than 0"),
        (as_csv(cells(ppe="1e-28")), "bad.csv, row 17, ppe", "1E-28"),
        (as_csv(cells(ppe="NaN")), "bad.csv, row 17, ppe", "expected a number"),
        (as_csv({"provider": "A", "financial_year": "2026"}), "bad.csv, row 3, financial_year", "found 2026"),
        (as_csv({"ppe": 1}), "bad.csv, provider", "this field is required"),
        (as_csv(cells()) + b"\nprovider,Twice", "bad.csv, row 34, provider", "each field once"),
        (as_csv(cells()) + b"\nlunch,12", "bad.csv, row 34, lunch", "a code of the template"),
        (b"a,b\n1,2\n", "bad.csv, row 0, file", "expected a column code, figure"),
        (b"", "bad.csv, row 0, file", "empty"),
        (b"\x00\x01\x02", "bad.csv, row 0, file", ""),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_and_nothing_is_kept(empty: TestClient, content: bytes, field: str, message: str) -> None:
    before = empty.get("/v1/returns").json()["items"]
    reply = send(empty, ("good.csv", as_csv(cells())), ("bad.csv", content))
    assert reply.status_code == 422, reply.text
    errors = reply.json()["errors"]
    assert field in {each["field"] for each in errors}, errors
    assert any(message in each["message"] for each in errors), errors
    assert empty.get("/v1/returns").json()["items"] == before


def test_one_provider_twice_in_one_import_is_refused(empty: TestClient) -> None:
    reply = send(empty, ("one.csv", as_csv(cells("Elm"))), ("two.csv", as_csv(cells("elm"))))
    assert reply.status_code == 422
    assert "found elm again, which one.csv is of" in reply.text


def test_statistics_need_five_complete_returns(fresh: TestClient) -> None:
    four = [(f"{n}.csv", as_csv(cells(f"Provider {n}", back_office=150000 + 5000 * n))) for n in range(1, 5)]
    assert send(fresh, *four).status_code == 201
    refused = fresh.get(f"/v1/returns/statistics?financial_year={YEAR}")
    assert refused.status_code == 409
    assert "statistics need 5" in refused.json()["detail"]
    more = [
        ("5.csv", as_csv(cells("Provider 5", back_office=2000000))),
        ("6.csv", as_csv(cells("Provider 6", premises=None))),
    ]
    assert send(fresh, *more).status_code == 201
    answer = fresh.get(f"/v1/returns/statistics?financial_year={YEAR}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["statistics"]["returns"] == 5
    assert [each["provider"] for each in body["excluded"]] == ["Provider 6"]
    assert [visit["minutes"] for visit in body["statistics"]["model"]["by_visit_length"]] == [15, 30, 45, 60]
    far = [each["number"] for each in body["statistics"]["influence"] if each["outlier"]]
    assert [body["providers"][str(number)] for number in far] == ["Provider 5"]


def test_returns_are_for_commissioners_alone() -> None:
    assert {role for role in Role if Permission.RETURNS in MATRIX[role]} == {Role.COMMISSIONER, Role.ADMIN}


def recalculated(content: bytes, folder: Path) -> Any:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed, so the page cannot be recalculated by it")
    (folder / "page.xlsx").write_bytes(content)
    command = [program, "--headless", f"-env:UserInstallation=file://{folder / 'profile'}", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / "page.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return openpyxl.load_workbook(folder / "out" / "page.xlsx", data_only=True)["Return"]


def test_the_page_checks_itself(tmp_path: Path) -> None:
    """LibreOffice shows the same faults as the service finds, and nothing where all is well."""
    wrong = cells(employer_ni=136974, contact_hours_per_year=60000, miles_per_visit=9, wage_pounds_per_hour=12)
    for name, given, marked in (
        ("well", cells(), set()),
        (
            "wrong",
            wrong,
            {
                *("employer_ni", "contact_hours_per_year", "travel_minutes_per_visit", "wage_pounds_per_hour"),
                "mileage",
            },
        ),
    ):
        (tmp_path / name).mkdir()
        sheet = recalculated(filled(given), tmp_path / name)
        rows = {sheet[f"A{row}"].value: row for row in range(5, sheet.max_row + 1) if sheet[f"A{row}"].value}
        found = {key for key, row in rows.items() if sheet[f"F{row}"].value}
        assert found == marked
        last = max(rows.values()) + 1
        total = sum(given[key] for key in list(cells())[12:]) / given["contact_hours_per_year"]
        assert sheet[f"E{last}"].value == pytest.approx(total)
        verdict = sheet[f"F{last + 1}"].value
        assert verdict == ("Ready to send" if name == "well" else "0 empty, 5 to look at")


def test_the_page_is_locked_but_for_its_cells_and_prints_on_one_page() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(return_template(YEAR)))["Return"]
    assert sheet.protection.sheet
    open_cells = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert len(open_cells) == 32
    assert all(cell.startswith("C") for cell in open_cells)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_area
    assert len(sheet.data_validations.dataValidation) == 30, "every figure has its range"
