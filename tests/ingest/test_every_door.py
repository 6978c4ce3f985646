"""Every door for tables reads what spreadsheets and case systems write alike, and refuses the rest by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pytest
import shapely
import xlsxwriter
from pyarrow import parquet

from app.exports.filled_list import fill_list
from app.ingest.package_reader import read_packages
from app.ingest.plan_files import read_plan_file_here
from app.ingest.postcode_files import read_area_lookup
from app.ingest.travel_files import read_places
from app.problems import Problem
from app.usecases.postcodes import files
from tests.ingest.test_package_reader import DAY, GOOD, INDEX, loaded

Table = list[list[str]]
PLACES = [["LE67 3AB", "NA"], ["LE67 3AD", "Café"]]
"""Two postcodes, and a name each that careless readers lose or spoil."""


def packages(content: bytes) -> Any:
    found = read_packages(content, postcodes=INDEX, as_of=DAY)
    return loaded(found).packages[["postcode", "reference", "minutes_per_week"]].to_numpy().tolist()


def plan(content: bytes) -> Any:
    given = read_plan_file_here(content)
    names = {zone.number: zone.name for zone in given.zones}
    return {place: names[number] for place, number in (given.by_postcode or {}).items()}


def areas(content: bytes, folder: Path) -> Any:
    (folder / "areas").write_bytes(content)
    return read_area_lookup(folder / "areas").table.to_numpy().tolist()


def places(content: bytes, folder: Path) -> Any:
    (folder / "places").write_bytes(content)
    found = read_places(folder / "places")
    return found.ids, found.positions.tolist()


def answered(content: bytes) -> Any:
    frame, _, _ = files.answered_file(content, None, None, DAY)  # type: ignore[arg-type]
    return frame[["postcode", "case", "problem"]].to_numpy().tolist()


def filled(content: bytes) -> Any:
    def unknown(text: str) -> Any:
        raise Problem(404, "postcode-unknown", "Unknown", f"{text} is not known.")

    given = fill_list(content, unknown, minutes=30)
    if given.form == "xlsx":
        return []  # that a workbook comes back with its cells is held beside the list itself
    delimiter = next(sign for sign in ";\t," if sign in given.content.decode("utf-8-sig").splitlines()[0])
    rows = csv.DictReader(io.StringIO(given.content.decode("utf-8-sig")), delimiter=delimiter)
    return [[row["postcode"], row["case"], row["Remark"]] for row in rows]


NAMED = [[PLACES[0][0], "Nord"], PLACES[1]]  # in a reference, NA says that there is none
PACKAGE = [[*GOOD], *([*(GOOD | {"reference": name, "postcode": place}).values()] for place, name in NAMED)]
DOORS: dict[str, tuple[Table, Callable[[bytes, Path], Any]]] = {
    "packages": (PACKAGE, lambda content, _: packages(content)),
    "a plan": ([["postcode", "zone"], *PLACES], lambda content, _: plan(content)),
    "areas of postcodes": ([["postcode", "area_id"], *PLACES], areas),
    "places to travel": (
        [["id", "easting", "northing"], *([name, f"48600{i}", "308000"] for i, (_, name) in enumerate(PLACES))],
        places,
    ),
    "postcodes to answer": ([["postcode", "case"], *PLACES], lambda content, _: answered(content)),
    "a list to fill": ([["postcode", "case"], *PLACES], lambda content, _: filled(content)),
}


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(text: str, *_: Any) -> Any:
        raise Problem(404, "postcode-unknown", "Unknown", f"{text} is not known.")

    monkeypatch.setattr(files, "look_up", unknown)


def text(table: Table, delimiter: str = ",", end: str = "\r\n", above: str = "", behind: str = "") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=behind + end).writerows(table)
    return above + out.getvalue()


def workbook(*sheets: tuple[Table, bool]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for number, (table, hidden) in enumerate(sheets):
            page = made.add_worksheet(f"Sheet {number + 1}")
            for at, row in enumerate(table):
                page.write_row(at, 0, row)
            if hidden:
                page.hide()
        made.worksheets()[-1].activate()
        made.worksheets()[-1].set_first_sheet()
    return out.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def in_parquet(table: Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({name: [row[i] for row in table[1:]] for i, name in enumerate(table[0])}), out)
    return out.getvalue()


FLAVOURS: dict[str, Callable[[Table], bytes]] = {
    "a mark": lambda t: text(t).encode("utf-8-sig"),
    "utf-16": lambda t: text(t, "\t").encode("utf-16"),
    "utf-16 without mark": lambda t: text(t, "\t").encode("utf-16-le"),
    "cp1252": lambda t: text(t).encode("cp1252"),
    "semicolons": lambda t: text(t, ";").encode(),
    "a sep line": lambda t: text(t, ";", above="sep=;\r\n").encode(),
    "old mac": lambda t: text(t, end="\r").encode(),
    "trailing commas": lambda t: text(t, behind=",,").encode(),
    "trailing commas but in the header": lambda t: (text(t[:1]) + text(t[1:], behind=",")).encode(),
    "title rows": lambda t: text(t, above="Our extract\r\n\r\nPrinted on,1 May\r\n").encode(),
    "a column nobody asked for twice": lambda t: text(
        [[*row, *(["note", "note"] if row is t[0] else ["x", "y"])] for row in t]
    ).encode(),
    "a workbook": lambda t: workbook((t, False)),
    "a workbook with an old sheet hidden": lambda t: workbook(([t[0], *t[:0:-1]][:2], True), (t, False)),
    "a workbook with a cover sheet and titles": lambda t: workbook(
        ([["Cover"], ["a note"]], False), ([["Title"], [], *t], False)
    ),
    "parquet": in_parquet,
    "a zip of one file": lambda t: packed({"extract.csv": text(t).encode()}),
    "a zip of one text": lambda t: packed({"folder/extract.txt": text(t, "\t").encode()}),
    "a zip of a Mac": lambda t: packed(
        {"extract.csv": text(t).encode(), "__MACOSX/._extract.csv": b"\0\5", ".DS_Store": b"\0"}
    ),
    "a zip of a workbook": lambda t: packed({"extract.xlsx": workbook((t, False))}),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_flavour_is_read_as_the_plain_table_is(door: str, tmp_path: Path) -> None:
    table, read = DOORS[door]
    plain = read(text(table).encode(), tmp_path)
    assert "Café" in str(plain)
    for name, flavour in FLAVOURS.items():
        found = read(flavour(table), tmp_path)
        assert found == plain or (door == "a list to fill" and found == []), name


def said(read: Callable[[bytes, Path], Any], content: bytes, folder: Path) -> str:
    try:
        return str(read(content, folder))  # a list says what is wrong in the row it is wrong in
    except Problem as problem:
        return f"{problem.detail} {problem.extra.get('errors')}"
    except (ValueError, AssertionError) as error:
        return str(error)


@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_read_is_named_by_its_row(door: str, tmp_path: Path) -> None:
    table, read = DOORS[door]
    ragged = (text(table[:2]) + text(table[2:], behind=",more")).encode()
    found = said(read, ragged, tmp_path)
    assert "fields" in found, found
    assert "3" in found, found
    for place in range(len(table[0])):
        if table[0][place] in {"postcode", "reference", "id", "easting", "zone", "area_id"}:
            spoilt = [table[0], table[1], [*table[2][:place], "#REF!", *table[2][place + 1 :]]]
            found = said(read, text(spoilt).encode(), tmp_path)
            assert "#REF!" in found, (table[0][place], found)
    asked = table[0][0]
    twice = [[*row, asked.upper() if row is table[0] else row[0]] for row in table]
    assert "2 columns named" in said(read, text(twice).encode(), tmp_path)
    inside = packed({"inner.zip": packed({"extract.csv": text(table).encode()})})
    assert "unpack it, and send the table in inner.zip" in said(read, inside, tmp_path)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "shp"])
def test_a_map_in_a_zip_is_read_as_the_map_is_whoever_zipped_it(ending: str, tmp_path: Path) -> None:
    square = shapely.box(480_000, 300_000, 490_000, 310_000)
    frame = gpd.GeoDataFrame({"zone": ["NA"]}, geometry=[square], crs=27700)
    frame = frame.to_crs(4326) if ending == "geojson" else frame
    frame.to_file(tmp_path / f"plan.{ending}", engine="pyogrio")
    members = {f"Our plan/{file.name}": file.read_bytes() for file in tmp_path.iterdir()}
    litter = {f"__MACOSX/Our plan/._plan.{ending}": b"\0\5", f"Our plan/._plan.{ending}": b"\0\5", ".DS_Store": b"\0"}
    for zipped in (packed(members), packed(members | litter)):
        given = read_plan_file_here(zipped)
        assert [zone.name for zone in given.zones] == ["NA"]
        assert given.shapes is not None
        assert given.shapes[0][1].area == pytest.approx(square.area, rel=1e-3)


def test_columns_of_one_name_come_back_each_with_its_own_cells() -> None:
    table = [["postcode", "note", "note"], ["LE67 3AB", "first", "second"]]
    frame, _, _ = files.answered_file(text(table).encode(), None, None, DAY)  # type: ignore[arg-type]
    assert frame.iloc[0][["note", "note 2"]].tolist() == ["first", "second"]

    def unknown(text: str) -> Any:
        raise Problem(404, "postcode-unknown", "Unknown", text)

    lines = fill_list(text(table).encode(), unknown, minutes=30).content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("postcode,note,note,")
    assert lines[1].startswith("LE67 3AB,first,second,")
