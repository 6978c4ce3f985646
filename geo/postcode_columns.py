"""Whole columns of postcodes at once: what an import of 100,000 rows needs, by the very rules of ``geo.postcodes``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from geo.postcodes import AREAS, MAX_TEXT_LENGTH, NOISE, WELL_FORMED, InvalidPostcode, Repair, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_T = TypeVar("_T")

KEY_DTYPE: Final = np.dtype("S7")
"""A compact key as bytes: ``b"LE673AB"``; empty where the text is no postcode."""


@dataclass(frozen=True, slots=True)
class PostcodeColumn:
    """A column read.

    Attributes:
        keys: (n,) compact keys, dtype S7, empty where the row holds no postcode.
        repairs: By row index, the characters read as others.
        errors: By row index, what is wrong.
    """

    keys: npt.NDArray[np.bytes_]
    repairs: dict[int, tuple[Repair, ...]]
    errors: dict[int, InvalidPostcode]


def parse_column(values: Iterable[Any], *, repair: bool = True) -> PostcodeColumn:
    """Read many postcodes; the answer for each row is that of ``geo.postcodes.parse``.

    Args:
        values: Texts; None and NaN count as empty.
        repair: As for ``parse``.
    """
    # Each different text is read once: a column of packages repeats its postcodes.
    codes, texts = pd.factorize(pd.Series(values, dtype="str").fillna(""))
    column = pd.Series(texts, dtype="str")
    compact = column.str.replace(NOISE, "", regex=True).str.upper()
    well_formed = compact.str.fullmatch(WELL_FORMED).to_numpy(dtype=bool) & (
        column.str.len() <= MAX_TEXT_LENGTH
    ).to_numpy(dtype=bool)
    well_formed &= compact.str.extract(r"^([A-Z]+)", expand=False).isin(list(AREAS)).to_numpy(dtype=bool)

    keys = np.zeros(len(column), KEY_DTYPE)
    keys[well_formed] = compact[well_formed].to_numpy(dtype=KEY_DTYPE)
    repairs: dict[int, tuple[Repair, ...]] = {}
    errors: dict[int, InvalidPostcode] = {}
    for i in np.flatnonzero(~well_formed).tolist():
        try:
            postcode = parse(str(column.iloc[i]), repair=repair)
        except InvalidPostcode as error:
            errors[i] = error
        else:
            keys[i] = postcode.key.encode()
            if postcode.repairs:
                repairs[i] = postcode.repairs
    return PostcodeColumn(keys[codes], _by_row(codes, repairs), _by_row(codes, errors))


def _by_row(codes: npt.NDArray[np.intp], found: dict[int, _T]) -> dict[int, _T]:
    rows = np.flatnonzero(np.isin(codes, list(found)))
    return {int(row): found[int(codes[row])] for row in rows}
