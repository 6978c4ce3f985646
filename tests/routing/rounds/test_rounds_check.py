"""The checker: every way an answer can be wrong is named. The answers here are written by hand, no solver near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.rounds import Break, BreakTaken, Carer, Day, Rounds, Route, Stop, Unserved, Visit, check
from routing.rounds.day import Travel
from routing.rounds.weights import Weights

# Everything ten minutes and five miles from everything else.
N = 5
DAY = Day(
    visits=(
        Visit("single", 0, 0, 480, 540, 30),
        Visit("double", 0, 0, 540, 620, 30, carers=2, skills=frozenset({"hoist"})),
        Visit("late", 0, 0, 700, 720, 20, excluded_carers=frozenset({"Bob"})),
    ),
    carers=(
        Carer("Ann", 0, 0, 420, 800, skills=frozenset({"hoist"}), breaks=(Break(620, 680, 30),)),
        Carer("Bob", 0, 0, 420, 700, skills=frozenset({"hoist"})),
    ),
    travel=Travel(10 * (1 - np.eye(N, dtype=int)), 5.0 * (1 - np.eye(N)), "made up"),
    weights=Weights(12.0, 0.5, 100.0),
)
ANN = Route(
    "Ann", 490, 730, (Stop("single", 500, 530), Stop("double", 540, 570), Stop("late", 700, 720)),
    (BreakTaken(630, 660, paid=False),), 80, 40, 90, 210, 20.0,
)  # fmt: skip
BOB = Route("Bob", 530, 580, (Stop("double", 540, 570),), (), 30, 20, 0, 50, 10.0)
GOOD = Rounds((ANN, BOB), (), 110, 60, 90, 260, 30.0, 260 / 60 * 12 + 30 * 0.5, "made up", "by hand", 0)


def rules(*routes: Route, unserved: tuple[Unserved, ...] = ()) -> set[str]:
    """The rules broken by these routes, sums apart."""
    return {broken.rule for broken in check(DAY, replace(GOOD, routes=routes, unserved=unserved))} - {"sum"}


def moved(route: Route, number: int, **change: object) -> Route:
    stops = list(route.stops)
    stops[number] = replace(stops[number], **change)  # type: ignore[arg-type]
    return replace(route, stops=tuple(stops))


def test_a_good_plan_breaks_nothing() -> None:
    assert check(DAY, GOOD) == []


@pytest.mark.parametrize(
    ("ann", "broken"),
    [
        (moved(ANN, 0, start=470, end=500), {"window", "travel time"}),
        (moved(ANN, 0, end=540), {"length", "travel time"}),
        (moved(ANN, 1, start=541, end=571), {"in step"}),
        (replace(ANN, leaves=491), {"travel time"}),
        (replace(ANN, returns=729), {"travel time"}),
        (replace(ANN, leaves=419), {"shift start"}),
        (replace(ANN, returns=801), {"shift end"}),
        (replace(ANN, breaks=()), {"break"}),
        (replace(ANN, breaks=(BreakTaken(630, 659, paid=False),)), {"break", "break not due"}),
        (replace(ANN, breaks=(BreakTaken(630, 660, paid=True),)), {"break", "break not due"}),
        (replace(ANN, breaks=(BreakTaken(560, 590, paid=False),)), {"break", "break not due", "break during visit"}),
        (
            replace(ANN, breaks=(*ANN.breaks, BreakTaken(740, 770, paid=False))),
            {"break outside round", "break not due"},
        ),
        (replace(ANN, breaks=(BreakTaken(670, 700, paid=False),)), set()),
        (replace(ANN, stops=()), {"empty round", "forgotten", "carers"}),
        (replace(ANN, carer="Cat"), {"unknown carer"}),
        (replace(ANN, stops=(*ANN.stops[:2], Stop("nobody", 700, 720))), {"unknown visit", "forgotten"}),
    ],
)
def test_each_broken_rule_is_named(ann: Route, broken: set[str]) -> None:
    assert rules(ann, BOB) == broken


def test_a_break_and_a_drive_do_not_share_their_minutes() -> None:
    """From 570 to 700 there is room for the drive and a rest; with the next visit at 605 there is not."""
    early = replace(DAY.visits[2], earliest=600)
    rested = replace(DAY.carers[0], breaks=(Break(570, 580, 30),))
    tight = replace(DAY, visits=(*DAY.visits[:2], early), carers=(rested, DAY.carers[1]))
    ann = replace(moved(ANN, 2, start=605, end=625), breaks=(BreakTaken(572, 602, paid=False),))
    found = [broken for broken in check(tight, replace(GOOD, routes=(ann, BOB))) if broken.rule != "sum"]
    assert [str(broken) for broken in found] == [
        "travel time: carer 'Ann' has 35 minutes from double to late, needs 40"
    ]


def test_skills_exclusions_and_numbers_of_carers() -> None:
    assert rules(ANN) == {"carers"}
    assert rules(ANN, BOB, BOB) == {"two rounds", "carers", "same carer twice"}
    unskilled = replace(DAY, carers=(DAY.carers[0], replace(DAY.carers[1], skills=frozenset())))
    (broken,) = check(unskilled, GOOD)
    assert (broken.rule, broken.visit, broken.carer) == ("skill", "double", "Bob")
    wary = replace(DAY, visits=(*DAY.visits[:2], replace(DAY.visits[2], excluded_carers=frozenset({"Ann"}))))
    (broken,) = check(wary, GOOD)
    assert str(broken) == "excluded: carer 'Ann' must not come to visit 'late'"


def test_unserved_visits_are_listed_once_and_only_when_not_made() -> None:
    without = replace(ANN, stops=ANN.stops[:2])
    assert rules(without, BOB) == {"forgotten"}
    assert rules(without, BOB, unserved=(Unserved("late", "no room"),)) == set()
    assert rules(ANN, BOB, unserved=(Unserved("late", "no room"),)) == {"listed twice"}
    assert rules(ANN, BOB, unserved=(Unserved("nobody", "no room"),)) == {"unknown visit"}


@pytest.mark.parametrize(
    "name", ["care_minutes", "travel_minutes", "waiting_minutes", "paid_minutes", "miles", "cost_pounds"]
)
def test_sums_that_do_not_add_up_are_named(name: str) -> None:
    wrong = replace(GOOD, **{name: getattr(GOOD, name) + 1})
    (broken,) = check(DAY, wrong)
    assert broken.rule == "sum"
    assert f"the day: {name} stated" in broken.what
    if name != "cost_pounds":
        wrong_route = replace(ANN, **{name: getattr(ANN, name) + 1})
        assert any(
            f"carer 'Ann': {name} stated" in b.what for b in check(DAY, replace(GOOD, routes=(wrong_route, BOB)))
        )
