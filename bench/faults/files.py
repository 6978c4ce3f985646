"""Mutated files: each kind of file that is read, altered at random, is read or refused by name, and stops nobody.

    python bench/faults/files.py [--files 3000] [--seed 1] [--kinds csv,xlsx] [--out bench/faults/files.json]

Bits are flipped, parts cut, repeated and spliced, headers swapped and numbers altered, in the bytes as they are sent
and inside the parts of zips. Files are read many at a time by the functions that the doors call in a process of its
own; where that process stops, each is read alone. Counts: read, refused, stopped (the reader died or took too long;
whoever asked got an error that says so), unhandled (an error of ours), unnamed (a refusal without what to do).
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from app.ingest.guard import FileRefused, GuardLimits, read_apart
from app.ingest.outlines import polygons_here
from app.ingest.plan_files import read_plan_file_here
from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_files import BadPostcodeFile, read_postcode_file_here
from app.ingest.tables import TableError
from app.ingest.tables.door import read_measured
from app.ingest.tables.limits import PLAIN
from app.problems import Problem
from app.usecases.travel.roads import import_roads_here
from routing.importers import LineMappingError
from routing.network import NetworkError
from routing.osm import RoadFileError

REFUSALS = (
    *(Problem, TableError, FileRefused, UnreadableFile, BadPostcodeFile),
    *(RoadFileError, LineMappingError, NetworkError),
)
REMEDY = re.compile(
    r"expect|save|send|mend|export|download|spli|simplif|take|name|not opened|need|open it|clear", re.IGNORECASE
)
LIMITS = GuardLimits(seconds=60, memory_bytes=3_000_000_000)
AT_ONCE = 100

TABLE = "postcode,name,zone,hours,taken\nLE67 3AP,Ann,1,12.5,2026-01-31\nLE65 1AA,Bob,2,7,2026-02-01\n" * 3
POSTCODES = "pcds,oseast1m,osnrth1m,oslaua,doterm,oa21\n" + "".join(
    f"LE67 3{letter}{letter},{442000 + i},{312000 + i},E07000134,,E00130{i:03d}\n"
    for i, letter in enumerate("ABDEFGHJ")
)
OSM = """<?xml version="1.0"?><osm version="0.6"><node id="1" lat="52.70" lon="-1.30"/>
<node id="2" lat="52.71" lon="-1.31"/>
<node id="3" lat="52.72" lon="-1.30"/><way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="highway" v="residential"/><tag k="maxspeed" v="30 mph"/></way></osm>"""
GRAPHML = """<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/><key id="d1" for="node" attr.name="x" attr.type="string"/>
<key id="d2" for="node" attr.name="y" attr.type="string"/>
<key id="d3" for="edge" attr.name="length" attr.type="string"/>
<key id="d4" for="edge" attr.name="highway" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">-1.3</data><data key="d2">52.7</data></node><node id="2"><data key="d1">-1.31</data>
<data key="d2">52.71</data></node>
<edge source="1" target="2" id="0"><data key="d3">900</data><data key="d4">primary</data></edge>
<edge source="2" target="1" id="0"><data key="d3">900</data><data key="d4">primary</data></edge></graph></graphml>"""


def every_header(headers: list[str]) -> dict[str, str]:
    """Every column that has a name."""
    found = {name: name for name in headers if name}
    if len(found) < 2:
        raise TableError("header_missing", "no line of names", "two or more column names in a line")
    return found


def zones() -> gpd.GeoDataFrame:
    """Four square zones."""
    squares = [shapely.box(440_000 + 900 * i, 310_000, 440_900 + 900 * i, 311_000) for i in range(4)]
    return gpd.GeoDataFrame({"number": range(1, 5), "name": list("ABCD")}, geometry=squares, crs=27700)


def written(ending: str, *, zipped: bool = False) -> bytes:
    """The zones as a file of a format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"zones{ending}"
        frame = zones().to_crs(4326) if ending == ".geojson" else zones()
        frame.to_file(path, engine="pyogrio")
        if not zipped:
            return path.read_bytes()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
        return out.getvalue()


