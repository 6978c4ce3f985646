"""Files are measured before they are read, whatever they claim to be."""

from __future__ import annotations

import io
import json
import random
import zipfile

import pytest

from app.ingest.guard import FileRefused, GuardLimits, measure
from tests.open_data import open_data

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*cells: str, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with a number in each cell named."""
    rows = "".join(f'<row><c r="{cell}"><v>1</v></c></row>' for cell in cells)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        archive.writestr(SHEET, f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    return held.getvalue()


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048577", "ZZZ9", "XFD40000", "CV900000"])
def test_a_stray_far_cell_is_refused_by_its_name(cell: str) -> None:
    with pytest.raises(FileRefused) as refused:
        measure(workbook("A1", "B2", cell))
    assert cell in refused.value.place
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["in", "mild"])
def test_the_known_workbooks_with_a_stray_cell_are_refused_at_once(name: str) -> None:
    with pytest.raises(FileRefused, match="row"):
        measure(open_data(f"../cases/21-xlsx-stray-far-cell/{name}.xlsx").read_bytes())


def test_a_sheet_whose_far_cell_comes_at_the_end_of_a_chunk_is_measured_whole() -> None:
    filler = [f"A{i}" for i in range(1, 40_000)]
    assert measure(workbook(*filler, "J40000")).cells == 400_000


def test_an_ordinary_workbook_is_measured() -> None:
    extent = measure(workbook("A1", "C4"))
    assert (extent.kind, extent.cells) == ("workbook", 12)


def test_an_archive_is_measured_by_what_it_unpacks_to_and_not_by_what_it_says() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 3_000_000)
    lying = held.getvalue().replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))
    for content in (held.getvalue(), lying):
        with pytest.raises(FileRefused) as refused:
            measure(content, GuardLimits(unpacked_bytes=1_000_000))
        assert refused.value.code in {"file_too_large", "file_damaged"}


def test_too_many_points_are_refused() -> None:
    ring = [[0.0, float(i)] for i in range(2_000)]
    shape = json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
    assert measure(shape).vertices == 2_000
    with pytest.raises(FileRefused, match="points"):
        measure(shape, GuardLimits(vertices=1_000))


def test_mutated_archives_are_measured_or_refused_and_nothing_else() -> None:
    """Bytes flipped, cut and repeated: the only error is the one that names place and remedy."""
    source, refused = workbook("A1", "B2", "C3"), list[FileRefused]()
    draw = random.Random(7)  # noqa: S311 - a seed makes the run the same each time
    for _ in range(500):
        content = bytearray(source)
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(content))
            match draw.randrange(3):
                case 0:
                    content[at] = draw.randrange(256)
                case 1:
                    del content[at : at + draw.randint(1, 30)]
                case _:
                    content[at:at] = content[at : at + draw.randint(1, 30)]
        try:
            measure(bytes(content))
        except FileRefused as error:
            refused.append(error)
    assert len(refused) > 50
    assert all(error.place and error.remedy for error in refused)
