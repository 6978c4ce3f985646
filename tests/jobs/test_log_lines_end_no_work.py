"""Logging goes where standard error goes at the moment, and one that is closed ends no work."""

from __future__ import annotations

import io
import logging

import pytest
import structlog

from app.logs import configure_logs


def test_lines_follow_standard_error_and_are_lost_where_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, now = io.StringIO(), io.StringIO()
    log = structlog.get_logger("test")
    try:
        monkeypatch.setattr("sys.stderr", gone)
        configure_logs()
        log.warning("first")
        gone.close()
        log.warning("into a closed stream")
        logging.getLogger("test").warning("into a closed stream")
        monkeypatch.setattr("sys.stderr", now)
        log.warning("second")
        logging.getLogger("test").warning("third")
    finally:
        structlog.reset_defaults()
    assert [line.count("event") for line in now.getvalue().splitlines()] == [1, 1]
    assert '"second"' in now.getvalue()
    assert '"third"' in now.getvalue()
