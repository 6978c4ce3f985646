"""A council is found by the name people call it, and knows the codes of every year."""

from __future__ import annotations

import re

import pytest

from app.ingest.national import councils, land, named_places
from geo.councils import UnknownCouncilError


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("Rutland", {"E06000017"}),
        ("rutland county council", {"E06000017"}),
        ("Bristol, City of", {"E06000023"}),
        ("Bournemouth, Christchurch and Poole", {"E06000058"}),
        ("St Helens", {"E08000013"}),
        ("E07000164", {"E06000065"}),
        ("Cornwall, Isles of Scilly", {"E06000052", "E06000053"}),
        ("Cumbria", {"E06000063", "E06000064"}),
        ("Highland", {"S12000017"}),
        ("Powys", {"W06000023"}),
    ],
)
def test_a_council_is_found_by_name_or_by_code_of_any_year(asked: str, codes: set[str]) -> None:
    assert set(councils().find(asked).codes) == codes


def test_a_county_is_its_districts_with_their_names() -> None:
    kent = councils().find("Kent County Council")
    assert (kent.kind, len(kent.codes)) == ("county", 12)
    assert kent.districts["E07000106"] == "Canterbury"


def test_codes_before_and_after_a_reorganisation_are_looked_for() -> None:
    somerset = councils().find("Somerset")
    assert somerset.codes == ("E06000066",)
    assert {"E07000187", "E07000190", "E07000246"} <= somerset.every_code
    sheffield = councils().find("Sheffield")
    assert somerset.districts["E07000187"] == "Mendip"
    assert sheffield.every_code == {"E08000039", "E08000019"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Carlisle", "part of Cumberland (E06000063) since 2023-04"),
        ("Leister", "Leicester"),
        ("E99999999", "E99999999"),
    ],
)
def test_a_name_that_is_none_is_answered_with_what_is_meant(asked: str, said: str) -> None:
    with pytest.raises(UnknownCouncilError, match=re.escape(said)):
        councils().find(asked)


def test_every_district_of_great_britain_is_there_once_and_none_that_is_gone() -> None:
    every = councils()
    assert len(every.districts) == 350
    assert not {change.old_code for change in every.changes} & set(every.districts)
    assert {change.new_code for change in every.changes} <= set(every.districts)
    for council in every.every():
        assert council.codes
        assert all(every.name_of(code) for code in council.every_code)


def test_places_and_land_cover_the_corners_of_great_britain() -> None:
    places = named_places().set_index("name")
    assert {"Lerwick", "Penzance", "Oakham", "Holyhead"} <= set(places.index)
    oakham = places.loc["Oakham"]
    assert abs(oakham["easting"] - 486_000) < 1_500
    assert abs(oakham["northing"] - 308_800) < 1_500
    assert 220e9 < land().area < 260e9
