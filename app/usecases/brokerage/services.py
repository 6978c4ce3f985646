"""Which services a request may name: those that extracts, rate cards and roles of the council know."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import FieldError, invalid_input
from app.storage.brokerage.tables import ProviderRole
from app.usecases.brokerage.desk import Desk
from brokerage.providers import ANY_SERVICE, same_service
from geo.demand import SERVICE_TYPES


def service_warnings(session: Session, desk: Desk, service: str) -> list[str]:
    """What to know of the service that a request names; nothing where a provider has a role for it.

    A service nobody has named before is kept, for a council buys what it needs, and is paid as home care is. The
    warning says so and lists those that are known, so that a slip is seen.

    Args:
        session: Any session.
        desk: Whose.
        service: As the request names it; spelling, capitals and ``_`` for a space do not matter.
    """
    roles, others = _by_roles(session, desk.council), _by_cards(desk)
    if any(same_service(role, service) for role in roles):
        return []
    nobody = f"No provider has a role for {service} yet, so nobody can be asked in turn."
    if any(same_service(name, service) for name in others):
        return [nobody]
    known = _listed([*roles, *others])
    return [f"No extract, rate card or role names {service}; it is paid as home care. Known here: {known}.", nobody]


def check_service(desk: Desk, service: str) -> None:
    """Refuse what cannot be the name of a service.

    Raises:
        Problem: it holds no letter; lists those that are known.
    """
    if any(letter.isalpha() for letter in service):
        return
    known = _listed(_by_cards(desk))
    error = FieldError(field="service_type", message="names no service", found=service, expected=known)
    raise invalid_input(
        f"service_type: found {service!r}, expected a service, such as {known}.",
        errors=[error.model_dump(exclude_none=True)],
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted({name.replace("_", " ") for name in names}))


def _by_cards(desk: Desk) -> list[str]:
    return [*SERVICE_TYPES, *sorted({name for rates in desk.index.rates for name in rates.card.services})]


def _by_roles(session: Session, council: str) -> list[str]:
    query = select(ProviderRole.service_type).where(ProviderRole.council == council).distinct()
    return [name for name in session.scalars(query) if name != ANY_SERVICE]
