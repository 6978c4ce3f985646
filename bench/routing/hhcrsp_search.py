"""Simulated annealing for home health-care instances: routes as linked rings, times by propagation, all compiled."""

# ruff: noqa: NPY002  numba seeds and draws from its own copy of numpy's plain generator
from __future__ import annotations

import math
import time
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

HOT, COLD = 12.0, 0.03  # first and last temperature, in the objective's own unit
CHUNK = 20_000

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Tables(NamedTuple):
    """An instance. Services are nodes 0 to n - 1; carer v's office is node n + v of the rings.

    ``least`` and ``most`` bound the minutes from the first of two mated services to the second, both nought where they
    start together; ``mate`` is -1 where there is none.
    """

    distance: Reals
    place: Whole
    opens: Reals
    shuts: Reals
    stay: Reals
    mate: Whole
    first: Flags
    least: Reals
    most: Reals
    able: Flags
    near: Whole


class Rings(NamedTuple):
    """Every carer's round: the node after each, the node before, and the carer."""

    nxt: Whole
    prv: Whole
    veh: Whole


@njit(cache=True)
def schedule(nxt: Whole, case: Tables, limit: float, start: Reals) -> float:
    """Return total plus largest tardiness, filling ``start``; infinite on a deadlock or past ``limit``."""
    n, carers = case.able.shape
    at, clock, head = np.zeros(carers, np.int64), np.zeros(carers), np.empty(carers, np.int64)
    waits, whose = np.full(n, -1.0), np.empty(n, np.int64)
    stack, top = np.empty(carers + n, np.int64), carers
    for v in range(carers):
        head[v], stack[v] = nxt[n + v], v
    done, total, worst = 0, 0.0, 0.0
    while top > 0:
        top -= 1
        v = stack[top]
        while head[v] < n:
            node = head[v]
            ready = max(clock[v] + case.distance[at[v], case.place[node]], case.opens[node])
            other = case.mate[node]
            if other >= 0 and waits[other] < 0:
                waits[node], whose[node] = ready, v
                break
            start[node] = ready
            if other >= 0:
                a, b = (node, other) if case.first[node] else (other, node)
                ready_a, ready_b = (ready, waits[other]) if case.first[node] else (waits[other], ready)
                start[b] = max(ready_b, ready_a + case.least[a])
                start[a] = max(ready_a, start[b] - case.most[a])
                late = start[other] - case.shuts[other]
                total, worst, done = total + max(0.0, late), max(worst, late), done + 1
                w = whose[other]
                clock[w], at[w], head[w] = start[other] + case.stay[other], case.place[other], nxt[other]
                stack[top] = w
                top += 1
            late = start[node] - case.shuts[node]
            total, worst, done = total + max(0.0, late), max(worst, late), done + 1
            if total + worst > limit:
                return np.inf
            clock[v], at[v], head[v] = start[node] + case.stay[node], case.place[node], nxt[node]
    return total + worst if done == n else np.inf


@njit(cache=True)
def driven(nxt: Whole, case: Tables) -> float:
    """Return the distance of all rounds."""
    n, carers = case.able.shape
    total = 0.0
    for v in range(carers):
        at, node = 0, nxt[n + v]
        while node < n:
            total += case.distance[at, case.place[node]]
            at, node = case.place[node], nxt[node]
        total += case.distance[at, 0]
    return total


@njit(cache=True)
def insert(node: int, after: int, rings: Rings) -> None:
    follower = rings.nxt[after]
    rings.nxt[after], rings.prv[node], rings.nxt[node], rings.prv[follower] = node, after, follower, node
    rings.veh[node] = rings.veh[after]


@njit(cache=True)
def remove(node: int, rings: Rings) -> None:
    before, behind = rings.prv[node], rings.nxt[node]
    rings.nxt[before], rings.prv[behind] = behind, before
    rings.veh[node] = -1


@njit(cache=True)
def place_somewhere(node: int, rings: Rings, case: Tables) -> bool:
    """Insert a removed node beside a near one, or first in a round, by a carer who is able and is not its mate's."""
    n, carers = case.able.shape
    for _ in range(8):
        after = case.near[node, np.random.randint(case.near.shape[1])]
        if np.random.random() < 0.15:
            after = n + np.random.randint(carers)
        elif np.random.random() < 0.5 and rings.veh[after] >= 0:
            after = rings.prv[after]
        v = rings.veh[after]
        if v >= 0 and case.able[node, v] and not (case.mate[node] >= 0 and rings.veh[case.mate[node]] == v):
            insert(node, after, rings)
            return True
    return False


@njit(cache=True)
def relocate(node: int, rings: Rings, case: Tables, both: bool) -> bool:  # noqa: FBT001  numba knows no keyword-only
    """Move a service elsewhere, and its mate too where asked."""
    remove(node, rings)
    if both:
        remove(case.mate[node], rings)
    return place_somewhere(node, rings, case) and (not both or place_somewhere(case.mate[node], rings, case))


@njit(cache=True)
def swap(node: int, other: int, rings: Rings, case: Tables) -> bool:
    """Exchange two services of two carers."""
    v, w = rings.veh[node], rings.veh[other]
    if v == w or not case.able[node, w] or not case.able[other, v]:
        return False
    if case.mate[node] >= 0 and rings.veh[case.mate[node]] == w:
        return False
    if case.mate[other] >= 0 and rings.veh[case.mate[other]] == v:
        return False
    before, behind = rings.prv[node], rings.prv[other]
    remove(node, rings)
    remove(other, rings)
    insert(node, behind, rings)
    insert(other, before, rings)
    return True


