"""A plan under search, as arrays that kernels change in place, and the small kernels that read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.jit import kernel
from geo.zoning.model.sharing import fill_near, recentre

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Net(NamedTuple):
    """What does not change during a search: see `Model` for the meaning of each array."""

    hours: Floats
    weighted: npt.NDArray[np.float32]
    atom_of: Ints
    unit_start: Ints
    unit_item: Ints
    start: Ints
    item: Ints
    edge_price: Floats
    floor: Floats
    ceiling: Floats
    lock: Ints
    fixed_base: Ints
    membership: Floats
    pair_start: Ints
    pair_item: Ints
    pair_sign: Ints
    area_start: Ints
    area_item: Ints
    area_price: Floats
    cuts_priced: bool


class State(NamedTuple):
    """One plan: zone of each atom and all that is kept beside it so that a move costs little.

    ``near[a, z]`` is the cost of atom a served from the base of zone z; ``inside[r, z]`` counts the atoms of area r in
    zone z. ``stamp``, ``queue`` and ``clock`` serve the connectivity test; ``seed`` is the state of the random numbers.
    """

    label: Ints
    load: Floats
    size: Ints
    base: Ints
    near: Floats
    inside: Ints
    stamp: Ints
    queue: Ints
    clock: Ints
    seed: npt.NDArray[np.uint64]


def make_net(model: Model) -> Net:
    """Arrays of `model` for the kernels."""
    order = np.argsort(model.atom_of, kind="stable").astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(model.atom_of, minlength=model.atoms))]).astype(np.int64)
    return Net(
        model.hours,
        model.weighted,
        model.atom_of,
        start,
        order,
        model.start,
        model.item,
        model.edge_price,
        model.floor,
        model.ceiling,
        model.lock,
        model.base_of_zone,
        model.membership,
        model.pair_start,
        model.pair_item,
        model.pair_sign,
        model.area_start,
        model.area_item,
        model.area_price,
        model.cuts_priced,
    )


def make_state(model: Model, net: Net, label: Ints, seed: int) -> State:
    """A state for the plan `label` (zone of each atom), with the best base in every zone."""
    m, k = model.atoms, model.zones
    state = State(
        label=np.array(label, np.int64),
        load=np.bincount(label, model.hours, minlength=k).astype(np.float64),
        size=np.bincount(label, minlength=k).astype(np.int64),
        base=np.where(model.base_of_zone >= 0, model.base_of_zone, 0),
        near=np.zeros((m, k)),
        inside=np.zeros((max(model.area_price.size, 1), k), np.int64),
        stamp=np.zeros(m, np.int64),
        queue=np.zeros(m, np.int64),
        clock=np.zeros(1, np.int64),
        seed=np.array([seed], np.uint64),
    )
    count_areas(net, state.label, state.inside)
    settle_bases(net, state)
    return state


@kernel
def draw(seed: npt.NDArray[np.uint64]) -> np.uint64:
    """Next 64 random bits (splitmix64, Steele, Lea and Flood 2014)."""
    seed[0] = seed[0] + np.uint64(0x9E3779B97F4A7C15)
    z = seed[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))


@kernel
def uniform(seed: npt.NDArray[np.uint64]) -> float:
    """Next random number in [0, 1)."""
    return np.float64(draw(seed) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def below(seed: npt.NDArray[np.uint64], n: int) -> int:
    """Next random index below n."""
    return int(uniform(seed) * n)


@kernel
def miss(load: float, floor: float, ceiling: float) -> float:
    """Hours by which a load misses its limits."""
    return max(0.0, load - ceiling, floor - load)


@kernel
def count_areas(net: Net, label: Ints, inside: Ints) -> None:
    """Count the atoms of every area in every zone."""
    for area in range(inside.shape[0]):
        for zone in range(inside.shape[1]):
            inside[area, zone] = 0
    for atom in range(label.shape[0]):
        for at in range(net.area_start[atom], net.area_start[atom + 1]):
            inside[net.area_item[at], label[atom]] += 1


@kernel
def settle_bases(net: Net, state: State) -> None:
    """Move every base that is not required to the member unit that serves its zone at least cost."""
    recentre(net.weighted, net.unit_start, net.unit_item, net.fixed_base, state.label, state.base)
    fill_near(net.weighted, state.base, state.near)


@kernel
def plan_cost(net: Net, state: State) -> float:
    """Cost of the plan as the search sees it, extras included."""
    total = 0.0
    for atom in range(state.label.shape[0]):
        zone = state.label[atom]
        total += state.near[atom, zone] + net.membership[atom, zone]
        if net.cuts_priced:
            for at in range(net.start[atom], net.start[atom + 1]):
                if state.label[net.item[at]] != zone:
                    total += 0.5 * net.edge_price[at]
    if net.area_price.size > 0:
        for area in range(net.area_price.shape[0]):
            parts = 0
            for zone in range(state.load.shape[0]):
                parts += state.inside[area, zone] > 0
            total += net.area_price[area] * max(0, parts - 1)
    return total


@kernel
def plan_misses(net: Net, state: State) -> tuple[float, int]:
    """Hours by which all zones miss their limits, and the number of broken pairs."""
    hours = 0.0
    for zone in range(state.load.shape[0]):
        hours += miss(state.load[zone], net.floor[zone], net.ceiling[zone])
    broken = 0
    for atom in range(state.label.shape[0]):
        for at in range(net.pair_start[atom], net.pair_start[atom + 1]):
            same = state.label[atom] == state.label[net.pair_item[at]]
            broken += same != (net.pair_sign[at] > 0)
    return hours, broken // 2
