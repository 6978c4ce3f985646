"""Who somebody is and what they may do, by what the provider says of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.harmless import harm_in_text
from app.security.roles import Role
from app.settings import Settings

_LONGEST_SUBJECT = 44
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Rules:
    """How claims become a name and a role."""

    roles: Mapping[str, Role]
    roles_claim: str
    name_claim: str | None

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """As the settings say.

        Raises:
            ValueError: A role that there is not.
        """
        try:
            roles = {value: Role(role) for value, role in json.loads(settings.oidc_roles).items()}
        except ValueError as error:
            known = ", ".join(Role)
            raise ValueError(f"PATCHWORK_OIDC_ROLES names an unknown role; expected {known}: {error}") from error
        return cls(roles, settings.oidc_roles_claim, settings.oidc_name_claim)


def claim_of(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its whole name or, where there is none, by a path of names parted by dots."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def role_of(claims: Mapping[str, Any], rules: Rules) -> Role | None:
    """The role of somebody; of several the one that stands last in the list of roles; None without any.

    An e-mail address counts only where the provider says that it checked it: some let people write in what they like.
    """
    if rules.roles_claim == "email" and claims.get("email_verified") is not True:
        return None
    found = claim_of(claims, rules.roles_claim)
    values = found if isinstance(found, list) else [found]
    held = {rules.roles[value] for value in values if isinstance(value, str) and value in rules.roles}
    return max(held, key=list(Role).index, default=None)


def name_of(claims: Mapping[str, Any], rules: Rules) -> str:
    """How somebody is named in sessions and in the audit log: by subject, after a name only where a setting asks."""
    subject = str(claims["sub"])
    if len(subject) > _LONGEST_SUBJECT or not subject.isprintable() or harm_in_text(subject):
        subject = digest(subject)[:32]
    account = f"account {subject}"
    said = claim_of(claims, rules.name_claim) if rules.name_claim else None
    if not isinstance(said, str) or not said.strip() or not said.isprintable() or harm_in_text(said):
        return account
    return f"{said.strip()[: _LONGEST_NAME - len(account) - 3].strip()} ({account})"


def digest(text: str) -> str:
    """What is kept of a subject, or of the provider's name for a session: enough to find it again by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
