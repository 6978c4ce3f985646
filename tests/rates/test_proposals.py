"""One question, one call: next year's rates with nothing loaded, over HTTP and on the command line."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.api.rates.examples import CARD_EXAMPLE
from app.cli.main import app as cli
from app.settings import get_settings
from tests.databases import ADMIN_KEY, blank_installation

CARD: dict[str, Any] = CARD_EXAMPLE["four bands"]["value"]
ASKED = {"financial_year": "2026-27", "wage": "real-living"}


def proposed(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/rates/proposals", json=ASKED | more)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def test_a_proposal_answers_the_whole_question(empty: TestClient) -> None:
    found = proposed(empty, uplift=0.04)
    assert {
        "bands",
        "against_card",
        "cost",
        "providers",
        "lawful",
        "warnings",
        "moved",
        "held",
        "draft_card_id",
    } <= set(found)
    assert [band["band"] for band in found["bands"]] == ["urban", "fringe", "rural", "isolated"]
    urban = found["bands"][0]
    assert urban["pounds_per_hour"] == 26.25
    assert [visit["minutes"] for visit in urban["by_visit_length"]] == [15, 30, 45, 60]
    assert {part["day_type"] for part in urban["by_day_type"]} == {"weekday", "weekend", "bank_holiday"}
    assert sum(urban["lines"].values()) == pytest.approx(urban["unrounded_pounds_per_hour"])
    assert (found["against_card"], found["cost"], found["providers"]) == (None, None, [])
    card = empty.get(f"/v1/rate-cards/{found['draft_card_id']}").json()
    assert (card["status"], card["effective_from"], card["financial_year"]) == ("draft", "2026-04-01", "2026-27")
    assert {move["field"] for move in card["moves"] if move["what"] == "asked"} == {
        "travel.pence_per_mile",
        "on_costs.sickness",
    }


def test_every_input_is_moved_held_or_asked_and_none_is_silent(empty: TestClient) -> None:
    found = proposed(empty, keep_draft=False)
    named = [move["field"] for kind in ("moved", "held", "asked") for move in found[kind]]
    assert len(named) == len(set(named))
    assert {"wage_pounds_per_hour", "mean_visit_minutes", "travel.pence_per_mile", "return.share"} <= set(named)
    assert {f"bands.{band}.miles_per_visit" for band in ("urban", "isolated")} <= set(named)
    assert found["draft_card_id"] is None
    for move in found["held"] + found["asked"]:
        assert move["before"] == move["after"]
        assert move["by"]
    asked = {move["field"] for move in found["asked"]}
    assert asked == {"travel.pence_per_mile", "on_costs.sickness", "business.pounds_per_contact_hour"}
    assert {w["field"] for w in found["warnings"] if w["code"] == "inputs-to-decide"} == asked


def test_what_is_asked_can_be_answered(empty: TestClient) -> None:
    answered = {
        "uplift": {"business.pounds_per_contact_hour": "cpi-september"},
        "pence_per_mile": 45,
        "absence": {"days_per_year": 6},
    }
    found = proposed(empty, keep_draft=False, **answered)
    assert found["asked"] == []
    moved = {move["field"]: move for move in found["moved"]}
    # 1.017 x 1.005 x 1.031 x 1.101 x 1.067 x 1.017 x 1.038, each September before the year
    assert moved["business.pounds_per_contact_hour"]["after"] == pytest.approx(3.60 * 1.306834, rel=1e-4)
    assert "2019-20 to 2026-27" in moved["business.pounds_per_contact_hour"]["by"]
    # six days at the lower of 24.65 and 16% of weekly pay, over 52 weeks' pay
    assert 0.006 < moved["on_costs.sickness"]["after"] < 0.013
    unlawful = proposed(empty, keep_draft=False, pence_per_mile=0, wage="national-living")
    assert unlawful["lawful"]["all_lawful"] is False
    assert {"mileage-unpaid", "pay-below-minimum"} <= {w["code"] for w in unlawful["warnings"]}
    paid = proposed(empty, keep_draft=False, pence_per_mile=55, wage="national-living")
    assert paid["lawful"]["all_lawful"] is True
    assert {test["age"] for test in paid["lawful"]["tests"]} == {"21 and over", "18 to 20", "under 18", "apprentice"}


def test_wages_and_bands_of_the_councils_own(empty: TestClient) -> None:
    bands = [{"name": f"tier {n}", "minutes_per_visit": 5 + n, "miles_per_visit": 2} for n in range(3)]
    found = proposed(empty, wage={"pounds_per_hour": 14.10}, bands=bands, keep_draft=False)
    assert found["wage_pounds_per_hour"] == 14.10
    assert [band["band"] for band in found["bands"]] == ["tier 0", "tier 1", "tier 2"]
    weekend = [{"name": "Weekend", "share_of_contact_hours": 0.28, "pay_multiplier": 1.5, "applies_to_travel": True}]
    priced = proposed(empty, enhancements=weekend, keep_draft=False)["bands"][0]["by_day_type"]
    assert [(part["day_type"], part["priced_apart"]) for part in priced] == [("weekday", True), ("Weekend", True)]
    assert priced[1]["pounds_per_hour"] > priced[0]["pounds_per_hour"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"wage": "high"}, "wage"),
        ({"financial_year": "2026"}, "financial_year"),
        ({"uplift": 4}, "uplift"),
        ({"uplift": {"travel.miles_per_visit": 0.1}}, "uplift.travel.miles_per_visit"),
        ({"pence_per_mile": -1}, "pence_per_mile"),
    ],
)
def test_a_wrong_question_names_the_field(empty: TestClient, wrong: dict[str, Any], field: str) -> None:
    answer = empty.post("/v1/rates/proposals", json=ASKED | wrong)
    assert answer.status_code == 422
    assert any(field in error["field"] for error in answer.json()["errors"]), answer.text
    late = empty.post("/v1/rates/proposals", json=ASKED | {"financial_year": "2031-32"})
    assert late.json()["type"] == "/problems/unknown-year"


def test_a_proposal_stands_beside_the_card_in_force_and_starts_from_it(empty: TestClient) -> None:
    drafted = empty.post("/v1/rate-cards", json=copy.deepcopy(CARD) | {"effective_from": "2020-04-01"}).json()
    assert empty.post(f"/v1/rate-cards/{drafted['id']}/publish").status_code == 200
    found = proposed(empty, name="Next")
    assert found["against_card"]["id"] == drafted["id"]
    urban = found["bands"][0]
    assert urban["in_force_pounds_per_hour"] == 18.75
    assert urban["difference_pounds_per_hour"] == pytest.approx(urban["pounds_per_hour"] - 18.75)
    assert sum(urban["line_changes"].values()) == pytest.approx(urban["unrounded_pounds_per_hour"] - 18.7394, abs=1e-3)


def test_the_life_of_a_card_on_the_command_line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with blank_installation("sqlite", tmp_path) as installation:
        monkeypatch.setenv("PATCHWORK_DATA_DIR", str(installation.settings.data_dir))
        monkeypatch.setenv("PATCHWORK_BOOTSTRAP_KEY", ADMIN_KEY)
        monkeypatch.setenv("PATCHWORK_DATABASE_URL", installation.settings.resolved_database_url)
        get_settings.cache_clear()
        try:
            _live_through(tmp_path)
        finally:
            get_settings.cache_clear()


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["rates", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def _live_through(folder: Any) -> None:
    found = json.loads(run("propose", "--year", "2026-27", "--wage", "real-living", "--uplift", "4%", "--json"))
    card = str(found["draft_card_id"])
    assert "Pay is" in run("propose", "--year", "2026-27", "--wage", "13.60", "--no-draft")
    assert card in run("list")
    assert "To decide" in run("show", card)
    refused = run("publish", card, code=2)
    assert "far-from-benchmark" in refused
    kinds = {warning["code"] for warning in found["warnings"] if not warning["note"]}
    accepted = [part for kind in kinds for part in ("--accept", f"{kind}=Decided by cabinet")]
    run("publish", card, *accepted)
    assert json.loads(run("show", "--on", "2026-12-01", "--json"))["id"] == int(card)
    second = json.loads(run("propose", "--year", "2026-27", "--wage", "national-living", "--json"))["draft_card_id"]
    assert json.loads(run("compare", card, str(second), "--json"))["bands"]
    run("cost", card, code=2)
    book = folder / "card.xlsx"
    run("workbook", card, "--out", str(book))
    assert book.read_bytes()[:2] == b"PK"
    for form, start in (("docx", b"PK"), ("html", b"<!")):
        evidence = folder / f"evidence.{form}"
        run("evidence", card, "--out", str(evidence), "--without-cost")
        assert evidence.read_bytes()[:2] == start
    assert ".docx or .html" in run("evidence", card, "--out", str(folder / "evidence.pdf"), code=2)
    assert "overlap" in run("publish", str(second), *accepted, code=2)
    run("retire", card)
