"""`patchwork zones`: what each command prints, keeps and refuses, on the demonstration county."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.jobs.supervisor import settings_environment
from app.settings import get_settings
from app.storage.models import ZonePlan, ZonePlanProof
from tests.databases import Installation, demo_installation

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Installation]:
    with demo_installation("sqlite", tmp_path_factory.mktemp("zones"), shared_folder) as found:
        yield found


@pytest.fixture(scope="module")
def zones(installation: Installation) -> Iterator[Run]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings_environment(installation.settings).items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        yield lambda *words: CliRunner().invoke(app, ["zones", *map(str, words)])
        get_settings.cache_clear()


def _data(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_plan_is_drawn_listed_edited_and_compared(zones: Run, tmp_path: Path) -> None:
    options = ("--zones", 6, "--tolerance", 0.2, "--starts", 1, "--seconds", 60, "--name", "Six")
    drawn = _data(zones("draw", *options, "--json"))
    assert drawn["travel_pounds_per_year"] > drawn["decided_by_the_plan_pounds_per_year"] > 0
    listed = {plan["plan_id"]: plan for plan in _data(zones("list", "--json"))}
    six = drawn["plan_id"]
    assert (listed[six]["name"], listed[six]["status"]) == ("Six", "draft")
    assert "Six" in zones("list", "--status", "draft").stdout

    tried = zones("edit", six, "--rename", "1=North", "--try")
    assert tried.stdout.startswith("Tried only: 0 areas moved.")
    moved = _data(zones("edit", six, "--rename", "1=North", "--move", "Quorndon=1", "--move", "Quorndon=2", "--json"))
    assert (moved["edit"], moved["kept"]) == (1, True)
    assert _data(zones("edit", six, "--undo", "--json"))["can_redo"]
    assert zones("edit", six, "--redo", "--after-edit", 1).exit_code == 2
    assert _data(zones("edit", six, "--redo", "--after-edit", 0, "--json"))["last_edit"] == 1

    others = [plan for plan in listed if plan != six]
    page, book, differences = (tmp_path / f"compared{ending}" for ending in (".html", ".xlsx", ".geojson"))
    for out in (page, book, differences):
        assert zones("compare", six, others[0], "--out", out).exit_code == 0
    assert "What each plan costs" in page.read_text()
    assert "figures" in pd.read_excel(book, sheet_name=None, engine="openpyxl")
    assert json.loads(differences.read_text())["features"]
    text = zones("compare", six, others[0]).stdout
    assert "Miles a year" in text
    assert f"Changing zone between {six} and {others[0]}" in text


def test_every_rule_can_be_asked_for_and_the_cheapest_number_of_zones_is_kept(zones: Run, tmp_path: Path) -> None:
    rules = ("--viable-hours", 100, "--whole-up-to", 20, "--natural-area", "Quorn way=Quorndon", "--whole", "Quorn way")
    search = ("--starts", 1, "--seconds", 60, "--tolerance", 0.3)
    drawn = _data(zones("draw", "--zones", "4-5", "--zone-pounds", 5_000_000, *rules, *search, "--json"))
    assert [(row["zones"], row["problem"]) for row in drawn["numbers_of_zones"]] == [(4, None), (5, None)]
    assert len(drawn["hours_by_zone"]) == 4
    assert drawn["rules_broken"] == []
    found = {row["rule"]: row for row in drawn["rules"]}
    assert found["viability of prime providers"]["found"] >= found["viability of prime providers"]["asked"] == 200
    assert found["natural areas kept whole"]["kept"]

    request = {"name": "Two and the rest", "seconds": 60, "starts": 1, "tolerance_share": 0.3}
    request["wanted"] = [{"name": "A", "target_hours_per_week": 6000}, {"name": "B", "tier": "t"}, {"name": "Rest"}]
    file = tmp_path / "request.json"
    file.write_text(json.dumps({**request, "tier_hours_per_week": {"t": 5000}}))
    text = zones("draw", "--request", file).stdout
    assert "balance: 0.3 share of the target" in text
    assert "free" in text


def test_a_plan_goes_from_draft_to_published_to_retired_with_its_history(zones: Run) -> None:
    first = next(plan for plan in _data(zones("list", "--json")) if plan["status"] == "published")["plan_id"]
    made = _data(zones("copy", first, "--name", "For members", "--json"))["plan_id"]
    assert _data(zones("rename", made, "For council", "--json"))["name"] == "For council"
    assert _data(zones("status", made, "candidate", "--json"))["status"] == "candidate"
    assert _data(zones("status", made, "published", "--json"))["before"] == "candidate"
    assert {p["plan_id"]: p["status"] for p in _data(zones("list", "--json"))}[first] == "retired"
    back = zones("status", made, "draft")
    assert back.exit_code != 0
    assert "only drafts and candidates change" in back.output
    done = [entry["action"] for entry in _data(zones("history", made, "--json"))]
    assert done == ["create", "rename", "status", "publish"]
    assert "candidate" in zones("history", made).stdout
    assert zones("rename", made, "Too late").exit_code != 0
    again = _data(zones("copy", first, "--name", "As it was", "--json"))["plan_id"]
    assert zones("status", again, "published").exit_code == 0
    broken = _data(zones("copy", again, "--name", "Broken", "--json"))["plan_id"]
    assert zones("edit", broken, "--move", "Hinckley=1").exit_code == 0
    refused = zones("status", broken, "published")
    assert (refused.exit_code, "of its rules: Coalville and Ashby is in 2 pieces" in refused.output) == (2, True)
    assert zones("status", broken, "published", "--despite-broken-rules").exit_code == 0
    assert "Coalville and Ashby is in 2 pieces" in zones("history", broken).stdout
    assert (
        zones("status", _data(zones("copy", again, "--name", "Mended", "--json"))["plan_id"], "published").exit_code
        == 0
    )


def test_a_drawn_plan_is_checked_again_from_scratch(zones: Run, installation: Installation) -> None:
    options = ("--zones", 5, "--tolerance", 0.3, "--starts", 1, "--seconds", 60, "--name", "Five")
    five = _data(zones("draw", *options, "--json"))["plan_id"]
    found = _data(zones("check", five, "--json"))
    assert found["broken_rules"] == found["changed_since"] == []
    assert found["holds"] == {"rules": True, "cost": True, "bound": True, "gap": True}
    reported, again = found["reported"], found["recomputed"]
    assert again["objective_pounds_per_year"] == pytest.approx(reported["objective_pounds_per_year"], abs=0.01)
    assert again["least_possible_pounds_per_year"] >= reported["least_possible_pounds_per_year"] - 2
    text = zones("check", five)
    assert (text.exit_code, "Rules broken: none" in text.stdout) == (0, True)

    def put(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
        with installation.database.write() as session:
            plan, row = session.get(ZonePlan, five), session.get(ZonePlanProof, five)
            assert plan is not None
            assert row is not None
            kept, report = json.loads(gzip.decompress(row.content)), dict(plan.report)
            change(kept, report)
            row.content, plan.report = gzip.compress(json.dumps(kept).encode()), report

    def cheaper(_kept: dict[str, Any], report: dict[str, Any]) -> None:
        report["objective_pounds_per_year"] -= 1000

    put(cheaper)
    wrong = zones("check", five)
    assert (wrong.exit_code, wrong.stdout.count("DOES NOT HOLD")) == (1, 1), wrong.stdout

    def worthless(kept: dict[str, Any], report: dict[str, Any]) -> None:
        report["objective_pounds_per_year"] += 1000
        kept["certificate"] = {"prices": [0.0] * len(kept["zone_of_unit"])}

    put(worthless)
    wrong = zones("check", five, "--json")
    assert wrong.exit_code == 1
    assert json.loads(wrong.stdout)["holds"] == {"rules": True, "cost": True, "bound": False, "gap": False}

    def exact(kept: dict[str, Any], _report: dict[str, Any]) -> None:
        kept["certificate"], kept["proven_by"] = None, "exact model"

    put(exact)
    told = zones("check", five)
    assert (told.exit_code, "The exact model proved it" in told.stdout) == (0, True)


def test_a_plan_without_a_proof_says_why(zones: Run) -> None:
    other = next(plan for plan in _data(zones("list", "--json")) if plan["method"] == "reconstructed")["plan_id"]
    told = zones("check", other)
    assert (told.exit_code, "was reconstructed, not drawn" in told.output) == (2, True)


def test_a_plan_is_put_to_the_test(zones: Run) -> None:
    plan = _data(zones("list", "--json"))[0]["plan_id"]
    options = ("--growth", "rural=0.1", "--samples", 20)
    found = _data(zones("robustness", plan, *options, "--json"))
    assert found["growth"]["hours_per_week_after"] > found["growth"]["hours_per_week_before"]
    assert found["sampled"]["samples"] == 20
    text = zones("robustness", plan, *options).stdout
    assert "Drawn anew 20 times" in text
    assert found["provider_exit"]["provider"] in text


def test_plans_are_compared_at_other_prices(zones: Run) -> None:
    one, two = [plan["plan_id"] for plan in _data(zones("list", "--json"))][:2]
    figures = [
        _data(zones("compare", one, two, *options, "--json"))["plans"][0]["figures"]
        for options in ((), ("--wage", 18.6, "--pence-per-mile", 90))
    ]
    assert figures[1]["travel_pounds_per_year"] == pytest.approx(2 * figures[0]["travel_pounds_per_year"])


def test_a_file_is_imported(zones: Run, tmp_path: Path) -> None:
    runner, out = CliRunner(), tmp_path / "plan.csv"
    assert runner.invoke(app, ["export", str(out), "--what", "postcodes"]).exit_code == 0
    kept = _data(zones("import", out, "--name", "Back again", "--json"))
    assert kept["zones"] == 14
    assert kept["travel_pounds_per_year"] > 0
    out.write_bytes(out.read_bytes() + b"ZZ99 9ZZ,1,Coalville and Ashby,urban,\r\n")
    told = zones("import", out, "--name", "With one more").stdout
    assert "1 postcodes are not live ones of the council and were passed over: ZZ99 9ZZ." in told
    (tmp_path / "bad.csv").write_text("postcode,zone\nLE67 3AP,North\n")
    refused = zones("import", tmp_path / "bad.csv")
    assert refused.exit_code == 2
    assert "live postcodes of the council have no zone" in refused.output


def test_a_sweep_goes_on_where_it_stood(zones: Run, tmp_path: Path) -> None:
    out = tmp_path / "sweep.json"
    common = (out, "--starts", 1, "--seconds", 60, "--tolerance", "0.3", "--workers", 2)
    first = _data(zones("sweep", *common, "--zones", "5", "--json"))
    assert first["of"] == 1
    before = json.loads(out.read_text())["points"][0]
    both = _data(zones("sweep", *common, "--zones", "6,5", "--json"))
    assert (both["of"], both["finished"]) == (2, 2)
    assert {point["zones"]: point for point in both["points"]}[5]["figures"] == before["figures"]
    assert any(point["on_the_front"] for point in both["points"])
    assert not list(tmp_path.glob(".*.part"))

    moved = tmp_path / "another.json"
    moved.write_text(json.dumps({"points": [{**before, "request": {"zones": 99, "priorities": {}}, "zones": 99}]}))
    kept = _data(zones("sweep", moved, *common[1:], "--zones", "6", "--json"))  # done before: no worker is needed
    assert [point["zones"] for point in kept["points"]] == [99, 6]


def test_variants_that_differ_in_price_are_told_apart(zones: Run, tmp_path: Path) -> None:
    done = zones(
        "sweep", tmp_path / "s.json", "--zones", "5", "--starts", 1, "--seconds", 60, "--tolerance", "0.3",
        "--border-pounds", "50,500", "--viable-hours", 5000,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["50/0/0/0", "500/0/0/0"]
    assert all("Ask for at most" in line for line in lines[1:3])


@pytest.mark.parametrize("held", ["no JSON", "[]", '{"other": 1}'])
def test_a_file_that_holds_no_sweep_is_left_alone(zones: Run, tmp_path: Path, held: str) -> None:
    out = tmp_path / "mine.json"
    out.write_text(held)
    done = zones("sweep", out, "--zones", "5", "--starts", 1, "--tolerance", "0.3")
    assert (done.exit_code, out.read_text()) == (2, held)
    assert "mine.json" in done.output


def test_the_published_zones_are_looked_for_and_the_gap_is_printed(zones: Run) -> None:
    options = ("--starts", 1, "--seconds", 90, "--tolerance", 0.15)
    found = _data(zones("rediscover", *options, "--json"))
    assert found["settlements"] >= 45
    assert found["pairs"] == found["settlements"] * (found["settlements"] - 1) // 2
    assert found["together"] + found["apart"] == found["pairs"]
    assert 0.5 < found["pairs_treated_the_same_share"] <= 1
    same = found["together"] * found["together_kept_share"] + found["apart"] * found["apart_kept_share"]
    assert same / found["pairs"] == pytest.approx(found["pairs_treated_the_same_share"], abs=1e-4)
    assert 0 <= found["gap_share"] < 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--status", "secret"), "expected one of draft"),
        (("status", 1, "adopted"), "expected one of draft, candidate, published, retired"),
        (("robustness", 1, "--growth", "rural=much"), "expected a number"),
        (("compare", 1, 2, "--out", "x.doc"), "expected a name ending in"),
        (("compare", 1), "two to 8 different plans"),
        (("edit", 1, "--rename", "North"), "expected ZONE=NAME"),
        (("edit", 9999, "--undo"), "There is no plan 9999"),
        (("edit", 1, "--merge", "a,b"), "The steps cannot be read"),
        (("sweep", "x.json", "--zones", "many"), "expected 8-20"),
        (("draw", "--move-pounds", 5), "goes with against_plan_id"),
        (("draw", "--zones", "many"), "expected 8-20"),
        (("draw", "--zones", "4,7"), "a range such as 8-12"),
        (("draw", "--base", "Quorndon=North"), "--base goes with --want"),
        (("draw", "--zones", 9, "--like", 1), "--zones and --like: found both"),
        (("draw", "--want", "A=", "--want", "B=", "--like", 1), "found both"),
        (("draw", "--zones", 9, "--zone-pounds", 5), "goes with a range"),
        (("draw", "--zones", 9, "--against", 1), "--against goes with --move-pounds"),
        (("draw", "--zones", 9, "--viable-free"), "goes with viable_hours_per_week"),
        (("draw", "--request", "pyproject.toml", "--zones", 9), "found --zones beside it"),
        (("sweep", "x.json", "--zones", 9, "--like", 1), "found both"),
        (("draw", "--zones", 9, "--crossing", "E00130214,E00130214"), "is joined with itself"),
        (("draw", "--want", "A=", "--want", "B=", "--base", "Quorndn=A"), "Did you mean Quorndon"),
        (("draw", "--zones", 9, "--apart", "Syston,Syston"), "more of the same places"),
        (("draw", "--viable", "North=100"), "--viable goes with --want"),
        (
            ("draw", "--want", "North=1000", "--want", "South=", "--viable", "West=5"),
            "expected a zone of --want: North",
        ),
        (
            ("draw", "--want", "North=1000", "--want", "South=", "--viable", "North=900"),
            "North may hold at most 1,050.0",
        ),
        (("draw", "--want", "A=1", "--want", "A="), "expected names of their own"),
        (("draw", "--want", "North=1000", "--want", "South=some"), "expected hours a week"),
        (("draw", "--apart", "Quorndon"), "expected two places"),
        (("draw", "--zones", 5, "--whole", "Nowhere"), "nor a town or village"),
        (("draw", "--zones", 5, "--longest-minutes", 4), "needs a base of its own"),
        (("draw", "--zones", 40, "--viable-hours", 400), "Ask for at most"),
        (("sweep", "x.json", "--tolerance", "some"), "expected numbers with commas"),
    ],
)
def test_what_is_wrong_is_said_and_ends_with_code_2(zones: Run, words: tuple[Any, ...], said: str) -> None:
    done = zones(*words)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_proposals_for_new_councils_are_one_report_with_the_price_of_each_line(zones: Run, tmp_path: Path) -> None:
    file = tmp_path / "proposals.csv"
    north = ("E07000130", "E07000133", "E07000134", "E06000017")
    south = ("E07000129", "E07000131", "E07000132", "E07000135")
    rows = [
        *(f"two,North,{code}" for code in north),
        *(f"two,South,{code}" for code in south),
        *(f"one,County,{code}" for code in (*north, *south)),
    ]
    file.write_text("\n".join(["proposal,council,district_code", *rows]), encoding="utf-8")
    told = zones("reorganise", file).stdout
    assert "Not loaded: Rutland (North)." in told
    assert "All that is loaded falls to one council" in told

    options = ("--zones", 4, "--tolerance", 0.3, "--starts", 1, "--seconds", 60)
    found = _data(zones("reorganise", file, "--price-line", *options, "--json"))
    assert [proposal["name"] for proposal in found["proposals"]] == ["two", "one"]
    two, one = found["line_prices"]
    assert sum(two["zones_by_council"].values()) == 4
    for cost in (two["may_cross"], two["none_crosses"]):
        assert cost["pounds_per_year"] >= cost["least_possible_pounds_per_year"] > 0
    assert two["may_cross"]["pounds_per_year"] <= two["none_crosses"]["pounds_per_year"]
    assert 0 <= two["price_is_at_least"] <= two["price_pounds_per_year"] <= two["price_is_at_most"]
    assert (one["none_crosses"], one["price_pounds_per_year"]) == (None, None)
    assert "parts nothing here" in one["problem"]

    assert zones("reorganise", file, "--zones", 4).exit_code == 2
    assert zones("reorganise", file, "--plan", 999).exit_code == 2
    file.write_text("proposal,council\na,b\n", encoding="utf-8")
    refused = zones("reorganise", file)
    assert refused.exit_code == 2
    assert "row 1, district_code: is missing" in refused.stderr
