"""How plans are looked for, as one value."""

from __future__ import annotations

from dataclasses import dataclass

Stage = tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class SearchParameters:
    """Meaning, unit and range of each; shares run from 0 to 1.

    Attributes:
        shakes: Disturbances of a base set in a start; 0 or more.
        sweeps: Temperatures of the annealing in a start; 1 or more.
        quick_starts: First starts that are short, so that there is a plan early; 0 or more.
        quick_shakes: Disturbances of a base set in a short start; 0 or more.
        quick_sweeps: Temperatures in a short start; 1 or more.
        first_turns: What the search does first when seconds are given: new starts, polish of the best not polished
            yet, polish of the best of all with more zones at a time (deepen), and kicks.
        turns: The same in turn after that.
        mild: First temperature of the mild annealing that replaces kicks where nothing is polished, in units of
            `hot`; above `cold`.
        mild_sweeps: Temperatures of that annealing; 1 or more.
        kicks: Kicks in a turn; 1 or more.
        kick_share: Share of the seconds after which a turn makes no more kicks; 0 to 1.
        polish_share: Share of the seconds that one polish may take; 0 to 1.
        kept: Good plans kept to go on from; 1 or more.
        proposals_per_atom: Proposals at each temperature, for each atom; 1 or more.
        mend_rounds: Rounds in which missed limits cost ever more; 1 or more.
        shuffles: Temperatures in all where a plan within the limits is hard to find; 0 or more.
        shuffle_steps: Temperatures in one swing of these; 2 or more.
        shuffle_proposals: Proposals an atom at each of these; 1 or more.
        shuffle_penalty: What a missed hour costs there, in hours at the mean distance; above 0.
        shuffle_hot: First temperature of a swing, in mean units missed; above `shuffle_cold`.
        shuffle_cold: Last temperature of a swing; above 0.
        hot: First temperature, as a share of the cost of a mean atom at the mean distance; above `cold`.
        cold: Last temperature, as a share of the same; above 0.
        swap_share: Share of proposals that swap two units over one border rather than move one; 0 to 1.
        swap_tries: Pairs of neighbours looked at to find the second unit of a swap; 1 or more.
        pair_hours: Missed hours, in mean units, that a broken pair counts for; above 0.
        stages: Zones re-split at once, the gap (a share) at which a re-split counts as solved, and the longest
            seconds for one: first few at a time, for every plan, then many, for the best.
        kick_stage: The same round a base that was kicked.
        kick_reach: Units next to a base among which a kick draws its new place; 1 or more.
        hopeful: Cost after a kick, beside that before, above which it is not followed up; 1 or more.
        path_rounds: Rounds in which zones whose joining paths cross pay more for the crossing; 1 or more.
        held_shakes: Disturbances of the bases once the units are held; 0 or more.
        lloyd_rounds: Rounds of giving units to bases and moving bases to their middle; 1 or more.
        first_passes: Passes of exchanges of bases at first; 1 or more.
        later_passes: The same after a disturbance; 1 or more.
        hopeless: Share above the best value at which a disturbed set is given up after a few rounds; 0 or more.
        resplit_relaxed_rounds: Rounds of cuts on relaxed solutions of a re-split; 0 or more.
        resplit_rounds: Rounds of cuts on whole solutions; 1 or more.
        resplit_solutions: Whole solutions that there is time for; 1 or more.
        resplit_support: Share of an atom from which a relaxed solution counts as having it; 0 to 1.
        resplit_broken: Share of an atom by which a solution must break a cut; 0 to 1.
        worthwhile: Share of the cost below which a saving is not looked for; 0 or more.
    """

    shakes: int = 40
    sweeps: int = 50
    quick_starts: int = 2
    quick_shakes: int = 4
    quick_sweeps: int = 15
    first_turns: tuple[str, ...] = ("start", "start", "start", "polish", "polish", "deepen")
    turns: tuple[str, ...] = ("kick", "deepen", "kick", "start", "polish", "kick", "deepen", "kick")
    mild: float = 0.02
    mild_sweeps: int = 30
    kicks: int = 8
    kick_share: float = 0.04
    polish_share: float = 0.15
    kept: int = 6
    proposals_per_atom: int = 12
    mend_rounds: int = 60
    shuffles: int = 240
    shuffle_steps: int = 12
    shuffle_proposals: int = 60
    shuffle_penalty: float = 4.0
    shuffle_hot: float = 0.5
    shuffle_cold: float = 0.01
    hot: float = 0.10
    cold: float = 0.001
    swap_share: float = 0.15
    swap_tries: int = 24
    pair_hours: float = 20.0
    stages: tuple[Stage, Stage] = (((3, 3e-4, 3.0), (4, 1e-4, 4.0)), ((6, 1e-4, 5.0), (10, 5e-5, 8.0)))
    kick_stage: tuple[int, float, float] = (4, 5e-5, 3.0)
    kick_reach: int = 12
    hopeful: float = 1.004
    path_rounds: int = 40
    held_shakes: int = 12
    lloyd_rounds: int = 10
    first_passes: int = 50
    later_passes: int = 15
    hopeless: float = 0.03
    resplit_relaxed_rounds: int = 10
    resplit_rounds: int = 12
    resplit_solutions: int = 3
    resplit_support: float = 0.3
    resplit_broken: float = 0.05
    worthwhile: float = 1e-6


SEARCH = SearchParameters()
