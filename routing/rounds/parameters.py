"""How days of rounds are planned, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RoundsParameters:
    """Meaning, unit and range of each; shares run from 0 to 1.

    Attributes:
        longest_string: Longest string of visits taken out of one round; 1 or more.
        starts_tried: Tries for a start that must agree with another round; 1 or more.
        average_taken: Visits taken out at a time on average; above 1.
        chunk: Steps between looks at the clock; 1 or more.
        most_stops: Most stops of one round.
        neighbours: Neighbours of a visit that are looked at; 1 or more.
        stops_a_part: Most stops of a part of a long day; 1 or more.
        sweeps: Times the whole day is gone through; 1 or more.
        cheapest_from: Share of the sweeps after which a part gives back the cheapest it found instead of what it
            last took; 0 to 1.
        passes: How many times the pins are set anew within the time there is; 1 or more.
        share_moved: Share of the pins moved on every pass after the first; 0 to 1.
        moved_minutes: How far they move: standard deviation, minutes; above 0.
        hot_pounds: First temperature, pounds; above `cold_pounds`.
        cold_pounds: Last temperature, pounds; above 0.
        warm_pounds: First temperature when going on from a plan that stands, pounds.
        parts_hot_pounds: First temperature of a long day, whose first plan is made by putting in what costs least,
            pounds.
        shared: Times the threads share their best; 1 or more.
        long_day: A day of more carer visits than this is searched in parts.
        blink: Chance to pass over a place; 0 to 1.
        tried_again: Most visits left out that are tried again in a step; 1 or more.
        replanning_tries: Times a day is planned again because a start was put off that nobody could have set out
            for; 1 or more.
        replanning_first_share: Share of the time of the first try; 0 to 1.
        replanning_further_share: The same of each further one; 0 to 1.
        complete_share: Share of the time that OR-Tools has as a second opinion; 0 to 1.
        complete_carer_visits: Least and most carer visits of a day for which it is asked: fewer need none, and with
            more it has none in time.
        pinned_share: Share of the time PyVRP has at the end; 0 to 1.
        steps_per_solution: Steps of the search for each solution of OR-Tools where solutions are counted; 1 or
            more.
        iterations_per_solution: The same of each pass of PyVRP; 1 or more.
    """

    longest_string: int = 10
    starts_tried: int = 7
    average_taken: float = 7.0
    chunk: int = 20
    most_stops: int = 250
    neighbours: int = 120
    stops_a_part: int = 220
    sweeps: int = 16
    cheapest_from: float = 0.5
    passes: int = 8
    share_moved: float = 0.3
    moved_minutes: float = 20.0
    hot_pounds: float = 3.0
    cold_pounds: float = 0.03
    warm_pounds: float = 0.5
    parts_hot_pounds: float = 1.0
    shared: int = 6
    long_day: int = 400
    blink: float = 0.01
    tried_again: int = 8
    replanning_tries: int = 8
    replanning_first_share: float = 0.7
    replanning_further_share: float = 0.1
    complete_share: float = 0.1
    complete_carer_visits: tuple[int, int] = (10, 400)
    pinned_share: float = 0.05
    steps_per_solution: int = 200
    iterations_per_solution: int = 2


ROUNDS = RoundsParameters()
