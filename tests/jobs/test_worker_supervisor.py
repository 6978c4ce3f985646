"""The worker beside the API: the same settings, started again when it dies, gone when the API is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pydantic import SecretStr

from app.jobs.supervisor import WorkerSupervisor, settings_environment
from app.settings import Settings
from tests.jobs.workbench import ROOT, until

STAND_IN = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]


def _settings(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder, host_name="host-one", shutdown_grace_seconds=5)


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_dies_is_started_again_and_stops_when_told(tmp_path: Path) -> None:
    supervisor = WorkerSupervisor(_settings(tmp_path), STAND_IN)
    supervisor.start()
    first = until("a worker", lambda: supervisor.process_id)
    os.kill(first, signal.SIGKILL)
    second = until("another worker", lambda: (pid := supervisor.process_id) not in {None, first} and pid)
    supervisor.stop()
    assert supervisor.process_id is None
    assert not _alive(second)


def test_a_worker_ends_with_the_api_even_when_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.settings import Settings\n"
        "from app.jobs.supervisor import WorkerSupervisor\n"
        f"supervisor = WorkerSupervisor(Settings(_env_file=None, data_dir=Path({str(tmp_path)!r})), {STAND_IN!r})\n"
        "supervisor.start()\n"
        "while supervisor.process_id is None: time.sleep(0.05)\n"
        "print(supervisor.process_id, flush=True); time.sleep(600)\n"
    )
    api = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert api.stdout is not None
    lines = iter(api.stdout.readline, "")
    worker = int(next(line for line in lines if line.strip().isdigit()))
    api.kill()
    api.wait(timeout=30)
    until("the worker to end", lambda: not _alive(worker))
    api.stdout.close()


def test_another_process_reads_the_same_settings_but_not_the_administrators_key(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        job_concurrency=3,
        embedded_worker=False,
        bootstrap_key=SecretStr("x" * 30),
        host_name="a host, with a comma",
    )
    environment = settings_environment(settings)
    assert "x" * 30 not in environment.values()
    read = subprocess.run(
        [sys.executable, "-c", "from app.settings import Settings; print(Settings(_env_file=None).model_dump_json())"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Settings.model_validate_json(read.stdout) == settings.model_copy(update={"bootstrap_key": None})
