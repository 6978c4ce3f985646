"""Plans side by side: figures that agree with their sources, small numbers withheld, workbook, page and shapes."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import shape

from app.exports.comparison import group_name
from app.storage.demand import current_snapshot
from app.storage.state import bump_state
from app.usecases.county.import_facts import import_facts
from app.usecases.plans.measure import inputs
from tests.api.inprocess import InProcess
from tests.open_data import open_data


@pytest.fixture(scope="module")
def plans(county: InProcess) -> list[int]:
    """The plan in force and the report's zones."""
    items = county.get("/v1/plans", "analyst").json()["items"]
    return sorted((item["id"] for item in items), reverse=True)


@pytest.fixture(scope="module")
def query(plans: list[int]) -> str:
    return "&".join(f"plan={plan}" for plan in plans)


@pytest.fixture(scope="module")
def found(county: InProcess, query: str) -> dict[str, Any]:
    reply = county.get(f"/v1/plans/compare?{query}", "analyst")
    assert reply.status == 200, reply.body[:500]
    answer: dict[str, Any] = reply.json()
    return answer


def test_hours_packages_and_people_are_those_of_the_demand(county: InProcess, found: dict[str, Any]) -> None:
    for plan in found["plans"]:
        totals = county.get(f"/v1/demand/totals?by=zone&plan_id={plan['plan_id']}", "analyst").json()["items"]
        known = {row["zone"]: row for row in totals}
        for zone in plan["zones"]:
            for name in ("hours_per_week", "packages", "people", "waiting_packages"):
                assert zone[name] == known[zone["name"]][name], (plan["plan_id"], zone["name"])
            assert sum(zone["hours_per_week_by_band"].values()) == pytest.approx(zone["hours_per_week"])
        for name in ("hours_per_week", "packages"):
            assert plan["figures"][name] == pytest.approx(sum(zone[name] for zone in plan["zones"]))
        assert 0 < plan["figures"]["polsby_popper_least"] <= plan["figures"]["polsby_popper_mean"] < 1
        small = [zone for zone in plan["zones"] if zone["viable"] is False]
        assert {zone["name"] for zone in small} >= {"Bottesford"}
        assert plan["figures"]["zones_not_viable"] == len(small)


def test_costs_are_those_the_plan_was_drawn_with(county: InProcess, found: dict[str, Any]) -> None:
    first = found["plans"][0]
    drawn = county.get(f"/v1/plans/{first['plan_id']}", "analyst").json()["report"]
    for name in (
        "travel_pounds_per_year",
        "objective_pounds_per_year",
        "miles_per_year",
        "kg_co2_per_year",
        "gap_share",
    ):
        assert first["figures"][name] == pytest.approx(drawn[name], rel=1e-6), name
    change = found["changes_against_the_first"][0]
    other = found["plans"][1]["figures"]
    assert change["figures"]["travel_pounds_per_year"] == pytest.approx(
        other["travel_pounds_per_year"] - first["figures"]["travel_pounds_per_year"], abs=0.01
    )


def test_what_changes_zone_adds_up(found: dict[str, Any]) -> None:
    (change,) = found["changes_against_the_first"]
    moved = [row for row in change["from_zone_to_zone"] if not row["stays"]]
    for name in ("areas", "packages", "people", "hours_per_week"):
        assert sum(row[name] for row in moved) == pytest.approx(change[name]), name
    assert sum(row["areas"] for row in change["from_zone_to_zone"]) == 2085
    assert 0 < change["hours_share"] < 1
    assert sum(row["hours_per_week"] for row in change["by_provider"]) <= change["hours_per_week"]
    assert change["providers"] == len(change["by_provider"])


def test_a_wage_and_a_mileage_of_ones_own_change_pounds_and_nothing_else(
    county: InProcess, query: str, found: dict[str, Any]
) -> None:
    dearer = county.get(f"/v1/plans/compare?{query}&wage_pounds_per_hour=18.60&pence_per_mile=90", "analyst").json()
    for before, after in zip(found["plans"], dearer["plans"], strict=True):
        for name in ("travel_time_pounds_per_year", "mileage_pounds_per_year"):
            assert after["figures"][name] == pytest.approx(2 * before["figures"][name], rel=1e-6)
        for name in ("miles_per_year", "paid_travel_hours_per_year", "imbalance_share"):
            assert after["figures"][name] == before["figures"][name]
    assert found["plans"][0]["figures"]["gap_share"] is not None
    assert dearer["plans"][0]["figures"]["gap_share"] is None, "nothing was proven at that wage"


def test_what_leaves_the_council_withholds_small_numbers(county: InProcess, query: str, found: dict[str, Any]) -> None:
    reply = county.get(f"/v1/plans/compare.xlsx?{query}", "analyst")
    assert reply.status == 200
    sheets = pd.read_excel(io.BytesIO(reply.body), sheet_name=None, engine="openpyxl")
    assert {"about", "figures", "zones", "changes", "from zone to zone", "equality"} <= set(sheets)
    moves = sheets["from zone to zone"]
    assert moves["people"].isna().any()
    assert not (moves["people"].dropna().between(1, 4)).any()
    exact = [row for row in found["changes_against_the_first"][0]["from_zone_to_zone"] if 0 < row["people"] < 5]
    assert exact, "the county has no small cell, so this proves nothing"
    figures = sheets["figures"].set_index("figure")
    assert figures.iloc[:, 0]["Care hours a week"] == found["plans"][0]["figures"]["hours_per_week"]


