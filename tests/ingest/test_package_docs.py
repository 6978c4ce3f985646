"""What the documentation of imports says is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from app.ingest.package_mapping import parse_mapping, template_names

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/how-to/import-packages.md").read_text("utf-8")
REFERENCE = (ROOT / "docs/reference/package-columns.md").read_text("utf-8")


def test_the_mapping_shown_is_a_mapping_and_every_template_is_named():
    example = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert example
    assert parse_mapping(example[1]).hours is not None
    assert all(f"`{name}`" in GUIDE for name in template_names())


def _sources() -> list[Path]:
    folder = ROOT / "app/ingest"
    return [*folder.glob("package_*.py"), *(folder / "tables").glob("*.py")]


def test_every_code_the_reader_gives_is_documented():
    code = "".join(path.read_text("utf-8") for path in _sources())
    given = set(
        re.findall(
            r'"((?:postcode|reference|hours|visits|carers|file|header|sheet|cell|column|mapping|row)_[a-z_]+)"', code
        )
    )
    given -= {
        "hours_per_week",
        "carers_per_visit",
        "visits_per_week",
        "visits_x_minutes",
        "column_letters",
        "visits_list",
    }  # fields, not findings
    assert {"postcode_terminated", "hours_absurd", "row_ragged", "file_damaged"} <= given
    assert not [name for name in sorted(given) if f"`{name}`" not in REFERENCE]
