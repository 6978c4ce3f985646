"""The secret from which all is drawn that protects figures: made once, kept in the database, in its backups too.

With another secret the same figures would be protected otherwise, and who has both could compare them.
"""

from __future__ import annotations

import secrets
from weakref import WeakKeyDictionary

from sqlalchemy.exc import IntegrityError

from app.storage.database import Database
from app.storage.models import ServiceSecret

NAME = "disclosure"
_known: WeakKeyDictionary[Database, bytes] = WeakKeyDictionary()


def kept_secret(database: Database, name: str) -> bytes:
    """A secret of the installation by its name, made at first use."""
    try:
        with database.read() as session:
            row = session.get(ServiceSecret, name)
        if row is None:
            with database.write() as session:
                row = ServiceSecret(name=name, value=secrets.token_hex(32))
                session.add(row)
                session.flush()
                return bytes.fromhex(row.value)
        return bytes.fromhex(row.value)
    except IntegrityError:  # another process made it in the same moment
        with database.read() as session:
            made = session.get(ServiceSecret, name)
            if made is None:
                raise
            return bytes.fromhex(made.value)


def drawing_secret(database: Database) -> bytes:
    """The secret of the database's figures, read once a process."""
    found = _known.get(database)
    if found is None:
        found = _known[database] = kept_secret(database, NAME)
    return found