def test_one_street_that_changes_zone_is_not_given_away_by_taking_plan_from_plan(
    county: InProcess, plans: list[int]
) -> None:
    exact = county.get(f"/v1/demand/totals?by=area_id&limit=1000&plan_id={plans[0]}", "analyst").json()["items"]
    people = {row["area_id"]: row["people"] for row in exact}
    zone_of = {
        row["area_id"]: row["zone_number"]
        for row in county.get(f"/v1/plans/{plans[0]}/areas?limit=1000", "analyst").json()["items"]
    }
    street = next(area for area in zone_of if people.get(area) == 2)
    made = county.client.post(
        f"/v1/plans/{plans[0]}/copy", json={"name": "One street"}, headers=county.bearer("analyst")
    ).json()["id"]
    county.client.post(
        f"/v1/plans/{made}/edits",
        json={"operations": [{"do": "move", "areas": [street], "to": 1 if zone_of[street] != 1 else 2}]},
        headers=county.bearer("analyst"),
    ).raise_for_status()
    reply = county.get(f"/v1/plans/compare.xlsx?plan={plans[0]}&plan={made}", "analyst")
    sheets = pd.read_excel(io.BytesIO(reply.body), sheet_name=None, engine="openpyxl")
    zones = sheets["zones"].pivot_table(index="number", columns="plan", values="people", dropna=False)
    assert (zones[plans[0]].notna() == zones[made].notna()).all(), "no zone goes blank for the sake of a street"
    assert set((zones[made] - zones[plans[0]]).dropna()) <= {-10.0, -5.0, 0.0, 5.0, 10.0}, "told in whole steps"
    moves = sheets["from zone to zone"]
    assert moves.loc[~moves["stays"], "people"].isna().all(), "two people are never told of"
    changes = sheets["changes"].set_index("changes zone").iloc[:, 0]
    assert changes[["People", "Care hours a week"]].isna().all()
    figures = sheets["figures"].set_index("figure")
    pounds = figures.loc["Travel and mileage, £ a year"]
    assert pounds.notna().all()
    assert ((pounds / 5_000) % 1 == 0).all(), "a step is more than any one person's travel"
    inside = county.get(f"/v1/plans/compare?plan={plans[0]}&plan={made}", "analyst").json()
    assert inside["changes_against_the_first"][0]["people"] == 2, "inside the council nothing is withheld"


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.captions, self.tags, self.at = list[str](), list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.at = tag
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.at == "caption" and data.strip():
            self.captions.append(data)


def test_the_page_reads_without_scripts_and_shows_no_markup_of_names(county: InProcess, plans: list[int]) -> None:
    made = county.client.post(
        f"/v1/plans/{plans[0]}/copy", json={"name": "<script>alert(1)</script>"}, headers=county.bearer("analyst")
    ).json()
    reply = county.get(f"/v1/plans/compare.html?plan={plans[0]}&plan={made['id']}", "analyst")
    assert reply.headers["content-type"].startswith("text/html")
    text = reply.body.decode()
    reader = _Tables()
    reader.feed(text)
    assert "script" not in reader.tags
    assert "&lt;script&gt;" in text
    for wanted in ("What each plan costs", "Towns and villages cut", "Zones of", "Residents by group"):
        assert any(wanted in caption for caption in reader.captions), wanted
    for heading in ("waiting", "Polsby-Popper", "moment", "viable"):
        assert f'<th scope="col">{heading}</th>' in text, heading
    assert "http" not in text.replace("http://www.w3.org", "")


def test_groups_of_residents_have_names_that_people_read() -> None:
    assert group_name("pop_75plus") == "aged 75 and over"
    assert group_name("fifth with the highest income_score") == "fifth with the highest income score"


def test_where_plans_differ_is_the_land_that_changes_zone(county: InProcess, query: str, found: dict[str, Any]) -> None:
    layer = county.get(f"/v1/plans/compare/differences.geojson?{query}", "analyst").json()
    moved = [row for row in found["changes_against_the_first"][0]["from_zone_to_zone"] if not row["stays"]]
    rows = {(f["properties"]["from_zone"], f["properties"]["to_zone"]): f for f in layer["features"]}
    assert set(rows) == {(row["from_zone"], row["to_zone"]) for row in moved}
    for row in moved:
        feature = rows[row["from_zone"], row["to_zone"]]
        assert feature["properties"]["areas"] == row["areas"]
        assert shape(feature["geometry"]).is_valid


