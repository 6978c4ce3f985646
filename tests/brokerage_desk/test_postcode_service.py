"""The postcode service: files, places, reach, travel, validation and the cost of a pattern."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.brokerage_desk.conftest import POSTCODE, Desk

LONDON = "latitude=51.5074&longitude=-0.1278"
TERMINATED = "LE67 3AB"


def _file(desk: Desk, name: str, content: bytes, **data: str) -> Any:
    headers = desk.app.bearer("viewer")
    return desk.app.client.post("/v1/postcodes/files", files={"file": (name, content)}, data=data, headers=headers)


def test_a_point_in_london_has_no_postcode_here(desk: Desk) -> None:
    found = desk.ok("GET", f"/postcodes/nearest?{LONDON}")
    assert found == {"items": [], "reach_metres": 5000.0}
    known = desk.app.get(f"/v1/postcodes/{POSTCODE}").json()
    for place in (
        f"latitude={known['latitude']}&longitude={known['longitude']}",
        f"easting={known['easting']}&northing={known['northing']}",
    ):
        assert desk.ok("GET", f"/postcodes/nearest?{place}&reach_metres=100")["items"][0]["metres"] < 5
    far = desk.ok("GET", f"/postcodes/nearest?easting={known['easting'] + 3000}&northing={known['northing']}&limit=100")
    assert max(item["metres"] for item in far["items"]) <= 5000


@pytest.mark.parametrize("query", ["", "latitude=52.7", f"{LONDON}&easting=1&northing=1", "easting=443000"])
def test_a_point_is_whole_and_given_once(desk: Desk, query: str) -> None:
    assert desk.send("GET", f"/postcodes/nearest?{query}").status_code == 422


def test_a_null_among_many_spoils_nothing(desk: Desk) -> None:
    asked = [POSTCODE, None, "le673ap", "", "rubbish", TERMINATED, "LE67 3A\u00e9"]
    found = desk.ok("POST", "/postcodes/lookup", {"postcodes": asked})
    assert [item["query"] for item in found["items"]] == asked
    assert [item["answer"] is not None for item in found["items"]] == [True, False, True, False, False, False, False]
    assert (found["answered"], found["problems"]) == (2, 5)
    single = desk.app.get(f"/v1/postcodes/{POSTCODE}").json()
    assert found["items"][0]["answer"] == found["items"][2]["answer"] == single
    assert found["items"][5]["problem"]["type"] == "/problems/postcode-terminated"


def test_a_csv_comes_back_with_an_answer_or_a_problem_in_each_row(desk: Desk) -> None:
    sent = f"ref,Post Code,note\n1,{POSTCODE},=1+1\n2,,no postcode\n3,{TERMINATED},old\n4,le67 3ap,typed\n"
    reply = _file(desk, "list.csv", sent.encode())
    assert reply.status_code == 200, reply.text
    assert (reply.headers["x-rows"], reply.headers["x-problems"]) == ("4", "2")
    back = pd.read_csv(io.BytesIO(reply.content), dtype=str, keep_default_na=False)
    assert back["ref"].tolist() == ["1", "2", "3", "4"]
    assert back["note"][0] == "'=1+1"
    assert back["band"][0] == back["band"][3] != ""
    assert back["problem"][1] == "There is no postcode in this row."
    assert "terminated" in back["problem"][2]
    assert back["suggestions"][2]


def test_a_workbook_comes_back_as_a_workbook(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for row in (["Name", "Postcode"], ["A", POSTCODE], ["B", None], ["C", "nonsense"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    reply = _file(desk, "list.xlsx", out.getvalue())
    assert reply.status_code == 200, reply.text
    sheet = openpyxl.load_workbook(io.BytesIO(reply.content))["postcodes"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 4
    header = list(rows[0])
    assert rows[1][header.index("zone")] == desk.zone
    assert rows[2][header.index("problem")] == "There is no postcode in this row."


def test_a_plain_list_will_do_and_a_file_without_postcodes_is_refused(desk: Desk) -> None:
    reply = _file(desk, "list.txt", f"{POSTCODE}\nrubbish\n".encode())
    assert reply.headers["x-problems"] == "1"
    for content in (b"", b"a,b\n1,2\n", b"\x00\x01\x02"):
        assert _file(desk, "x.csv", content).status_code == 422
    named = _file(desk, "x.csv", f"where,what\n{POSTCODE},x\n".encode(), column="where")
    assert named.status_code == 200


def test_a_place_and_an_outward_code_say_zones_bands_and_rates(desk: Desk) -> None:
    place = desk.ok("GET", "/postcodes/place?name=coalville")
    assert place["zones"][0]["number"] == desk.zone
    assert sum(band["postcodes"] for band in place["bands"]) == place["postcodes"] > 100
    outward = desk.ok("GET", "/postcodes/outward/le67")
    assert outward["place"] == "LE67"
    assert sum(zone["postcodes"] for zone in outward["zones"]) == outward["postcodes"]
    wrong = desk.send("GET", "/postcodes/place?name=coalvil")
    assert wrong.status_code == 404
    assert "Coalville" in wrong.json()["suggestions"]
    assert desk.send("GET", "/postcodes/outward/SW1A").status_code == 404


def test_a_text_is_validated(desk: Desk) -> None:
    fine = desk.ok("GET", "/postcodes/validate?text=le67%203ap")
    assert (fine["well_formed"], fine["live"], fine["postcode"]) == (True, True, POSTCODE)
    old = desk.ok("GET", f"/postcodes/validate?text={TERMINATED}")
    assert (old["well_formed"], old["live"]) == (True, False)
    assert old["problem"]["status"] == 410
    wrong = desk.ok("GET", "/postcodes/validate?text=hello")
    assert (wrong["well_formed"], wrong["postcode"]) == (False, None)


def test_travel_and_the_cost_of_a_pattern(desk: Desk) -> None:
    there = desk.ok("GET", f"/postcodes/travel?origin={POSTCODE}&destination=LE16 7NB")
    assert 20 < there["minutes"] < 120
    assert 15 < there["miles"] < 60
    wrong = desk.send("GET", f"/postcodes/travel?origin={POSTCODE}&destination=rubbish")
    assert wrong.json()["errors"][0]["field"] == "destination"
    cost = desk.ok(
        "POST", "/postcodes/cost", {"postcode": POSTCODE, "visits": [{"minutes": 30, "per_week": 14, "carers": 2}]}
    )
    assert cost["hours_per_week"] == 14
    assert cost["weekly_cost_pounds"] == pytest.approx(sum(line["pounds"] for line in cost["lines"]), abs=0.005)
    assert cost["double_handed_pounds"] > 0
