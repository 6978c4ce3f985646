"""One start of the search, from bases to a plan at rest: grow, anneal, mend the balance, descend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.model.state import make_state, plan_cost, plan_misses, settle_bases
from geo.zoning.search.improve import anneal, mend
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.model.state import Net, State

    Ints = npt.NDArray[np.int64]


def refine(
    model: Model,
    net: Net,
    label: Ints,
    seed: int,
    stop: Callable[[], bool],
    *,
    sweeps: int = 50,
    hot: float = SEARCH.hot,
) -> tuple[State, bool]:
    """Anneal the contiguous plan `label`; return its state at rest and whether it keeps every limit.

    The penalty on missed hours rises as the temperature falls, so that the plan may pass through unbalanced ones early
    and must end balanced. Where it does not, mending goes on with ever dearer misses.
    """
    state = make_state(model, net, label, seed)
    unit = model.hour_cost * max(float(model.hours.mean()), 1e-12)
    proposals = SEARCH.proposals_per_atom * model.atoms
    for sweep in range(sweeps):
        if stop():
            break
        done = sweep / sweeps
        temperature = unit * hot * (SEARCH.cold / hot) ** done
        anneal(net, state, proposals, temperature, model.hour_cost * (0.5 + 4.0 * done))
        settle_bases(net, state)
    for mending in range(SEARCH.mend_rounds):
        hours, broken = plan_misses(net, state)
        if (hours <= 0 and not broken) or (mending and stop()):
            break
        warmth = 0.03 * (1 + mending % 10)
        anneal(net, state, proposals, unit * warmth, model.hour_cost * 5 * (1 + mending) ** 1.5)
        anneal(net, state, proposals, unit * SEARCH.cold, model.hour_cost * 5 * (1 + mending) ** 1.5)
        settle_bases(net, state)
    hours, broken = plan_misses(net, state)
    if hours > 0 or broken:
        shuffle_balance(model, net, state, stop)
    return state, descend(model, net, state)


def shuffle_balance(model: Model, net: Net, state: State, stop: Callable[[], bool]) -> bool:
    """Look for any plan within the limits near this one: what large units and narrow limits need.

    Missed hours weigh more than cost, and the temperature swings from a large part of a mean unit's hours to a small
    one and back, so that big units change places and small ones fill the gaps. Ends at the first plan within limits.
    """
    penalty = SEARCH.shuffle_penalty * model.hour_cost
    unit = penalty * max(float(model.hours.mean()), 1e-12)
    for turn in range(SEARCH.shuffles):
        if stop():
            return False
        warmth = SEARCH.shuffle_hot * (SEARCH.shuffle_cold / SEARCH.shuffle_hot) ** (
            (turn % SEARCH.shuffle_steps) / (SEARCH.shuffle_steps - 1)
        )
        if mend(net, state, SEARCH.shuffle_proposals * model.atoms, unit * warmth, penalty, max(20, model.atoms // 4)):
            return True
        if turn % SEARCH.shuffle_steps == SEARCH.shuffle_steps - 1:
            settle_bases(net, state)
    return False


def descend(model: Model, net: Net, state: State) -> bool:
    """Take improving moves until none is left; return whether the plan keeps every limit."""
    before = np.inf
    for _ in range(40):
        hours, broken = plan_misses(net, state)
        cost = plan_cost(net, state) + 1e6 * model.hour_cost * (hours + broken)
        if cost >= before * (1 - 1e-9):
            break
        before = cost
        anneal(net, state, 8 * model.atoms, 0.0, model.hour_cost * 1e4)
        settle_bases(net, state)
    hours, broken = plan_misses(net, state)
    return bool(hours <= 0 and broken == 0)
