"""A reader that crashes takes nobody with it."""

from __future__ import annotations

import io
import os
import signal
import zipfile
from pathlib import Path

import pytest

from app.ingest.guard import FileRefused, GuardLimits, apart, nursery, read_apart
from app.problems import Problem

READERS = "tests.ingest.guard.readers"


def test_what_a_reader_returns_comes_back() -> None:
    assert read_apart(f"{READERS}:echo", b"ab", times=2) == b"abab"


def test_a_path_starts_from_the_folder_the_asker_is_in_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_apart(f"{READERS}:echo", b"")  # the process that forks readers stands in another folder from here on
    (tmp_path / "given.csv").write_bytes(b"ab")
    monkeypatch.chdir(tmp_path)
    assert read_apart(f"{READERS}:content_of", Path("given.csv")) == b"ab"


def test_what_a_reader_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="row 3, column hours"):
        read_apart(f"{READERS}:refuse", b"")


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        ("abort", "reader_stopped"),
        ("panic", "reader_stopped"),
        ("eat", "reader_out_of_memory"),
        ("hang", "reader_too_slow"),
    ],
)
def test_a_reader_that_dies_is_an_error_with_a_remedy(reader: str, code: str) -> None:
    limits = GuardLimits(memory_bytes=1_000_000_000, seconds=3)
    with pytest.raises(FileRefused) as refused:
        read_apart(f"{READERS}:{reader}", b"", limits=limits)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize("started", ["/bin/false", "/no/such/program"])
def test_a_reader_that_cannot_be_started_is_not_blamed_on_the_file(
    monkeypatch: pytest.MonkeyPatch, started: str
) -> None:
    monkeypatch.setattr(nursery, "_held", {"of": 0, "line": None})
    monkeypatch.setattr(nursery.sys, "executable", started)
    with pytest.raises(Problem) as refused:
        read_apart(f"{READERS}:echo", b"")
    _not_blamed_on_the_file(refused.value)


@pytest.mark.parametrize("reader", ["killed", "keeper_killed"])
def test_a_reader_that_is_ended_from_outside_is_not_blamed_on_the_file(reader: str) -> None:
    with pytest.raises(Problem) as refused:
        read_apart(f"{READERS}:{reader}", b"")
    _not_blamed_on_the_file(refused.value)
    assert read_apart(f"{READERS}:echo", b"ab") == b"ab"


def test_a_process_that_forks_readers_and_is_gone_is_replaced_without_a_word() -> None:
    parent = _forker()
    os.kill(parent, signal.SIGKILL)
    assert read_apart(f"{READERS}:echo", b"ab") == b"ab"


def test_a_process_that_forks_readers_and_does_not_answer_is_not_blamed_on_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent = _forker()
    os.kill(parent, signal.SIGSTOP)
    monkeypatch.setattr(apart, "_START_SECONDS", 0.2)
    monkeypatch.setattr(apart, "_TRIES", 1)
    try:
        with pytest.raises(Problem) as refused:
            read_apart(f"{READERS}:echo", b"")
    finally:
        os.kill(parent, signal.SIGCONT)
    _not_blamed_on_the_file(refused.value)


def _forker() -> int:
    forker = int(read_apart(f"{READERS}:forker", b""))
    assert forker not in {0, 1, os.getpid()}
    return forker


def _not_blamed_on_the_file(problem: Problem) -> None:
    assert (problem.status, problem.slug) == (503, "reader-away")
    assert int(problem.headers["Retry-After"]) > 0
    assert "The file may be sound" in problem.detail
    assert "SIG" not in problem.detail


def test_a_panic_is_told_with_the_row_and_column_it_happened_at() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        cells = '<row><c r="A1"><v>1</v></c><c r="D7" t="s"><v>99</v></c></row>'
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    with pytest.raises(FileRefused) as refused:
        read_apart(f"{READERS}:panic", held.getvalue())
    assert refused.value.place.endswith("row 7, column D")
