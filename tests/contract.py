"""Every answer that a test gets over HTTP is one that the OpenAPI document names: status and media type."""

from __future__ import annotations

import re
from functools import cache

from app.api.openapi.describe import operations
from scripts.openapi_document import current

Key = tuple[str, str]


@cache
def _described() -> list[tuple[str, re.Pattern[str], str, dict[str, set[str]]]]:
    found = []
    for path, method, operation in operations(current()):
        pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)))
        answers = {status: set(answer.get("content", {})) for status, answer in operation["responses"].items()}
        found.append((method.upper(), pattern, path, answers))
    # an address without parameters before one that would match it too
    return sorted(found, key=lambda entry: entry[2].count("{"))


def hold_to_contract(method: str, path: str, status: int, media_type: str) -> None:
    """Fail where an answer is none that the document names.

    Args:
        method: The HTTP method.
        path: The path of the address, without the query.
        status: What was answered; 500 is a fault and for the test itself to notice.
        media_type: The `Content-Type` that came, empty for none.
    """
    if status in {405, 500}:
        return  # no operation answers these: there is none, or it failed
    for known, pattern, template, answers in _described():
        if known == method and pattern.fullmatch(path):
            said = f"{method} {template} answered {status}"
            assert str(status) in answers, f"{said}, which its description leaves out: add responses=problems({status})"
            kinds = answers[str(status)]
            kind = media_type.split(";", maxsplit=1)[0]
            assert not kind or kind in kinds, f"{said} as {kind}; its description names {sorted(kinds) or 'no body'}"
            return
