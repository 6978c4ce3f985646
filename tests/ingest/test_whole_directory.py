"""A directory of the whole United Kingdom loads for one council: other councils' rows are counted, not checked."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_directory import load_national_directory
from app.ingest.postcode_files import BadPostcodeFile, read_postcode_file
from bench.postcodes.uk_directory import directory, write
from geo.gazetteer import Status
from tests.open_data import SHARED

RUTLAND = "E06000017"
HEADERS = SHARED / "reference" / "headers"


@pytest.fixture(scope="module")
def frame(directory_cache: Path) -> pd.DataFrame:
    """Rutland with a piece of each other country, of the shape of August 2026."""
    made = directory(load_national_directory(directory_cache), [RUTLAND, "N09000001", "S12000005", "W06000022"])
    newport = made[made["lad26cd"] == "W06000022"].iloc[0].to_dict()
    gone = newport | {"pcd7": "NPT 0VA", "pcd8": "NPT  0VA", "pcds": "NPT 0VA", "doterm": "199906"}
    return pd.concat([made, pd.DataFrame([gone])], ignore_index=True)


@pytest.fixture(scope="module")
def whole(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("directory") / "ONSPD_AUG_2026.zip"
    write(frame, path)
    return path


def as_text(frame: pd.DataFrame, **how: object) -> str:
    return str(frame.to_csv(index=False, lineterminator="\r\n", quoting=csv.QUOTE_ALL, **how))  # type: ignore[call-overload]


def test_one_council_is_read_out_of_the_country(frame: pd.DataFrame, whole: Path) -> None:
    read = read_postcode_file(whole, [RUTLAND])
    own = frame[frame["lad26cd"] == RUTLAND]
    assert len(read.table) == len(own) > 1_000
    assert read.passed_over["other_districts"] == len(frame) - len(own)
    assert set(read.table["district"]) == {RUTLAND}
    assert (read.table["status"] == Status.LIVE).sum() == (own["doterm"] == "").sum()


@pytest.mark.parametrize("folder", ["", "ONSPD_AUG_2026/", "Downloads/ONSPD AUG 2026/"])
def test_one_table_an_area_or_folders_around_it_make_no_difference(
    frame: pd.DataFrame, whole: Path, tmp_path: Path, folder: str
) -> None:
    parts = tmp_path / "parts.zip"
    write(frame, parts, by_area=True)
    moved = tmp_path / "moved.zip"
    with zipfile.ZipFile(parts) as old, zipfile.ZipFile(moved, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(folder + name, old.read(name))
            new.writestr(f"__MACOSX/{folder}._{Path(name).name}", b"\x00\x05\x16\x07" + b"\x00" * 60)
            new.writestr(f"{folder}._{Path(name).name}", b"\x00\x05\x16\x07")
    expected = read_postcode_file(whole, [RUTLAND]).table
    pd.testing.assert_frame_equal(read_postcode_file(moved, [RUTLAND]).table, expected)


def test_what_a_spreadsheet_or_a_zip_tool_makes_of_the_table_is_read_alike(
    frame: pd.DataFrame, whole: Path, tmp_path: Path
) -> None:
    some = frame[frame["lad26cd"].isin([RUTLAND, "N09000001"])]
    expected = read_postcode_file(whole, [RUTLAND]).table
    text = as_text(some)
    spaced = text.replace('"pcds"', '" PCDS "', 1).replace('"east1m"', '" East1m "', 1)
    written = {
        "utf16.csv": as_text(some, sep="\t").encode("utf-16"),
        "unmarked.csv": as_text(some, sep="\t").encode("utf-16-le"),
        "marked.csv": text.encode("utf-8-sig"),
        "spaced.csv": spaced.encode(),
        "mac.csv": text.replace("\r\n", "\r").encode(),
        "semicolons.csv": as_text(some, sep=";").encode(),
        "sep.csv": b"sep=;\r\n" + as_text(some, sep=";").encode(),
        "titles.csv": b"ONS Postcode Directory, for our county\r\n\r\nPrinted 1 December\r\n" + text.encode(),
        "commas.csv": text.replace("\r\n", ",\r\n").replace(",\r\n", "\r\n", 1).encode(),
    }
    one = io.BytesIO()
    with zipfile.ZipFile(one, "w") as packed:
        packed.writestr("my postcodes.csv", text)
    written["one.zip"] = one.getvalue()
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
        read = read_postcode_file(tmp_path / name, [RUTLAND])
        pd.testing.assert_frame_equal(read.table, expected, obj=name)
        assert read.passed_over["other_districts"] == (some["lad26cd"] != RUTLAND).sum(), name


def test_withdrawn_postcodes_of_the_council_that_break_the_rules_are_counted(frame: pd.DataFrame, whole: Path) -> None:
    read = read_postcode_file(whole, ["W06000022"])
    assert read.passed_over["withdrawn_of_old_shape"] >= 1
    assert "NPT0VA" not in set(read.table["key"])
    assert len(read.table) + read.passed_over["withdrawn_of_old_shape"] == (frame["lad26cd"] == "W06000022").sum()


def test_a_wrong_row_of_the_council_stops_it_and_of_another_does_not(frame: pd.DataFrame, tmp_path: Path) -> None:
    for district, stops in ((RUTLAND, True), ("N09000001", False)):
        spoilt = frame.copy()
        at = spoilt.index[(spoilt["lad26cd"] == district) & (spoilt["doterm"] == "")][3]
        spoilt.loc[at, ["pcds", "east1m"]] = ["nonsense", "far"]
        path = tmp_path / f"{district}.csv"
        path.write_text(as_text(spoilt), newline="")
        if stops:
            with pytest.raises(BadPostcodeFile) as caught:
                read_postcode_file(path, [RUTLAND])
            assert {(f.row, f.column) for f in caught.value.findings.shown} == {(at + 2, "pcds"), (at + 2, "east1m")}
        else:
            assert read_postcode_file(path, [RUTLAND]).passed_over["other_districts"] > 0


def test_of_two_years_of_a_column_the_newest_is_read_and_said(frame: pd.DataFrame, tmp_path: Path) -> None:
    both = frame.assign(lad24cd="E06000016")
    path = tmp_path / "both.csv"
    path.write_text(as_text(both), newline="")
    read = read_postcode_file(path, [RUTLAND])
    assert len(read.table) == (frame["lad26cd"] == RUTLAND).sum()
    assert read.notes == ("lad26cd is read, the newest; beside it stand lad24cd.",)


def test_a_zip_in_a_zip_is_named(whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.write(whole, "ONSPD_AUG_2026.zip")
    with pytest.raises(UnreadableFile, match=r"unpack it once, and give ONSPD_AUG_2026\.zip"):
        read_postcode_file(tmp_path / "outer.zip", [RUTLAND])


def test_a_column_that_stands_twice_is_refused_by_name(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(as_text(frame.head(3)).replace('"pcd8"', '"PCDS"', 1), newline="")
    with pytest.raises(UnreadableFile, match="2 columns named 'PCDS', expected one"):
        read_postcode_file(path)


def test_a_postcode_column_of_any_name_will_do(frame: pd.DataFrame, tmp_path: Path) -> None:
    some = frame[frame["lad26cd"] == RUTLAND]
    keys = set(some["pcds"].str.replace(" ", ""))
    for name in ("pcd7", "pcd8", "pcds"):
        for written in ("PCD", "pcd7", "Pcd8", "PCDS", "Postcode", "pcd2"):
            path = tmp_path / "one.csv"
            kept = some[["lad26cd", "east1m", "north1m", "doterm", name]].rename(columns={name: written})
            path.write_text(as_text(kept), newline="")
            assert set(read_postcode_file(path).table["key"]) == keys, (name, written)


@pytest.mark.skipif(not HEADERS.is_dir(), reason="../shared/reference/headers is not there")
@pytest.mark.parametrize("name", [*sorted(p.name for p in HEADERS.glob("*sp*.csv")), "codepoint_open_le.csv"])
def test_every_release_from_2018_to_2026_is_read(name: str) -> None:
    read = read_postcode_file(HEADERS / name, ["E07000134", "E06000016"])
    assert len(read.table) == 2
    assert read.passed_over["other_districts"] >= 1
    if name.startswith("onspd"):
        assert ("oa21" in read.table) == ("2018" not in name)
        assert read.table["oa11"].str.startswith("E008").all()
