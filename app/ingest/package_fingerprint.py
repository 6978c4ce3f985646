"""One number for the content of a snapshot, whatever file it came in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.demand import COLUMNS, visit_lengths

if TYPE_CHECKING:
    import pandas as pd

_FORM: Final = b"patchwork-packages-1"
_DERIVED: Final = {
    "area_id",
    "hours_per_week",
    "visits_per_week",
}  # follow from the rest, or from the directory of the day


def fingerprint(packages: pd.DataFrame) -> str:
    """sha256 (hex) of a demand frame's content: independent of row order, file format, mapping and empty visit columns.

    Texts go in with their lengths before them, numbers as little-endian 64 bits, so no two contents can read the same.
    """
    ordered = packages.sort_values("reference", kind="stable")
    digest = hashlib.sha256(_FORM)
    for name in [column for column in COLUMNS if column not in _DERIVED]:
        digest.update(name.encode())
        if COLUMNS[name] == "str":
            encoded = [text.encode() for text in ordered[name].tolist()]
            digest.update(np.array([len(text) for text in encoded], dtype="<i8").tobytes())
            digest.update(b"".join(encoded))
        else:
            digest.update(
                ordered[name]
                .to_numpy()
                .astype("datetime64[s]" if "date" in COLUMNS[name] else "<i8")
                .astype("<i8")
                .tobytes()
            )
    for length in visit_lengths(ordered):
        visits = ordered[f"visits_{length}"].to_numpy(dtype="<f8")
        if visits.any():
            digest.update(f"visits_{length}".encode() + visits.tobytes())
    return digest.hexdigest()
