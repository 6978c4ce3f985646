"""How one call of `solve` shares its seconds between looking for plans and proving, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SolveParameters:
    """Shares are of the seconds asked for, from 0 to 1; counts are whole numbers of 1 or more.

    Attributes:
        least_left: Share left for the search whatever loading takes.
        search_share: Share in which one thread looks for plans; the others prove, and in the rest all do.
        tight: Gap, a share of the cost, up to which the search goes on to the end: there is little left to prove.
        coarse_share: Share after which a large map's proof turns from the coarse map to the map itself.
        first_search_share: Share that passes in starts before zones are listed.
        list_share: Share until listing zones is given up.
        small_search_share: Share in starts for maps small enough for the exact model, which does better with the time.
        hard_search_share: The same while no plan is found, which the exact model finds harder still.
        nodes_a_start: Nodes of the search tree divided for each start of the work budget.
        small_divided: Most nodes divided before the exact model is tried on a small map, with seconds given.
        small_divided_by_work: The same with work counted.
        divide_share: Share after which the exact model is tried in any case.
        least_divide_share: Share that dividing has at the least.
        guessed_above: Share by which a plan is taken to cost more than its bases promise while there is none.
        borders_worth: Share by which sharing borders out must raise the bound to be done once more.
        most_exact_atoms: Atoms up to which the exact model is tried.
        most_exact_atoms_by_work: The same with work counted: larger models have no useful end but a time limit.
    """

    least_left: float = 0.5
    search_share: float = 0.9
    tight: float = 0.006
    coarse_share: float = 0.15
    first_search_share: float = 0.02
    list_share: float = 0.4
    small_search_share: float = 0.1
    hard_search_share: float = 0.5
    nodes_a_start: int = 4
    small_divided: int = 80
    small_divided_by_work: int = 12
    divide_share: float = 0.25
    least_divide_share: float = 0.1
    guessed_above: float = 0.005
    borders_worth: float = 1e-4
    most_exact_atoms: int = 120
    most_exact_atoms_by_work: int = 40


DEFAULT = SolveParameters()
