"""Random draws inside compiled code: the same seed gives the same draws in every thread and on every machine."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

State = NDArray[np.uint64]


@njit(cache=True, nogil=True)
def uniform(state: State) -> float:
    """Draw from 0 to 1 by the 64-bit xorshift of Marsaglia, Xorshift RNGs (Journal of Statistical Software, 2003)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def below(state: State, n: int) -> int:
    """Draw a whole number from 0 to ``n - 1``."""
    return int(uniform(state) * n)


def make_state(seed: int) -> State:
    """Return the state for a seed: any whole number of at least nought, nearby ones far apart."""
    state = np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64)
    for _ in range(20):
        uniform(state)
    return state
