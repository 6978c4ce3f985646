"""Ruin and recreate for home health-care instances, compiled.

Strings of neighbouring services are taken out and put back where they add least; simulated annealing decides what is
kept.

After Christiaens and Vanden Berghe, Slack Induction by String Removals (Transportation Science, 2020). What is added by
a service is exact: distance first, which no lateness can better, then the times of all that follow, across the carers
who meet. A ring of waiting carers shows as a deadlock and is not taken. Two threads search and share their best.
"""

# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0915, E501  compiled loops over plain arrays
from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.rounds.draws import uniform
from routing.rounds.local_ruin import by_rank, string_round

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Rows of the tables of services, of rings, and of times.
OPENS, SHUTS, STAY, LEAST, MOST = range(5)
NEXT, BEFORE, CARER = range(3)
START, KEY, NEW_START, NEW_KEY, READY, READY_KEY = range(6)
#: Share of the times that services alike are taken out, not neighbours.
ALIKE = 0.15
# Places in the table of counts.
TOUCHED, STAMP = range(2)


class Tables(NamedTuple):
    """An instance. Services are nodes 0 to n - 1, the office is node n; carer v's own end of the ring is n + v.

    Attributes:
        leg: Distance between nodes, the office last.
        when: Opening, closing and length of each service; then, for the first of two mated ones, the least and the
            most minutes to the start of the second, both nought where they start together.
        mate: The other service of the patient, -1 where there is none.
        first: Whether it is the first of the two.
        able: Whether a carer can do a service.
        near: All other services, the likeliest to stand beside it first.
    """

    leg: Reals
    when: Reals
    mate: Whole
    first: Flags
    able: Flags
    near: Whole


class Room(NamedTuple):
    """Rings of every carer's round and all that one thread works in.

    Attributes:
        ring: The node after each, the node before, and the carer; -1 where it is in no round.
        times: Start of each service; a key no less than that of anything it depends on, so that a change leaves
            whatever has a smaller key as it is; the same two on trial; and when a service waits for its mate.
        waits: The trial in which a service last waited for its mate.
        carer: Clock, key and last node of each carer while times are worked out; then, first, the largest tardiness.
        stack: Carers to go on with, then nodes touched.
        count: Nodes touched by the trial and the number of the trial.
        random: State of the draws.
    """

    ring: Whole
    times: Reals
    waits: Whole
    carer: Reals
    stack: Whole
    touched: Whole
    count: Whole
    random: NDArray[np.uint64]


@njit(cache=True, nogil=True)
def schedule(since, limit, leg, when, mate, first, ring, times, waits, carer, stack, touched, count):
    """Return total plus largest tardiness, leaving trial times; infinite on a deadlock or past ``limit``.

    Times of services whose key is below ``since`` are taken as they are.
    """
    n, carers = mate.size, carer.shape[1]
    count[STAMP] += 1
    stamp = count[STAMP]
    total, worst, top, many, blocked = 0.0, 0.0, carers, 0, 0
    for v in range(carers):
        node, last = ring[NEXT, n + v], n + v
        while node < n and times[KEY, node] < since:
            late = times[START, node] - when[SHUTS, node]
            if late > 0.0:
                total += late
                worst = max(worst, late)
            last, node = node, ring[NEXT, node]
        if last < n:
            carer[0, v], carer[1, v] = times[START, last] + when[STAY, last], times[KEY, last]
        else:
            carer[0, v], carer[1, v] = 0.0, -1.0
        carer[2, v] = last
        stack[v] = v
    if total + worst > limit:
        return np.inf
    while top > 0:
        top -= 1
        v = stack[top]
        clock, key, last = carer[0, v], carer[1, v], int(carer[2, v])
        node = ring[NEXT, last]
        while node < n:
            begin = max(clock + leg[min(last, n), node], when[OPENS, node])
            key = max(key, begin)
            other = mate[node]
            if other >= 0 and ring[CARER, other] >= 0:
                if waits[other] != stamp:
                    waits[node] = stamp
                    times[READY, node], times[READY_KEY, node] = begin, key
                    carer[2, v] = last
                    blocked += 1
                    break
                blocked -= 1
                ready = times[READY, other]
                if first[node]:
                    ready = max(ready, begin + when[LEAST, node])
                    begin = max(begin, ready - when[MOST, node])
                else:
                    begin = max(begin, ready + when[LEAST, other])
                    ready = max(ready, begin - when[MOST, other])
                key = max(key, times[READY_KEY, other], begin, ready)
                times[NEW_START, other], times[NEW_KEY, other] = ready, key
                touched[many] = other
                many += 1
                late = ready - when[SHUTS, other]
                if late > 0.0:
                    total += late
                    worst = max(worst, late)
                w = ring[CARER, other]
                carer[0, w], carer[1, w], carer[2, w] = ready + when[STAY, other], key, other
                stack[top] = w
                top += 1
            times[NEW_START, node], times[NEW_KEY, node] = begin, key
            touched[many] = node
            many += 1
            late = begin - when[SHUTS, node]
            if late > 0.0:
                total += late
                worst = max(worst, late)
                if total + worst > limit:
                    return np.inf
            clock = begin + when[STAY, node]
            last, node = node, ring[NEXT, node]
    count[TOUCHED] = many
    carer[3, 0] = worst
    return total + worst if blocked == 0 else np.inf


