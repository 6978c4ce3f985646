"""Read what a council brings: a full ONS Postcode Directory, a Code-Point Open download, or its own lookup of areas.

A file is taken whole or not at all: every row that is wrong is reported, with row, column, what was found and what was
expected, and then nothing is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from app.ingest import postcode_archive as archive
from app.ingest.package_findings import Collector, FindingList
from app.ingest.postcode_archive import RawTable, UnreadableFile
from app.ingest.postcode_directory import on_british_grid
from geo.gazetteer import NO_POSITION, Gazetteer, Status
from geo.postcode_columns import parse_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import numpy.typing as npt

SHOWN: Final = 1_000

# What each column is called in the directories of different years, and in Code-Point Open where it has a header.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "postcode": ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode", "pc"),
    "easting": ("oseast1m", "east1m", "easting", "eastings", "ea"),
    "northing": ("osnrth1m", "north1m", "northing", "northings", "no"),
    "district": ("oslaua", "laua", "ladcd", "lad", "district", "admin_district_code", "dc"),
    "quality": ("osgrdind", "gridind", "positional_quality_indicator", "quality", "pq"),
    "introduced": ("dointr",),
    "terminated": ("doterm",),
    "oa11": ("oa11",), "oa21": ("oa21",), "lsoa11": ("lsoa11",), "lsoa21": ("lsoa21",),
    "ru11ind": ("ru11ind",), "ruc21ind": ("ruc21ind",),
}  # fmt: skip
_AREA_ALIASES: Final = ("area_id", "area", "area_code", "zone", "oa21", "oa11")
_CODE_POINT_OPEN: Final = ["pc", "pq", "ea", "no", "country", "region", "authority", "county", "dc", "ward"]
_CODES: Final = r"[A-Z][0-9]{8}"
_AREA_CODES: Final = r"[A-Z0-9]{9,10}"  # the output areas of Northern Ireland have ten
_EXPECTED: Final[dict[str, tuple[str, str]]] = {
    "district": (_CODES, "a code such as E07000134, or nothing"),
    "oa11": (_AREA_CODES, "a code such as E00130957, or nothing"),
    "oa21": (_AREA_CODES, "a code such as E00130957, or nothing"),
    "lsoa11": (_AREA_CODES, "a code such as E01025809, or nothing"),
    "lsoa21": (_AREA_CODES, "a code such as E01025809, or nothing"),
    "quality": (r"[1-9]0?", "1 to 9, or 10 to 90"),
    "introduced": (r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", "a month as yyyymm"),
    "terminated": (r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", "a month as yyyymm, or nothing"),
}


class BadPostcodeFile(ValueError):  # noqa: N818 - what it is
    """A file with wrong rows. Nothing of it was taken.

    Attributes:
        source: Name of the file.
        findings: What is wrong, the first by row spelled out and all counted.
    """

    def __init__(self, source: str, findings: FindingList) -> None:
        self.source, self.findings = source, findings
        first = f"; the first: {findings.shown[0].message}" if findings.shown else ""
        super().__init__(f"{source}: {findings.total:,} errors, nothing was loaded{first}")

    def __reduce__(self) -> tuple[type[BadPostcodeFile], tuple[str, FindingList]]:
        return type(self), (self.source, self.findings)


@dataclass(frozen=True, slots=True)
class PostcodeFile:
    """A directory read whole.

    Attributes:
        kind: ``onspd`` or ``code-point-open``.
        source: Name of the file.
        table: One row a postcode, in order of key: key, easting, northing (int32, metres on the British National Grid,
            -1 without a position), status (of Status), introduced, terminated (yyyymm, 0 where not known), and as
            texts those of district, quality, oa11, oa21, lsoa11, lsoa21, ru11ind, ruc21ind that the file has.
    """

    kind: str
    source: str
    table: pd.DataFrame

    def gazetteer(self, version: str) -> Gazetteer:
        """The directory in memory."""
        t = self.table
        return Gazetteer(
            t["key"].to_numpy(dtype="S7"), t["easting"], t["northing"], t["district"].to_numpy(object), t["status"],
            t["introduced"], t["terminated"], version=version,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AreaLookup:
    """A council's own areas. ``table``: key, area_id, in order of key."""

    source: str
    table: pd.DataFrame


