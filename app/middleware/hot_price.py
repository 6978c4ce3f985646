"""The plain price, answered before routing.

A price takes a third of a millisecond to compute; finding its route, resolving its dependencies and passing the body
through Python objects took more than twice that. A small JSON body with a valid key goes straight from bytes to the
model, and from the price to bytes. Everything else, every refusal included, takes the documented path with its body
unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.types import Message, Receive, Scope

from app.middleware.hot_lookup import Headers
from app.problems import Problem
from app.security.roles import Permission
from pricing import Assumptions, Rate, price
from pricing.errors import PricingError

if TYPE_CHECKING:
    from app.api.dependencies import Services

ROUTE = "/v1/pricing/rates"
MOST_BYTES = 65_536
_PLAIN = {b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"}

_read = Assumptions.__pydantic_validator__.validate_json
_write = Rate.__pydantic_serializer__.to_json


def is_plain_price(scope: Scope) -> bool:
    """Whether a request may be answered here: a POST of a small JSON body with a key that may ask for prices."""
    if scope["path"] != ROUTE or scope["method"] != "POST":
        return False
    sent = _single(scope)
    if sent.get(b"content-type") not in _PLAIN or b"idempotency-key" in sent or b"content-encoding" in sent:
        return False
    length = sent.get(b"content-length", b"")
    if not length.isdigit() or int(length) > MOST_BYTES:
        return False
    services: Services = scope["app"].state.services
    try:
        principal = services.authenticate(sent.get(b"authorization", b"").decode("latin-1"))
    except Problem:
        return False  # the documented path says what is wrong with the key
    if not principal.may(Permission.PRICE):
        return False
    scope["principal"] = principal
    return True


async def plain_price(receive: Receive) -> tuple[tuple[int, Headers, bytes] | None, Receive]:
    """Read the body and price it.

    Returns:
        Status, headers and body of the answer, None when the documented path must say what is wrong; and a ``receive``
        that gives the body again.
    """
    message = await receive()
    messages = [message]
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        messages.append(message)
    again = _replay(messages, receive)
    if message["type"] != "http.request":
        return None, again
    given = b"".join(part.get("body", b"") for part in messages)
    try:
        body = _write(price(_read(given)))
    except (ValidationError, PricingError, ArithmeticError):
        return None, again
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    return (200, headers, body), again


def _single(scope: Scope) -> dict[bytes, bytes]:
    # A header sent twice is joined, which no check here accepts.
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = found[name] + b"," + value if name in found else value
    return found


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def again() -> Message:
        for message in waiting:
            return message
        return await receive()

    return again