def table_as(form: str) -> bytes:
    """The table as a workbook or as Parquet."""
    out = io.BytesIO()
    frame = pd.read_csv(io.StringIO(TABLE))
    if form == "xlsx":
        frame.to_excel(out, index=False)
    else:
        frame.to_parquet(out, index=False)
    return out.getvalue()


def in_zip(name: str, content: str) -> bytes:
    """One file in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def map_of_roads() -> bytes:
    """The roads as the packed form of OpenStreetMap."""
    import osmium

    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder) / "a.osm", Path(folder) / "a.osm.pbf"
        source.write_text(OSM)
        with osmium.SimpleWriter(str(path)) as out:
            for thing in osmium.FileProcessor(str(source)):
                out.add(thing)
        return path.read_bytes()


def read_table_of(content: bytes) -> None:
    read_measured(content, every_header, {"limits": PLAIN, "sheet": None, "header_row": 1, "what": "a table"})


def by_path(read: Callable[[Path], Any], ending: str) -> Callable[[bytes], None]:
    """A reader of files on disk as one of bytes."""

    def reader(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file{ending}"
            path.write_bytes(content)
            read(path)

    return reader


def read_roads_of(path: Path) -> None:
    import_roads_here(path, None, path.with_name("roads.npz"), ("car",))


def read_outline_of(path: Path) -> None:
    polygons_here(path, "outline")


KINDS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], None]]] = {
    "csv": (TABLE.encode, read_table_of),
    "xlsx": (lambda: table_as("xlsx"), read_table_of),
    "parquet": (lambda: table_as("parquet"), read_table_of),
    "plan as csv": (TABLE.encode, read_plan_file_here),
    "plan as geojson": (lambda: written(".geojson"), read_plan_file_here),
    "plan as geopackage": (lambda: written(".gpkg"), read_plan_file_here),
    "plan as flatgeobuf": (lambda: written(".fgb"), read_plan_file_here),
    "plan as shapefile": (lambda: written(".shp", zipped=True), read_plan_file_here),
    "postcodes as csv": (POSTCODES.encode, by_path(read_postcode_file_here, ".csv")),
    "postcodes as zip": (
        lambda: in_zip("Data/ONSPD_UK.csv", POSTCODES),
        by_path(read_postcode_file_here, ".zip"),
    ),
    "outline as geojson": (lambda: written(".geojson"), by_path(read_outline_of, ".geojson")),
    "outline as geopackage": (lambda: written(".gpkg"), by_path(read_outline_of, ".gpkg")),
    "roads as osm": (OSM.encode, by_path(read_roads_of, ".osm")),
    "roads as pbf": (map_of_roads, by_path(read_roads_of, ".osm.pbf")),
    "roads as graphml": (GRAPHML.encode, by_path(read_roads_of, ".graphml")),
}


def mutated(content: bytes, draw: random.Random) -> bytes:
    """A file altered in one to six places; of a zip, every other one inside a part of it."""
    if content[:4] == b"PK\x03\x04" and draw.random() < 0.5:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
            chosen = draw.choice(source.namelist())
            for name in source.namelist():
                held = source.read(name)
                target.writestr(name, altered(held, draw) if name == chosen else held)
        return out.getvalue()
    return altered(content, draw)


def altered(content: bytes, draw: random.Random) -> bytes:
    """Bytes altered in one to six places."""
    held = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        if not held:
            break
        draw.choice(MUTATIONS)(held, draw)
    return bytes(held)


def _flip(held: bytearray, draw: random.Random) -> None:
    held[draw.randrange(len(held))] ^= 1 << draw.randrange(8)


def _cut(held: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(held))
    del held[at : at + draw.choice([1, 7, 64, len(held)])]


def _splice(held: bytearray, draw: random.Random) -> None:
    start, to = draw.randrange(len(held)), draw.randrange(len(held))
    held[to:to] = held[start : start + draw.randint(1, 64)]


def _number(held: bytearray, draw: random.Random) -> None:
    found = [match.span() for match in re.finditer(rb"\d+(?:\.\d+)?", bytes(held))]
    if found:
        start, end = draw.choice(found)
        wild = [b"-1", b"0", b"1e308", b"NaN", b"Infinity", b"9" * 25, b"1e-28", b"4294967296", b"\xd9\xa3", b""]
        held[start:end] = draw.choice(wild)


def _header(held: bytearray, draw: random.Random) -> None:
    end = held.find(b"\n")
    if 0 < end < 4_000:
        fields = bytes(held[:end]).split(b",")
        draw.shuffle(fields)
        held[:end] = b",".join(fields)
    else:
        held[:4] = draw.choice([b"PK\x03\x04", b"PAR1", b"SQLi", b"fgb\x03", b"%PDF", b"\xff\xfe\x00\x00"])


MUTATIONS = (_flip, _flip, _cut, _splice, _number, _number, _header)


def read_many(kind: str, contents: list[bytes]) -> list[tuple[str, str]]:
    """What became of each file; called in a process of its own."""
    reader, found = KINDS[kind][1], []
    for content in contents:
        try:
            reader(content)
            found.append(("read", ""))
        except REFUSALS as error:
            said = error.detail if isinstance(error, Problem) else str(error)
            known = not isinstance(error, Problem) or 400 <= error.status < 500
            found.append(("refused" if known and REMEDY.search(said) else "unnamed", said[:200]))
        except Exception as error:  # noqa: BLE001 - that there is none is what is measured
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
            found.append(("unhandled", f"{type(error).__name__} at {place}: {str(error)[:120]}"))
    return found


def outcomes(kind: str, contents: list[bytes]) -> list[tuple[str, str]]:
    """What became of each file: all in one process apart, and where that stops, each in its own."""
    try:
        found: list[tuple[str, str]] = read_apart("files:read_many", kind, contents, limits=LIMITS)
    except FileRefused as refused:
        if len(contents) == 1:
            return [("stopped", str(refused))]
        half = len(contents) // 2
        return outcomes(kind, contents[:half]) + outcomes(kind, contents[half:])
    return found


def run(kinds: list[str], files: int, seed: int) -> dict[str, dict[str, Any]]:
    """Count what becomes of so many files of each kind."""
    result: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        content, draw = KINDS[kind][0](), random.Random(f"{seed} {kind}")  # noqa: S311 - the same files each time
        counts: dict[str, Any] = dict.fromkeys(("files", "read", "refused", "stopped", "unhandled", "unnamed"), 0)
        worst: dict[str, int] = {}
        while counts["files"] < files:
            batch = [mutated(content, draw) for _ in range(min(AT_ONCE, files - counts["files"]))]
            for outcome, said in outcomes(kind, batch):
                counts["files"] += 1
                counts[outcome] += 1
                if outcome in {"unhandled", "unnamed", "stopped"}:
                    worst[f"{outcome}: {said}"] = worst.get(f"{outcome}: {said}", 0) + 1
        result[kind] = {**counts, "worst": dict(sorted(worst.items(), key=lambda item: -item[1])[:10])}
        print(kind, {name: value for name, value in counts.items() if value}, flush=True)
        for said, times in result[kind]["worst"].items():
            print(f"   {times} × {said}", flush=True)
    return result


def main() -> None:
    """Run and report."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--files", type=int, default=3_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kinds", default=",".join(KINDS))
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    found = run(given.kinds.split(","), given.files, given.seed)
    if given.out:
        held = json.loads(given.out.read_text()) if given.out.exists() else {"kinds": {}}
        held |= {"run_on": datetime.now(UTC).date().isoformat(), "seed": given.seed}
        held["kinds"] |= found
        given.out.write_text(json.dumps(held, indent=1) + "\n")
    if any(counts["unhandled"] or counts["unnamed"] for counts in found.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    import files

    files.main()
