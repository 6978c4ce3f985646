"""What would make a package placeable, on providers made up for it."""

from __future__ import annotations

from brokerage.placeable import Neighbour, Option, Room, options
from brokerage.visits import Visits

MORNING = Visits(30, 7, 1, (), "morning")
BED = Visits(30, 7, 1, (), "bed")


def kinds(found: list[Option]) -> list[str]:
    return [one.kind for one in found]


def test_who_has_the_hours_at_the_times_takes_it_as_asked() -> None:
    (one,) = options([MORNING], [Room(1, "Ash", 5, 3.5)], pounds_per_minute=0.3)
    assert (one.kind, one.changes) == ("as asked", 0)
    assert one.travel_minutes_per_week == 35
    assert one.travel_pounds_per_week == 10.5


def test_another_window_is_found_where_mornings_are_full() -> None:
    found = options([MORNING], [Room(1, "Ash", 5, 0, {"morning": 0.0, "midday": 4.0, "tea": 1.0})])
    assert kinds(found) == ["other window"]
    assert "made at midday instead" in found[0].said
    assert found[0].parts[0].visits[0].part_of_day == "midday"


def test_a_package_is_split_between_two_who_could_not_take_it_whole() -> None:
    found = options([MORNING, BED], [Room(1, "Ash", 5, 3.5), Room(2, "Birch", 8, 3.5)])
    assert set(kinds(found)) == {"split"}
    assert found[0].changes == 2
    assert {part.provider_id for part in found[0].parts} == {1, 2}


def test_days_of_the_week_are_split_from_the_weekend() -> None:
    found = options([Visits(60, 7)], [Room(1, "Ash", 5, 5), Room(2, "Birch", 5, 2)])
    assert any("sat/sun" in one.said for one in found)
    assert abs(sum(v.per_week for part in found[0].parts for v in part.visits) - 7) < 1e-9


def test_a_neighbour_who_waits_shortens_the_way() -> None:
    found = options([MORNING], [Room(1, "Ash", 12, 10)], [Neighbour(9, (BED,), 2.0)])
    assert kinds(found) == ["pairing", "as asked"] or kinds(found) == ["as asked", "pairing"]
    pairing = next(one for one in found if one.kind == "pairing")
    assert pairing.with_request == 9
    assert pairing.parts[0].minutes_per_visit == 7


def test_where_nothing_fits_nothing_is_said() -> None:
    assert options([MORNING], [Room(1, "Ash", 5, 0)]) == []
