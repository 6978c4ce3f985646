"""Postcodes as people write them: read, repaired with every repair named, or refused with a reason."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.postcode_columns import parse_column
from geo.postcodes import AREAS, TEMPLATES, WELL_FORMED, InvalidPostcode, Postcode, Repair, is_valid, normalise, parse

CODES = st.from_regex(rf"\A(?:{WELL_FORMED})\Z", fullmatch=True).filter(is_valid)
ANYTHING = st.one_of(st.text(max_size=12), st.text("LE67 3ABO0I1S5-.q", max_size=10), CODES)


@pytest.mark.parametrize(
    ("text", "expected", "area", "sector"),
    [
        # The examples of the Royal Mail Programmers' Guide, one a shape, and the odd one out.
        ("M1 1AE", "M1 1AE", "M", "M1 1"),
        ("B33 8TH", "B33 8TH", "B", "B33 8"),
        ("CR2 6XH", "CR2 6XH", "CR", "CR2 6"),
        ("DN55 1PT", "DN55 1PT", "DN", "DN55 1"),
        ("W1A 1HQ", "W1A 1HQ", "W", "W1A 1"),
        ("EC1A 1BB", "EC1A 1BB", "EC", "EC1A 1"),
        ("gir0aa", "GIR 0AA", "GIR", "GIR 0"),
        (" le67-3ab. ", "LE67 3AB", "LE", "LE67 3"),
        ("L E 6 7\u00a03a\u200bb", "LE67 3AB", "LE", "LE67 3"),
    ],
)
def test_case_spaces_and_punctuation_do_not_matter(text: str, expected: str, area: str, sector: str):
    postcode = parse(text)
    assert (str(postcode), postcode.area, postcode.sector, postcode.repairs) == (expected, area, sector, ())
    assert postcode.outward + postcode.inward == postcode.key
    assert postcode.unit == expected[-2:]


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("LE67 OAB", "LE67 0AB", "read the letter O in fifth place as the digit 0"),
        ("LE6I 3AB", "LE61 3AB", "read the letter I in fourth place as the digit 1"),
        ("1E67 3AB", "LE67 3AB", "read the digit 1 in first place as the letter L"),
        ("5E1 7PB", "SE1 7PB", "read the digit 5 in first place as the letter S"),
        ("S017 1BJ", "SO17 1BJ", "read the digit 0 in second place as the letter O"),
        ("LE67 3A8", "LE67 3AB", "read the digit 8 in seventh place as the letter B"),
        ("GIR OAA", "GIR 0AA", "read the letter O in fourth place as the digit 0"),
    ],
)
def test_a_slip_is_repaired_and_named(text: str, expected: str, said: str):
    postcode = parse(text)
    assert str(postcode) == expected
    assert [str(r) for r in postcode.repairs] == [said]
    with pytest.raises(InvalidPostcode):
        parse(text, repair=False)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "empty", "nothing is given"),
        (" - ", "empty", "nothing is given"),
        (
            "LE67",
            "too_short",
            "it has 4 characters without spaces, a postcode has 5 to 7; it looks like the first half alone",
        ),
        ("LE67 3ABCD", "too_long", "it has 9 characters"),
        ("x" * 5000, "too_long", "it has 5000 characters"),
        ("LE67 3£B", "character", "the character '£' cannot stand"),
        ("LE67 AB3", "shape", "must end with a digit and two letters, as in 3AB, and ends with AB3"),
        ("67LE 3AB", "shape", "the first half must be one or two letters"),
        ("LE67 3AC", "letter", "the letter C cannot stand in seventh place (never there: C, I, K, M, O, V)"),
        ("QE1 1AA", "letter", "the letter Q cannot stand in first place (never there: Q, V, X)"),
        ("LX1 1AA", "area", "there is no postcode area LX"),
    ],
)
def test_what_is_wrong_is_said_so_that_a_person_can_act(text: str, code: str, said: str):
    with pytest.raises(InvalidPostcode, match="is not a postcode") as caught:
        parse(text)
    assert caught.value.code == code
    assert said in caught.value.reason
    assert caught.value.text == text
    assert len(str(caught.value)) < 250


def test_an_error_survives_the_way_between_processes():
    with pytest.raises(InvalidPostcode) as caught:
        parse("LE67 3AC")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (str(again), again.position) == (str(caught.value), 6)


def test_the_shortest_repair_wins_and_three_slips_are_too_many():
    assert parse("OX1 OAA").repairs == (Repair(3, "O", "0"),)
    with pytest.raises(InvalidPostcode):
        parse("1EO7 OAO")


@settings(deadline=None)
@given(CODES, st.integers(0, 6), st.sampled_from([" ", "-", "\t", ".", "  ", "\u2011"]))
def test_any_writing_of_a_postcode_gives_the_same_one(key: str, at: int, noise: str):
    assert parse(key[:at] + noise + key[at:].lower()) == Postcode(key)
    assert normalise(normalise(key)) == normalise(key)


@settings(deadline=None)
@given(CODES, st.data())
def test_each_common_slip_is_undone_or_read_otherwise_with_no_more_repairs(key: str, data: st.DataObject):
    slips = {"0": "O", "1": "I", "O": "0", "I": "1", "S": "5", "5": "S"}
    at = data.draw(st.sampled_from(range(len(key))))
    slipped = key[:at] + slips.get(key[at], key[at]) + key[at + 1 :]
    postcode = parse(slipped)
    assert is_valid(postcode.key)
    assert len(postcode.repairs) <= (slipped != key)


def read(text: str, *, repair: bool = True) -> Postcode | InvalidPostcode:
    try:
        return parse(text, repair=repair)
    except InvalidPostcode as error:
        return error


@settings(deadline=None)
@given(ANYTHING)
def test_every_text_is_read_or_refused_and_a_reading_is_always_well_formed(text: str):
    answer = read(text)
    if isinstance(answer, InvalidPostcode):
        assert answer.reason
        return
    assert is_valid(answer.key)
    assert answer.area in AREAS
    fits = [all(c in a for c, a in zip(answer.key, t, strict=True)) for t in TEMPLATES if len(t) == len(answer.key)]
    assert any(fits)
    assert parse(str(answer)) == answer


@pytest.mark.parametrize("repair", [True, False])
@settings(deadline=None)
@given(texts=st.lists(st.one_of(st.none(), ANYTHING), max_size=20))
def test_a_column_is_read_row_for_row_as_single_postcodes_are(repair: bool, texts: list[str | None]):  # noqa: FBT001
    column = parse_column(texts, repair=repair)
    assert column.keys.shape == (len(texts),)
    for i, expected in enumerate(read(text or "", repair=repair) for text in texts):
        if isinstance(expected, InvalidPostcode):
            assert column.keys[i] == b""
            assert str(column.errors[i]) == str(expected)
        else:
            assert column.keys[i].decode() == expected.key
            assert column.repairs.get(i, ()) == expected.repairs
            assert i not in column.errors
