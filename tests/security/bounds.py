"""What can be worked out of a heap of protected figures, by linear programming.

The attacker knows the rules of protection but not the secret, knows who lives in which area and who is new, and takes
every figure of every answer as a bound on a sum of the smallest groups into which people could be taken apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

Bools = NDArray[np.bool_]


@dataclass
class Knowledge:
    """Bounds on sums of atoms, of hours and of people, before and after a person came."""

    atoms: pd.DataFrame
    newcomer: int
    """The atom the new person is in, which the attacker knows."""
    told: int = 0
    """Figures learned from; many say the same."""
    _most: dict[str, dict[bytes, float]] = field(default_factory=lambda: {"hours": {}, "people": {}})
    """The tightest bound on each sum, by its coefficients."""

    def learn(self, measure: str, members: Bools, least: float, most: float, *, after: bool) -> None:
        """The sum of the members lies between two values; after the person came they count too."""
        row = np.append(members.astype(np.float64), 1.0 if after and members[self.newcomer] else 0.0)
        self.told += 1
        known = self._most[measure]
        for sign, bound in ((1.0, most), (-1.0, -least)):
            if np.isfinite(bound) and not (sign < 0 and least <= 0):
                mark = (sign * row).astype(np.int8).tobytes()
                known[mark] = min(bound, known.get(mark, np.inf))

    @property
    def facts(self) -> int:
        """Bounds known."""
        return sum(map(len, self._most.values()))

    def range_of(self, measure: str, members: Bools | None) -> tuple[float, float]:
        """Least and most of a sum of atoms, or of the new person alone where none are named."""
        goal = np.append(np.zeros(len(self.atoms)), 1.0) if members is None else np.append(members.astype(float), 0.0)
        known = self._most[measure]
        table = csr_array(np.array([np.frombuffer(mark, dtype=np.int8) for mark in known], dtype=np.float64))
        most = np.array(list(known.values()))
        fixed = (1.0, 1.0) if measure == "people" else (0.0, None)  # one person came; how much care is not known
        bounds = [(0.0, None)] * len(self.atoms) + [fixed]
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * goal, A_ub=table, b_ub=most, bounds=bounds, method="highs")
            assert found.status in {0, 3}, f"what was told contradicts itself: {found.message}"
            ends.append(sign * found.fun if found.status == 0 else np.inf)
        return ends[0], ends[1]
