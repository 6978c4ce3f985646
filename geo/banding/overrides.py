"""Decisions that set a band aside: a settlement, an area or a postcode, each with its reason, author and dates."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.definitions import check_band, read_data_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable
    from geo.settlements import Settlements

KINDS = ("settlement", "area", "postcode")


@dataclass(frozen=True)
class Override:
    """One recorded decision.

    Attributes:
        kind: "settlement" (the whole built-up area around the point), "area" or "postcode".
        name: name of the settlement, id of the area, or the postcode.
        band: what it is priced as.
        reason: why; never empty.
        author: who decided.
        decided: when.
        review: when it must be looked at again.
        easting: of a settlement, a point inside it, metres.
        northing: of a settlement, a point inside it, metres.
    """

    kind: str
    name: str
    band: str
    reason: str
    author: str
    decided: date
    review: date
    easting: float | None = None
    northing: float | None = None

    def __post_init__(self) -> None:
        where = f"override {self.kind} {self.name!r}"
        if self.kind not in KINDS:
            raise ValueError(f"{where}, kind: found {self.kind!r}, expected one of {', '.join(KINDS)}")
        check_band(self.band, f"{where}, band")
        for field in ("name", "reason", "author"):
            if not getattr(self, field).strip():
                raise ValueError(f"{where}, {field}: found nothing, expected words")
        if self.review < self.decided:
            raise ValueError(f"{where}, review: found {self.review}, expected a day on or after {self.decided}")
        if self.kind == "settlement" and (self.easting is None or self.northing is None):
            raise ValueError(f"{where}: easting and northing are missing, expected a point inside the settlement")

    def overdue(self, today: date) -> bool:
        """Whether its review date has passed."""
        return self.review < today


@dataclass(frozen=True)
class Applied:
    """What an override did: the rows of the areas it set (for a postcode none), and how many of them it changed."""

    override: Override
    areas: NDArray[np.int64]
    changed: int


def parse_overrides(text: str, where: str) -> tuple[Override, ...]:
    """Read overrides from TOML text with a list `override`.

    Raises:
        ValueError: naming the entry, the field, what was found and what was expected.
    """
    try:
        entries = tomllib.loads(text).get("override", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where}: not TOML: {error}") from error
    return _overrides(entries, where)


def report_overrides() -> tuple[Override, ...]:
    """The three decisions of the published case: Castle Donington, Lutterworth and Market Harborough as fringe."""
    name = "overrides_leicestershire_2020.toml"
    return _overrides(read_data_file(name)["override"], name)


def _overrides(entries: Sequence[Mapping[str, Any]], where: str) -> tuple[Override, ...]:
    result = []
    for i, entry in enumerate(entries, start=1):
        for field in ("decided", "review"):
            if not isinstance(entry.get(field), date):
                found = entry.get(field)
                message = f"{where}, override {i}, {field}: found {found!r}, expected a date such as 2020-01-20"
                raise ValueError(message)  # noqa: TRY004 -- a wrong file, not a wrong call
        try:
            result.append(Override(**entry))
        except TypeError as error:
            raise ValueError(f"{where}, override {i}: {error}") from error
    return tuple(result)


def apply_overrides(
    overrides: Iterable[Override], areas: AreaTable, found: Settlements, band: NDArray[np.str_]
) -> tuple[NDArray[np.str_], tuple[Applied, ...]]:
    """Set the bands that were decided; a settlement first, then an area, so that the narrower decision stands.

    Args:
        overrides: in any order.
        areas: (n,) areas.
        found: their settlements.
        band: (n,) bands before.

    Returns:
        the bands after, and what each override did. An override of a postcode leaves areas alone: see
        `Bands.band_of_postcode`.

    Raises:
        ValueError: when a settlement's point has no live postcode near it.
    """
    result = band.copy()
    overrides = sorted(overrides, key=lambda o: (KINDS.index(o.kind), o.decided, o.name))
    kinds = {override.kind for override in overrides}
    # Neither is wanted without an override of its kind, and over a country each takes seconds.
    row_of = {str(area): i for i, area in enumerate(areas.ids)} if "area" in kinds else {}
    home = found.home(areas.xy) if "settlement" in kinds else np.zeros(0, dtype=np.int64)
    applied = []
    for override in overrides:
        if override.kind == "settlement":
            rows = np.flatnonzero(home == _built_up_at(override, found))
        elif override.kind == "area":
            rows = np.array([row_of[override.name]] if override.name in row_of else [], dtype=np.int64)
        else:
            rows = np.array([], dtype=np.int64)
        changed = int((result[rows] != override.band).sum())
        result[rows] = override.band
        applied.append(Applied(override, rows, changed))
    return result, tuple(applied)


def _built_up_at(override: Override, found: Settlements) -> int:
    """Built-up area of the live postcode nearest to the settlement's point."""
    metres, row = found.tree.query([override.easting, override.northing])
    if not metres <= found.settings.home_metres:
        raise ValueError(
            f"override settlement {override.name!r}: no live postcode within {found.settings.home_metres:g} m of "
            f"easting {override.easting}, northing {override.northing}, expected a point inside the settlement"
        )
    return int(found.built_up[row])
