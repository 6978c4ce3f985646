"""Editing by hand: every area stays in one zone that exists, and what is impossible is named."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from geo.plans.editing import Draft, EditError, Operation, ZoneRow, edited

STEPS: TypeAdapter[list[Operation]] = TypeAdapter(list[Operation])
AREAS = [f"A{i}" for i in range(12)]
HOURS = {area: 10.0 + i for i, area in enumerate(AREAS)}
SETTLEMENTS = {"Barton": AREAS[:4], "Carlby": AREAS[4:6]}


def _draft() -> Draft:
    zones = (ZoneRow(1, "North", "large", 60.0), ZoneRow(2, "East", "large", 40.0), ZoneRow(3, "South"))
    return Draft(zones, {area: i // 4 + 1 for i, area in enumerate(AREAS)})


def _half(members: Sequence[str]) -> Sequence[str]:
    return members[: len(members) // 2]


def _gather(draft: Draft, zone: int) -> dict[str, int]:
    """The first area of a zone lies apart, among those of the next zone."""
    return {draft.members(zone)[0]: zone % 3 + 1}


def _after(*steps: dict[str, object]) -> Draft:
    return edited(
        _draft(),
        STEPS.validate_python(list(steps)),
        areas_of_settlement=SETTLEMENTS,
        halve=_half,
        gather=_gather,
        hours=HOURS,
    )


def test_a_town_moves_whole() -> None:
    after = _after({"do": "move", "settlements": ["Carlby"], "areas": ["A0"], "to": 3})
    assert {area for area, zone in after.zone_of.items() if zone == 3} == {"A0", "A4", "A5", *AREAS[8:]}


def test_a_zone_is_halved_with_its_hours_and_takes_a_free_number() -> None:
    after = _after({"do": "split", "zone": 1, "name": "North West"})
    assert [(z.number, z.name, z.tier, z.target_hours_per_week) for z in after.zones] == [
        (1, "North", "large", 30.0),
        (2, "East", "large", 40.0),
        (3, "South", None, None),
        (4, "North West", "large", 30.0),
    ]
    assert after.members(4) == ["A0", "A1"]
    assert after.members(1) == ["A2", "A3"]


def test_named_areas_take_their_share_of_the_hours_aimed_at() -> None:
    after = _after({"do": "split", "zone": 1, "name": "North West", "areas": ["A3"]})  # 13 of 46 hours
    aims = {zone.name: zone.target_hours_per_week for zone in after.zones}
    assert aims["North West"] == pytest.approx(60 * 13 / 46)
    assert aims["North"] == pytest.approx(60 * 33 / 46)
    assert _after({"do": "split", "zone": 3, "name": "Free", "areas": ["A8"]}).zones[3].target_hours_per_week is None


def test_a_zone_put_back_in_one_piece_gives_up_what_is_cut_off() -> None:
    after = _after({"do": "gather", "zone": 1})
    assert {area for area in AREAS if after.zone_of[area] != _draft().zone_of[area]} == {"A0"}
    assert after.zone_of["A0"] == 2
    with pytest.raises(EditError, match="found zone 9"):
        _after({"do": "gather", "zone": 9})


def test_merged_zones_keep_the_first_and_add_up_what_is_known() -> None:
    after = _after({"do": "merge", "zones": [2, 1], "name": "Upper"})
    assert [(z.number, z.name, z.target_hours_per_week) for z in after.zones] == [
        (2, "Upper", 100.0),
        (3, "South", None),
    ]
    assert after.members(2) == sorted(AREAS[:8])
    assert next(z for z in _after({"do": "merge", "zones": [1, 3]}).zones).target_hours_per_week is None


def test_a_tier_can_be_set_without_touching_the_hours() -> None:
    (first, *_) = _after({"do": "set-tier", "zone": 1, "tier": "medium"}).zones
    assert (first.tier, first.target_hours_per_week) == ("medium", 60.0)
    (first, *_) = _after({"do": "set-tier", "zone": 1, "target_hours_per_week": None}).zones
    assert (first.tier, first.target_hours_per_week) == ("large", None)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"do": "move", "areas": ["A0"], "to": 9}, r"operations\[0\] \(move\): found zone 9, expected one of 1, 2, 3"),
        ({"do": "move", "areas": ["B7"], "to": 1}, "1 areas are not of this council: B7"),
        ({"do": "move", "to": 1}, "found no areas"),
        ({"do": "move", "settlements": ["Atlantis"], "to": 1}, "found settlement 'Atlantis'"),
        ({"do": "move", "areas": AREAS[:4], "to": 2}, r"zone 1 \(North\) is left without an area"),
        ({"do": "rename", "zone": 1, "name": "East"}, "two zones are named 'East'"),
        ({"do": "rename", "zone": 1, "name": " east "}, "two zones are named"),
        ({"do": "merge", "zones": [1, 1]}, "expected different ones"),
        ({"do": "split", "zone": 1, "name": "New", "areas": ["A5"]}, "1 areas are not in zone 1: A5"),
        ({"do": "split", "zone": 1, "name": "New", "areas": AREAS[:4]}, "is left without an area"),
    ],
)
def test_a_step_that_cannot_be_taken_is_named(step: dict[str, object], said: str) -> None:
    with pytest.raises(EditError, match=said):
        _after(step)


def test_a_name_is_more_than_spaces() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        STEPS.validate_python([{"do": "rename", "zone": 1, "name": "   "}])
    assert _after({"do": "rename", "zone": 1, "name": " North End "}).zones[0].name == "North End"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_every_area_is_in_one_zone_that_exists(data: st.DataObject) -> None:
    draft = _draft()
    for _ in range(data.draw(st.integers(1, 8))):
        numbers = st.sampled_from([zone.number for zone in draft.zones])
        kind = data.draw(st.sampled_from(["move", "split", "merge"]))
        name = f"Zone {data.draw(st.integers(10, 10_000))}"
        areas = data.draw(st.lists(st.sampled_from(AREAS), min_size=1, max_size=4, unique=True))
        step = {
            "move": {"do": "move", "areas": areas, "to": data.draw(numbers)},
            "split": {"do": "split", "zone": data.draw(numbers), "name": name},
            "merge": {"do": "merge", "zones": data.draw(st.lists(numbers, min_size=2, max_size=3)), "name": name},
        }[kind]
        try:
            draft = edited(
                draft,
                STEPS.validate_python([step]),
                areas_of_settlement=SETTLEMENTS,
                halve=_half,
                gather=_gather,
                hours=HOURS,
            )
        except EditError:
            continue
        assert sorted(draft.zone_of) == sorted(AREAS)
        assert set(draft.zone_of.values()) == {zone.number for zone in draft.zones}
        assert len({zone.name for zone in draft.zones}) == len(draft.zones)
