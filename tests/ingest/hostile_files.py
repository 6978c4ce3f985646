"""Files made to stop whoever reads them: small to send, and large, endless or deadly to read."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ENTITIES = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a "aaaaaaaaaa">\n'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">\n' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>\n"
)


def workbook(sheet: str, strings: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet with this XML inside ``sheetData``."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATED}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATED}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATED}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
        )
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return held.getvalue()


def far_cell() -> bytes:
    """Five kilobytes with a value in the last cell of a sheet."""
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in zip("ABCDE", ("postcode", "name", "zone", "visits", "area_id"), strict=True)
    )
    return workbook(f'<row r="1">{head}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def entities() -> bytes:
    """A workbook whose texts are entities of entities: a thousand million letters."""
    return workbook(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        f'{ENTITIES}<sst xmlns="{MAIN}" count="1"><si><t>&i;</t></si></sst>',
    )


def bomb(name: str, unpacked_mib: int = 2_000) -> bytes:
    """A zip of one file that unpacks to a thousand times its size."""
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = (block.compress(bytes(1 << 20)) + block.flush(zlib.Z_FULL_FLUSH)) * unpacked_mib + b"\x03\x00"
    named, size = name.encode(), unpacked_mib << 20
    fields = (20, 0, 8, 0, 0x21, 0, len(packed), size, len(named))
    local = b"PK\x03\x04" + struct.pack("<HHHHHLLLHH", *fields, 0) + named
    central = b"PK\x01\x02" + struct.pack("<HHHHHHLLLHHHHHLL", 20, *fields, 0, 0, 0, 0, 0, 0) + named
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return local + packed + central + end


def many_corners(corners: int = 5_000_000) -> bytes:
    """One polygon of so many corners, as GeoJSON."""
    ring = b",".join([b"[-1.2,52.6],[-1.3,52.7]"] * (corners // 2))
    return (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","number":1},'
        b'"geometry":{"type":"Polygon","coordinates":[[' + ring + b"]]}}]}"
    )


def markup(root: str) -> bytes:
    """XML of any kind with entities of entities."""
    return f"{ENTITIES}<{root}>&i;</{root}>".encode()
