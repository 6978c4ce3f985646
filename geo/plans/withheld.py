"""What a comparison of plans may show where it leaves: no small number, and none by taking one plan from another.

Zones of two plans that differ by one street differ by the people of that street, however large the zones are. So the
tables of all plans are protected together. The smallest groups into which they could be taken apart (the packages in
the same zones under every plan, and in the same band) are the cells; every figure shown is a sum of cells; and
`geo.disclosure.protect` hides sums until no small group can be worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from geo.disclosure import Relation, is_sensitive, protect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

Key = tuple[str | int, ...]
KNOWN_LOSS = 1000.0
"""What hiding a total that is out already loses, over another: it is hidden only where nothing else would do."""


@dataclass(frozen=True)
class Withheld:
    """What to blank; plans are named by their place in the comparison, zones and bands by name.

    Attributes:
        figures: Of these show no hours, packages or people: ("zone", plan, zone), ("band", plan, zone, band),
            ("move", plan, zone of the first plan, zone of this one), ("change", plan) for all that changes zone.
        waiting: Of these show no packages that wait.
        costs: Plans of which to show nothing that follows from demand: fewer people than the threshold are in another
            zone than under an earlier plan, and every pound of difference is theirs.
    """

    figures: frozenset[Key]
    waiting: frozenset[Key]
    costs: frozenset[int]


@dataclass(frozen=True)
class _Sum:
    """A sum of cells a reader sees, or could take apart."""

    key: Key
    parts: Bools
    shown: bool = True


def withheld(
    packages: pd.DataFrame,
    zones: Sequence[Mapping[str, str]],
    stays: Sequence[frozenset[tuple[str, str]]],
    bands: Mapping[str, str],
    threshold: int,
    *,
    known: frozenset[int] = frozenset(),
) -> Withheld:
    """What to blank in a comparison of plans so that no group below the threshold can be worked out.

    Args:
        packages: Packages in force, one a row: `area_id`, `person`, `hours_per_week` and `waits`, whether it waits.
        zones: For each plan, the zone of every area.
        stays: For each plan, pairs of a zone of the first plan and the zone of this plan that it has become: what is in
            another pair changes zone. Of the first plan itself nothing is read.
        bands: Band by area; may be empty.
        threshold: The least number of people shown.
        known: Plans whose zones' totals are out already, as those in force are: the others' are hidden first.
    """
    names = [f"plan {i}" for i in range(len(zones))]
    held = packages.assign(
        **{name: packages["area_id"].map(zone) for name, zone in zip(names, zones, strict=True)},
        band=[bands.get(area, "") for area in packages["area_id"].tolist()],
    )
    figures = _Table(held, names, stays, known, banded=True)
    waiting = _Table(held, names, stays, known, banded=False)
    heads = np.array([len(s) for s in figures.who] + [figures.people(total) for total in figures.sums])
    waits = waiting.added("waits")
    return Withheld(
        figures.blanked(
            figures.added("packages"), is_sensitive(heads, threshold), threshold, hours=figures.added("hours")
        ),
        waiting.blanked(waits, is_sensitive(waits.astype(np.int64), threshold), threshold),
        frozenset(_too_alike(held, names, threshold)),
    )


class _Table:
    """The cells of a comparison, and every sum of them that is shown or could be taken apart."""

    def __init__(
        self,
        held: pd.DataFrame,
        names: Sequence[str],
        stays: Sequence[frozenset[tuple[str, str]]],
        known: frozenset[int],
        *,
        banded: bool,
    ) -> None:
        keys = [*names, "band"] if banded else list(names)
        by_cell = held.groupby(keys, sort=True)
        self.values = by_cell.agg(packages=("person", "size"), hours=("hours_per_week", "sum"), waits=("waits", "sum"))
        self.who = [frozenset(people) for people in by_cell["person"].agg(list)]
        self._cells = self.values.index.to_frame(index=False)
        self.sums = list(self._sums(stays))
        self._loss = np.array([0.0] * len(self._cells) + [self._lost(total, known) for total in self.sums])

    def _sums(self, stays: Sequence[frozenset[tuple[str, str]]]) -> Iterator[_Sum]:
        yield _Sum(("county",), np.ones(len(self._cells), dtype=np.bool_))
        bands = ["band"] if "band" in self._cells else []
        if bands:
            yield from self._each(("county",), bands)
        for i in range(len(stays)):
            yield from self._each(("zone", i), [f"plan {i}"])
            if bands:
                yield from self._each(("band", i), [f"plan {i}", *bands])
        for i, matched in enumerate(stays[1:], start=1):
            pairs = self._cells[["plan 0", f"plan {i}"]]
            yield from self._each(("move", i), list(pairs.columns))
            moved = np.array([pair not in matched for pair in pairs.itertuples(index=False, name=None)], dtype=np.bool_)
            if moved.any():
                yield _Sum(("change", i), moved)
                for column in pairs.columns:  # who leaves a zone, who joins one: all of it less what stays
                    for zone in pairs.loc[moved, column].unique():
                        yield _Sum(("apart", i, column, zone), moved & (pairs[column] == zone).to_numpy(), shown=False)

    def _each(self, name: Key, by: list[str]) -> Iterator[_Sum]:
        for key, rows in self._cells.groupby(by, sort=True).indices.items():
            parts = np.zeros(len(self._cells), dtype=np.bool_)
            parts[rows] = True
            yield _Sum((*name, *(key if isinstance(key, tuple) else (key,))), parts)

    @staticmethod
    def _lost(total: _Sum, known: frozenset[int]) -> float:
        """What hiding a sum loses: nothing where it is not shown, much where it is out already and hides little."""
        return KNOWN_LOSS if total.key[:1] == ("zone",) and total.key[1] in known else float(total.shown)

    def people(self, total: _Sum) -> int:
        """People of a sum, each once."""
        return len(frozenset().union(*(self.who[i] for i in np.flatnonzero(total.parts))))

    def added(self, column: str) -> Floats:
        """Every cell and every sum of a column."""
        own = self.values[column].to_numpy(np.float64)
        return np.concatenate([own, [own[total.parts].sum() for total in self.sums]])

    def blanked(self, counts: Floats, sensitive: Bools, threshold: int, **amounts: Floats) -> frozenset[Key]:
        """Keys of the sums to blank."""
        n = len(self._cells)
        relations = [Relation(n + i, tuple(np.flatnonzero(s.parts).tolist())) for i, s in enumerate(self.sums)]
        hidden = protect(
            counts.astype(np.int64),
            relations,
            threshold=threshold,
            amounts=amounts,
            sensitive=sensitive,
            loss=self._loss,
        ).hidden[n:]
        shown = frozenset(total.key for total in self.sums if total.shown)
        gone = shown & {total.key for total, out in zip(self.sums, hidden.tolist(), strict=True) if out}
        # The county's own totals are known from elsewhere: where only they could hide a group, no sum is shown.
        return shown if any(key[0] == "county" for key in gone) else gone


def _too_alike(held: pd.DataFrame, names: Sequence[str], threshold: int) -> Iterator[int]:
    """Plans under which fewer people than the threshold, but some, are elsewhere than under an earlier plan."""
    for i, j in combinations(range(len(names)), 2):
        shared = pd.crosstab(held[names[i]], held[names[j]]).to_numpy()
        matched = linear_sum_assignment(-shared)
        same = np.zeros(shared.shape, dtype=np.bool_)
        same[matched] = True
        rows, columns = (pd.factorize(held[name], sort=True)[0] for name in (names[i], names[j]))
        if 0 < held.loc[~same[rows, columns], "person"].nunique() < threshold:
            yield j
