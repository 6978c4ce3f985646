"""A database of its own for a test module, and real worker processes on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.jobs.client import JobClient
from app.jobs.supervisor import settings_environment
from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.storage.models import Council, Job
from tests.jobs import kinds_for_job_tests

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 300.0


def until(what: str, found: Callable[[], Any]) -> Any:
    """Wait until ``found()`` is true and return it; the time is only there so that a broken test ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited in vain: {what}")


@contextmanager
def empty_postgres() -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, dropped at the end."""
    server = os.environ.get("PATCHWORK_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("PATCHWORK_TEST_POSTGRES_URL names no PostgreSQL server")
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"pw_jobs_{uuid.uuid4().hex[:10]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        admin.dispose()


@dataclass
class Bench:
    """One installation: its settings, its database, a client, and the workers started on it."""

    settings: Settings
    database: Database
    client: JobClient
    folder: Path
    _workers: list[subprocess.Popen[bytes]]

    def worker(self, **changes: Any) -> subprocess.Popen[bytes]:
        """Start a real worker process, with some settings changed."""
        settings = self.settings.model_copy(update=changes)
        environment = {**os.environ, **settings_environment(settings)}
        with (self.folder / "workers.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.worker_for_job_tests"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._workers.append(process)
        return process

    def log(self) -> str:
        """What every worker logged."""
        path = self.folder / "workers.log"
        return path.read_text() if path.exists() else ""

    def diary(self) -> Path:
        """A new file for a job to write into."""
        return self.folder / f"diary-{uuid.uuid4().hex[:8]}"

    def job(self, job_id: str) -> Job:
        """The job as it stands."""
        job = self.client.get(job_id, "testshire")
        assert job is not None
        return job

    def ended(self, job_id: str) -> Job:
        """Wait for the job to end and return it."""
        return until(
            f"job {job_id} to end; workers said: {self.log()[-3000:]}",
            lambda: (job := self.job(job_id)).status in {"succeeded", "failed", "cancelled"} and job,
        )

    def submit(self, kind: str, **request: Any) -> Job:
        """Ask for a job."""
        return self.client.submit(kind, request, "testshire", "a test")

    def stop(self) -> None:
        """Kill every worker that is left, and close."""
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait(timeout=30)
        self._workers.clear()


def open_bench(folder: Path, url: str | None) -> Bench:
    """Make an installation in ``folder``, on SQLite or at ``url``."""
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database_url=url,
        jobs_database_url=None,
        host_name="host-one",
        job_concurrency=2,
        worker_lost_after_seconds=5,
        shutdown_grace_seconds=10,
        log_format="json",
    )
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    with database.write() as session:
        session.add_all([Council(code="testshire", name="Testshire"), Council(code="othershire", name="Othershire")])
    return Bench(settings, database, JobClient(database, settings, kinds_for_job_tests.KINDS), folder, [])


def lines(diary: Path) -> list[str]:
    """Lines of a diary, none when it was not begun."""
    return diary.read_text().splitlines() if diary.exists() else []
