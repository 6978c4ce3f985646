"""Proposals read from a CSV file, and laid over a council's areas."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.problems import Problem
from app.usecases.reorganisation.ground import sides_on
from app.usecases.reorganisation.proposals import ReorganisationProposal, read_proposals
from tests.usecases.squares import squares_county

CSV = """\ufeffproposal,council,district_code,district,part
two,North,E07000130,Charnwood,whole
two,South,E07000129,Blaby,whole
two,South,E07000131,Harborough,part
one,All,E07000130,Charnwood,
"""


def test_a_file_is_read_into_proposals_in_its_own_order() -> None:
    two, one = read_proposals(CSV).proposals
    assert (two.name, one.name) == ("two", "one")
    south = two.councils[1]
    assert (south.name, south.places, south.parts) == ("South", ["E07000129"], ["E07000131"])
    assert one.councils[0].places == ["E07000130"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("proposal,council\na,b\n", "expected proposal, council, district_code"),
        ("proposal,council,district_code\na,,E07000130\n", "Row 2, council: found nothing"),
        ("proposal,council,district_code,part\na,b,E07000130,half\n", "Row 2, part: found 'half'"),
        ("proposal,council,district_code\n", "no rows"),
        ("", "found nothing"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_by_row_and_column(text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read_proposals(text)


def test_names_are_of_one_proposal_and_one_council_each() -> None:
    council = {"name": "North", "places": ["A"]}
    with pytest.raises(ValidationError, match="same name"):
        ReorganisationProposal.model_validate({"name": "x", "councils": [council, council]})
    with pytest.raises(ValidationError, match="expected one at least"):
        ReorganisationProposal.model_validate({"name": "x", "councils": [{"name": "North"}]})


def test_a_code_that_is_not_held_is_not_loaded_and_a_wrong_name_is_refused_by_its_field() -> None:
    county = squares_county()
    councils = [{"name": "All", "places": ["D"]}, {"name": "City", "places": ["Midtown", "E06000016"]}]
    sides = sides_on(county, ReorganisationProposal.model_validate({"name": "x", "councils": councils}), 0)
    assert sides.not_loaded == ((), ("E06000016",))
    assert (sides.of_area == 1).sum() == 4
    councils[1]["places"] = ["Midtow"]
    with pytest.raises(Problem, match=r"proposals\[2\].councils\[1\].places: 'Midtow' .*mean Midtown"):
        sides_on(county, ReorganisationProposal.model_validate({"name": "x", "councils": councils}), 2)
    councils[1]["places"] = ["D"]
    with pytest.raises(Problem, match="D is given to both 'All' and 'City'"):
        sides_on(county, ReorganisationProposal.model_validate({"name": "x", "councils": councils}), 0)
