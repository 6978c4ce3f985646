"""How the bound of a plan is raised, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BoundParameters:
    """Meaning, unit and range of each; shares run from 0 to 1.

    Attributes:
        rough_step: Step factor from rough prices; above 0.
        warm_step: Step factor from the prices of a plan; above 0.
        carried_step: Step factor of a root from the prices of a coarse map; above 0.
        direct_atoms: Atoms up to which the tree is grown on the map itself; 1 or more.
        coarse_looks: Full looks at a new case on the coarse map, where only the way to divide matters; 1 or more.
        fine_candidates: Divisions tried at a case on a fine map, where each trial takes long; 1 or more.
        coarse_leaves: Cases distinguished on the coarse map before they are carried to the fine one; 1 or more.
        looks_at_once: Full looks of a root's ascent between reports; 1 or more.
        root_looks: Full looks of a root in all; 1 or more.
        short_root_looks: The same for a fine root with a coarse tree, whose leaves matter more; 1 or more.
        above: Cost, beside that of the plan in hand, up to which coarse cases are still divided, as the two maps
            differ a little; 1 or more.
        steps_a_look: Steps on the likeliest bases between looks at every base; 1 or more.
        patience: Looks without a better bound before the step is cut; 1 or more.
        step_cut: What the step is multiplied by then; between 0 and 1.
        least_step: Step factor below which an ascent has nothing more to gain; above 0.
        least_gain: Share by which the bound must rise to count as better; 0 or more.
        memory: Share of the old kept at each step in the running mean of how often a base is chosen; 0 to 1.
        most_units_shared: Units up to which borders are shared out: every base has a flow of its own.
        rates: Rates of an hour tried for each base, each where the knapsack stopped at the flow before; 1 or more.
        coarse_atoms: Atoms of the coarse map, about; 1 or more.
        largest_merge: Hours of a merged atom may exceed the mean by this factor; 1 or more.
        carried_leaf_step: Step factor that leaves start with from carried prices; above 0.
        nearest: Coarse atoms between which a price is interpolated; 1 or more.
        faint: Share of a base in the relaxed solution below which it is not looked at as a centre; 0 to 1.
        least_fraction: A region whose number of bases is nearer to whole than this is not worth dividing by; 0 to
            0.5.
        most_bases: Bases, in the relaxed solution, that a region to divide by may hold; above 0.
        look_alike: Share of its bases that a candidate may have in common with a better one; 0 to 1.
        candidates: Divisions tried at a node before one is taken; 1 or more.
        trial_looks: Full looks in a trial of a division; 1 or more.
        node_looks: Full looks in the ascent of a node that comes of a division; 1 or more.
        node_step: Step factor a node starts with, from the prices of the node it comes from; above 0.
        steep: Step factor above which a node's own ascent still gains more than dividing it would; above 0.
        small_side: Weight of the greater rise of the two sides beside the smaller, when divisions are compared; 0
            to 1.
        band: Half-width, as a share of the usual price of an hour, of the band of rates in which a zone is guessed
            to stop; above 0.
    """

    rough_step: float = 1.0
    warm_step: float = 0.2
    carried_step: float = 0.05
    direct_atoms: int = 900
    coarse_looks: int = 8
    fine_candidates: int = 3
    coarse_leaves: int = 14
    looks_at_once: int = 8
    root_looks: int = 100
    short_root_looks: int = 16
    above: float = 1.02
    steps_a_look: int = 30
    patience: int = 3
    step_cut: float = 0.75
    least_step: float = 2e-5
    least_gain: float = 1e-6
    memory: float = 0.98
    most_units_shared: int = 700
    rates: int = 4
    coarse_atoms: int = 350
    largest_merge: float = 4.0
    carried_leaf_step: float = 0.03
    nearest: int = 4
    faint: float = 0.02
    least_fraction: float = 0.1
    most_bases: float = 4.5
    look_alike: float = 0.7
    candidates: int = 6
    trial_looks: int = 2
    node_looks: int = 14
    node_step: float = 0.02
    steep: float = 0.004
    small_side: float = 0.1
    band: float = 0.04


BOUND = BoundParameters()
