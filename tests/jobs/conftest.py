"""Every test of jobs runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.workbench import Bench, empty_postgres, open_bench


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("jobs")
    if request.param == "sqlite":
        bench = open_bench(folder, None)
        yield bench
        bench.database.dispose()
        return
    with empty_postgres() as url:
        bench = open_bench(folder, url)
        yield bench
        bench.database.dispose()


@pytest.fixture
def bench(installation: Bench) -> Iterator[Bench]:
    yield installation
    installation.stop()
