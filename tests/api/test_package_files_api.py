"""Extracts looked at over HTTP before they are loaded: findings in three formats, and a mapping proposed."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from tests.api.extracts import DAY, as_file, rows
from tests.api.inprocess import InProcess


def _send(county: InProcess, content: bytes, address: str = "checks", role: str = "analyst", **form: Any) -> Any:
    return county.client.post(
        f"/v1/demand/{address}",
        files={"file": ("extract.csv", content)},
        data={"taken_on": DAY, **form} if address == "checks" else form,
        headers=county.bearer(role),
    )


@pytest.fixture(scope="module")
def extract() -> list[dict[str, Any]]:
    return rows(3)


def test_a_check_stores_nothing_and_says_what_would_load(county: InProcess, extract: list[dict[str, Any]]) -> None:
    before = county.get("/v1/demand/snapshots", "analyst").json()
    reply = _send(county, as_file(extract, "csv")[1])
    assert reply.status_code == 200, reply.text
    assert (reply.json()["loads"], reply.json()["packages"]) == (True, 3)
    assert county.get("/v1/demand/snapshots", "analyst").json() == before


def test_rows_without_a_place_are_found_in_every_format_and_set_aside_by_choice(
    county: InProcess, extract: list[dict[str, Any]]
) -> None:
    odd = [*extract[:2], extract[2] | {"postcode": "ZZ99 3VZ"}]
    found = _send(county, as_file(odd, "csv")[1]).json()
    assert (found["loads"], [item["code"] for item in found["findings"]]) == (False, ["postcode_no_fixed_abode"])
    aside = _send(county, as_file(odd, "csv")[1], set_aside="no-fixed-abode").json()
    assert (aside["loads"], aside["packages"], aside["set_aside"]["packages"]) == (True, 2, 1)
    assert "ZZ99 3VZ" in _send(county, as_file(odd, "csv")[1], format="csv").text
    book = openpyxl.load_workbook(io.BytesIO(_send(county, as_file(odd, "csv")[1], format="xlsx").content))
    assert book.sheetnames == ["Findings", "Rows"]
    wrong = _send(county, as_file(odd, "csv")[1], set_aside="elsewhere")
    assert (wrong.status_code, "expected some of no-fixed-abode" in wrong.text) == (422, True)


def test_a_mapping_is_proposed_and_one_of_ones_own_is_taken(county: InProcess, extract: list[dict[str, Any]]) -> None:
    found = _send(county, as_file(extract, "csv")[1], "mappings/suggestions").json()
    assert found["template"] == "patchwork"
    own = {"file": ("extract.csv", as_file(extract, "csv")[1]), "mapping_file": ("ours.toml", found["toml"].encode())}
    headers = county.bearer("analyst")
    reply = county.client.post("/v1/demand/checks", files=own, data={"taken_on": DAY}, headers=headers)
    assert reply.json()["loads"] is True, reply.text
    own["mapping_file"] = ("ours.toml", b"name = 3")
    reply = county.client.post("/v1/demand/checks", files=own, data={"taken_on": DAY}, headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["field"].startswith("mapping_file")) == (422, True)


def test_those_who_may_not_load_may_not_look(county: InProcess, extract: list[dict[str, Any]]) -> None:
    assert _send(county, as_file(extract, "csv")[1], role="viewer").status_code == 403
    assert _send(county, as_file(extract, "csv")[1], "mappings/suggestions", role="viewer").status_code == 403


def test_totals_say_what_they_miss(county: InProcess) -> None:
    assert county.get("/v1/demand/totals?by=band", "analyst").json()["set_aside"] == {
        "any": False, "packages": 0, "hours_per_week": 0.0, "without_hours": 0, "reasons": [],
    }  # fmt: skip
    assert county.get("/v1/demand/totals?by=band", "viewer").json()["set_aside"]["packages"] is None
