"""Exchanges of packages in a simulation: pairs of packages of like hours that lie better with each other's provider."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brokerage.simulation.provider_state import ProviderState, Served

LIKE_HOURS = 0.25
"""Two packages stand in for each other when their hours differ by no more than this share."""
LEAST_MINUTES = 2.0
"""Minutes a visit that an exchange must save in all to be made."""


def exchange(states: Mapping[int, ProviderState]) -> int:
    """Make every exchange of two packages by which both providers drive less; return how many were made."""
    numbers = sorted(states)
    made = 0
    wants = _wants(states, numbers)
    for giver in numbers:
        for taker in numbers:
            if giver < taker:
                made += _between(states, giver, taker, wants)
    if made:
        for state in states.values():
            state.settle()
    return made


def _wants(states: Mapping[int, ProviderState], numbers: list[int]) -> dict[tuple[int, int], list[tuple[float, int]]]:
    """Packages that another provider would reach with fewer minutes, by giver and taker, the best first."""
    found: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for giver in numbers:
        served = list(states[giver].served.values())
        homes = np.array([(one.easting, one.northing) for one in served]).reshape(-1, 2)
        minutes = np.array([one.minutes for one in served])
        for taker in numbers:
            if taker == giver:
                continue
            gains = minutes - states[taker].added_minutes_each(homes)
            found[giver, taker] = [(float(gains[i]), served[i].key) for i in np.flatnonzero(gains > 0)]
    return {pair: sorted(rows, reverse=True) for pair, rows in found.items()}


def _between(
    states: Mapping[int, ProviderState],
    a: int,
    b: int,
    wants: Mapping[tuple[int, int], list[tuple[float, int]]],
) -> int:
    made = 0
    back = list(wants.get((b, a), []))
    for gain, key in wants.get((a, b), []):
        one = states[a].served.get(key)
        if one is None:
            continue
        for i, (other_gain, other_key) in enumerate(back):
            other = states[b].served.get(other_key)
            if other is None or not _alike(one, other) or gain + other_gain < LEAST_MINUTES:
                continue
            if one.visits * gain + other.visits * other_gain <= 0:
                continue
            _swap(states[a], states[b], one, other)
            back.pop(i)
            made += 1
            break
    return made


def _alike(one: Served, other: Served) -> bool:
    return bool(np.isclose(one.hours, other.hours, rtol=LIKE_HOURS))


def _swap(first: ProviderState, second: ProviderState, one: Served, other: Served) -> None:
    first.drop(one.key)
    second.drop(other.key)
    to_first = Served(other.key, other.easting, other.northing, other.hours, other.visits, 0.0)
    to_second = Served(one.key, one.easting, one.northing, one.hours, one.visits, 0.0)
    to_first.minutes = first.added_minutes(other.easting, other.northing)
    to_second.minutes = second.added_minutes(one.easting, one.northing)
    first.take(to_first)
    second.take(to_second)
