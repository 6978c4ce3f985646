"""A worker beside the API: started as a child process, started again when it dies, stopped with the API."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import structlog
from pydantic import SecretStr

from app.jobs.heartbeat import TAKEN
from app.settings import Settings

log = structlog.get_logger(__name__)

BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
SETTLED_SECONDS = 60.0
"""A worker that ran this long is taken as sound: the next failure waits the shortest time again."""


def settings_environment(settings: Settings) -> dict[str, str]:
    """Environment variables under which another process reads the same settings; the administrator key is left out."""
    environment = {}
    for name in Settings.model_fields:
        value: Any = getattr(settings, name)
        if isinstance(value, SecretStr):
            continue
        environment[f"PATCHWORK_{name.upper()}"] = "" if value is None else str(value)
    return environment


class WorkerSupervisor:
    """Keeps one worker process alive."""

    def __init__(self, settings: Settings, command: list[str] | None = None) -> None:
        """Keep a worker with the same settings alive.

        Args:
            settings: Handed on through the environment.
            command: What to start instead of the worker, which must stop when its standard input closes.
        """
        self._settings = settings
        self._command = command or [sys.executable, "-m", "app.jobs.worker", "--with-parent"]
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    @property
    def process_id(self) -> int | None:
        """The worker's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the worker and watch over it; returns at once."""
        self._thread = threading.Thread(target=self._watch, name="worker-supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the worker, letting its jobs finish within the grace, and wait until it is gone."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=self._settings.shutdown_grace_seconds + 20)

    def _watch(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._stop.is_set():
                return
            if time.monotonic() - began > SETTLED_SECONDS:
                failures = 0
            delay = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]
            failures += 1
            if code == TAKEN:  # another worker serves this host; stand by in case it goes
                log.info("worker_elsewhere", host=self._settings.host_name)
                delay = max(delay, 5.0)
            else:
                log.warning("worker_died", code=code, again_in_seconds=delay)
            self._stop.wait(delay)

    def _run_once(self) -> int:
        environment = {**os.environ, **settings_environment(self._settings)}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            self._command, stdin=subprocess.PIPE, env=environment
        )
        while not self._stop.wait(0.2):
            code = self._process.poll()
            if code is not None:
                self._close_input()
                return code
        self._close_input()  # the worker's word to stop, on every system alike
        try:
            return self._process.wait(timeout=self._settings.shutdown_grace_seconds + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(timeout=10)

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
