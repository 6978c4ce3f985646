"""What `import packages` says about a file: each fault once with its place, counts that are true, warnings shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli.main import app
from app.settings import get_settings
from app.storage.migrate import upgrade

HEADER = "PackageRef,PersonRef,Postcode,Svc,StartDate,EndDate,Provider,Hours\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PATCHWORK_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    upgrade(f"sqlite:///{tmp_path / 'patchwork.sqlite'}")
    yield tmp_path
    get_settings.cache_clear()


def _command(*words: str) -> Result:
    return CliRunner().invoke(app, ["import", "packages", *words])


@pytest.mark.parametrize("content", [b"", b"nothing,known\n1,2\n", b"\x00\x00\x00", b"PK\x03\x04rubbish"])
@pytest.mark.parametrize("check", [True, False])
def test_a_file_that_cannot_be_read_is_told_once_without_a_row(run: Path, content: bytes, check: bool) -> None:  # noqa: FBT001
    file = run / "bad.csv"
    file.write_bytes(content)
    result = _command(str(file), "--taken-on", "2026-10-31", *(["--check"] if check else []))
    said = result.output
    assert result.exit_code != 0
    assert "row None" not in said
    assert "row 0" not in said
    assert "1 errors" not in said
    assert "in 0 rows" not in said
    lines = [line.strip() for line in said.splitlines() if "expected" in line]
    assert len(lines) == len(set(lines)), said


def test_a_column_called_svc_is_suggested_as_the_service(run: Path) -> None:
    file = run / "short.csv"
    rows = [f"P{i},C{i},LE67 3AP,{'DOM' if i % 2 else 'REA'},01/02/2026,,Ash Care,{7 + i}\n" for i in range(12)]
    file.write_text(HEADER + "".join(rows))
    result = _command(str(file), "--suggest")
    assert result.exit_code == 0, result.output
    assert "Svc is service type" in result.output
