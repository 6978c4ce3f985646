"""Read what a council brings: a full ONS Postcode Directory, a Code-Point Open download, or its own lookup of areas.

A file is taken whole or not at all: every row that is wrong is reported, with row, column, what was found and what was
expected, and then nothing is returned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from app.ingest import postcode_archive as archive
from app.ingest.guard import FileRefused, GuardLimits, read_apart
from app.ingest.package_findings import Collector, FindingList
from app.ingest.postcode_archive import RawTable, UnreadableFile
from app.ingest.postcode_directory import on_british_grid
from app.ingest.postcode_layout import CODE_POINT_OPEN, NAMES, NEEDED, find, places, plain
from app.ingest.tables import TableError, pick, read_table
from app.ingest.tables.headers import listed
from geo.gazetteer import NO_POSITION, Gazetteer, Status
from geo.postcode_columns import parse_column

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

SHOWN: Final = 1_000
_LIMITS: Final = GuardLimits(memory_bytes=12_000_000_000, seconds=1_800)
"""The whole of the United Kingdom takes some 4 GB and three minutes to check."""

_AREA_NAMES: Final = ("area_id", "area", "area_code", "zone", "oa21cd", "oa21", "oa11cd", "oa11")
_CODES: Final = r"[A-Z][0-9]{8}"
_AREA_CODES: Final = r"[A-Z0-9]{8,10}"  # the small areas of Northern Ireland have eight or ten
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
            texts those of the rest of ``postcode_layout.NAMES`` that the file has.
        passed_over: Rows that were not read, by why: ``other_districts``, and ``withdrawn_of_old_shape`` for withdrawn
            postcodes that no longer follow the rules, such as NPT 0VA.
        notes: What whoever brought the file should know of how it was read.
        districts: Codes of districts seen in the file, some hundreds of them at most.
        built_up: Live postcodes of each built-up area by code, over all districts of the file.
    """

    kind: str
    source: str
    table: pd.DataFrame
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    districts: frozenset[str] = frozenset()
    built_up: Mapping[str, int] = field(default_factory=dict)

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


def read_postcode_file(path: Path, districts: Sequence[str] = ()) -> PostcodeFile:
    """Read an ONS Postcode Directory or a Code-Point Open, CSV or zip, in a process of its own.

    Args:
        path: The file.
        districts: Codes of the districts to read; all without. Rows of others are counted and not looked at.

    Raises:
        UnreadableFile: Neither of the two, not safe to open, or no reader survives it.
        BadPostcodeFile: With every wrong row.
    """
    try:
        read: PostcodeFile = read_apart(
            "app.ingest.postcode_files:read_postcode_file_here", path, districts, limits=_LIMITS
        )
    except FileRefused as refused:
        raise UnreadableFile(f"{path.name}: {refused}") from refused
    return read


def read_postcode_file_here(path: Path, districts: Sequence[str] = ()) -> PostcodeFile:
    """As :func:`read_postcode_file`, in this very process."""
    chosen = archive.tables_of(path)
    raws: list[RawTable] = []
    notes: tuple[str, ...] = ()
    only = ("district", frozenset(code.strip().upper() for code in districts)) if districts else None
    at: dict[str, int] = {}
    fields: list[str] = []
    for member in chosen:
        layout = archive.layout_of(path, member, _is_header)
        headed = find(layout.fields, "postcode") is not None
        if not headed and len(layout.fields) != len(CODE_POINT_OPEN):
            raise UnreadableFile(
                f"{path.name}: the first line is {layout.fields[:4]}, expected a header with pcds, or Code-Point Open"
            )
        fields = layout.fields if headed else list(CODE_POINT_OPEN)
        at, notes = places(fields)
        if missing := [name for name in NEEDED if name not in at]:
            has = ", ".join(fields[:12])
            raise UnreadableFile(
                f"{path.name}: no column for {', '.join(missing)}; it has {has}; expected the columns of a directory: "
                "download it anew, or name its columns so"
            )
        counted = built_up_column(at)
        raws.append(archive.read(path, member, layout, at, headed=headed, only=only, tally=counted))
    kind = "onspd" if "terminated" in at else "code-point-open"
    table, odd = _checked_directory(path.name, raws, {ours: fields[i] for ours, i in at.items()}, kind)
    passed = {"other_districts": sum(raw.passed_over for raw in raws), "withdrawn_of_old_shape": odd}
    seen = frozenset().union(*(raw.districts for raw in raws)) or frozenset(table["district"].unique())
    tally: Counter[str] = Counter()
    for raw in raws:
        tally.update(raw.tally)
    return PostcodeFile(kind, path.name, table, passed, notes, seen - {""}, tally)


def _is_header(fields: Sequence[str]) -> bool:
    """Whether fields are the header of a directory, and not a title that names one."""
    return len(fields) >= len(NEEDED) and any(plain(field) in NAMES["postcode"] for field in fields)


def built_up_column(held: Collection[str]) -> str | None:
    """The column of built-up areas: in 2011 their parts, for one of them was the whole of West Yorkshire."""
    return next((name for name in ("built_up_part", "built_up") if name in held), None)


