"""Every package placed by its postcode, or the reason why it cannot be, with what was probably meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from app.ingest.package_fields import plain_code
from app.ingest.package_postcodes import LIVE, OUT_OF_COUNTY, TERMINATED, canonical, looks_valid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.ingest.package_columns import PackageFields
    from app.ingest.package_fields import plain_code
    from app.ingest.package_findings import Collector
from app.ingest.package_postcodes import PostcodeIndex

_EXPECTED: Final = {
    "postcode_missing": "a postcode",
    "postcode_no_fixed_abode": "a postcode of a place; this one stands for no fixed abode",
    "postcode_malformed": "a full postcode such as LE67 3AB",
    "postcode_unknown": "a postcode of the directory",
    "postcode_terminated": "a live postcode; this one is no longer in use",
    "postcode_out_of_county": "a postcode inside the county",
}


_NO_PLACE: Final = "ZZ99"
"""Pseudo postcodes of no place: ZZ99 3VZ no fixed abode, ZZ99 3WZ not known (NHS Data Dictionary)."""
_NO_PLACE_WORDS: Final = frozenset(
    {"nfa", "no fixed abode", "no fixed address", "of no fixed abode", "homeless", "no fixed abode (nfa)"}
)


def place(
    fields: PackageFields, index: PostcodeIndex, findings: Collector, mend: frozenset[str] = frozenset()
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Canonical postcode and area id of every package; the directory is asked once for each distinct postcode.

    Errors whose code is in ``mend`` are mended by what was probably meant, where there is such a postcode, and told.
    """
    written, column = fields.postcode.text, fields.columns["postcode"]
    at, distinct = pd.factorize(written)
    names = [canonical(text) for text in distinct]
    status = np.array(list(index.status(names)), dtype=object)
    areas = np.array([str(area or "") for area in index.area_ids(names)], dtype=object)
    codes = np.array(
        [_code(name, state, text) for name, state, text in zip(names, status, distinct, strict=True)], dtype=object
    )
    taken = list(names)

    @cache
    def suggest(which: int) -> str | None:
        return index.suggest(names[which])

    for which in np.flatnonzero(np.isin(codes, list(mend))).tolist():
        if (instead := suggest(which)) and index.status([instead])[0] == LIVE:
            expected = f"a live postcode; {instead} is taken instead"
            findings.add(at == which, column, "postcode_mended", written, expected, severity="warning")
            codes[which], areas[which], taken[which] = "", str(index.area_ids([instead])[0]), instead
    for code, expected in _EXPECTED.items():
        where = (codes == code)[at]
        hint = None if code == "postcode_missing" else lambda i: suggest(int(at[i]))
        findings.add(where, column, code, written, expected, suggestion=hint)
    return np.array(taken, dtype=object)[at], areas[at]


def _code(name: str, status: str, written: str) -> str:
    if not name:
        return "postcode_missing"
    if name.startswith(_NO_PLACE) or plain_code(written) in _NO_PLACE_WORDS:
        return "postcode_no_fixed_abode"
    if status in {LIVE, TERMINATED, OUT_OF_COUNTY}:
        return "" if status == LIVE else f"postcode_{status}"
    return "postcode_unknown" if looks_valid(name) else "postcode_malformed"
