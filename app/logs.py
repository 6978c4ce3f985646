"""Structured logs: one JSON object a line, with no personal data in it.

What is logged of a request is its id, method, route template (never the path, which may hold a postcode), status,
duration and role. No query string, no body, no header.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog


class StandardError:
    """Standard error as it is at each line, not as it was when logging was set up.

    Whoever runs a command within a program puts another in its place and closes it after. And a line that cannot be
    written, since the terminal is gone, must not end the work that it tells of.
    """

    def write(self, text: str) -> int:
        """Write where standard error goes now; what cannot be written is lost."""
        with suppress(OSError, ValueError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        """Hand on what was written."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def _without_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep the type of an exception and drop its message and trace, which may quote a row of somebody's data."""
    raised = event.pop("exc_info", None)
    if isinstance(raised, tuple) and raised[0] is not None:
        event["error"] = raised[0].__name__
    event["event"] = str(event.get("event", "")).strip()
    return event


def configure_logs(level: str = "INFO", form: str = "json") -> None:
    """Send structlog's and the standard library's records to standard error in one shape.

    Args:
        level: Least severity shown.
        form: ``"json"`` for machines or ``"console"`` for people.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, StandardError())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(StandardError())
    foreign: list[Any] = [*shared, _without_data]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=foreign))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("httpx2", "httpcore2"):  # they log addresses and headers of what this service asks of others
        logging.getLogger(name).setLevel(logging.WARNING)
    access = logging.getLogger("uvicorn.access")  # its lines hold paths, and paths hold postcodes
    access.handlers.clear()
    access.propagate = False
    access.disabled = True
    for chatty in ("alembic", "sqlalchemy", "httpx", "numba", "matplotlib", "pyogrio", "fiona"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
