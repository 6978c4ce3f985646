"""The postcode directory in memory: look up, look up many, nearest, complete, suggest.

Plain sorted arrays, 26 bytes a postcode: 71 MB hold the 2.7 million of the United Kingdom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.postcode_columns import KEY_DTYPE
from geo.postcodes import clean, spaced

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt

NO_POSITION: Final = -1
"""Easting and northing of a postcode that the directory knows but cannot place."""


class Status(IntEnum):
    """What the sources say of a postcode's life."""

    UNKNOWN = 0
    LIVE = 1
    TERMINATED = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One postcode of the directory.

    Attributes:
        postcode: As it is written, ``LE67 3AB``.
        easting, northing: Metres on the British National Grid, None where the directory has no position.
        district: ONS code of the local authority district, empty where there is none.
        status: Live, terminated, or unknown where the source does not tell them apart.
        introduced, terminated: yyyymm, None where not known.
    """

    postcode: str
    easting: int | None
    northing: int | None
    district: str
    status: Status
    introduced: int | None = None
    terminated: int | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A postcode and how far it is, in metres in a straight line."""

    entry: Entry
    distance_m: float


class Gazetteer:
    """A directory of postcodes, read-only once made.

    Args:
        keys: (n,) compact keys (bytes or text), in any order, each once.
        easting, northing: (n,) metres; negative or NaN where there is no position.
        district: (n,) codes.
        status: (n,) values of Status; unknown for all where left out.
        introduced, terminated: (n,) yyyymm, 0 where not known.
        version: What made it; carried into answers.

    Raises:
        ValueError: Arrays of different lengths, an empty or a repeated key.
    """

    def __init__(
        self,
        keys: npt.ArrayLike,
        easting: npt.ArrayLike,
        northing: npt.ArrayLike,
        district: npt.ArrayLike,
        status: npt.ArrayLike | None = None,
        introduced: npt.ArrayLike | None = None,
        terminated: npt.ArrayLike | None = None,
        *,
        version: str = "",
    ) -> None:
        given = np.asarray(keys).astype(KEY_DTYPE)
        n = len(given)
        districts, district_index = _indexed(district)
        columns: dict[str, npt.NDArray[Any]] = {
            "easting": _metres(easting),
            "northing": _metres(northing),
            "district": district_index,
            "status": _filled(status, n, np.uint8),
            "introduced": _filled(introduced, n, np.int32),
            "terminated": _filled(terminated, n, np.int32),
        }
        for name, column in columns.items():
            if column.shape != (n,):
                raise ValueError(f"{name} has shape {column.shape}, expected ({n},) as keys has")
        order = np.argsort(given, kind="stable")
        given = given[order]
        if n and not given[0]:
            raise ValueError(f"row {int(order[0])}: the key is empty, expected a compact postcode such as LE673AB")
        repeated = np.flatnonzero(given[1:] == given[:-1])
        if repeated.size:
            i = int(repeated[0])
            raise ValueError(f"rows {int(order[i])} and {int(order[i + 1])} hold the same postcode {given[i].decode()}")
        self._set(given, {name: column[order] for name, column in columns.items()}, districts, version)

    def _set(
        self,
        keys: npt.NDArray[np.bytes_],
        columns: dict[str, npt.NDArray[Any]],
        districts: npt.NDArray[np.str_],
        version: str,
    ) -> None:
        self.keys = keys
        self.easting, self.northing = columns["easting"], columns["northing"]
        self.district_index, self.status = columns["district"], columns["status"]
        self.introduced, self.terminated = columns["introduced"], columns["terminated"]
        self.districts, self.version = districts, version
        arrays: list[npt.NDArray[Any]] = [keys, districts, *columns.values()]
        for array in arrays:
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, postcode: str) -> bool:
        return self.row(postcode) >= 0

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays, without the tree that ``nearest`` makes on first use."""
        arrays = (self.easting, self.northing, self.district_index, self.status, self.introduced, self.terminated)
        return int(self.keys.nbytes + self.districts.nbytes + sum(a.nbytes for a in arrays))

    def row(self, postcode: str) -> int:
        """Row of a postcode (any case and spacing, no repair), or -1."""
        key = clean(postcode).encode("ascii", "replace")
        if not 0 < len(key) <= KEY_DTYPE.itemsize:
            return -1
        at = int(self.keys.searchsorted(key))
        return at if at < len(self) and self.keys[at] == key else -1

    def rows(self, keys: Sequence[str] | npt.NDArray[np.bytes_]) -> npt.NDArray[np.intp]:
        """Rows of compact keys, -1 where a key is not held: (m,) in, (m,) out."""
        wanted = np.asarray(keys)
        if wanted.dtype != KEY_DTYPE:
            # One width on both sides: a wider question would have the whole directory copied to its width.
            longest = KEY_DTYPE.itemsize
            texts = [k if isinstance(k, bytes) else str(k).encode("ascii", "replace") for k in wanted.tolist()]
            wanted = np.array([k if len(k) <= longest else b"" for k in texts], dtype=KEY_DTYPE)
        if not len(self) or not len(wanted):
            return np.full(len(wanted), -1, np.intp)
        # Sorted questions walk the directory in order, which the processor's cache likes.
        order = np.argsort(wanted)
        at = np.empty(len(wanted), np.intp)
        at[order] = np.searchsorted(self.keys, wanted[order])
        at[at == len(self)] = 0
        return np.where(self.keys[at] == wanted, at, -1)

    def lookup(self, postcode: str) -> Entry | None:
        """The entry of a postcode, or None where the directory does not hold it."""
        row = self.row(postcode)
        return self.entry(row) if row >= 0 else None

    def entry(self, row: int) -> Entry:
        """The entry at a row."""
        placed = self.easting[row] != NO_POSITION
        return Entry(
            postcode=spaced(self.keys[row].decode()),
            easting=int(self.easting[row]) if placed else None,
            northing=int(self.northing[row]) if placed else None,
            district=str(self.districts[self.district_index[row]]),
            status=Status(int(self.status[row])),
            introduced=int(self.introduced[row]) or None,
            terminated=int(self.terminated[row]) or None,
        )

    def complete(self, prefix: str, limit: int = 10, *, live_only: bool = False) -> list[Entry]:
        """Postcodes that begin with what is typed so far, in order. ``LE67 3`` keeps to the outward code LE67."""
        typed = clean(prefix)
        if not typed or not typed.isascii() or not typed.isalnum() or len(typed) > KEY_DTYPE.itemsize:
            return []
        # A space after the outward code says that it is whole: LE1 1 is not LE11.
        head = prefix.strip().upper().split()
        outward = head[0] if len(head) == 2 and any(c.isdigit() for c in head[0]) else None
        low = int(self.keys.searchsorted(typed.encode()))
        high = int(self.keys.searchsorted(typed.encode().ljust(KEY_DTYPE.itemsize, b"\x7f"), side="right"))
        found: list[Entry] = []
        for row in range(low, high):
            key = self.keys[row].decode()
            if live_only and self.status[row] != Status.LIVE:
                continue
            if outward is not None and key[:-3] != clean(outward):
                continue
            found.append(self.entry(row))
            if len(found) == limit:
                break
        return found

    @cached_property
    def _tree(self) -> tuple[cKDTree, npt.NDArray[np.intp]]:
        rows = np.flatnonzero(self.easting != NO_POSITION)
        at = np.column_stack([self.easting[rows], self.northing[rows]]).astype(np.float64)
        # Sliding midpoint (not balanced): made in a third of the time, and as quick to ask on map data.
        return cKDTree(at, balanced_tree=False, compact_nodes=False), rows

    def nearest(
        self, easting: float, northing: float, limit: int = 1, radius_m: float = 5000.0, *, live_only: bool = False
    ) -> list[Near]:
        """Postcodes nearest to a point (metres), nearest first, within a radius; of equally near ones by postcode."""
        if limit < 1 or not len(self):
            return []
        tree, rows = self._tree
        wanted = limit
        while True:
            # Live ones only: ask for more until enough of them are among the answers.
            distance, at = tree.query((easting, northing), k=min(wanted, len(rows)), distance_upper_bound=radius_m)
            distance, at = np.atleast_1d(distance), np.atleast_1d(at)
            inside = np.isfinite(distance)
            hits, away = rows[at[inside]], distance[inside]
            keep = self.status[hits] == Status.LIVE if live_only else np.ones(len(hits), bool)
            if keep.sum() >= limit or not inside.all() or wanted >= len(rows):
                break
            wanted *= 4
        hits, away = hits[keep], away[keep]
        order = np.lexsort((hits, away))[:limit]
        return [Near(self.entry(int(hits[i])), float(away[i])) for i in order]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the arrays to an uncompressed .npz, which loads in a fraction of a second."""
        with Path(path).open("wb") as file:
            np.savez(
                file, keys=self.keys, easting=self.easting, northing=self.northing, district=self.district_index,
                status=self.status, introduced=self.introduced, terminated=self.terminated, districts=self.districts,
                version=np.array(self.version),
            )  # fmt: skip

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Gazetteer:
        """Read what ``save`` wrote. The order is trusted, for it was checked when it was made."""
        names = ("easting", "northing", "district", "status", "introduced", "terminated")
        with np.load(path, allow_pickle=False) as held:
            made = cls.__new__(cls)
            made._set(  # noqa: SLF001 - its own class
                held["keys"], {n: held[n] for n in names}, held["districts"], str(held["version"])
            )
        return made


def _metres(values: npt.ArrayLike) -> npt.NDArray[np.int32]:
    given = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(given) & (given >= 0), np.round(given), NO_POSITION).astype(np.int32)


def _indexed(codes: npt.ArrayLike) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.uint16]]:
    import pandas as pd  # noqa: PLC0415 - only what builds a directory needs it

    index, names = pd.factorize(np.asarray(codes, dtype=object), sort=True, use_na_sentinel=False)
    texts = np.array(["" if pd.isna(name) else str(name) for name in names], dtype=np.str_)
    return texts, index.astype(np.uint16)


def _filled(values: npt.ArrayLike | None, n: int, dtype: Any) -> npt.NDArray[Any]:
    return np.zeros(n, dtype) if values is None else np.asarray(values).astype(dtype)