def read_area_lookup(path: Path, postcode_column: str | None = None, area_column: str | None = None) -> AreaLookup:
    """Read a council's own lookup from postcodes to areas, a table with a header.

    Args:
        path: The file: CSV, XLSX or Parquet.
        postcode_column: Its name in the file; found by the usual names where left out.
        area_column: As for ``postcode_column``.

    Raises:
        UnreadableFile: A column is not there, or there twice.
        BadPostcodeFile: With every wrong row: no postcode, no area, a postcode again.
    """
    names = (postcode_column,) if postcode_column else NAMES["postcode"]
    areas = (area_column,) if area_column else _AREA_NAMES
    try:
        table = read_table(path.read_bytes(), partial(_choose, names, areas), what="a table of postcode and area")
    except TableError as error:
        raise UnreadableFile(f"{path.name}: {str(error).removeprefix('found ')}") from error
    frame = pd.DataFrame({name: pd.Series(texts, dtype="str") for name, texts in table.columns.items()})
    collector = Collector(table.rows)
    collector.add_table(table)
    area, postcode = table.headers["area_id"], table.headers["postcode"]
    collector.add((frame["area_id"] == "").to_numpy(), area, "area_missing", lambda _: "", "the id of an area")
    frame["key"] = _keys(frame, collector, postcode, repair=True)
    _refuse(path.name, collector)
    return AreaLookup(path.name, frame[["key", "area_id"]].sort_values("key", ignore_index=True))


def _choose(postcodes: Sequence[str], areas: Sequence[str], headers: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for ours, names, expected in (
        ("postcode", postcodes, "a postcode column"),
        ("area_id", areas, "an area column such as area_id"),
    ):
        found = pick(headers, {ours: names}, optional=[ours])
        if not found:
            absent = names[0] if len(names) == 1 else ""
            raise TableError("column_missing", f"no column {absent}", f"{expected}; it has {listed(headers)}")
        out |= found
    return out


def _joined(raws: list[RawTable]) -> tuple[pd.DataFrame, Collector]:
    frames = []
    for raw in raws:
        texts = {ours: column.to_numpy() for ours, column in raw.columns.items()}
        frame = pd.DataFrame(texts)
        if len(raws) > 1:
            frame["_file"] = raw.source
        frames.append(frame.astype("str"))
    collector = Collector(np.concatenate([raw.rows for raw in raws]))
    for raw in raws:
        for b in raw.broken:
            said = f"row {b.row} of {raw.source} has {b.found} fields"
            collector.add_file("line", "fields", said, f"{b.expected} fields, as the header has")
    return pd.concat(frames, ignore_index=True), collector


def _quoted(frame: pd.DataFrame, name: str) -> Callable[[int], str]:
    """What the file has, with the name of the zip's member where there are several."""
    texts = frame[name].copy()
    return lambda i: f"{texts.iloc[i]} in {frame['_file'].iloc[i]}" if "_file" in frame else str(texts.iloc[i])


def _keys(
    frame: pd.DataFrame,
    collector: Collector,
    name: str,
    *,
    repair: bool,
    excused: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.str_]:
    """Keys of the postcodes, empty where there is none; what is ``excused`` is not reported for its shape."""
    column = parse_column(frame["postcode"], repair=repair)
    bad = column.keys == b""
    reasons = {str(e.reason) for e in column.errors.values()}
    texts = _quoted(frame, "postcode")
    for reason in sorted(reasons):
        at = np.zeros(len(frame), bool)
        at[[i for i, e in column.errors.items() if e.reason == reason]] = True
        if excused is not None:
            at &= ~excused
        collector.add(at, name, "postcode", texts, f"a postcode, and {reason}")
    keys = pd.Series(column.keys.astype("U7"))
    collector.add(keys.duplicated().to_numpy() & ~bad, name, "repeated", texts, "each postcode once")
    return keys.to_numpy()


def _checked_directory(
    source: str, raws: list[RawTable], columns: dict[str, str], kind: str
) -> tuple[pd.DataFrame, int]:
    """The table, and how many withdrawn postcodes were passed over because they no longer have a postcode's shape."""
    frame, collector = _joined(raws)
    for name in frame.columns.difference(["postcode", "_file"]):
        frame[name] = frame[name].str.strip()
    withdrawn = (frame["terminated"] != "").to_numpy(bool) if "terminated" in frame else np.zeros(len(frame), bool)
    frame["key"] = _keys(frame, collector, columns["postcode"], repair=False, excused=withdrawn)
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
    odd = withdrawn & (frame["key"] == "").to_numpy(bool)
    frame = frame[~odd].reset_index(drop=True)

    at = on_british_grid(frame["key"].to_numpy(dtype="S7"), frame["easting"].to_numpy(), frame["northing"].to_numpy())
    for name, metres in zip(("easting", "northing"), at, strict=True):
        frame[name] = np.where(np.isfinite(metres), np.round(metres), NO_POSITION).astype(np.int32)
    live = (frame["terminated"] == 0) if kind == "onspd" else np.ones(len(frame), bool)
    frame["status"] = np.where(live, Status.LIVE, Status.TERMINATED).astype(np.uint8)
    frame = frame.drop(columns=["postcode", "_file"], errors="ignore").sort_values("key", ignore_index=True)
    return frame, int(odd.sum())


def _refuse(source: str, collector: Collector) -> None:
    findings = collector.listing("error", SHOWN)
    if findings.total:
        raise BadPostcodeFile(source, findings)