@njit(cache=True)
def all_able(node: int, v: int, rings: Rings, case: Tables) -> bool:
    n = case.place.size
    while node < n:
        if not case.able[node, v]:
            return False
        node = rings.nxt[node]
    return True


@njit(cache=True)
def swap_tails(a: int, b: int, rings: Rings, case: Tables) -> bool:
    """Exchange what follows ``a`` and ``b`` in the rounds of two carers."""
    n = case.place.size
    v, w = rings.veh[a], rings.veh[b]
    x, y = rings.nxt[a], rings.nxt[b]
    if v == w or not all_able(x, w, rings, case) or not all_able(y, v, rings, case):
        return False
    end_v, end_w = rings.prv[n + v], rings.prv[n + w]
    rings.nxt[a], rings.nxt[b] = (y if y < n else n + v), (x if x < n else n + w)
    rings.prv[rings.nxt[a]], rings.prv[rings.nxt[b]] = a, b
    if y < n:
        rings.nxt[end_w], rings.prv[n + v] = n + v, end_w
    if x < n:
        rings.nxt[end_v], rings.prv[n + w] = n + w, end_v
    for u in (v, w):
        node = rings.nxt[n + u]
        while node < n:
            rings.veh[node] = u
            node = rings.nxt[node]
    for node in range(n):  # noqa: SIM110  numba compiles loops, not generators
        if case.mate[node] >= 0 and rings.veh[node] == rings.veh[case.mate[node]]:
            return False
    return True


@njit(cache=True)
def move(rings: Rings, case: Tables) -> bool:
    """Make one random move in place; false where it cannot be made, with the rings in any state."""
    n, carers = case.able.shape
    node, kind = np.random.randint(n), np.random.random()
    mated = case.mate[node] >= 0
    if kind < 0.60:
        return relocate(node, rings, case, mated and np.random.random() < 0.2)
    if kind < 0.75 and mated:
        return relocate(node, rings, case, True)
    if kind < 0.85:
        return swap(node, np.random.randint(n), rings, case)
    a = node if np.random.random() < 0.8 else n + np.random.randint(carers)
    b = case.near[node, np.random.randint(case.near.shape[1])]
    return swap_tails(a, rings.prv[b] if np.random.random() < 0.7 else b, rings, case)


@njit(cache=True)
def anneal(steps: int, heat: float, seed: int, rings: Rings, case: Tables, costs: Reals, best_nxt: Whole) -> None:
    """Run ``steps`` moves at temperature ``heat`` in place; ``costs`` holds the present and the best objective."""
    np.random.seed(seed)
    start = np.empty(case.place.size)
    kept = Rings(rings.nxt.copy(), rings.prv.copy(), rings.veh.copy())
    for _ in range(steps):
        cost = np.inf
        limit = 3 * (costs[0] - heat * math.log(1.0 - np.random.random()))
        if move(rings, case):
            cost = driven(rings.nxt, case)
            if cost <= limit:
                cost += schedule(rings.nxt, case, limit - cost, start)
        if cost > limit:
            rings.nxt[:], rings.prv[:], rings.veh[:] = kept.nxt, kept.prv, kept.veh
            continue
        kept.nxt[:], kept.prv[:], kept.veh[:] = rings.nxt, rings.prv, rings.veh
        costs[0] = cost / 3
        if costs[0] < costs[1] - 1e-9:
            costs[1] = costs[0]
            best_nxt[:] = rings.nxt


def first_rings(case: Tables, rng: np.random.Generator) -> Rings:
    """Hand services out in the order their windows open, each to a random able carer; mates follow each other."""
    n, carers = case.able.shape
    ring = np.arange(n + carers)
    rings = Rings(ring.copy(), ring.copy(), np.concatenate([np.full(n, -1), np.arange(carers)]))
    for node in np.lexsort((case.place, case.opens)).tolist():
        taken = rings.veh[case.mate[node]] if case.mate[node] >= 0 else -1
        v = int(rng.choice([v for v in np.nonzero(case.able[node])[0] if v != taken]))
        insert(node, rings.prv[n + v], rings)
    return rings


def search(case: Tables, seconds: float, seed: int) -> tuple[float, list[list[tuple[int, float]]]]:
    """Return the best objective found and each carer's services with their starts.

    Up to four runs, each from where the last ended. Compiling is not counted in ``seconds``.
    """
    n, carers = case.able.shape
    rng = np.random.default_rng(seed)
    rings, start = first_rings(case, rng), np.empty(n)
    costs = np.full(2, (driven(rings.nxt, case) + schedule(rings.nxt, case, np.inf, start)) / 3)
    best_nxt = rings.nxt.copy()
    anneal(1, COLD, seed, Rings(*(part.copy() for part in rings)), case, costs.copy(), best_nxt.copy())
    runs = max(1, min(4, int(seconds // 10)))
    for run in range(runs):
        began, allowed, hot = time.monotonic(), max(seconds / runs, 1e-9), HOT if run == 0 else HOT / 3
        while (share := (time.monotonic() - began) / allowed) < 1:
            heat = hot * (COLD / hot) ** share
            anneal(CHUNK, heat, int(rng.integers(2**31)), rings, case, costs, best_nxt)
    schedule(best_nxt, case, np.inf, start)
    routes = []
    for v in range(carers):
        node, route = int(best_nxt[n + v]), []
        while node < n:
            route.append((node, float(start[node])))
            node = int(best_nxt[node])
        routes.append(route)
    return float(costs[1]), routes
