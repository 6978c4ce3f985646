"""Which column of a postcode directory is which, whatever year it is of and whoever has handled it since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.ingest.postcode_archive import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence

# What each column is called in the directories of different years, and in Code-Point Open where it has a header; the
# best name first. Letters and digits only; {year} is two digits or none, and the newest is taken.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "postcode": ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode", "pc"),
    "easting": ("oseast1m", "east1m", "easting", "eastings", "ea"),
    "northing": ("osnrth1m", "north1m", "northing", "northings", "no"),
    "district": ("oslaua", "laua", "lad{year}cd", "lad{year}", "district", "districtcode", "admindistrictcode", "dc"),
    "quality": ("osgrdind", "gridind", "positionalqualityindicator", "quality", "pq"),
    "introduced": ("dointr",),
    "terminated": ("doterm",),
    "user_type": ("usertype", "usrtypind"),
    "oa11": ("oa11", "oa11cd"),
    "oa21": ("oa21", "oa21cd"),
    "lsoa11": ("lsoa11", "lsoa11cd"),
    "lsoa21": ("lsoa21", "lsoa21cd"),
    "ru11ind": ("ru11ind", "ruc11ind", "ruc11", "ruc11cd"),
    "ruc21ind": ("ruc21ind", "ruc21", "ru21ind", "ruc21cd"),
    "ward": ("osward", "ward", "wd{year}cd", "wd{year}"),
    "parish": ("parish", "parncp{year}cd"),
    "built_up": ("bua{year}", "bua{year}cd"),
    "built_up_part": ("buasd11", "buasd11cd"),
}
CODE_POINT_OPEN: Final = ("pc", "pq", "ea", "no", "country", "region", "authority", "county", "dc", "ward")
"""The columns of Code-Point Open, whose files have no header."""
NEEDED: Final = ("postcode", "easting", "northing", "district")


def plain(name: str) -> str:
    """A column's name as compared: small letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find(fields: Sequence[str], ours: str) -> int | None:
    """Place of one of our columns among a header's fields; None where it is not there."""
    found = places(fields, [ours])[0]
    return found.get(ours)


def places(fields: Sequence[str], wanted: Sequence[str] = tuple(NAMES)) -> tuple[dict[str, int], tuple[str, ...]]:
    """Place of each of our columns that is there, and notes on columns of several years.

    Raises:
        UnreadableFile: the column chosen stands twice.
    """
    known = [plain(field) for field in fields]
    out: dict[str, int] = {}
    notes = []
    for ours in wanted:
        for form in NAMES[ours]:
            pattern = re.compile(form.replace("{year}", r"(\d\d)?"))
            at = [(match[1] or "" if match.groups() else "", i) for i, name in enumerate(known)
                  if (match := pattern.fullmatch(name))]  # fmt: skip
            if not at:
                continue
            newest = max(year for year, _ in at)
            chosen = [i for year, i in at if year == newest]
            if len(chosen) > 1:
                raise UnreadableFile(
                    f"{len(chosen)} columns named {fields[chosen[0]]!r}, expected one: rename or delete the others"
                )
            out[ours] = chosen[0]
            if len(at) > 1:
                others = ", ".join(fields[i] for _, i in at if i != chosen[0])
                notes.append(f"{fields[chosen[0]]} is read, the newest; beside it stand {others}.")
            break
    return out, tuple(notes)


def named(fields: Sequence[str], name: str) -> int | None:
    """Place of a column by the name somebody gave for it.

    Raises:
        UnreadableFile: it stands twice.
    """
    at = [i for i, field in enumerate(fields) if plain(field) == plain(name)]
    if len(at) > 1:
        raise UnreadableFile(f"{len(at)} columns named {name!r}, expected one: rename or delete the others")
    return at[0] if at else None
