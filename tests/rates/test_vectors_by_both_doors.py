"""Published prices, to the penny, by HTTP and by the command line alike."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.cli.main import app as cli
from tests.pricing.cases import LEICESTERSHIRE_URBAN
from tests.pricing.test_price_vectors import southend

UKHCA_2014 = {
    "wage_pounds_per_hour": 6.31,
    "on_costs": {
        "method": "additive",
        "holiday": 0.1077,
        "training": {"pounds_per_contact_hour": 0.13},
        "employer_ni": 0.095,
        "pension": {"pounds_per_contact_hour": 0.08},
    },
    "mean_visit_minutes": 60,
    "travel": {"minutes_per_visit": 11.4, "miles_per_visit": 4, "pence_per_mile": 35},
    "business": {"share_of_price": 0.27},
    "return": {"method": "share_of_price", "share": 0.03},
    "round_to_pence": 1,
}
BANDS = {
    # minutes and miles a visit; the published hour; pounds an hour at 15, 30, 45 and 60 minutes
    "urban": (6.25, 1.55, 18.75, (23.69, 19.73, 18.41, 17.75)),
    "fringe": (8.25, 2.75, 20.20, (27.56, 21.66, 19.70, 18.72)),
    "rural": (12.25, 5.05, 23.00, (35.10, 25.44, 22.21, 20.60)),
    "isolated": (16.75, 7.85, 26.35, (43.99, 29.88, 25.18, 22.82)),
}


def by_http(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/v1/pricing/rates", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_command(body: dict[str, Any]) -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["price", "--input", "-", "--json"], input=json.dumps(body))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def plain(given: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(given, default=str))


def both(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    """The answer of both doors, which is one."""
    over, line = by_http(client, plain(body)), by_command(plain(body))
    assert {name: line[name] for name in over} == over
    return over


@pytest.mark.parametrize("band", BANDS)
def test_leicestershire_by_band_and_visit_length(empty: TestClient, band: str) -> None:
    minutes, miles, hour, lengths = BANDS[band]
    travel = {"minutes_per_visit": minutes, "miles_per_visit": miles, "pence_per_mile": 45}
    found = both(empty, LEICESTERSHIRE_URBAN | {"travel": travel})
    assert found["total"] == hour
    shown = [visit["rounded_pounds_per_hour"] for visit in found["by_visit_length"]]
    assert shown == pytest.approx(lengths, abs=0.0351), "the printed table is of unrounded minutes and miles"


def test_the_associations_minimum_price_of_2014(empty: TestClient) -> None:
    """15.19 as printed; its own lines sum to 15.20, which 10.64 / 0.70 is."""
    found = both(empty, UKHCA_2014)
    assert found["total"] == pytest.approx(15.20, abs=0.011)
    lines = {line["key"]: line["pounds_per_contact_hour"] for line in found["lines"]}
    for key, pounds in {"travel_time": 1.20, "mileage": 1.40, "business_share": 4.10, "return": 0.46}.items():
        assert lines[key] == pytest.approx(pounds, abs=0.011), key


def test_southend_at_every_length(empty: TestClient) -> None:
    found = both(empty, southend(str(Decimal(60) / Decimal("1.69"))))
    assert found["total"] == pytest.approx(22.73, abs=0.02)
    shown = [visit["pounds_per_hour"] for visit in found["by_visit_length"]]
    assert shown == pytest.approx([26.89, 23.29, 22.09, 21.49, 20.89], abs=0.02)


@pytest.mark.parametrize(
    ("change", "pence"),
    [
        ({"wage_pounds_per_hour": 9.40}, 15),
        ({"travel": {"pence_per_mile": 55}}, 24),
        ({"travel": {"minutes_per_visit": 7.25}}, 30),
        ({"travel": {"miles_per_visit": 2.05}}, 35),
        ({"mean_visit_minutes": 30}, 99),
        ({"mean_visit_minutes": 60}, -99),
        ({"business": {"pounds_per_contact_hour": 4.10}}, 52),
        ({"return": {"method": "on_cost", "share": 0.03}}, -36),
        ({"on_costs": {"sickness": 0.029}}, 23),
    ],
)
def test_what_each_input_moves_the_urban_price_by(empty: TestClient, change: dict[str, Any], pence: int) -> None:
    body: dict[str, Any] = {**LEICESTERSHIRE_URBAN}
    for name, value in change.items():
        body[name] = body[name] | value if isinstance(value, dict) else value
    before, after = by_http(empty, plain(LEICESTERSHIRE_URBAN)), both(empty, body)
    assert (after["unrounded"] - before["unrounded"]) * 100 == pytest.approx(pence, abs=1)
