"""Every package placed by its postcode, or the reason why it cannot be, with what was probably meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from app.ingest.package_postcodes import LIVE, OUT_OF_COUNTY, TERMINATED, canonical, looks_valid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.ingest.package_columns import PackageFields
    from app.ingest.package_findings import Collector
    from app.ingest.package_postcodes import PostcodeIndex

_EXPECTED: Final = {
    "postcode_missing": "a postcode",
    "postcode_malformed": "a full postcode such as LE67 3AB",
    "postcode_unknown": "a postcode of the directory",
    "postcode_terminated": "a live postcode; this one is no longer in use",
    "postcode_out_of_county": "a postcode inside the county",
}


def place(fields: PackageFields, index: PostcodeIndex, findings: Collector) -> tuple[NDArray[Any], NDArray[Any]]:
    """Canonical postcode and area id of every package; the directory is asked once for each distinct postcode."""
    written, column = fields.postcode.text, fields.columns["postcode"]
    at, distinct = pd.factorize(written)
    names = [canonical(text) for text in distinct]
    status = np.array(list(index.status(names)), dtype=object)
    areas = np.array([str(area or "") for area in index.area_ids(names)], dtype=object)
    codes = np.array([_code(name, state) for name, state in zip(names, status, strict=True)], dtype=object)

    @cache
    def suggest(which: int) -> str | None:
        return index.suggest(names[which])

    for code, expected in _EXPECTED.items():
        where = (codes == code)[at]
        hint = None if code == "postcode_missing" else lambda i: suggest(int(at[i]))
        findings.add(where, column, code, written, expected, suggestion=hint)
    return np.array(names, dtype=object)[at], areas[at]


def _code(name: str, status: str) -> str:
    if not name:
        return "postcode_missing"
    if status in {LIVE, TERMINATED, OUT_OF_COUNTY}:
        return "" if status == LIVE else f"postcode_{status}"
    return "postcode_unknown" if looks_valid(name) else "postcode_malformed"
