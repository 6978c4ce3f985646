"""How small maps are settled by listing zones or by the exact model, as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SmallParameters:
    """Meaning, unit and range of each; shares run from 0 to 1.

    Attributes:
        guesses: Shares above the bound tried as the cost of the best plan while there is none; rising, the last
            infinite.
        kept: Zones kept of each base and look; 1 or more.
        box_width: Width of the first box as a share of each price; above 0.
        box_narrower: What it is multiplied by where a look failed; between 0 and 1.
        box_wider: What it is multiplied by where the box alone holds the solution back; above 1.
        flat: Least price, as a share of the mean, that the box is measured by; above 0.
        look_first_room: How far above what the knapsack earns a zone's net cost may be at first, as a share of what
            zones cost; above 0.
        look_least_room: The same later, at the least, as a share of all that prices and costs add up to; above 0.
        look_most_room: The same at the most.
        looks: Most looks between two sets of rows; 1 or more.
        look_steps: Steps of the kernel that a look may take before there are rows; looks that take long without any
            never come to an end.
        fined_look_steps: The same once there are rows.
        climb_steps: Steps after which the bound is high enough: the last looks take the longest and bring the
            least.
        climb_triples: Rows on threes of atoms added at once while the bound rises; 1 or more.
        climb_triples_of_atom: In how many of them an atom may be; 1 or more.
        triple_broken: By how much each row must be broken to be added, there and in a case; 0 to 1.
        impossible: How far above the dearest plan a bound must be before it says that there is none, in terms of
            that plan's cost; above 1.
        most_bases_cut: Bases behind the same separator that a cut is written for at once; 1 or more.
        relaxed_rounds: Rounds of cuts on relaxed solutions before whole ones are asked for; 0 or more.
        relaxed_share: Share of the seconds they may take; 0 to 1.
        support: Share of an atom from which a relaxed solution counts as having it; 0 to 1.
        violated: Share of an atom by which it must break a cut; 0 to 1.
        look_seconds: Seconds between looks at the clock while zones are grown; above 0.
        rows_at_once: Zones of a list priced at once; 1 or more.
        near: Share of the cost within which the bound of column generation must come of its master's cost without
            rows, which are drawn from that solution; above 0.
        near_with_rows: The same with rows, where a little more costs much; above 0.
        first_room: By what share above the bound the first guess is of what a plan is below; above 0.
        least_room: By how much more than is known, as a share; above 0.
        few: Zones on a list that leaves no room, which guesses are drawn towards; 1 or more.
        aim: Zones on a list that takes some seconds, which guesses are drawn towards; more than `few`.
        long: Zones on a list after which a first set of rows does better than a longer list.
        least_step: Least factor by which the room of one guess is more than that of the one before; above 1.
        most_step: The greatest; more than `least_step`.
        list_steps: Steps of the kernel that a list may take.
        most_listed: Zones that a list may have.
        most_cases: Cases a list is settled by at the most; 1 or more.
        whole: How near to 0 or 1 a share counts as whole; above 0.
        used: Share of a zone from which it counts as used in a relaxed solution; above 0.
        first_offered: Zones of the list offered to a master at first; 1 or more.
        offered: The same at a time after that; 1 or more.
        row_rounds: Rounds of rows in a case; 0 or more.
        case_triples: Rows added in each; 1 or more.
        case_triples_of_atom: In how many of them an atom may be; 1 or more.
        least_rise: Share by which a round of rows must raise the bound for another to follow; 0 or more.
        slack_cost: Price of slack in a row of an atom in terms of the dearest plan of interest; above 1.
        dearer: Factor by which that price is raised where slack is still used; above 1.
        below_nothing: Net cost, as a share, below which a zone of the list is offered; above 0.
        exact_nodes_a_start: Branch and bound nodes of the exact model for each start of the work budget; 1 or more.
        list_steps_a_start: Steps of growing zones for each start of the work budget; 1 or more.
        most_list_steps: Steps of growing zones where seconds are given.
    """

    guesses: tuple[float, ...] = (0.01, 0.02, 0.04, 0.08, 0.16, 0.5, math.inf)
    kept: int = 8
    box_width: float = 0.1
    box_narrower: float = 0.6
    box_wider: float = 4.0
    flat: float = 0.2
    look_first_room: float = 0.01
    look_least_room: float = 1e-6
    look_most_room: float = 2.0
    looks: int = 120
    look_steps: int = 50_000_000
    fined_look_steps: int = 300_000_000
    climb_steps: int = 120_000_000
    climb_triples: int = 60
    climb_triples_of_atom: int = 5
    triple_broken: float = 0.02
    impossible: float = 2.0
    most_bases_cut: int = 40
    relaxed_rounds: int = 20
    relaxed_share: float = 0.15
    support: float = 0.2
    violated: float = 0.1
    look_seconds: float = 0.05
    rows_at_once: int = 20_000
    near: float = 1e-6
    near_with_rows: float = 1e-4
    first_room: float = 0.003
    least_room: float = 0.001
    few: int = 50
    aim: int = 150_000
    long: int = 20_000
    least_step: float = 1.2
    most_step: float = 4.0
    list_steps: int = 150_000_000
    most_listed: int = 400_000
    most_cases: int = 200
    whole: float = 1e-6
    used: float = 1e-7
    first_offered: int = 3000
    offered: int = 800
    row_rounds: int = 20
    case_triples: int = 100
    case_triples_of_atom: int = 12
    least_rise: float = 1e-5
    slack_cost: float = 4.0
    dearer: float = 100.0
    below_nothing: float = 1e-7
    exact_nodes_a_start: int = 20
    list_steps_a_start: int = 5_000_000
    most_list_steps: int = 3_000_000_000


SMALL = SmallParameters()
