"""The application on the demonstration county, in this process and on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.inprocess import InProcess, in_process
from tests.databases import demo_installation


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[InProcess]:
    """The application with the demonstration county, for one test module."""
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("county"), shared_folder) as installation,
        in_process(installation) as found,
    ):
        yield found