@njit(cache=True, nogil=True)
def settle(touched, count, times):
    """Take the trial times as the times."""
    for at in range(count[TOUCHED]):
        node = touched[at]
        times[START, node], times[KEY, node] = times[NEW_START, node], times[NEW_KEY, node]


@njit(cache=True, nogil=True)
def take_out(node, ring, leg, n):
    """Unlink a node and return the change in distance."""
    before, behind = ring[BEFORE, node], ring[NEXT, node]
    ring[NEXT, before], ring[BEFORE, behind], ring[CARER, node] = behind, before, -1
    a, b = min(before, n), min(behind, n)
    return leg[a, b] - leg[a, node] - leg[node, b]


@njit(cache=True, nogil=True)
def put_in(node, after, ring):
    """Link a node in after another."""
    behind = ring[NEXT, after]
    ring[NEXT, after], ring[BEFORE, node], ring[NEXT, node], ring[BEFORE, behind] = node, after, behind, node
    ring[CARER, node] = ring[CARER, after]


@njit(cache=True, nogil=True)
def put_best(
    node, blink, distance, late, leg, when, mate, first, able, ring, times, waits, carer, stack, touched, count, random
):
    """Put a node where it adds least, and return the new distance and lateness; the latter infinite where nowhere.

    The delay is followed down the round until it is used up. Where it meets a service done by two, that is the least
    it can add, and the whole is worked out if that could still be the best. Every place is passed over with the chance
    ``blink``.
    """
    n, carers = mate.size, carer.shape[1]
    best, chosen, far = np.inf, -1, 0.0
    now, worst = distance + late, carer[3, 0]
    other = mate[node]
    met = other >= 0 and ring[CARER, other] >= 0
    for v in range(carers):
        if not able[node, v] or (met and ring[CARER, other] == v):
            continue
        behind = n + v
        while True:
            after = behind
            behind = ring[NEXT, after]
            a = min(after, n)
            more = leg[a, node] + leg[node, min(behind, n)] - leg[a, min(behind, n)]
            if more < best and uniform(random) >= blink:
                clock = 0.0 if after >= n else times[START, after] + when[STAY, after]
                begin, exact = max(clock + leg[a, node], when[OPENS, node]), True
                if met:
                    there = times[START, other]
                    if first[node]:
                        ready = max(there, begin + when[LEAST, node])
                        begin = max(begin, ready - when[MOST, node])
                    else:
                        begin = max(begin, there + when[LEAST, other])
                        ready = max(there, begin - when[MOST, other])
                    exact = ready <= there
                delay = max(0.0, begin - when[SHUTS, node])
                added, largest = more + delay, max(worst, delay)
                clock, at, follower = begin + when[STAY, node], node, behind
                while follower < n and added + largest - worst < best:
                    begin, was = max(clock + leg[at, follower], when[OPENS, follower]), times[START, follower]
                    if begin <= was:
                        break
                    exact = exact and (mate[follower] < 0 or ring[CARER, mate[follower]] < 0)
                    delay = max(0.0, begin - when[SHUTS, follower])
                    added += delay - max(0.0, was - when[SHUTS, follower])
                    largest = max(largest, delay)
                    clock, at, follower = begin + when[STAY, follower], follower, ring[NEXT, follower]
                added += largest - worst
                if added < best and not exact:
                    put_in(node, after, ring)
                    since = -np.inf if after >= n else times[KEY, after]
                    limit = now + best - distance - more
                    found = schedule(
                        since, limit, leg, when, mate, first, ring, times, waits, carer, stack, touched, count
                    )
                    take_out(node, ring, leg, n)
                    added = distance + more + found - now
                if added < best - 1e-12:
                    best, chosen, far = added, after, more
            if behind >= n:
                break
    if chosen < 0:
        return distance, np.inf
    put_in(node, chosen, ring)
    since = -np.inf if chosen >= n else times[KEY, chosen]
    late = schedule(since, np.inf, leg, when, mate, first, ring, times, waits, carer, stack, touched, count)
    settle(touched, count, times)
    return distance + far, late


