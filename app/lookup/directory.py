"""The national postcode directory of this process, read once in the background."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import structlog

from app.ingest.postcode_directory import load_national_directory
from app.settings import Settings
from geo.gazetteer import Gazetteer

log = structlog.get_logger(__name__)


@lru_cache(maxsize=1)
def _directory_in(cache_dir: Path) -> Gazetteer:
    return load_national_directory(cache_dir)


def national_directory(settings: Settings) -> Gazetteer:
    """The national directory of this process, read now if it was not yet."""
    return _directory_in(settings.data_dir / "cache")


class DirectoryHolder:
    """Reads the directory in a thread at start-up, so that serving does not wait for it."""

    def __init__(self, settings: Settings) -> None:
        """The data folder's cache keeps the directory in a form that loads in about a second."""
        self._settings = settings
        self._directory: Gazetteer | None = None
        self._done = threading.Event()

    def start(self) -> None:
        """Begin to read, once."""
        threading.Thread(target=self._read, name="postcode-directory", daemon=True).start()

    def get(self, wait_seconds: float = 0.0) -> Gazetteer | None:
        """The directory; None while it is being read or when it cannot be."""
        if wait_seconds:
            self._done.wait(wait_seconds)
        return self._directory

    @property
    def settled(self) -> bool:
        """Whether reading has ended, well or not."""
        return self._done.is_set()

    def _read(self) -> None:
        try:
            self._directory = national_directory(self._settings)
            log.info("postcode_directory_read", postcodes=len(self._directory))
        except Exception as error:  # noqa: BLE001 - the service answers without it, and says so
            log.error("postcode_directory_unreadable", error=type(error).__name__)
        finally:
            self._done.set()
