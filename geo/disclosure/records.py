"""Keys of records and of cells: the same people with the same care have the same key, in whatever table they stand.

The cell key method of the Australian Bureau of Statistics, which the Office for National Statistics used for the
census of 2021 (Fraser and Wooton, "A proposed method for confidentialising tabular output to protect against
differencing", 2005): every record has a secret number, a cell's key is the sum of its records' numbers, and all that
is drawn at random for the cell is drawn from its key. Asking twice, or by another road, gives the same answer, so
nothing can be averaged.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

_BYTES = 8


def record_keys(packages: pd.DataFrame, secret: bytes) -> Keys:
    """A secret number for every package, which follows from the person and the care alone.

    Args:
        packages: a demand frame; `person`, `minutes_per_week`, `visits_per_week` and `carers_per_visit` are read.
        secret: known to the service only.

    Returns:
        (packages,) numbers that nobody can work out without the secret.
    """
    columns = (packages[name] for name in ("person", "minutes_per_week", "visits_per_week", "carers_per_visit"))
    return np.fromiter(
        (_number(secret, f"{p}\0{int(m)}\0{float(v):.6g}\0{int(c)}") for p, m, v, c in zip(*columns, strict=True)),
        dtype=np.uint64,
        count=len(packages),
    )


def text_keys(texts: Sequence[str], secret: bytes) -> Keys:
    """A secret number for every text: for cells whose records are not at hand, known by what they hold."""
    return np.array([_number(secret, f"cell\0{text}") for text in texts], dtype=np.uint64)


def cell_keys(keys: Keys, cells: NDArray[np.int64], count: int) -> Keys:
    """The key of every cell: the sum of its records' keys, modulo 2^64.

    Args:
        keys: (records,) of `record_keys`.
        cells: (records,) the cell each record is in, -1 for none.
        count: number of cells.
    """
    sums = np.zeros(count, dtype=np.uint64)
    inside = cells >= 0
    np.add.at(sums, cells[inside], keys[inside])
    return sums


def draws(keys: Keys, secret: bytes, purpose: str) -> NDArray[np.float64]:
    """(cells,) a number from 0 up to 1 for every cell key, another for every purpose, the same each time."""
    drawn = {int(key): _number(secret, f"{purpose}\0{int(key)}") for key in np.unique(keys)}
    return np.array([drawn[int(key)] / 2.0**64 for key in keys], dtype=np.float64)


def _number(secret: bytes, text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_BYTES, key=secret[:64]).digest(), "big")
