"""The demonstration county in a folder of its own, for benchmarks that need the real service."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.usecases.demo.load import load_demo

ADMIN_KEY = "benchmark-administrator-0123456789"


def settings_for(folder: Path, url: str | None = None) -> Settings:
    """Settings that read nothing from the environment of whoever runs the benchmark."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url=url,
        bootstrap_key=ADMIN_KEY,
        council="leicestershire",
        log_level="WARNING",
        embedded_worker=False,
    )


def make_county(folder: Path) -> None:
    """Load the demonstration county into ``folder`` on SQLite."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_for(folder)
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    try:
        load_demo(database, settings)
    finally:
        database.dispose()


@contextmanager
def county(made: Path | None) -> Iterator[Settings]:
    """Settings of a throw-away copy of the county in ``made``, or of one loaded for the occasion."""
    with tempfile.TemporaryDirectory(prefix="patchwork-bench-") as name:
        folder = Path(name)
        if made is None:
            make_county(folder)
        else:
            shutil.copytree(made, folder, dirs_exist_ok=True)
        yield settings_for(folder)
