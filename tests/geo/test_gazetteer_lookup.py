"""The directory in memory answers as a plain dictionary would, and knows what lies near."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.gazetteer import Entry, Gazetteer, Status
from geo.similar import suggest

KEYS = ["LE673AB", "LE673AD", "LE11AA", "LE111AA", "M11AE", "EC1A1BB", "LE673PA", "E11AA", "LE22AA"]


@pytest.fixture
def gazetteer() -> Gazetteer:
    n = len(KEYS)
    status = [Status.LIVE] * n
    status[1], status[6] = Status.TERMINATED, Status.UNKNOWN
    district = ["E07000134"] * 2 + ["E06000016", "E07000130", "E08000003", "E09000001", "E07000134", None, "E06000016"]
    easting = [float(100 * i) for i in range(n)]
    easting[7] = float("nan")
    return Gazetteer(KEYS, easting, [0.0] * n, district, status, [198001] * n, [0, 200310] + [0] * (n - 2), version="t")


def test_lookup_gives_the_whole_entry_in_any_spelling(gazetteer: Gazetteer):
    expected = Entry("LE67 3AD", 100, 0, "E07000134", Status.TERMINATED, 198001, 200310)
    assert gazetteer.lookup(" le67-3ad") == expected
    assert "LE67 3AD" in gazetteer
    for absent in ("", "LE67 3AE", "ZZ99 9ZZ", "LE67 3AD X", "é"):
        assert gazetteer.lookup(absent) is None


def test_a_postcode_without_a_position_is_held_but_never_near(gazetteer: Gazetteer):
    entry = gazetteer.lookup("E1 1AA")
    assert entry is not None
    assert (entry.easting, entry.northing, entry.district) == (None, None, "")
    assert all(near.entry.postcode != "E1 1AA" for near in gazetteer.nearest(0, 0, 99, 1e6))


def test_nearest_is_in_order_within_the_radius_and_can_keep_to_live_ones(gazetteer: Gazetteer):
    near = gazetteer.nearest(90, 0, 3)
    assert [(x.entry.postcode, x.distance_m) for x in near] == [("LE67 3AD", 10), ("LE67 3AB", 90), ("LE1 1AA", 110)]
    live = gazetteer.nearest(90, 0, 2, live_only=True)
    assert [x.entry.postcode for x in live] == ["LE67 3AB", "LE1 1AA"]
    assert gazetteer.nearest(90, 0, 3, radius_m=5) == []
    assert len(gazetteer.nearest(90, 0, 99, radius_m=1e6)) == len(KEYS) - 1


def test_completion_keeps_to_the_outward_code_once_a_space_is_typed(gazetteer: Gazetteer):
    assert [e.postcode for e in gazetteer.complete("le1")] == ["LE11 1AA", "LE1 1AA"]
    assert [e.postcode for e in gazetteer.complete("LE1 1")] == ["LE1 1AA"]
    assert [e.postcode for e in gazetteer.complete("LE67 3", live_only=True)] == ["LE67 3AB"]
    assert [e.postcode for e in gazetteer.complete("LE673AB")] == ["LE67 3AB"]
    assert len(gazetteer.complete("L", 2)) == 2
    assert gazetteer.complete("") == gazetteer.complete("%") == gazetteer.complete("LE673ABCD") == []


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("EL11 1AA", "LE11 1AA", "E and L exchanged"),
        ("LE67 3B", "LE67 3AB", "A was missing"),
        ("LE67 33AB", "LE67 3AB", "without one 3"),
        ("LE67 3OA", "LE67 3PA", "P in place of O"),
        ("M1 1AF", "M1 1AE", "E in place of F"),
        ("LE67 3AD", "LE67 3AB", "B in place of D"),
    ],
)
def test_a_slip_finds_the_postcode_that_was_meant(gazetteer: Gazetteer, text: str, expected: str, why: str):
    first = suggest(gazetteer, text)[0]
    assert (first.entry.postcode, first.why) == (expected, why)


def test_suggestions_prefer_the_councils_own_then_live_ones(gazetteer: Gazetteer):
    own = suggest(gazetteer, "LE67 3AX", districts=frozenset({"E07000134"}))
    assert [s.entry.postcode for s in own] == ["LE67 3AB", "LE67 3AD"]
    far = suggest(gazetteer, "LE67 3ZZ")
    assert [(s.entry.postcode, s.why) for s in far] == [("LE67 3AB", "in the same sector, LE67 3")]
    assert suggest(gazetteer, "nonsense here") == suggest(gazetteer, "") == []


def test_wrong_arrays_are_refused_with_the_row():
    with pytest.raises(ValueError, match="rows 0 and 2 hold the same postcode LE11AA"):
        Gazetteer(["LE11AA", "LE11AB", "LE11AA"], [0, 0, 0], [0, 0, 0], ["", "", ""])
    with pytest.raises(ValueError, match=r"northing has shape \(1,\), expected \(2,\)"):
        Gazetteer(["LE11AA", "LE11AB"], [0, 0], [0], ["", ""])
    with pytest.raises(ValueError, match="row 1: the key is empty"):
        Gazetteer(["LE11AA", ""], [0, 0], [0, 0], ["", ""])


def test_an_empty_directory_answers_too():
    empty = Gazetteer([], [], [], [])
    assert empty.lookup("LE1 1AA") is None
    assert empty.nearest(0, 0) == []
    assert empty.complete("LE") == []
    assert empty.rows(["LE11AA"]).tolist() == [-1]


def test_saved_and_loaded_it_is_the_same(gazetteer: Gazetteer, tmp_path: Path):
    gazetteer.save(tmp_path / "g.npz")
    again = Gazetteer.load(tmp_path / "g.npz")
    assert [again.entry(i) for i in range(len(again))] == [gazetteer.entry(i) for i in range(len(gazetteer))]
    assert again.version == "t"
    with pytest.raises(ValueError, match="read-only"):
        again.easting[0] = 1


@settings(deadline=None)
@given(
    st.lists(st.from_regex(r"\A[A-F]{1,2}[0-9]{1,2}[A-C]{2}\Z"), unique=True), st.lists(st.text("ABC0123", max_size=9))
)
def test_bulk_and_single_lookup_agree_with_a_dictionary(keys: list[str], extra: list[str]):
    held = {key: i for i, key in enumerate(keys)}
    gazetteer = Gazetteer(keys, list(range(len(keys))), [0] * len(keys), [""] * len(keys))
    asked = keys + extra
    rows = gazetteer.rows(np.array(asked, dtype=object) if asked else np.empty(0, "S7"))
    for key, row in zip(asked, rows.tolist(), strict=True):
        assert gazetteer.row(key) == row
        assert (int(gazetteer.easting[row]) if row >= 0 else None) == held.get(key)
