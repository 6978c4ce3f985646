"""Providers as the brokerage knows them: roles by zone and service with dates, and where a zone has too few primes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

LEAST_PRIMES: Final = 2
"""Prime providers a zone needs at the least (Leicestershire County Council, 20 January 2020, paragraphs 25 to 28)."""
FREE_TIER: Final = "rural free"
"""Tier of a zone that has no prime role by design: any provider may take its packages."""
ANY_SERVICE: Final = "any"
"""A role for every service."""
_OTHER_NAMES: Final = {"home care": "maintenance", "domiciliary care": "maintenance"}
"""What people and the Care Quality Commission call the service that extracts and rate cards call maintenance."""


def name_key(name: str | None) -> str:
    """By what a provider's name is known again where a file or snapshot gives the name alone."""
    return (name or "").strip().casefold()


class RoleName(StrEnum):
    """What a provider may be in a zone, in the usual order of asking."""

    PRIME = "prime"
    SUPPLEMENTARY = "supplementary"
    SPECIALIST = "specialist"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Role:
    """A provider's role.

    Attributes:
        provider_id: Whose.
        role: Which.
        zone: Number of the zone; None for the whole county.
        service_type: For which service, :data:`ANY_SERVICE` for all.
        first_day, last_day: When it holds; None for no end.
    """

    provider_id: int
    role: RoleName
    zone: int | None
    service_type: str
    first_day: date
    last_day: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)

    def covers(self, zone: int | None, service_type: str) -> bool:
        """Whether it is for that zone and service."""
        zones = self.zone is None or self.zone == zone
        return zones and same_service(self.service_type, service_type)


def same_service(role: str, wanted: str) -> bool:
    """Whether a role's service is the one wanted; capitals, ``_`` for a space and another name do not matter."""
    plain = [text.strip().casefold().replace("_", " ").replace("-", " ") for text in (role, wanted)]
    names = [_OTHER_NAMES.get(name, name) for name in plain]
    return names[0] in {names[1], ANY_SERVICE}


def roles_in(roles: Iterable[Role], zone: int | None, service_type: str, on: date) -> dict[int, Role]:
    """The role by which each provider is asked for a service in a zone on a day.

    Of several the first in the order of :class:`RoleName` counts, and one for the zone before one for the county.
    """
    order = list(RoleName)
    found: dict[int, Role] = {}
    for role in roles:
        if not (role.holds(on) and role.covers(zone, service_type)):
            continue
        known = found.get(role.provider_id)
        if known is None or (order.index(role.role), role.zone is None) < (order.index(known.role), known.zone is None):
            found[role.provider_id] = role
    return found


@dataclass(frozen=True, slots=True)
class ZoneWarning:
    """A zone whose roles break a rule."""

    zone: int
    name: str
    primes: int
    message: str


def zone_warnings(
    roles: Iterable[Role],
    zones: Mapping[int, tuple[str, str | None]],
    on: date,
    suspended: Iterable[int] = (),
    least: int = LEAST_PRIMES,
) -> list[ZoneWarning]:
    """Zones with fewer prime providers than they need, and free zones that have one.

    Args:
        roles: All roles.
        zones: Name and tier by number.
        on: The day.
        suspended: Providers who take no packages now; they do not count.
        least: Primes a zone needs.
    """
    away = set(suspended)
    held = list(roles)
    out = []
    for number, (name, tier) in sorted(zones.items()):
        primes = {
            role.provider_id
            for role in held
            if role.role is RoleName.PRIME and role.zone == number and role.holds(on) and role.provider_id not in away
        }
        if tier == FREE_TIER:
            if primes:
                text = f"{name} is a rural free zone, which has no prime provider; {len(primes)} hold the role."
                out.append(ZoneWarning(number, name, len(primes), text))
        elif len(primes) < least:
            has = {0: "no prime provider", 1: "one prime provider"}.get(len(primes), f"{len(primes)} prime providers")
            out.append(ZoneWarning(number, name, len(primes), f"{name} has {has}; it needs {least}."))
    return out
