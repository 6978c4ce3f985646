"""Fixtures that several packages' tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app.ingest.postcode_directory import load_national_directory
from tests.databases import (
    BACKENDS,
    Installation,
    blank_installation,
    demo_installation,
    drop_postgres_template,
)
from tests.services import Service, running_service
from tests.skips import summary


class Served(NamedTuple):
    """Address and key of the demonstration service."""

    url: str
    key: str


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was skipped, by reason, and how to get it."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    lines = summary(str(found[2]) if isinstance(found, tuple) else str(found) for found in skipped)
    if lines:
        terminalreporter.section("left out, and how to get it")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared-by-all"
    folder.mkdir(exist_ok=True)
    yield folder
    if worker_id == "master":
        drop_postgres_template(folder)


@pytest.fixture(scope="session")
def directory_cache(shared_folder: Path) -> Path:
    """A folder with the national directory of the installed packages: made once a run, as it takes seconds."""
    folder = shared_folder / "cache"
    load_national_directory(folder)
    return folder


@pytest.fixture(scope="module", params=BACKENDS)
def blank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An empty installation, on SQLite and on PostgreSQL."""
    with blank_installation(request.param, tmp_path_factory.mktemp("blank")) as installation:
        yield installation


@pytest.fixture(scope="module", params=BACKENDS)
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> Iterator[Installation]:
    """An installation with the demonstration county, on SQLite and on PostgreSQL."""
    with demo_installation(request.param, tmp_path_factory.mktemp("demo"), shared_folder) as installation:
        yield installation


@pytest.fixture(scope="module")
def service(demo: Installation) -> Iterator[Service]:
    """The service on the demonstration county, over real HTTP, with a worker beside it."""
    with running_service(demo, worker=True) as found:
        yield found


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Served]:
    """The demonstration service for the browser: SQLite, no worker."""
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("browser"), shared_folder) as installation,
        running_service(installation, worker=False) as found,
    ):
        yield Served(found.url, found.keys["admin"])
