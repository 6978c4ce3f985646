"""A council's own postcode files are taken whole, or refused with every wrong row."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.ingest import postcode_archive
from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_files import BadPostcodeFile, read_area_lookup, read_postcode_file, read_postcode_file_here
from geo.gazetteer import Status

OLD = "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,oseast1m,osnrth1m,osgrdind,oa11,lsoa11,ru11ind,oa21\n"
ROWS = [
    "LE673AB,LE67 3AB,LE67 3AB,198001,202301,E10000018,E07000134,443000,314000,1,E00131526,E01025945,C1,E00131526",
    "LE673AA,LE67 3AA,LE67 3AA,199208,,E10000018,E07000134,443042,314408,1,E00131526,E01025945,C1,E00131526",
    "BT1 1AA,BT1  1AA,BT1 1AA,198001,,N99999999,N09000003,334316,374675,1,95GG40S1,95GG40S1,Z,N00000001",
    "IM1 1AA,IM1  1AA,IM1 1AA,198001,,M99999999,M99999999,,,9,,,Z,",
]
CODE_POINT = '"LE1 1AA",10,459318,304176,"E92000001","E19000001","E18000004","","E06000016","E05010463"\n'


def written(folder: Path, text: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zipped(folder: Path, **members: str) -> Path:
    path = folder / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return path


def test_a_directory_of_the_ons_is_read_with_its_extra_columns(tmp_path: Path):
    text = OLD + "\n".join(r.replace("95GG40S1", "95GG40S10") for r in ROWS) + "\n"
    read = read_postcode_file(written(tmp_path, text))
    assert read.kind == "onspd"
    table = read.table.set_index("key")
    assert table.index.tolist() == ["BT11AA", "IM11AA", "LE673AA", "LE673AB"]
    assert table["status"].tolist() == [Status.LIVE, Status.LIVE, Status.LIVE, Status.TERMINATED]
    assert table.loc["LE673AB", ["introduced", "terminated", "oa11", "ru11ind"]].tolist() == [
        198001,
        202301,
        "E00131526",
        "C1",
    ]
    assert table.loc["IM11AA", ["easting", "northing"]].tolist() == [-1, -1]
    assert abs(table.loc["BT11AA", "easting"] - 146_778) < 5, "from the Irish grid"
    entry = read.gazetteer("v").lookup("le67 3ab")
    assert entry is not None
    assert (entry.district, entry.terminated) == ("E07000134", 202301)


def test_the_later_headings_and_a_zip_are_known_too(tmp_path: Path):
    row = "LE673AA,LE67 3AA,199208,,E07000134,443042,314408,1,E00131526"
    text = f"pcd7,pcds,dointr,doterm,lad25cd,east1m,north1m,gridind,oa21cd\n{row}\n"
    members = {
        "Data/ONSPD_NOV_2025_UK.csv": text,
        "Data/multi_csv/ONSPD_NOV_2025_UK_LE.csv": "x",
        "User Guide/a.pdf": "x",
    }
    read = read_postcode_file(zipped(tmp_path, **members))
    assert read.table[["key", "district", "oa21"]].to_numpy().tolist() == [["LE673AA", "E07000134", "E00131526"]]


def test_code_point_open_is_read_from_all_its_files(tmp_path: Path):
    other = CODE_POINT.replace("LE1 1AA", "B1 1AA").replace(",10,459318,304176", ",90,0,0")
    read = read_postcode_file(
        zipped(tmp_path, **{"Data/CSV/le.csv": CODE_POINT, "Data/CSV/b.csv": other, "Doc/x.csv": "a"})
    )
    assert read.kind == "code-point-open"
    assert read.table[["key", "easting"]].to_numpy().tolist() == [["B11AA", -1], ["LE11AA", 459318]]
    assert (read.table["status"] == Status.LIVE).all()


def test_every_wrong_row_is_reported_at_once_with_row_and_column(tmp_path: Path):
    good = ROWS[1]
    wrong = [
        good,
        good.replace("LE67 3AA,", "LE67 3AC,", 2).replace("LE67 3AA", "LE67 3AC"),
        good,
        good.replace("3AA", "3AD").replace("443042", "4430.5"),
        good.replace("3AA", "3AE").replace("314408", ""),
        good.replace("3AA", "3AF").replace("199208,", "199213,"),
        good.replace("3AA", "3AG").replace("199208,,", "199208,199107,"),
        good.replace("3AA", "3AH").replace("E07000134", "Leics"),
        "too,few",
    ]
    with pytest.raises(BadPostcodeFile, match="8 errors, nothing was loaded") as caught:
        read_postcode_file(written(tmp_path, OLD + "\n".join(wrong) + "\n"))
    shown = {(f.row, f.column): f for f in caught.value.findings.shown}
    assert set(shown) == {
        (0, "line"), (3, "pcds"), (4, "pcds"), (5, "oseast1m"), (6, "oseast1m"), (7, "dointr"), (8, "doterm"),
        (9, "oslaua"),
    }  # fmt: skip
    assert shown[3, "pcds"].expected.startswith("a postcode, and the letter C cannot stand in seventh place")
    assert shown[5, "oseast1m"].found == "4430.5"
    assert shown[9, "oslaua"].message == "row 9, oslaua: found 'Leics', expected a code such as E07000134, or nothing"
    assert shown[0, "line"].found == "row 10 of file.csv has 2 fields"


def test_a_wrong_row_of_a_zip_names_its_member(tmp_path: Path):
    members = {"Data/CSV/a.csv": CODE_POINT, "Data/CSV/b.csv": CODE_POINT.replace("LE1 1AA", "nonsense")}
    with pytest.raises(BadPostcodeFile) as caught:
        read_postcode_file(zipped(tmp_path, **members))
    finding = caught.value.findings.shown[0]
    assert (finding.row, finding.found) == (1, "nonsense in Data/CSV/b.csv")


def test_a_bomb_or_a_crowd_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bomb = zipped(tmp_path, **{"Data/CSV/a.csv": "0" * 5_000_000})
    with pytest.raises(UnreadableFile, match="unpacks to over 200 times its size; not opened"):
        read_postcode_file(bomb)
    monkeypatch.setattr(postcode_archive, "MAX_BYTES", 10)
    with pytest.raises(UnreadableFile, match="expected at most 5,000 of 10"):
        read_postcode_file_here(zipped(tmp_path, **{"Data/CSV/a.csv": CODE_POINT}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 cut", "the zip is damaged"),
        (b"a,b\n1,2\n", "expected a header with pcds, or Code-Point Open"),
        (b"pcds,doterm\nLE1 1AA,\n", "no column for easting, northing, district"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_words(tmp_path: Path, content: bytes, said: str):
    with pytest.raises(UnreadableFile, match=said):
        read_postcode_file(written(tmp_path, content))


def test_a_file_in_no_encoding_known_says_what_to_do(tmp_path: Path):
    layout = postcode_archive.Layout(["pcds", "oa21cd"], ",", "ascii", 0)
    path = written(tmp_path, "pcds,oa21cd\nLE67 3AP,É\n".encode("cp1252"))
    with pytest.raises(UnreadableFile, match=r"or cut short .* expected CSV; download it anew, or save it as CSV"):
        postcode_archive.read(path, None, layout, {"pcds": 0, "oa21cd": 1})


def test_a_zip_without_postcodes_says_what_it_holds(tmp_path: Path):
    with pytest.raises(UnreadableFile, match=r"found notes\.csv"):
        read_postcode_file(zipped(tmp_path, **{"notes.csv": "x"}))


def test_a_councils_own_areas_are_read_however_the_postcodes_are_written(tmp_path: Path):
    text = "\ufeffPostcode;Zone\nle67-3aa;North\nLE67 3AO;South\n".replace("3AO", "OAB")
    lookup = read_area_lookup(written(tmp_path, text))
    assert lookup.table.to_numpy().tolist() == [["LE670AB", "South"], ["LE673AA", "North"]]
    assert read_area_lookup(written(tmp_path, b"pc,Gebiet\nLE1 1AA,\xe4\n"), area_column="Gebiet").table[
        "area_id"
    ].tolist() == ["ä"]
    with pytest.raises(UnreadableFile, match="no column Zon, expected an area column such as area_id; it has"):
        read_area_lookup(written(tmp_path, text), area_column="Zon")


def test_a_lookup_with_wrong_rows_is_refused_whole(tmp_path: Path):
    with pytest.raises(BadPostcodeFile) as caught:
        read_area_lookup(written(tmp_path, "postcode,area_id\nLE1 1AA,a\nle11aa,b\nLE1 1AB,\nLE1,c\n"))
    assert [(f.row, f.column, f.code) for f in caught.value.findings.shown] == [
        (3, "postcode", "repeated"), (4, "area_id", "area_missing"), (5, "postcode", "postcode"),
    ]  # fmt: skip
