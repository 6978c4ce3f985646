"""Signed, expiring links by which a provider sees and answers one offer without an account.

The link holds the offer's number and when it ends, signed with a key of this installation. It opens that offer and
nothing else. Who has the link can answer; so it goes to the provider's own address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from app.storage.database import Database
from app.storage.models import ServiceSecret

_NAME = "offer-link"
READ_AFTER = timedelta(days=14)
"""How long after the time to answer a link still shows what became of the offer, and the door once accepted."""


def offer_token(database: Database, council: str, offer_id: int, answer_by: datetime) -> str:
    """The token of one offer's link."""
    payload = f"{council}.{offer_id}.{int((answer_by + READ_AFTER).timestamp())}"
    return f"{_encoded(payload.encode())}.{_sign(database, payload)}"


def read_token(database: Database, token: str) -> tuple[str, int] | None:
    """Council and offer of a token; None when it is altered, cut short or over."""
    packed, _, signature = token.partition(".")
    try:
        payload = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("ascii")
        council, offer, expires = payload.rsplit(".", 2)
        number, until = int(offer), int(expires)
    except ValueError:
        return None
    if not hmac.compare_digest(signature.encode(), _sign(database, payload).encode()):
        return None
    if until <= datetime.now(UTC).timestamp():
        return None
    return council, number


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _sign(database: Database, payload: str) -> str:
    return _encoded(hmac.new(_secret(database), payload.encode(), hashlib.sha256).digest())


def _secret(database: Database) -> bytes:
    with database.read() as session:
        known = session.get(ServiceSecret, _NAME)
    if known is None:
        try:
            with database.write() as session:
                known = ServiceSecret(name=_NAME, value=secrets.token_hex(32))
                session.add(known)
        except IntegrityError:  # another process made it in the same moment
            with database.read() as session:
                known = session.get(ServiceSecret, _NAME)
    assert known is not None  # noqa: S101 - read or made above
    return bytes.fromhex(known.value)