def read_postcode_file(path: Path) -> PostcodeFile:
    """Read an ONS Postcode Directory or a Code-Point Open, CSV or zip.

    Raises:
        UnreadableFile: Neither of the two, or not safe to open.
        BadPostcodeFile: With every wrong row.
    """
    chosen = _tables_of(path)
    first, divider = archive.header(path, chosen[0])
    headed = _find(first, "postcode") is not None
    names = None if headed else _CODE_POINT_OPEN
    if not headed and len(first) != len(_CODE_POINT_OPEN):
        raise UnreadableFile(
            f"{path.name}: the first line is {first[:4]}, expected a header with pcds, or Code-Point Open"
        )
    columns = {ours: found for ours in ALIASES if (found := _find(names or first, ours))}
    if missing := [c for c in ("postcode", "easting", "northing", "district") if c not in columns]:
        raise UnreadableFile(f"{path.name}: no column for {', '.join(missing)}; it has {', '.join(first[:12])}")
    raws = [archive.read(path, m, names, list(columns.values()), divider) for m in chosen]
    kind = "onspd" if "terminated" in columns else "code-point-open"
    return PostcodeFile(kind, path.name, _checked_directory(path.name, raws, columns, kind))


def read_area_lookup(path: Path, postcode_column: str | None = None, area_column: str | None = None) -> AreaLookup:
    """Read a council's own lookup from postcodes to areas, a CSV with a header.

    Args:
        path: The file.
        postcode_column: Its name in the file; found by the usual names where left out.
        area_column: As for ``postcode_column``.

    Raises:
        UnreadableFile: A column is not there.
        BadPostcodeFile: With every wrong row: no postcode, no area, a postcode again.
    """
    first, divider = archive.header(path)
    found = (postcode_column or _find(first, "postcode"), area_column or _named(first, _AREA_ALIASES))
    for name, expected in zip(found, ("a postcode column", "an area column such as area_id"), strict=True):
        if name is None or name not in first:
            raise UnreadableFile(
                f"{path.name}: no column {name or ''}, expected {expected}; it has {', '.join(first[:12])}"
            )
    postcode, area = str(found[0]), str(found[1])
    raw = archive.read(path, None, None, [postcode, area], divider)
    frame, collector = _joined([raw], {"postcode": postcode, "area_id": area})
    frame["area_id"] = frame["area_id"].str.strip()
    collector.add((frame["area_id"] == "").to_numpy(), area, "area_missing", lambda _: "", "the id of an area")
    frame["key"] = _keys(frame, collector, postcode, repair=True)
    _refuse(path.name, collector)
    return AreaLookup(path.name, frame[["key", "area_id"]].sort_values("key", ignore_index=True))


def _tables_of(path: Path) -> list[str | None]:
    inside = archive.members(path)
    if inside is None:
        return [None]
    whole = [m for m in inside if m.lower().endswith("_uk.csv") and "multi_csv" not in m.lower()]
    parts = sorted(m for m in inside if "data/csv/" in m.lower())
    if not whole and not parts:
        held = ", ".join(inside[:5]) or "no CSV at all"
        raise UnreadableFile(f"{path.name}: expected Data/ONSPD_..._UK.csv or Data/CSV/..., found {held}")
    return [*(whole[:1] or parts)]


def _find(names: Iterable[str], ours: str) -> str | None:
    return _named(names, ALIASES[ours])


def _named(names: Iterable[str], aliases: tuple[str, ...]) -> str | None:
    # oa21 stands as oa21cd and laua as lad25cd in later years: the ending and the district's year do not matter.
    plain: dict[str, str] = {}
    for name in names:
        short = name.strip().lower().removesuffix("cd")
        plain.setdefault("lad" if short[:3] == "lad" and short[3:].isdigit() else short, name)
    return next((plain[a] for a in aliases if a in plain), None)


def _joined(raws: list[RawTable], columns: dict[str, str]) -> tuple[pd.DataFrame, Collector]:
    frames, rows = [], []
    for raw in raws:
        frame = pd.DataFrame(
            {ours: raw.table[theirs].to_numpy(zero_copy_only=False) for ours, theirs in columns.items()}
        )
        if len(raws) > 1:
            frame["_file"] = raw.source
        frames.append(frame.astype("str"))
        gone = np.array([b.row for b in raw.broken], dtype=np.int64)
        lines = np.arange(len(frame) + len(gone), dtype=np.int64) + raw.first_row
        rows.append(np.setdiff1d(lines, gone)[: len(frame)] if len(gone) else lines)
    collector = Collector(np.concatenate(rows))
    for raw in raws:
        for b in raw.broken:
            said = f"row {b.row} of {raw.source} has {b.found} fields"
            collector.add_file("line", "fields", said, f"{b.expected} fields, as the header has")
    return pd.concat(frames, ignore_index=True), collector


