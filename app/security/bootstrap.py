"""The first administrator: from the environment, or made and shown once."""

from __future__ import annotations

from sqlalchemy import select

from app.security.keys import create_key, hash_key
from app.security.roles import Role
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import ApiKey, Council

ACTOR = "first start"


def ensure_administrator(database: Database, settings: Settings) -> str | None:
    """Make sure somebody can administer the council's service.

    With a bootstrap key in the settings, that key is installed if it is not there yet and nothing is returned. Without
    one, a key is made when no administrator's key works, and its secret returned: the only time it can be seen.
    """
    council = settings.council
    with database.write() as session:
        if session.get(Council, council) is None:
            session.add(Council(code=council, name=council.replace("-", " ").title(), state_version=0))
            session.flush()
        if settings.bootstrap_key is not None:
            secret = settings.bootstrap_key.get_secret_value()
            if session.scalar(select(ApiKey.id).where(ApiKey.sha256 == hash_key(secret))) is None:
                create_key(session, council=council, name="bootstrap", role=Role.ADMIN, actor=ACTOR, token=secret)
            return None
        standing = session.scalar(
            select(ApiKey.id)
            .where(ApiKey.council == council, ApiKey.role == Role.ADMIN.value, ApiKey.revoked_at.is_(None))
            .limit(1)
        )
        if standing is not None:
            return None
        _, made = create_key(session, council=council, name="administrator", role=Role.ADMIN, actor=ACTOR)
        return made
