"""Where tests find the open data that is read but never committed."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
OPEN_DATA = SHARED / "data"


def open_data(name: str) -> Path:
    """Return the path of an open-data file kept beside the checkout, or skip the test with the reason."""
    path = OPEN_DATA / name
    if not path.exists():
        pytest.skip(f"open data file {name!r} is not beside this checkout (looked in ../shared/data)")
    return path


def shared_case(name: str) -> Path:
    """Return the path of a small file or folder of the shared cases, or skip the test with the reason."""
    path = SHARED / "cases" / name
    if not path.exists():
        pytest.skip(f"case {name!r} is not beside this checkout (looked in ../shared/cases)")
    return path
