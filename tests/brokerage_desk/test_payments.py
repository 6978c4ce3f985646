"""The ledger over HTTP: read in once, set against what was due, taken out again."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from tests.brokerage_desk.conftest import Desk


def send_file(desk: Desk, text: str, role: str = "broker") -> Any:
    return desk.app.client.post(
        "/v1/payments/files",
        files={"file": ("ledger.csv", text.encode(), "text/csv")},
        headers=desk.app.bearer(role),
    )


def placed(desk: Desk, name: str) -> tuple[int, dict[str, Any]]:
    """A package held by a provider since its first visit today."""
    service = f"{name} care"
    provider = desk.provider(name, service=service)
    made = desk.request(service=service)
    offer = desk.offer(made["id"], provider)
    desk.ok("POST", f"/offers/{offer['id']}/answer", {"answer": "accept"})
    return provider, made


def test_paid_beside_due_by_provider_and_package(desk: Desk) -> None:
    provider, made = placed(desk, "Ledger Ltd")
    day = desk.ok("GET", "/waiting")["on"]
    ledger = f"Provider,Package,From,To,Hours,Pounds\nLedger Ltd,{made['id']},{day},{day},0.5,£10.25\n"
    done = send_file(desk, ledger)
    assert done.status_code == 201, done.text
    assert Decimal(done.json()["pounds"]) == Decimal("10.25")
    found = desk.ok("GET", f"/payments/against-due?from={day}&to={day}&by=package")
    (row,) = [one for one in found["items"] if one["request_id"] == made["id"]]
    assert (row["due_hours"], row["paid_hours"], row["difference_hours"]) == (1.0, 0.5, -0.5)
    if made["weekly_cost_pounds"] is not None:
        assert Decimal(row["due_pounds"]) == (Decimal(str(made["weekly_cost_pounds"])) / 7).quantize(Decimal("0.01"))
    by_provider = desk.ok("GET", f"/payments/against-due?from={day}&to={day}")["items"]
    assert [one["paid_hours"] for one in by_provider if one["provider_id"] == provider] == [0.5]
    assert send_file(desk, ledger).status_code == 409
    batch = done.json()["batch"]
    assert desk.ok("DELETE", f"/payments/files/{batch}")["payments"] == 1
    after = desk.ok("GET", f"/payments/against-due?from={day}&to={day}")["items"]
    assert [one["paid_hours"] for one in after if one["provider_id"] == provider] == [0.0]
    assert desk.send("DELETE", f"/payments/files/{batch}").status_code == 404


def test_a_ledger_comes_as_a_workbook_too(desk: Desk) -> None:
    desk.provider("Workbook Ltd")
    book = Workbook()
    book.active.append(["Provider", "From", "To", "Hours", "Pounds"])
    book.active.append(["Workbook Ltd", date(2026, 3, 2), date(2026, 3, 8), 14, 287.5])
    held = io.BytesIO()
    book.save(held)
    done = desk.app.client.post(
        "/v1/payments/files", files={"file": ("ledger.xlsx", held.getvalue())}, headers=desk.app.bearer("broker")
    )
    assert done.status_code == 201, done.text
    assert (done.json()["payments"], done.json()["hours"], done.json()["pounds"]) == (1, 14.0, "287.5")


def test_a_ledger_with_a_wrong_row_is_refused_whole(desk: Desk) -> None:
    reply = send_file(
        desk,
        "Provider,From,To,Hours,Pounds\n"
        "Nobody At All,2026-03-02,2026-03-08,1,20\n"
        "Nobody At All,02/03/2026,01/03/2026,NaN,20\n",
    )
    assert reply.status_code == 422
    first = reply.json()["errors"][0]
    assert (first["row"], first["column"], first["found"]) == (2, "Provider", "Nobody At All")


def test_a_viewer_sees_no_payments(desk: Desk) -> None:
    assert desk.send("GET", "/payments/against-due", role="viewer").status_code == 403
    assert send_file(desk, "Provider\n", role="viewer").status_code == 403


def test_waiting_by_district_and_settlement_adds_up(desk: Desk) -> None:
    whole = desk.ok("GET", "/waiting?by=all")["items"][0]["people"]
    for by in ("district", "settlement"):
        rows = desk.ok("GET", f"/waiting?by={by}")["items"]
        assert sum(row["people"] for row in rows) == whole
        assert all(row[by] for row in rows)


def test_a_viewer_sees_every_place_whether_somebody_waits_there_or_not(desk: Desk) -> None:
    seen = {row["settlement"] for row in desk.ok("GET", "/waiting?by=settlement", role="viewer")["items"]}
    waiting = {row["settlement"] for row in desk.ok("GET", "/waiting?by=settlement")["items"]}
    assert waiting < seen


def test_fairness_by_size_of_provider(desk: Desk) -> None:
    rows = desk.ok("GET", "/fairness?by=size")["items"]
    assert {row["name"] for row in rows} <= {"small", "middle", "large"}
    assert all(row["provider_id"] is None for row in rows)