@njit(cache=True, nogil=True)
def ruin_alike(most, out, leg, mate, able, ring, times, random):
    """Take out up to ``most`` services that the same carers can do, wherever they are, with their mates.

    Where few can do something, who does what of it is settled all together or not at all.
    """
    n = mate.size
    many, gained, since = 0, 0.0, np.inf
    seed, at = int(uniform(random) * n), int(uniform(random) * n)
    chance = 0.4 + 0.6 * uniform(random)
    for _ in range(n):
        at = at + 1 if at + 1 < n else 0
        alike = many < most and ring[CARER, at] >= 0
        for v in range(able.shape[1]):
            alike = alike and able[at, v] == able[seed, v]
        if not alike or uniform(random) > chance:
            continue
        for node in (at, mate[at]):
            if node >= 0 and ring[CARER, node] >= 0:
                since = min(since, -np.inf if ring[BEFORE, node] >= n else times[KEY, ring[BEFORE, node]])
                gained += take_out(node, ring, leg, n)
                out[many] = node
                many += 1
    return many, gained, since


@njit(cache=True, nogil=True)
def ruin(average, longest, out, leg, when, mate, near, ring, times, random):
    """Take strings of services near a random one out of the rounds, with their mates; list them in ``out``."""
    n = mate.size
    carers = ring.shape[1] - n
    many, gained, since = 0, 0.0, np.inf
    mean = max(1.0, n / carers)
    span = min(float(longest), mean)
    strings = int(uniform(random) * (4.0 * average / (1.0 + span) - 1.0)) + 1
    seed = int(uniform(random) * n)
    if uniform(random) < 0.1:
        for node in range(n):
            later = times[START, node] - when[SHUTS, node] > max(0.0, times[START, seed] - when[SHUTS, seed])
            if later and uniform(random) < 0.5:
                seed = node
    visited = 0
    done = np.zeros(carers, np.bool_)
    for at in range(-1, n - 1):
        if visited >= strings:
            break
        node = seed if at < 0 else near[seed, at]
        v = ring[CARER, node]
        if v < 0 or done[v]:
            continue
        done[v] = True
        visited += 1
        size, place, walk = 0, 0, ring[NEXT, n + v]
        while walk < n:
            if walk == node:
                place = size
            size += 1
            walk = ring[NEXT, walk]
        begin, whole, gap, keep = string_round(place, size, span, random)
        walk = ring[NEXT, n + v]
        for number in range(begin + whole):
            following = ring[NEXT, walk]
            if number >= begin and not gap <= number < gap + keep:
                since = min(since, -np.inf if ring[BEFORE, walk] >= n else times[KEY, ring[BEFORE, walk]])
                gained += take_out(walk, ring, leg, n)
                out[many] = walk
                many += 1
            walk = following
    for at in range(many):
        other = mate[out[at]]
        if other >= 0 and ring[CARER, other] >= 0:
            since = min(since, -np.inf if ring[BEFORE, other] >= n else times[KEY, ring[BEFORE, other]])
            gained += take_out(other, ring, leg, n)
            out[many] = other
            many += 1
    return many, gained, since


@njit(cache=True, nogil=True)
def arrange(out, many, when, skilled, leg, random):
    """Order what is to be put back: at random, by window, by how few can do it, or by distance from the office."""
    n = when.shape[1]
    rank = np.empty(many)
    draw = uniform(random)
    for at in range(many):
        node = out[at]
        if draw < 0.35:
            rank[at] = uniform(random)
        elif draw < 0.5:
            rank[at] = when[OPENS, node]
        elif draw < 0.65:
            rank[at] = when[SHUTS, node] - when[OPENS, node]
        elif draw < 0.85:
            rank[at] = skilled[node] + uniform(random)
        else:
            rank[at] = -leg[n, node] if draw < 0.95 else leg[n, node]
    by_rank(out, rank, many)


@njit(cache=True, nogil=True)
def copy_all(source, target):
    """Copy the rows of ``target`` from ``source``."""
    # A loop: assigning slices takes seconds to compile, for the words of its error messages.
    for row in range(target.shape[0]):
        for node in range(target.shape[1]):
            target[row, node] = source[row, node]