def _quoted(frame: pd.DataFrame, name: str) -> Callable[[int], str]:
    """What the file has, with the name of the zip's member where there are several."""
    texts = frame[name].copy()
    return lambda i: f"{texts.iloc[i]} in {frame['_file'].iloc[i]}" if "_file" in frame else str(texts.iloc[i])


def _keys(frame: pd.DataFrame, collector: Collector, name: str, *, repair: bool) -> npt.NDArray[np.str_]:
    column = parse_column(frame["postcode"], repair=repair)
    bad = column.keys == b""
    reasons = {str(e.reason) for e in column.errors.values()}
    texts = _quoted(frame, "postcode")
    for reason in sorted(reasons):
        at = np.zeros(len(frame), bool)
        at[[i for i, e in column.errors.items() if e.reason == reason]] = True
        collector.add(at, name, "postcode", texts, f"a postcode, and {reason}")
    keys = pd.Series(column.keys.astype("U7"))
    collector.add(keys.duplicated().to_numpy() & ~bad, name, "repeated", texts, "each postcode once")
    return keys.to_numpy()


def _checked_directory(source: str, raws: list[RawTable], columns: dict[str, str], kind: str) -> pd.DataFrame:
    frame, collector = _joined(raws, columns)
    for name in frame.columns.difference(["postcode", "_file"]):
        frame[name] = frame[name].str.strip()
    frame["key"] = _keys(frame, collector, columns["postcode"], repair=False)
    for name, (pattern, expected) in _EXPECTED.items():
        if name in frame:
            bad = (frame[name] != "") & ~frame[name].str.fullmatch(pattern)
            collector.add(bad.to_numpy(bool), columns[name], "value", _quoted(frame, name), expected)
    wrong = np.zeros(len(frame), bool)
    for name, most in (("easting", 700_000), ("northing", 1_300_000)):
        number = pd.to_numeric(frame[name].replace("", "0"), errors="coerce").to_numpy(np.float64)
        bad = ~((number >= 0) & (number <= most) & (number == np.floor(number)))
        collector.add(
            bad, columns[name], "coordinate", _quoted(frame, name), f"whole metres from 0 to {most:,}, or nothing"
        )
        frame[name] = np.where(bad | (number == 0), np.nan, number)
        wrong |= bad
    half = (frame["easting"].isna().to_numpy() != frame["northing"].isna().to_numpy()) & ~wrong
    # A northing of zero is on the grid only off Scilly: a lone zero is a missing value.
    collector.add(
        half, columns["easting"], "half_position", lambda _: "one of the two", "easting and northing, or neither"
    )
    for name in ("introduced", "terminated"):
        frame[name] = (
            pd.to_numeric(frame[name], errors="coerce").fillna(0).astype("int32") if name in frame else np.int32(0)
        )
    early = (frame["terminated"] > 0) & (frame["terminated"] < frame["introduced"])
    if early.any():
        expected = "a month not before its introduction"
        collector.add(early.to_numpy(), columns["terminated"], "dates", _quoted(frame, "terminated"), expected)
    _refuse(source, collector)

    at = on_british_grid(frame["key"].to_numpy(dtype="S7"), frame["easting"].to_numpy(), frame["northing"].to_numpy())
    for name, metres in zip(("easting", "northing"), at, strict=True):
        frame[name] = np.where(np.isfinite(metres), np.round(metres), NO_POSITION).astype(np.int32)
    live = (frame["terminated"] == 0) if kind == "onspd" else np.ones(len(frame), bool)
    frame["status"] = np.where(live, Status.LIVE, Status.TERMINATED).astype(np.uint8)
    return frame.drop(columns=["postcode", "_file"], errors="ignore").sort_values("key", ignore_index=True)


def _refuse(source: str, collector: Collector) -> None:
    findings = collector.listing("error", SHOWN)
    if findings.total:
        raise BadPostcodeFile(source, findings)
