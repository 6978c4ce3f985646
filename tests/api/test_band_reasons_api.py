"""Why a place has its band, over HTTP: what is loaded counts, and what is told gives nobody away."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from app.jobs.problems import JobProblem
from app.usecases.bands.classify import ClassifyRequest, classify_areas, settled, store_run
from app.usecases.county.import_facts import import_facts
from geo.bands import load_scheme
from tests.api.inprocess import InProcess

FALLS_BACK_ON_A_FILE = 'name="x"\nversion="1"\ntitle="x"\nsource="x"\nrule=[]\nfalls_back_to="/etc/x.toml"'


def _classified(county: InProcess, **asked: Any) -> dict[str, Any]:
    """What a classification gives, as the job makes it."""
    installation, council = county.installation, county.installation.settings.council
    with installation.database.read() as session:
        request = settled(session, council, ClassifyRequest(**asked))
        return classify_areas(session, council, request, installation.settings)


def _stored(county: InProcess, made: dict[str, Any]) -> int:
    return store_run(county.installation.database, county.installation.settings.council, made, "test", None)


def test_a_postcode_is_explained_in_any_spelling(county: InProcess) -> None:
    told = county.get("/v1/bands/postcodes/le168fd", "viewer").json()
    assert (told["postcode"], told["band"], told["rule_band"]) == ("LE16 8FD", "fringe", "urban")
    assert told["why"].startswith("Decided for Market Harborough")
    assert told["explanation"]["neighbours"]
    assert "LE16 8FD" not in str(told["explanation"])
    assert county.get("/v1/postcodes/LE168FD").json()["band"] == told["band"]


@pytest.mark.parametrize(("postcode", "status"), [("LE99", 400), ("LE158AZ", 404), ("AB101XG", 404)])
def test_a_postcode_that_is_none_of_the_councils_is_refused_as_by_a_lookup(
    county: InProcess, postcode: str, status: int
) -> None:
    refused = county.get(f"/v1/bands/postcodes/{postcode}")
    assert refused.status == status
    assert refused.json()["type"] == county.get(f"/v1/postcodes/{postcode}").json()["type"]


def test_a_decision_for_one_postcode_is_told_with_its_reason(county: InProcess) -> None:
    request = {
        "kind": "postcode",
        "target": "le67 3ap",
        "band": "isolated",
        "reason": "Reached by a private track only.",
        "author": "Head of Commissioning",
        "decided_on": "2026-01-05",
        "review_on": "2099-01-05",
    }
    posted = county.client.post("/v1/bands/overrides", json=request, headers=county.bearer("commissioner"))
    assert posted.status_code in {200, 201}, posted.text
    run = _stored(county, _classified(county))
    told = county.get(f"/v1/bands/postcodes/LE673AP?run_id={run}", "analyst").json()
    assert (told["band"], told["decided_by"]) == ("isolated", "override")
    assert told["area_band"] != "isolated"
    assert told["why"] == "Decided for this postcode: Reached by a private track only."
    assert told["explanation"]["override"]["review"] == "2099-01-05"
    assert county.get(f"/v1/bands/postcodes/LE673AP?run_id={run}", "viewer").status == 404


def test_loaded_care_counts_and_is_told_without_small_numbers(county: InProcess) -> None:
    made = _classified(county, scheme="care", smooth=False, overrides=False)
    current = county.get("/v1/demand/snapshots", "analyst").json()["items"][0]
    assert made["provenance"]["demand"].startswith(f"snapshot {current['id']} of ")
    few = [area for area in made["areas"] if area["features"]["packages_within_5_minutes"] is None]
    assert few
    for area in made["areas"]:
        features = area["features"]
        for minutes in (5, 10, 15):
            shown = features[f"packages_within_{minutes}_minutes"]
            hours = features[f"hours_within_{minutes}_minutes"]
            assert (shown is None) == (hours is None)
            assert shown is None or (shown % 5 == 0 and hours % 5 == 0)
    assert any("withheld" in area["explanation"]["read_aloud"] for area in few)
    settlement = _classified(county, smooth=False, overrides=False)
    assert [a["band"] for a in made["areas"]] != [a["band"] for a in settlement["areas"]]


def test_a_scheme_of_the_councils_own_is_kept_with_its_classification(county: InProcess) -> None:
    listed = county.get("/v1/bands/schemes").json()
    assert [scheme["name"] for scheme in listed["items"]] == ["settlement", "official", "care"]
    assert {f["name"] for f in listed["features"]} >= {f for s in listed["items"] for f in s["features"]}
    text = county.get("/v1/bands/schemes/settlement").body.decode()
    assert tomllib.loads(text)["version"] == load_scheme("settlement").version
    own = text.replace('name = "settlement"', 'name = "ours"', 1).replace("at_least = 10000", "at_least = 1", 1)
    made = _classified(county, own_scheme=own, overrides=False)
    assert made["scheme"] == "ours"
    assert made["parameters"]["own_scheme"] == own
    assert not any(a["rule"] == "small-town-or-large-village" for a in made["areas"])
    assert sum(a["band"] == "urban" for a in made["areas"]) > 1_900


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"own_scheme": "name = "}, "not TOML"),
        ({"own_scheme": FALLS_BACK_ON_A_FILE}, "falls_back_to"),
        ({"scheme": "pyproject.toml"}, "settlement"),
    ],
)
def test_a_wrong_scheme_is_refused_at_once(county: InProcess, asked: dict[str, str], told: str) -> None:
    refused = county.client.post("/v1/bands/runs", json=asked, headers=county.bearer("analyst"))
    assert refused.status_code == 422
    assert told in refused.text
    unknown = county.client.post("/v1/bands/runs", json={"snapshot_id": 987654}, headers=county.bearer("analyst"))
    assert unknown.status_code == 404


def test_the_official_class_is_taken_where_it_was_loaded(county: InProcess) -> None:
    with pytest.raises(JobProblem, match="None of the council's areas") as none:
        _classified(county, scheme="official", overrides=False)
    assert none.value.extra["errors"][0]["field"] == "body.scheme"
    before = _classified(county, scheme="settlement", overrides=False)
    place, other = before["areas"][0]["area_id"], before["areas"][1]["area_id"]
    installation, council = county.installation, county.installation.settings.council

    def load(text: str) -> dict[str, Any]:
        with installation.database.write() as session:
            return import_facts(
                session,
                council,
                text.encode(),
                counts=[],
                rates=[],
                name="Official class",
                source="Made up for a test",
                actor="test",
                official_class="ruc11",
            )

    assert load(f"area_id,ruc11\n{place},f1\n{other},\n")["areas_classed"] == 1
    after = _classified(county, overrides=False)  # the official class is the default where it is loaded
    assert after["scheme"] == "official"
    assert after["provenance"]["official_classes"] == 1
    assert after["areas"][0]["rule"] == "official-hamlet"
    assert after["areas"][0]["band"] == "isolated"
    assert [a["band"] for a in after["areas"][1:]] == [a["band"] for a in before["areas"][1:]]
    with pytest.raises(Exception, match="row 2, ruc11") as refused:
        load(f"area_id,ruc11\n{place},village\n")
    assert "expected a class from A1 to F2" in str(refused.value)