@njit(cache=True, nogil=True)
def anneal(
    steps,
    heat,
    average,
    blink,
    cost,
    best,
    leg,
    when,
    mate,
    first,
    able,
    near,
    ring,
    times,
    waits,
    carer,
    stack,
    touched,
    count,
    random,
):
    """Ruin and recreate ``steps`` times at temperature ``heat``; ``cost`` is distance and lateness now and the best sum."""
    n = mate.size
    out = np.empty(2 * n, np.int64)
    old_ring, old_times, skilled = ring.copy(), times[:2].copy(), np.zeros(n)
    for node in range(n):
        for v in range(able.shape[1]):
            skilled[node] += able[node, v]
    for _ in range(steps):
        limit = cost[0] + cost[1] - heat * math.log(1.0 - uniform(random))
        if uniform(random) < ALIKE:
            many, gained, since = ruin_alike(int(1.5 * average), out, leg, mate, able, ring, times, random)
        else:
            many, gained, since = ruin(average, 10, out, leg, when, mate, near, ring, times, random)
        distance = cost[0] + gained
        late = schedule(since, np.inf, leg, when, mate, first, ring, times, waits, carer, stack, touched, count)
        settle(touched, count, times)
        arrange(out, many, when, skilled, leg, random)
        tables = (leg, when, mate, first, able, ring, times, waits, carer, stack, touched, count, random)
        for at in range(many):
            node = out[at]
            if ring[CARER, node] >= 0:
                continue
            distance, late = put_best(node, blink, distance, late, *tables)
            other = mate[node]
            if other >= 0 and late < np.inf and ring[CARER, other] < 0:
                distance, late = put_best(other, blink, distance, late, *tables)
                if late < np.inf:
                    # Once more, now that it is known whom it must meet.
                    before = ring[BEFORE, node]
                    distance += take_out(node, ring, leg, n)
                    since = -np.inf if before >= n else times[KEY, before]
                    late = schedule(
                        since, np.inf, leg, when, mate, first, ring, times, waits, carer, stack, touched, count
                    )
                    settle(touched, count, times)
                    distance, late = put_best(node, 0.0, distance, late, *tables)
            if not distance + late <= limit:
                late = np.inf
                break
        if late == np.inf:
            copy_all(old_ring, ring)
            copy_all(old_times, times[:2])
            continue
        copy_all(ring, old_ring)
        copy_all(times, old_times)
        cost[0], cost[1] = distance, late
        if distance + late < cost[2] - 1e-9:
            cost[2] = distance + late
            copy_all(ring, best)


def neighbours(leg: Reals, when: Reals) -> Whole:
    """Return for each service all others, those likely to stand beside it first: near in place and in time.

    The measure of Vidal and others (2013): distance, a fifth of the least waiting, and the least lateness.
    """
    n = when.shape[1]
    legs = leg[:n, :n]
    waiting = np.maximum(0, when[OPENS][None, :] - when[SHUTS][:, None] - when[STAY][:, None] - legs)
    lateness = np.maximum(0, when[OPENS][:, None] + when[STAY][:, None] + legs - when[SHUTS][None, :])
    one_way = legs + 0.2 * waiting + lateness
    both = np.minimum(one_way, one_way.T)
    np.fill_diagonal(both, np.inf)
    return np.ascontiguousarray(np.argsort(both, axis=1, kind="stable")[:, : n - 1])


def first_rings(case: Tables, rng: np.random.Generator) -> Whole:
    """Hand services out in the order their windows open, each to a random able carer; mates follow each other."""
    n, carers = case.able.shape
    routes: list[list[int]] = [[] for _ in range(carers)]
    given = np.full(n, -1)
    opens = np.where(case.mate >= 0, np.minimum(case.when[OPENS], case.when[OPENS][case.mate]), case.when[OPENS])
    patient = np.where(case.mate >= 0, np.minimum(np.arange(n), case.mate), np.arange(n))
    for node in np.lexsort((patient, opens)).tolist():
        can = np.nonzero(case.able[node])[0]
        if case.mate[node] >= 0:
            # Two carers, so neither the one who does the other service nor the only one who could.
            other = case.mate[node]
            left = [given[other]] if given[other] >= 0 else np.nonzero(case.able[other])[0]
            can = [v for v in can if any(v != one for one in left)]
        given[node] = rng.choice(can)
        routes[given[node]].append(node)
    ring = np.repeat(np.arange(n + carers)[None], 3, axis=0)
    for v, route in enumerate(routes):
        path = [n + v, *route, n + v]
        ring[NEXT, path[:-1]] = path[1:]
        ring[BEFORE, path[1:]] = path[:-1]
        ring[CARER, path] = v
    return ring