def test_drafts_are_not_compared_by_those_who_may_not_see_them(county: InProcess, query: str, plans: list[int]) -> None:
    assert county.get(f"/v1/plans/compare?{query}", "viewer").status == 404
    for wrong in (f"plan={plans[0]}", f"plan={plans[0]}&plan={plans[0]}", "plan=1&plan=999999"):
        assert county.get(f"/v1/plans/compare?{wrong}", "analyst").status in {404, 422}, wrong


def test_an_equality_report_says_what_it_is_silent_on(found: dict[str, Any]) -> None:
    silent = [source for source in found["measured_on"]["equality_sources"] if "Nothing is said" in source]
    assert ["by age" in silent[0], "by deprivation" in silent[1]] == [True, True]


def test_the_equality_report_uses_published_figures_of_residents(county: InProcess, query: str) -> None:
    population = open_data("population_lsoa_mid2020.csv").read_bytes()
    illness = open_data("deprivation_lsoa_2019.csv").read_bytes()
    with county.installation.database.write() as session:
        kept = import_facts(
            session,
            "leicestershire",
            population,
            counts=["total_population", "pop_75plus"],
            rates=[],
            name="Mid-2020 population",
            source="Office for National Statistics, OGL v3",
            actor="tests",
        )
        import_facts(
            session,
            "leicestershire",
            illness,
            counts=[],
            rates=["comparative_illness_and_disability_ratio_indicator"],
            name="Indices of Deprivation 2019",
            source="MHCLG, OGL v3",
            actor="tests",
        )
    assert kept["areas"] == 396
    table = pd.read_csv(io.BytesIO(population))
    county_only = table[table["ltla21_code"].between("E07000129", "E07000135")]
    found = county.get(f"/v1/plans/compare?{query}", "analyst").json()
    for plan in found["plans"]:
        groups = {row["group"]: row for row in plan["equality"]["groups"]}
        assert groups["everyone"]["residents"] == pytest.approx(county_only["total_population"].sum(), rel=0.002)
        assert groups["pop_75plus"]["residents"] == pytest.approx(county_only["pop_75plus"].sum(), rel=0.002)
        fifth = groups["fifth with the highest comparative_illness_and_disability_ratio_indicator"]
        assert 0.2 <= fifth["residents"] / groups["everyone"]["residents"] < 0.21
        healthiest = groups["fifth with the lowest comparative_illness_and_disability_ratio_indicator"]
        assert 0.2 <= healthiest["residents"] / groups["everyone"]["residents"] < 0.21
        assert healthiest["mean_minutes_from_base"] != fifth["mean_minutes_from_base"]
        assert groups["rural and isolated bands"]["minutes_over_everyone"] > 1.1
    sources = found["measured_on"]["equality_sources"]
    assert any("Mid-2020" in source for source in sources)
    assert not any("Nothing is said" in source for source in sources)


@pytest.mark.parametrize(
    ("text", "counts", "said"),
    [
        ("lsoa11,people\nE01025613,5\n", ["older"], "found no column older"),
        ("place,people\nE01025613,5\n", ["people"], "found no column area"),
        ("lsoa11,people\nE01000001,5\n", ["people"], "none of the file's areas"),
        ("lsoa11,people\nE01025613,-5\n", ["people"], "no numbers or below 0"),
        ("lsoa11,people\nE01025613,many\n", ["people"], "no numbers or below 0"),
    ],
)
def test_figures_that_cannot_be_read_are_refused_whole(
    county: InProcess, text: str, counts: list[str], said: str
) -> None:
    with county.installation.database.write() as session, pytest.raises(Exception, match=said):
        import_facts(
            session, "leicestershire", text.encode(), counts=counts, rates=[], name="x", source="y", actor="tests"
        )


def test_files_say_that_packages_are_in_no_total_of_theirs(
    county: InProcess, query: str, plans: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Some packages of the file were set aside and are in no total."
    addresses = (f"/v1/plans/compare.xlsx?{query}", f"/v1/exports/plans/{plans[0]}/postcodes.xlsx")

    def note(address: str) -> str:
        return str(pd.read_excel(io.BytesIO(county.get(address, "analyst").body), "about").to_numpy().tolist())

    assert said not in note(addresses[1])
    with county.installation.database.write() as session:
        snapshot = current_snapshot(session, "leicestershire")
        assert snapshot is not None
        snapshot.set_aside = {"no-fixed-abode": {"packages": 3, "minutes_per_week": 1260, "without_hours": 0}}
        bump_state(session, "leicestershire")
    try:
        monkeypatch.setattr(inputs, "_inputs", type(inputs._inputs)(1))  # a snapshot is kept as it was first read
        assert [said in note(address) for address in addresses] == [True, True]
        inside = county.get(f"/v1/plans/compare?{query}", "analyst").json()["measured_on"]
        assert (inside["set_aside"]["packages"], inside["set_aside"]["hours_per_week"]) == (3, 21.0)
    finally:
        with county.installation.database.write() as session:
            snapshot = current_snapshot(session, "leicestershire")
            assert snapshot is not None
            snapshot.set_aside = {}
            bump_state(session, "leicestershire")
