"""Sets of numbers for compiled loops: put in, take out and go through in time that does not grow with what is absent.

A set of whole numbers below ``n`` is an array of two rows: for each number, one more than its place in the list, nought
where it is absent; and the list, whose last column holds how many there are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Members = NDArray[np.int64]


def empty_set(n: int) -> Members:
    """Return an empty set for numbers below ``n``."""
    return np.zeros((2, n + 1), np.int64)


@njit(cache=True, nogil=True)
def add(members: Members, number: int) -> None:
    """Put a number in."""
    if members[0, number] == 0:
        many = members[1, -1]
        members[1, many] = number
        members[1, -1] = many + 1
        members[0, number] = many + 1


@njit(cache=True, nogil=True)
def drop(members: Members, number: int) -> None:
    """Take a number out; the last of the list takes its place."""
    place = members[0, number] - 1
    if place >= 0:
        many = members[1, -1] - 1
        last = members[1, many]
        members[1, place] = last
        members[0, last] = place + 1
        members[0, number] = 0
        members[1, -1] = many


@njit(cache=True, nogil=True)
def clear(members: Members) -> None:
    """Take everything out."""
    for place in range(members[1, -1]):
        members[0, members[1, place]] = 0
    members[1, -1] = 0
