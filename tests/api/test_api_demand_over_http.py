"""Demand over real HTTP, with a worker: loaded whole or not at all, recognised, compared, small numbers withheld."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.storage.models import CarePackage, DemandSnapshot, Upload
from tests.api.extracts import DAY, as_file, rows
from tests.services import Service


def _load(
    client: httpx.Client, file: tuple[str, bytes], *, key: str | None = None, taken_on: str = DAY, **form: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    data = {"taken_on": taken_on, "label": "Extract", "wait_seconds": 60, **form}
    reply = client.post("/v1/demand/snapshots", files={"file": file}, data=data, headers=headers, timeout=120)
    for _ in range(5):  # a loaded machine may take longer than one request waits
        if reply.status_code != 202:
            break
        reply = client.post("/v1/demand/snapshots", files={"file": file}, data=data, headers=headers, timeout=120)
    return reply


def _held(service: Service) -> tuple[int, int, int]:
    with service.installation.database.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(kind)) for kind in (DemandSnapshot, CarePackage, Upload)
        )


def test_an_extract_in_each_format_becomes_the_same_snapshot_and_is_recognised(service: Service) -> None:
    with service.client("analyst") as client:
        first = _load(client, as_file(rows(40), "csv"))
        assert first.status_code == 201, first.text
        made = first.json()
        assert (made["already_loaded"], made["packages"], made["hours_per_week"]) == (False, 40, 280.0)
        assert first.headers["location"] == f"/v1/demand/snapshots/{made['snapshot_id']}"
        shown = client.get(first.headers["location"]).json()
        assert (shown["taken_on"], shown["synthetic"], shown["created_by"]) == (DAY, False, "test analyst")
        for form, label in (("csv", "Extract"), ("csv", "Another name"), ("xlsx", "Extract"), ("parquet", "Extract")):
            again = _load(client, as_file(rows(40), form), label=label)
            assert again.status_code == 200, (form, label, again.text)
            assert again.json()["already_loaded"] is True
            assert again.json()["snapshot_id"] == made["snapshot_id"]
        other_day = _load(client, as_file(rows(40), "csv"), taken_on="2021-04-30")
        assert other_day.status_code == 201
        assert other_day.json()["snapshot_id"] != made["snapshot_id"]
    assert _held(service)[2] == 0, "uploads hold people's data and are not kept"


def test_every_error_is_listed_at_once_and_nothing_is_changed(service: Service) -> None:
    bad = rows(8, prefix="BAD", start=500)
    bad[0]["postcode"] = "LE67 3ZZZ"
    bad[1]["postcode"] = "SW1A 2AA"
    bad[2]["hours_per_week"] = -3
    bad[3]["reference"] = bad[4]["reference"]
    bad[5]["start_date"] = "31/02/2021"
    bad[6]["service_type"] = "gardening"
    before = _held(service)
    with service.client("analyst") as client:
        reply = _load(client, as_file(bad, "csv"))
        assert reply.status_code == 422, reply.text
        assert reply.headers["content-type"] == "application/problem+json"
        body = reply.json()
        assert body["type"] == "/problems/import-refused"
        places = {(error["row"], error["column"]) for error in body["errors"]}
        assert places >= {
            (2, "postcode"),
            (3, "postcode"),
            (4, "hours_per_week"),
            (7, "start_date"),
            (8, "service_type"),
        }
        assert {row for row, column in places if column == "reference"} & {5, 6}
        assert body["errors_total"] == len(body["errors"])
        assert all(error["found"] is not None and error["expected"] for error in body["errors"])
        outside = next(error for error in body["errors"] if error["row"] == 3)
        assert outside["suggestion"]
    assert _held(service) == before
    with service.client("commissioner") as client:  # may follow jobs, but not see people's rows
        jobs = client.get("/v1/jobs?kind=import-packages&status=failed").json()["items"]
        told = client.get(f"/v1/jobs/{jobs[0]['id']}").text + client.get(f"/v1/jobs/{jobs[0]['id']}/events").text
        assert "import-refused" in told
        for secret in ("LE67 3ZZZ", "SW1A 2AA", bad[4]["reference"]):
            assert secret not in told


@pytest.mark.parametrize(
    ("content", "taken_on", "status"),
    [
        (b"", DAY, 422),
        (b"\x00\x01\x02not a table", DAY, 422),
        (b"PK\x03\x04broken", DAY, 422),
        (b"a,b\n1,2\n", DAY, 422),
        (b"reference,postcode\n", "not a day", 422),
    ],
)
def test_what_is_no_extract_is_refused_in_words(service: Service, content: bytes, taken_on: str, status: int) -> None:
    with service.client("analyst") as client:
        reply = _load(client, ("x.csv", content), taken_on=taken_on)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["errors"]


def test_a_withdrawn_snapshot_may_be_loaded_again(service: Service) -> None:
    file = as_file(rows(12, prefix="W", start=90), "csv")
    with service.client("analyst") as client:
        first = _load(client, file).json()["snapshot_id"]
        assert client.delete(f"/v1/demand/snapshots/{first}").status_code == 204
        assert client.delete(f"/v1/demand/snapshots/{first}").status_code == 204
        assert client.get(f"/v1/demand/snapshots/{first}").json()["withdrawn_at"] is not None
        second = _load(client, file)
        assert second.status_code == 201
        assert second.json()["snapshot_id"] != first
        third = _load(client, file)
        assert (third.status_code, third.json()["snapshot_id"]) == (200, second.json()["snapshot_id"])
        assert client.delete(f"/v1/demand/snapshots/{second.json()['snapshot_id']}").status_code == 204


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(service: Service) -> None:
    with service.client("analyst") as client:
        file = as_file(rows(9, prefix="K", start=200), "csv")
        first = _load(client, file, key="load-k")
        assert first.status_code == 201, first.text
        again = _load(client, file, key="load-k")
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        other = _load(client, as_file(rows(10, prefix="K", start=200), "csv"), key="load-k")
        assert other.status_code == 422
        assert other.json()["type"] == "/problems/idempotency-key-reused"
        too_long = _load(client, file, key="x" * 121)
        assert too_long.status_code == 422
        client.delete(f"/v1/demand/snapshots/{first.json()['snapshot_id']}")


def test_two_snapshots_are_compared_package_by_package(service: Service) -> None:
    before_rows = rows(30, prefix="C", start=300)
    after_rows = [dict(row) for row in before_rows[5:]] + rows(3, prefix="NEW", start=900)
    after_rows[0]["hours_per_week"], after_rows[0]["visits"] = 14.0, "60x14"
    after_rows[1]["hours_per_week"], after_rows[1]["visits"] = 3.5, "15x14"
    with service.client("analyst") as client:
        before = _load(client, as_file(before_rows, "csv"), taken_on="2021-05-01").json()["snapshot_id"]
        after = _load(client, as_file(after_rows, "xlsx"), taken_on="2021-06-01").json()["snapshot_id"]
        body = client.get(f"/v1/demand/comparison?before_id={before}&after_id={after}&by=band").json()
        hours = {name: value for name, value in body["summary"].items() if "hours" in name}
        assert body["synthetic"] is False
        assert sum(value for name, value in hours.items() if "added" in name) == pytest.approx(21.0)
        assert abs(sum(value for name, value in hours.items() if "ended" in name)) == pytest.approx(35.0)
        assert abs(sum(value for name, value in hours.items() if "increased" in name)) == pytest.approx(7.0)
        assert abs(sum(value for name, value in hours.items() if "decreased" in name)) == pytest.approx(3.5)
        assert client.get(f"/v1/demand/comparison?before_id={before}&after_id=999999").status_code == 404
        for snapshot in (before, after):
            client.delete(f"/v1/demand/snapshots/{snapshot}")


def test_small_numbers_are_withheld_and_the_rest_stands_in_whole_steps(service: Service) -> None:
    found = rows(90, prefix="S", start=10)
    for row in found[:2]:
        row["provider"] = "Tiny Care"  # two people: fewer than five
    for i, row in enumerate(found[2:]):
        row["provider"] = ("Care A", "Care B", "Care C")[i % 3]
    with service.client("analyst") as client, service.client("viewer") as viewer:
        snapshot = _load(client, as_file(found, "csv"), taken_on="2021-07-01").json()["snapshot_id"]
        exact = client.get(f"/v1/demand/totals?by=provider&snapshot_id={snapshot}").json()
        assert exact["suppressed_below"] is None
        by_name = {item["provider"]: item for item in exact["items"]}
        assert (by_name["Tiny Care"]["packages"], by_name["Tiny Care"]["hours_per_week"]) == (2, 14.0)
        assert sum(item["packages"] for item in exact["items"]) == 90

        seen = viewer.get(f"/v1/demand/totals?by=provider&snapshot_id={snapshot}").json()
        assert seen["suppressed_below"] == 5
        assert {item["provider"] for item in seen["items"]} == {"Care A", "Care B", "Care C"}, "small"
        for item in seen["items"]:
            assert abs(item["hours_per_week"] - by_name[item["provider"]]["hours_per_week"]) <= 7.5
            assert item["hours_per_week"] % 5 == item["people"] % 5 == item["packages"] % 5 == 0
        again = viewer.get(f"/v1/demand/totals?by=provider&snapshot_id={snapshot}").json()
        assert again == seen, "the same cell is always protected alike"

        both = viewer.get("/v1/demand/totals?by=service_type&by=band").json()["items"]
        truth = client.get("/v1/demand/totals?by=service_type&by=band").json()["items"]
        people = {(item["service_type"], item["band"]): item["people"] for item in truth}
        assert len(both) == 16, "a service in a band is a row, with people or without"
        for item in both:
            if people.get((item["service_type"], item["band"]), 0) < 5:
                assert all(value is None for name, value in item.items() if name not in {"service_type", "band"})

        older = _load(client, as_file(rows(8, prefix="OLD"), "csv"), taken_on="2020-01-01").json()["snapshot_id"]
        refused = viewer.get(f"/v1/demand/totals?by=band&snapshot_id={older}")
        assert (refused.status_code, refused.json()["permission"]) == (403, "demand:exact")
        listed = {item["id"]: item for item in viewer.get("/v1/demand/snapshots").json()["items"]}
        assert listed[older]["packages"] is listed[older]["hours_per_week"] is None
        assert listed[snapshot]["packages"] % 5 == 0
        for number in (snapshot, older):
            client.delete(f"/v1/demand/snapshots/{number}")


def test_packages_are_listed_page_by_page_and_filtered_for_brokers_only(service: Service) -> None:
    found = rows(25, prefix="L", start=60)
    for row in found[:4]:
        row["provider"], row["waiting_since"] = "", "01/03/2021"
    with service.client("analyst") as client, service.client("broker") as broker:
        snapshot = _load(client, as_file(found, "csv"), taken_on="2021-08-01").json()["snapshot_id"]
        address = f"/v1/demand/snapshots/{snapshot}/packages"
        assert client.get(address).status_code == 403
        seen, cursor = [], None
        while True:
            page = broker.get(address, params={"limit": 10} | ({"cursor": cursor} if cursor else {})).json()
            seen += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [item["reference"] for item in seen] == [row["reference"] for row in found]
        assert [item["postcode"] for item in seen] == [row["postcode"] for row in found]
        waiting = broker.get(address, params={"waiting_only": True}).json()["items"]
        assert [item["reference"] for item in waiting] == [row["reference"] for row in found[:4]]
        for band in ("urban", "rural"):
            for item in broker.get(address, params={"band": band}).json()["items"]:
                assert broker.get(f"/v1/postcodes/{item['postcode']}").json()["band"] == band
        client.delete(f"/v1/demand/snapshots/{snapshot}")
    with service.client("commissioner") as client:
        assert client.get(address).status_code == 403


def test_a_saved_mapping_reads_the_next_extract(service: Service) -> None:
    with service.client("analyst") as client:
        templates = client.get("/v1/demand/mappings").json()["items"]
        plain = next(item["mapping"] for item in templates if item["shipped"] and item["name"] == "patchwork")
        mine = {**plain, "name": "our-system"}
        saved = client.put("/v1/demand/mappings/our-system", json=mine)
        assert saved.status_code == 200, saved.text
        assert saved.json()["shipped"] is False
        kept = next(m for m in client.get("/v1/demand/mappings").json()["items"] if m["name"] == "our-system")
        assert kept["mapping"] == saved.json()["mapping"]
        assert client.put("/v1/demand/mappings/our-system", json=kept["mapping"]).status_code == 200
        done = _load(client, as_file(rows(7, prefix="M", start=40), "csv"), mapping="our-system", taken_on="2021-09-01")
        assert done.status_code == 201, done.text
        assert done.json()["mapping"] == "our-system"
        assert client.put("/v1/demand/mappings/another", json=mine).status_code == 422
        unknown = _load(client, as_file(rows(7, prefix="M"), "csv"), mapping="nobody-saved-this")
        assert unknown.status_code == 422
        assert "patchwork" in unknown.json()["detail"]
        client.delete(f"/v1/demand/snapshots/{done.json()['snapshot_id']}")
