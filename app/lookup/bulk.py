"""Many postcodes at once: the finished answers of the index put together as they stand, problems made one by one."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from app.lookup.answers import look_up
from app.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.lookup.index import LookupIndex
    from geo.gazetteer import Gazetteer


def bulk_body(texts: Sequence[str | None], index: LookupIndex, directory: Gazetteer | None) -> bytes:
    """The answer to a list of postcodes as JSON: each has an answer or a problem of its own, in the order asked.

    A text that is the postcode itself takes the index's finished answer; any other spelling is read and repaired first.
    """
    today = date.today()  # noqa: DTZ011 - rate cards run by the local calendar
    parts: list[bytes] = []
    problems = 0
    for text in texts:
        query = json.dumps(text, ensure_ascii=False).encode()
        ready = None if text is None else index.ready(text.replace(" ", "").upper())
        answer, problem = (ready, b"null") if ready is not None else _slowly(text, index, directory, today)
        problems += answer == b"null"
        parts.append(b'{"query":%b,"answer":%b,"problem":%b}' % (query, answer, problem))
    counts = b'"answered":%d,"problems":%d' % (len(texts) - problems, problems)
    return b'{"items":[%b],%b}' % (b",".join(parts), counts)


def _slowly(text: str | None, index: LookupIndex, directory: Gazetteer | None, on: date) -> tuple[bytes, bytes]:
    """Answer and problem of one text; one of them is null."""
    try:
        return look_up(text or "", index, directory, on).model_dump_json().encode(), b"null"
    except Problem as problem:
        body: dict[str, Any] = {**problem.body(), "request_id": None}
        return b"null", json.dumps(body, default=str, ensure_ascii=False).encode()
