"""Zone plans over real HTTP, with a worker: drawn, followed, cancelled, imported, published one at a time, exported."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import shape

from tests.services import Service


def _ended(client: httpx.Client, job_id: str, seconds: float = 240) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
        if job["status"] in {"succeeded", "failed", "cancelled"} or time.monotonic() > end:
            return job
        time.sleep(0.3)


def _areas(client: httpx.Client) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = client.get("/v1/areas", params={"limit": 1000} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


CUT_AS_IT_IS = {"despite_broken_rules": True}
"""A county cut in two by a straight line leaves pieces, which publishing refuses unless somebody says so."""


def _halves(client: httpx.Client, name: str, east: str = "East") -> dict[str, Any]:
    areas = _areas(client)
    middle = sorted(area["easting"] for area in areas)[len(areas) // 2]
    return {
        "name": name,
        "zones": [{"number": 1, "name": "West"}, {"number": 2, "name": east}],
        "zone_by_area": {area["area_id"]: 1 + (area["easting"] >= middle) for area in areas},
    }


def test_a_plan_is_drawn_as_a_job_followed_to_its_end_and_is_one_job_however_often_asked(service: Service) -> None:
    asked = {"name": "Six", "zones": 6, "seconds": 2, "seed": 3, "tolerance_share": 0.1}
    with service.client("analyst") as client:
        first = client.post("/v1/plans", json=asked)
        assert first.status_code == 202, first.text
        job = first.json()
        assert first.headers["location"] == f"/v1/jobs/{job['id']}"
        assert client.post("/v1/plans", json=asked).json()["id"] == job["id"]

        with client.stream("GET", f"/v1/jobs/{job['id']}/events", timeout=240) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
        told = [json.loads(line.removeprefix("data: ")) for line in lines]
        shares = [event["progress_share"] for event in told]
        assert shares == sorted(shares)
        assert told[-1]["status"] == "succeeded", told[-1]["problem"]
        assert client.post("/v1/plans", json=asked).json()["id"] == job["id"]

        plan = client.get(f"/v1/plans/{told[-1]['result']['plan_id']}").json()
        assert (plan["status"], plan["method"], plan["name"]) == ("draft", "optimised", "Six")
        assert plan["provenance"]["job_id"] == job["id"]
        hours = [zone["hours_per_week"] for zone in plan["zones"]]
        assert len(hours) == 6
        mean = sum(hours) / 6
        assert all(abs(value / mean - 1) <= 0.1 + 1e-6 for value in hours)
        assert sum(item["name"] == "Six" for item in client.get("/v1/plans").json()["items"]) == 1


def test_a_job_that_is_cancelled_leaves_no_plan_and_may_be_asked_again(service: Service) -> None:
    asked = {"name": "Never drawn", "zones": 5, "seconds": 600, "seed": 4}
    with service.client("analyst") as client:
        job = client.post("/v1/plans", json=asked).json()
        assert client.post(f"/v1/jobs/{job['id']}/cancel").status_code == 200
        ended = _ended(client, job["id"])
        assert (ended["status"], ended["result"]) == ("cancelled", None)
        assert "Never drawn" not in client.get("/v1/plans").text
        again = client.post("/v1/plans", json=asked).json()
        assert again["id"] != job["id"]
        client.post(f"/v1/jobs/{again['id']}/cancel")
        assert _ended(client, again["id"])["status"] == "cancelled"


def test_a_plan_that_nobody_can_draw_fails_with_the_reason(service: Service) -> None:
    with service.client("analyst") as client:
        for wanted, reason in (
            ([{"name": "A", "areas": ["E99999999"]}, {"name": "B"}], "E99999999"),
            ([{"name": "A", "areas": ["E00131502"]}, {"name": "B", "areas": ["E00131502"]}], "E00131502"),
        ):
            job = client.post("/v1/plans", json={"name": "No", "wanted": wanted, "seconds": 2}).json()
            ended = _ended(client, job["id"])
            assert ended["status"] == "failed"
            assert ended["problem"]["type"] == "/problems/infeasible"
            assert reason in ended["problem"]["detail"]
        both = client.post("/v1/plans", json={"name": "No", "zones": 3, "wanted": [{"name": "A"}, {"name": "B"}]})
        assert both.status_code == 422


def test_a_plan_drawn_elsewhere_is_kept_by_area_or_by_postcode(service: Service) -> None:
    with service.client("analyst") as client:
        by_area = _halves(client, "Halves")
        kept = client.post("/v1/plans/imports", json=by_area)
        assert kept.status_code == 201, kept.text
        assert (kept.json()["status"], kept.json()["method"]) == ("draft", "imported")
        back = client.get(f"/v1/plans/{kept.json()['id']}/areas", params={"limit": 1000}).json()
        assert all(by_area["zone_by_area"][item["area_id"]] == item["zone_number"] for item in back["items"])

        table = pd.read_csv("app/data/leicestershire_postcodes.csv.gz", dtype=str)
        live = table[table["status"] == "live"]
        zones = {
            postcode.lower(): by_area["zone_by_area"][area]
            for postcode, area in zip(live["postcode"], live["oa11"], strict=True)
        }
        by_postcode = {"name": "Halves by postcode", "zones": by_area["zones"], "zone_by_postcode": zones}
        same = client.post("/v1/plans/imports", json=by_postcode)
        assert same.status_code == 201, same.text
        twin = client.get(f"/v1/plans/{same.json()['id']}/areas", params={"limit": 1000}).json()
        assert twin["items"] == back["items"]

        missing = next(iter(zones))
        del zones[missing]
        reply = client.post("/v1/plans/imports", json=by_postcode)
        assert reply.status_code == 422
        assert reply.json()["errors"] == [
            {"field": "zone_by_postcode", "message": "no zone given", "found": missing.upper()}
        ]


def test_everything_wrong_with_an_imported_plan_is_listed_and_nothing_kept(service: Service) -> None:
    with service.client("analyst") as client:
        before = len(client.get("/v1/plans").json()["items"])
        bad = _halves(client, "Bad")
        gone, moved = sorted(bad["zone_by_area"])[:2]
        del bad["zone_by_area"][gone]
        bad["zone_by_area"] |= {moved: 7, "E99999999": 1}
        bad["zones"].append({"number": 3, "name": "West"})
        reply = client.post("/v1/plans/imports", json=bad)
        assert reply.status_code == 422
        told = {(error["message"], error.get("found")) for error in reply.json()["errors"]}
        assert told >= {
            ("no zone given", gone),
            ("zone is not in zones", 7),
            ("no such area", "E99999999"),
            ("zone without an area", 3),
        }
        assert any("twice" in message for message, _ in told)
        assert len(client.get("/v1/plans").json()["items"]) == before


def test_publishing_retires_the_plan_before_and_lookups_follow(service: Service) -> None:
    with service.client("analyst") as analyst, service.client("commissioner") as client:
        old = client.get("/v1/plans?status=published").json()["items"][0]["id"]
        new = analyst.post("/v1/plans/imports", json=_halves(analyst, "In force")).json()["id"]
        assert analyst.post(f"/v1/plans/{new}/publish").status_code == 403
        renamed = analyst.patch(f"/v1/plans/{new}", json={"name": "In force soon", "status": "candidate"}).json()
        assert (renamed["name"], renamed["status"]) == ("In force soon", "candidate")
        tag = client.get("/v1/postcodes/LE67 3AP").headers["etag"]
        assert client.get("/v1/postcodes/LE67 3AP", headers={"If-None-Match": tag}).status_code == 304
        assert client.post(f"/v1/plans/{new}/publish", json=CUT_AS_IT_IS).json()["status"] == "published"

        seen = client.get("/v1/postcodes/LE67 3AP", headers={"If-None-Match": tag})
        assert seen.status_code == 200
        assert (seen.json()["plan_id"], seen.json()["zone"]["name"]) == (new, "West")
        kept = client.get(f"/v1/plans/{old}").json()
        assert (kept["status"], kept["retired_at"] is None) == ("retired", False)
        assert [item["id"] for item in client.get("/v1/plans?status=published").json()["items"]] == [new]
        assert client.post(f"/v1/plans/{old}/publish").status_code == 409
        assert analyst.patch(f"/v1/plans/{new}", json={"name": "Too late"}).status_code == 409
        actions = [
            (entry["action"], entry["before"], entry["after"])
            for entry in client.get(f"/v1/audit?entity=zone_plan&entity_id={new}").json()["items"]
        ]
        action, before, after = actions[0]
        assert (action, before, after["status"]) == ("zone_plan.publish", {"status": "candidate"}, "published")


def test_of_plans_published_at_the_same_moment_exactly_one_stands(service: Service) -> None:
    with service.client("analyst") as analyst, service.client("commissioner") as client:
        drafts = [analyst.post("/v1/plans/imports", json=_halves(analyst, f"Rival {i}")).json()["id"] for i in range(4)]

        def publish(plan_id: int) -> int:
            with service.client("commissioner") as own:
                return own.post(f"/v1/plans/{plan_id}/publish", json=CUT_AS_IT_IS).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(publish, [*drafts, *drafts]))
        assert set(statuses) <= {200, 409}, statuses
        listed = {item["id"]: item["status"] for item in client.get("/v1/plans").json()["items"]}
        assert Counter(listed.values())["published"] == 1
        assert sorted(listed[plan] for plan in drafts) == ["published", "retired", "retired", "retired"]
        (standing,) = [plan for plan in drafts if listed[plan] == "published"]
        assert client.get(f"/v1/plans/{standing}").json()["retired_at"] is None
        assert client.get("/v1/postcodes/LE67 3AP").json()["plan_id"] == standing


def test_the_map_layer_is_valid_shapes_in_longitude_and_latitude(service: Service) -> None:
    with service.client("viewer") as client:
        plan = client.get("/v1/plans").json()["items"][0]["id"]
        for metres in (0, 25, 200):
            reply = client.get(f"/v1/plans/{plan}/zones.geojson", params={"simplify_metres": metres})
            assert reply.headers["content-type"] == "application/geo+json"
            layer = reply.json()
            assert layer["type"] == "FeatureCollection"
            for feature in layer["features"]:
                polygon = shape(feature["geometry"])
                assert polygon.geom_type in {"Polygon", "MultiPolygon"}
                assert polygon.is_valid
                west, south, east, north = polygon.bounds
                assert -1.7 < west < east < -0.6
                assert 52.3 < south < north < 53.0
                assert feature["properties"]["name"]


@pytest.fixture(scope="module")
def spreadsheet_plan(service: Service) -> int:
    """A published plan with a zone named so that a spreadsheet would run it."""
    with service.client("analyst") as client:
        body = _halves(client, "=cmd|' /C calc'!A0", east="=HYPERLINK(1)")
        kept = client.post("/v1/plans/imports", json=body)
        assert kept.status_code == 201, kept.text
        return int(kept.json()["id"])


def test_exports_open_in_the_tools_that_analysts_use(service: Service, spreadsheet_plan: int, tmp_path: Path) -> None:
    with service.client("analyst") as client:

        def fetched(form: str, what: str = "") -> Path:
            reply = client.get(f"/v1/exports/plans/{spreadsheet_plan}{what}.{form}")
            assert reply.status_code == 200, (form, reply.text[:500])
            assert f'.{form}"' in reply.headers["content-disposition"]
            path = tmp_path / f"plan{what.replace('/', '-')}.{form}"
            path.write_bytes(reply.content)
            return path

        package = fetched("gpkg")
        layers = {str(name) for name, _ in pyogrio.list_layers(package)}
        assert layers >= {"zones", "areas"}
        for name, count in (("zones", 2), ("areas", len(_areas(client)))):
            frame = gpd.read_file(package, layer=name)
            assert len(frame) == count
            assert frame.crs.to_epsg() == 27700
            assert frame.geometry.is_valid.all()
        zones = gpd.read_file(package, layer="zones")
        assert 1.9e9 < zones.geometry.area.sum() < 2.3e9  # the county has about 2,083 square kilometres
        assert set(zones["name"]) == {"West", "=HYPERLINK(1)"}

        assert gpd.read_file(fetched("geojson")).crs.to_epsg() == 4326
        assert gpd.read_file(fetched("fgb")).crs.to_epsg() == 27700
        assert gpd.read_parquet(fetched("parquet")).crs.to_epsg() == 27700
        table = pd.read_csv(fetched("csv"))
        assert set(table["name"]) == {"West", "'=HYPERLINK(1)"}
        sheets = pd.read_excel(fetched("xlsx"), sheet_name=None, engine="openpyxl")
        assert {"zones", "areas"} <= set(sheets)
        assert "=HYPERLINK(1)" in set(sheets["zones"]["name"])

        postcodes = pd.read_csv(fetched("csv", "/postcodes"))
        assert len(postcodes) > 16_000
        row = postcodes.set_index("postcode").loc["LE67 3AP"]
        answer = client.get("/v1/postcodes/LE67 3AP", params={"plan_id": spreadsheet_plan}).json()
        assert (row["zone_number"], row["band"]) == (answer["zone"]["number"], answer["band"])

        card = client.get("/v1/meta").json()["rate_card"]["id"]
        lines = pd.read_csv(io.BytesIO(client.get(f"/v1/exports/rate-cards/{card}.csv").content))
        rates = lines[lines["item"] == "Rate"].set_index("band")["pounds_per_contact_hour"].to_dict()
        assert rates == {"urban": 18.75, "fringe": 20.20, "rural": 23.00, "isolated": 26.35}
        assert client.get(f"/v1/exports/plans/{spreadsheet_plan}.exe").status_code in {404, 422}
