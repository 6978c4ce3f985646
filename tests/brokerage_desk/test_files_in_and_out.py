"""Providers and requests from files and FHIR; the directory as Open Referral UK."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.brokerage_desk.conftest import POSTCODE, Desk
from tests.open_data import SHARED

SERVICE = {
    "type": "object",
    "required": ["id", "name", "status", "organization", "description"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string", "minLength": 1},
        "status": {"enum": ["active", "inactive", "defunct", "temporarily closed"]},
        "organization": {
            "type": "object",
            "required": ["id", "name", "description"],
            "properties": {"id": {"type": "string", "format": "uuid"}},
        },
        "service_areas": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"extent_type": {"enum": ["geojson", "topojson", "kml", "text"]}},
            },
        },
    },
}
"""What Open Referral UK 3.0 asks of a service."""


def _sample(name: str) -> bytes:
    path: Path = SHARED / "reference" / "samples" / name
    if not path.exists():
        pytest.skip(f"sample {name!r} is not beside this checkout (looked in ../shared/reference/samples)")
    return path.read_bytes()


def _upload(desk: Desk, path: str, name: str, content: bytes, **data: str) -> Any:
    return desk.app.client.post(
        f"/v1{path}", files={"file": (name, content)}, data=data, headers=desk.app.bearer("broker")
    )


def test_the_regulators_weekly_file_is_read_and_read_again(desk: Desk) -> None:
    content = _sample("cqc_directory_weekly_sample.csv")
    where = {"local_authority": "Leicestershire"}
    reply = _upload(desk, "/providers/files", "cqc.csv", content, **where)
    assert reply.status_code == 200, reply.text
    first = reply.json()
    assert first["rows"] == 20
    assert first["added"] > 3
    assert first["left_out"] > 3
    again = _upload(desk, "/providers/files", "cqc.csv", content, **where).json()
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, first["added"])
    kept = desk.ok("GET", "/providers?text=Alderhollow")["items"][0]
    assert kept["location_id"] == "1-9990001000"
    assert kept["rating"] is None
    moved = content.replace(b"1-9990001000", b"1-9990007777")
    assert _upload(desk, "/providers/files", "cqc.csv", moved, **where).json()["succeeded"] == 1
    branch = desk.ok("GET", f"/providers/{kept['id']}")["branches"][0]
    assert (branch["location_id"], branch["predecessor_location_id"]) == ("1-9990007777", "1-9990001000")


def test_the_regulators_file_with_filters_leaves_out_care_homes_and_dormant_places(desk: Desk) -> None:
    content = _sample("cqc_active_locations_sample.csv")
    found = _upload(desk, "/providers/files", "cqc.csv", content).json()
    assert found["left_out"] >= 3
    names = {item["name"] for item in desk.ok("GET", "/providers?limit=500")["items"]}
    assert "Fernsby Care Home" not in names


def test_a_wrong_row_is_named_and_nothing_is_kept(desk: Desk) -> None:
    before = len(desk.ok("GET", "/providers?limit=1000")["items"])
    content = f"Name,Postcode,Skills\nTable Care,{POSTCODE},hoist; dementia\nBad Care,nonsense,\n".encode()
    reply = _upload(desk, "/providers/files", "x.csv", content)
    assert reply.status_code == 422
    error = reply.json()["errors"][0]
    assert (error["row"], error["column"]) == (3, "Postcode")
    assert len(desk.ok("GET", "/providers?limit=1000")["items"]) == before
    fine = _upload(desk, "/providers/files", "x.csv", content.rpartition(b"\n")[0].rpartition(b"\n")[0])
    assert fine.json()["added"] == 1
    assert desk.ok("GET", "/providers?text=Table Care")["items"][0]["skills"] == ["hoist", "dementia"]


def test_requests_come_from_a_table_all_or_none(desk: Desk) -> None:
    rows = [
        "Postcode,Visits,Needed from,Service,Urgency,Source,Reference",
        f"{POSTCODE},30 x 14 x 1; 45x7x2,07/12/2026,table care,urgent,hospital,T-1",
        f"{POSTCODE},30 x 7,2026-12-09,table care,,,T-2",
    ]
    made = _upload(desk, "/requests/files", "r.csv", "\n".join(rows).encode())
    assert made.status_code == 201, made.text
    first = desk.ok("GET", f"/requests/{made.json()['requests'][0]}")
    assert (first["hours_per_week"], first["urgency"], first["source"]) == (7 + 10.5, "urgent", "hospital")
    rows += [f"{POSTCODE},every day,2026-12-09,table care,,,T-3", "rubbish,30 x 7,2026-12-09,x,,,T-4"]
    rows += [f"{POSTCODE},30 x 7,soon,table care,,,T-5", f"{POSTCODE},30 x 7,2026-12-09,table care,,,T-1"]
    wrong = _upload(desk, "/requests/files", "r.csv", "\n".join([rows[0], *rows[3:]]).encode())
    assert wrong.status_code == 422
    assert [error["column"] for error in wrong.json()["errors"]] == ["Visits", "Postcode", "Needed from", "Reference"]
    again = desk.send(
        "POST",
        "/requests",
        {
            "postcode": POSTCODE,
            "service_type": "x",
            "needed_from": "2026-12-09",
            "visits": [{"minutes": 30, "per_week": 7}],
            "reference": "t-1",
        },
    )
    assert again.status_code == 409
    assert again.json()["duplicate_of"] == [first["id"]]


def test_a_fhir_service_request_becomes_a_request(desk: Desk) -> None:
    resource = json.loads(_sample("fhir_service_request.json"))
    made = desk.ok("POST", f"/requests/fhir?postcode={POSTCODE}", resource)
    assert (made["hours_per_week"], made["reference"], made["needed_from"]) == (7, "PK2000", "2026-10-05")
    assert made["visits"][0]["per_week"] == 14
    double = resource | {"identifier": [], "quantityQuantity": {"value": 14}, "priority": "urgent"}
    two = desk.ok("POST", f"/requests/fhir?postcode={POSTCODE}", double)
    assert (two["visits"][0]["carers"], two["urgency"]) == (2, "urgent")
    for change, field in (
        ({"resourceType": "Patient"}, "resourceType"),
        ({"occurrenceTiming": {}}, "occurrenceTiming.repeat"),
        ({"status": "revoked"}, "status"),
        ({"locationCode": []}, "locationCode"),
        ({"status": [[]]}, "status"),
        ({"priority": [[]]}, "priority"),
        ({"locationCode": [1e14]}, "locationCode.0"),
        ({"identifier": "PK2000"}, "identifier"),
        ({"identifier": [{"value": 7}]}, "identifier.0.value"),
        ({"reasonCode": [{"coding": "discharge"}]}, "reasonCode.0.coding"),
        ({"authoredOn": 20261005}, "authoredOn"),
        ({"quantityQuantity": {"value": "many"}}, "quantityQuantity.value"),
        ({"occurrenceTiming": "-0"}, "occurrenceTiming"),
        ({"occurrenceTiming": {"repeat": [1]}}, "occurrenceTiming.repeat"),
        ({"occurrenceTiming": {"repeat": {"frequency": {"a": 1}}}}, "occurrenceTiming.repeat.frequency"),
        ({"occurrenceTiming": {"repeat": {"period": "1e300"}}}, "occurrenceTiming.repeat.period"),
        ({"occurrenceTiming": {"repeat": {"timeOfDay": 8}}}, "occurrenceTiming.repeat.timeOfDay"),
        ({"occurrenceTiming": {"repeat": {"dayOfWeek": ["someday"]}}}, "occurrenceTiming.repeat.dayOfWeek.0"),
        ({"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": {}}}}}, "occurrenceTiming.repeat.boundsPeriod"),
    ):
        reply = desk.send("POST", "/requests/fhir", resource | {"identifier": []} | change)
        assert reply.status_code == 422, change
        assert reply.json()["errors"][0]["field"].startswith(f"body.{field}"), change


def test_the_directory_is_open_referral_uk(desk: Desk) -> None:
    client = desk.app.client
    assert client.get("/open-referral").json()["version"] == "HSDS-UK-3.0"
    reply = client.get("/open-referral/services?per_page=5")
    assert reply.headers["access-control-allow-origin"] == "*"
    page = reply.json()
    assert {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty"} <= set(page)
    assert page["size"] == len(page["contents"]) == 5
    validator = jsonschema_rs.validator_for(SERVICE)
    for service in page["contents"]:
        assert list(validator.iter_errors(service)) == []
        assert str(uuid.UUID(service["id"])) == service["id"]
    one = client.get(f"/open-referral/services/{page['contents'][0]['id']}").json()
    shape = json.loads(one["service_areas"][0]["extent"])
    assert shape["type"] in {"Polygon", "MultiPolygon"}
    assert "desk@" not in json.dumps(page)
    assert client.get(f"/open-referral/services/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("path", ["/providers/files", "/requests/files"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n"])
def test_what_is_no_table_is_refused(desk: Desk, path: str, content: bytes) -> None:
    assert _upload(desk, path, "x.csv", content).status_code == 422