class Searcher:
    """One thread's search."""

    def __init__(self, case: Tables, seed: int) -> None:
        n, carers = case.able.shape
        self.case = case
        self.room = Room(
            first_rings(case, np.random.default_rng(seed)),
            np.zeros((6, n)),
            np.full(n, -1, np.int64),
            np.zeros((4, carers)),
            np.zeros(n + 2 * carers, np.int64),
            np.zeros(2 * n, np.int64),
            np.zeros(2, np.int64),
            np.array([seed * 2 + 88172645463325253], np.uint64),
        )
        for _ in range(20):
            uniform(self.room.random)
        self.best = self.room.ring.copy()
        self.cost = np.full(3, np.inf)
        self.adopt(self.best.copy())

    def adopt(self, ring: Whole) -> None:
        """Go on from the rings given, working out what they cost."""
        case, room = self.case, self.room
        n = case.mate.size
        room.ring[:] = ring
        ends = np.minimum(np.arange(ring.shape[1]), n)
        self.cost[0] = case.leg[ends, np.minimum(ring[NEXT], n)].sum()
        self.cost[1] = schedule(
            -np.inf, np.inf, case.leg, case.when, case.mate, case.first, room.ring, room.times, room.waits, room.carer,
            room.stack, room.touched, room.count,
        )  # fmt: skip
        settle(room.touched, room.count, room.times)
        if self.cost[0] + self.cost[1] < self.cost[2]:
            self.cost[2] = self.cost[0] + self.cost[1]
            self.best[:] = ring

    def steps(self, many: int, heat: float) -> None:
        """Ruin and recreate so many times."""
        anneal(many, heat, AVERAGE, BLINK, self.cost, self.best, *self.case, *self.room)

    def cool(self, heats: tuple[float, float], until: float, steps: int | None) -> None:
        """Cool from the first heat to the last by ``until`` on the clock, or over so many ``steps``."""
        began, done = time.monotonic(), 0
        while (share := done / steps if steps else (time.monotonic() - began) / max(until - began, 1e-9)) < 1:
            self.steps(CHUNK, heats[0] * (heats[1] / heats[0]) ** share)
            done += CHUNK


#: Services taken out at a time on average, and the chance to pass over a place.
AVERAGE, BLINK = 18.0, 0.01
#: First and last temperature, in minutes of distance and lateness together, and the first when going on from the best.
HOT, COLD, WARM = 20.0, 0.1, 4.0
#: Starts from nothing by each thread, then turns from the best of all, each of as long. Where the plans fall differs far
#: more between starts than it gains from a longer cooling.
STARTS, TURNS = 3, 2
#: One start less with more services than this, since each takes longer to come to rest.
MANY = 100
CHUNK = 50


def search(
    case: Tables, seconds: float, seed: int, threads: int = 2, steps: int | None = None
) -> tuple[float, list[list[tuple[int, float]]]]:
    """Return the best objective found and each carer's services with their starts.

    Args:
        case: The instance.
        seconds: To spend, loading compiled code included.
        seed: Of the draws.
        threads: To search in at once.
        steps: Moves of each run and thread, in place of the clock.
    """
    began = time.monotonic()
    n, carers = case.able.shape
    first = Searcher(case, seed)
    first.steps(1, 1.0)  # load or compile before the threads part
    loaded = time.monotonic()
    best, least = first.best.copy(), float(first.cost[2])
    starts = STARTS if n <= MANY else STARTS - 1
    with ThreadPoolExecutor(threads) as pool:
        for turn in range(starts + TURNS):
            searchers = [Searcher(case, (seed * 1000 + turn) * 16 + number) for number in range(threads)]
            if turn >= starts:
                for one in searchers:
                    one.adopt(best.copy())
            end = loaded + (began + seconds - loaded) * (turn + 1) / (starts + TURNS)
            heats = (HOT if turn < starts else WARM, COLD)
            for job in [pool.submit(one.cool, heats, end, steps) for one in searchers]:
                job.result()
            for one in searchers:
                if one.cost[2] < least - 1e-9:
                    best, least = one.best.copy(), float(one.cost[2])
    first.adopt(best)
    ring, start = first.room.ring, first.room.times[START]
    routes = []
    for v in range(carers):
        node, route = int(ring[NEXT, n + v]), []
        while node < n:
            route.append((node, float(start[node])))
            node = int(ring[NEXT, node])
        routes.append(route)
    return float(first.cost[0] + first.cost[1]) / 3, routes
