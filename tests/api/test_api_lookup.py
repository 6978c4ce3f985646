"""A broker's lookups: every postcode of the county, as people type them, and a plain word where there is no answer."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest

from tests.api.inprocess import InProcess
from tests.open_data import open_data

RATES = {"urban": 18.75, "fringe": 20.20, "rural": 23.00, "isolated": 26.35}
DISTRICTS = [f"E070001{number}" for number in range(29, 36)]
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    """The county file that comes with the service."""
    return pd.read_csv("app/data/leicestershire_postcodes.csv.gz", dtype=str)


def _all_answer(county: InProcess, postcodes: list[str]) -> Counter[str]:
    bands: Counter[str] = Counter()
    for postcode in postcodes:
        reply = county.get(f"/v1/postcodes/{postcode}")
        assert reply.status == 200, (postcode, reply.body)
        answer = reply.json()
        assert answer["postcode"] == postcode
        assert answer["live"] is True
        assert answer["pounds_per_hour"] == RATES[answer["band"]]
        assert 1 <= answer["zone"]["number"] <= 14
        assert answer["zone"]["name"]
        assert answer["area_id"].startswith("E00")
        assert answer["district"]["code"].startswith("E070001")
        assert answer["district"]["name"] != answer["district"]["code"]
        bands[answer["band"]] += 1
    return bands


def test_every_live_postcode_of_the_county_has_zone_band_rate_area_and_district(
    county: InProcess, shipped: pd.DataFrame
) -> None:
    live = shipped.loc[shipped["status"] == "live", "postcode"].tolist()
    assert len(live) > 16_000
    bands = _all_answer(county, live)
    assert set(bands) == set(RATES)
    assert bands["urban"] > bands["fringe"] > bands["isolated"]


def test_every_postcode_of_the_open_directory_extract_is_answered(county: InProcess) -> None:
    with gzip.open(open_data("postcodes_2025.csv.gz"), "rt") as lines:
        listed = pd.read_csv(lines, dtype=str)
    listed = listed[listed["lad"].isin(DISTRICTS)]
    assert len(listed) == 16_464
    _all_answer(county, listed["pcds"].tolist())


def test_an_answer_lies_where_the_directory_says(county: InProcess, shipped: pd.DataFrame) -> None:
    for row in shipped[shipped["status"] == "live"].iloc[::400].itertuples():
        answer = county.get(f"/v1/postcodes/{row.postcode}").json()
        assert (answer["easting"], answer["northing"]) == (int(row.easting), int(row.northing))
        assert (answer["area_id"], answer["district"]["code"]) == (row.oa11, row.district)
        assert 52.3 < answer["latitude"] < 53.0
        assert -1.7 < answer["longitude"] < -0.6


@pytest.mark.parametrize(
    ("typed", "repairs"),
    [
        ("LE67 3AP", 0),
        ("le67 3ap", 0),
        ("LE673AP", 0),
        ("  Le 67  3aP ", 0),
        ("LE67-3AP", 0),
        ("LE6７ 3AP", None),
        ("LEG7 3AP", 1),
    ],
)
def test_the_spelling_does_not_matter(county: InProcess, typed: str, repairs: int | None) -> None:
    reply = county.get(f"/v1/postcodes/{typed}")
    if repairs is None:  # a full-width digit: either read or refused, never a crash
        assert reply.status in {200, 400}
        return
    assert reply.status == 200, reply.body
    answer = reply.json()
    assert answer["postcode"] == "LE67 3AP"
    assert len(answer["repaired"]) == repairs


@pytest.mark.parametrize(
    ("typed", "meant", "said"),
    [
        ("LE1O 1AA", "LE10 1AA", "letter O"),
        ("LEIO 1AA", "LE10 1AA", "letter I"),
        ("LE10 lAA", "LE10 1AA", "letter L"),
        ("LE12 OAA", "LE12 0AA", "letter O"),
        ("1E10 1AA", "LE10 1AA", "digit 1"),
    ],
)
def test_slips_of_the_hand_are_put_right_and_named(county: InProcess, typed: str, meant: str, said: str) -> None:
    straight, slipped = county.get(f"/v1/postcodes/{meant}"), county.get(f"/v1/postcodes/{typed}")
    assert slipped.status == straight.status
    if straight.status == 200:
        assert slipped.json()["postcode"] == meant
        assert any(said.lower() in repair.lower() for repair in slipped.json()["repaired"]), slipped.json()["repaired"]
        assert slipped.json() | {"repaired": []} == straight.json()


@pytest.mark.parametrize("typed", ["", "LE", "HELLO", "LE67 3A", "LE67 33P", "12345", "LE67 3AP 5", "L" * 60, "💥"])
def test_what_is_no_postcode_is_refused_with_the_reason(county: InProcess, typed: str) -> None:
    reply = county.get(f"/v1/postcodes/{typed or ' '}")
    assert reply.status == 400, reply.body
    assert reply.headers["content-type"] == PROBLEM
    body = reply.json()
    assert body["type"] == "/problems/postcode-invalid"
    assert "is not a postcode" in body["detail"]
    assert len(body["detail"]) < 300


def test_an_unknown_postcode_gets_the_likeliest_ones(county: InProcess, shipped: pd.DataFrame) -> None:
    known = set(shipped["postcode"])
    unknown = next(p for p in (f"LE67 3{a}{b}" for a in "ZYXW" for b in "ZYXW") if p not in known)
    reply = county.get(f"/v1/postcodes/{unknown}")
    assert reply.status == 404
    body = reply.json()
    assert body["type"] == "/problems/postcode-unknown"
    assert body["postcode"] == unknown
    for suggestion in body["suggestions"]:
        assert county.get(f"/v1/postcodes/{suggestion}").status == 200
        assert sum(a != b for a, b in zip(suggestion, unknown, strict=True)) == 1
    assert body["suggestions"]


def test_every_terminated_postcode_says_so_and_names_live_ones_near_by(
    county: InProcess, shipped: pd.DataFrame
) -> None:
    ended = shipped[shipped["status"] == "terminated"]
    assert len(ended) > 100
    live = set(shipped.loc[shipped["status"] == "live", "postcode"])
    for row in ended.iloc[:: max(1, len(ended) // 300)].itertuples():
        reply = county.get(f"/v1/postcodes/{row.postcode}")
        assert reply.status == 410, reply.body
        body = reply.json()
        assert body["type"] == "/problems/postcode-terminated"
        dated = isinstance(row.terminated, str)
        when = f"in {row.terminated[4:]}/{row.terminated[:4]}" if dated else "at a date the directory does not give"
        assert when in body["detail"]
        assert body["terminated"] == (f"{row.terminated[:4]}-{row.terminated[4:]}" if dated else None)
        assert 1 <= len(body["suggestions"]) <= 5
        assert set(body["suggestions"]) <= live


@pytest.mark.parametrize("elsewhere", ["SW1A 2AA", "EH1 1YZ", "le1 1fz", "NG1 1AB"])
def test_a_real_postcode_outside_is_told_from_one_that_does_not_exist(county: InProcess, elsewhere: str) -> None:
    reply = county.get(f"/v1/postcodes/{elsewhere}")
    assert reply.status == 404
    body = reply.json()
    assert body["type"] == "/problems/postcode-out-of-county", body
    assert "outside the council's area" in body["detail"]
    assert body["status_in_directory"].islower()
    assert county.get(f"/v1/postcodes/{body['suggestions'][0]}").status == 200


def test_before_the_rate_card_starts_there_is_a_zone_but_no_rate(county: InProcess) -> None:
    answer = county.get("/v1/postcodes/LE67 3AP?as_of=2020-10-31").json()
    assert answer["zone"]
    assert answer["band"]
    assert answer["pounds_per_hour"] is None
    assert answer["visit_rates"] == []
    assert answer["rate_card_id"] is None
    assert "no-rate-card-in-force" in answer["flags"]
    assert county.get("/v1/postcodes/LE67 3AP?as_of=2020-11-01").json()["pounds_per_hour"] is not None
    assert county.get("/v1/postcodes/LE67 3AP?as_of=yesterday").status == 422


def test_the_plain_and_the_documented_path_give_the_same_answer(county: InProcess) -> None:
    quick = county.get("/v1/postcodes/LE67 3AP")
    plan = quick.json()["plan_id"]
    assert county.get(f"/v1/postcodes/LE67 3AP?plan_id={plan}").json() == quick.json()


def test_synthetic_demand_is_said_in_every_answer(county: InProcess) -> None:
    assert "synthetic-demand" in county.get("/v1/postcodes/LE67 3AP").json()["flags"]


def test_many_at_once_and_one_bad_one_spoils_no_other(county: InProcess, shipped: pd.DataFrame) -> None:
    ended = shipped.loc[shipped["status"] == "terminated", "postcode"].iloc[0]
    asked = ["le67 3ap", "rubbish", "LE1O 1AA", ended, "SW1A 2AA", "", "LE67 3AP"]
    body = county.client.post("/v1/postcodes/lookup", json={"postcodes": asked}, headers=county.bearer("broker")).json()
    assert [item["query"] for item in body["items"]] == asked
    kinds = [item["problem"]["type"] if item["problem"] else "answered" for item in body["items"]]
    assert kinds == [
        "answered",
        "/problems/postcode-invalid",
        "answered",
        "/problems/postcode-terminated",
        "/problems/postcode-out-of-county",
        "/problems/postcode-invalid",
        "answered",
    ]
    assert (body["answered"], body["problems"]) == (3, 4)
    assert all((item["answer"] is None) != (item["problem"] is None) for item in body["items"])
    single = county.get("/v1/postcodes/LE67 3AP").json()
    assert body["items"][0]["answer"] == body["items"][6]["answer"] == single


def test_the_whole_county_in_two_bulk_requests_agrees_with_single_lookups(
    county: InProcess, shipped: pd.DataFrame
) -> None:
    live = shipped.loc[shipped["status"] == "live", "postcode"].tolist()
    answers = {}
    for start in range(0, len(live), 10_000):
        body = county.client.post(
            "/v1/postcodes/lookup", json={"postcodes": live[start : start + 10_000]}, headers=county.bearer("broker")
        ).json()
        assert body["problems"] == 0
        answers |= {item["query"]: item["answer"] for item in body["items"]}
    assert len(answers) == len(live)
    for postcode in live[::500]:
        assert county.get(f"/v1/postcodes/{postcode}").json() == answers[postcode]


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_bulk_request_holds_one_to_ten_thousand(county: InProcess, count: int) -> None:
    reply = county.client.post(
        "/v1/postcodes/lookup", json={"postcodes": ["LE67 3AP"] * count}, headers=county.bearer("broker")
    )
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "body.postcodes"


def test_typing_completes_to_live_postcodes_in_order(county: InProcess, shipped: pd.DataFrame) -> None:
    live = shipped.loc[shipped["status"] == "live", "postcode"]
    expected = sorted(p for p in live if p.replace(" ", "").startswith("LE673A"))
    assert county.get("/v1/postcodes?starts_with=le67 3a&limit=100").json()["items"] == expected
    assert (
        county.get("/v1/postcodes?starts_with=LE67&limit=7").json()["items"]
        == sorted((p for p in live if p.startswith("LE67")), key=lambda p: p.replace(" ", ""))[:7]
    )
    assert county.get("/v1/postcodes?starts_with=ZZ").json()["items"] == []
    assert county.get("/v1/postcodes?starts_with=L").status == 422


def test_the_nearest_to_a_point_come_first_and_are_the_nearest(county: InProcess, shipped: pd.DataFrame) -> None:
    here = county.get("/v1/postcodes/LE67 3AP").json()
    near = county.get(
        f"/v1/postcodes/nearest?latitude={here['latitude']}&longitude={here['longitude']}&limit=20"
    ).json()["items"]
    assert here["postcode"] in [item["postcode"] for item in near if item["metres"] < 2]
    assert all(a["metres"] <= b["metres"] for a, b in pairwise(near))
    live = shipped[shipped["status"] == "live"]
    away = (
        (live["easting"].astype(float) - here["easting"]) ** 2
        + (live["northing"].astype(float) - here["northing"]) ** 2
    ) ** 0.5
    assert [item["metres"] for item in near] == pytest.approx(sorted(away)[:20], abs=1.0)
    assert county.get("/v1/postcodes/nearest?latitude=0&longitude=0").status == 422


def test_who_already_has_the_answer_is_not_sent_it_again(county: InProcess) -> None:
    for address in (
        "/v1/postcodes/LE67 3AP",
        "/v1/postcodes/LE67 3AP?as_of=2021-01-01",
        "/v1/postcodes?starts_with=LE67 3",
        "/v1/areas?limit=5",
        "/v1/areas.geojson",
        "/v1/bands",
        "/v1/plans",
        "/v1/rate-cards",
        "/v1/demand/totals",
        "/v1/meta",
    ):
        first = county.get(address)
        assert first.status == 200, (address, first.body)
        tag = first.headers["etag"]
        again = county.get(address, if_none_match=f'"something-else", W/{tag}')
        assert (again.status, again.body) == (304, b""), address
        assert again.headers["etag"] == tag
        assert "private" in again.headers["cache-control"]
        assert county.get(address, if_none_match='"something-else"').status == 200


def test_an_answer_held_from_before_a_publication_is_sent_anew(county: InProcess) -> None:
    before = county.get("/v1/postcodes/LE67 3AP")
    standing = before.json()["plan_id"]
    plans = county.get("/v1/plans?status=draft", "admin").json()["items"]
    other = plans[0]["id"]
    headers = county.bearer("commissioner")
    assert county.client.post(f"/v1/plans/{other}/publish", headers=headers).status_code == 200
    after = county.get("/v1/postcodes/LE67 3AP", if_none_match=before.headers["etag"])
    assert after.status == 200
    assert after.json()["plan_id"] == other != standing
    assert after.headers["etag"] != before.headers["etag"]
