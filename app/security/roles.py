"""Who may do what: the one table that the service enforces, the docs print and the tests walk through."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The five roles, from least to most."""

    VIEWER = "viewer"
    BROKER = "broker"
    ANALYST = "analyst"
    COMMISSIONER = "commissioner"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be permitted."""

    LOOK_UP = "places:read"
    """Postcodes, areas, bands, travel, published plans and rate cards, the report."""
    PRICE = "pricing:compute"
    """Stateless pricing: nothing stored is read."""
    DEMAND_TOTALS = "demand:totals"
    """Totals of demand, suppressed below the threshold."""
    DEMAND_EXACT = "demand:exact"
    """Totals of demand without suppression, for planning inside the council."""
    DEMAND_PACKAGES = "demand:packages"
    """Single packages with their postcodes: special-category personal data."""
    DEMAND_WRITE = "demand:write"
    """Import and withdraw snapshots, save column mappings."""
    DRAFTS_READ = "drafts:read"
    """Draft and retired plans, classifications and rate cards."""
    ANALYSE = "analysis:write"
    """Classify areas, draw plans, draft rate cards."""
    PUBLISH = "decisions:publish"
    """Publish and retire plans, classifications and rate cards; record band overrides."""
    JOBS_READ = "jobs:read"
    """Follow long-running work."""
    JOBS_RUN = "jobs:run"
    """Cancel long-running work."""
    ROUNDS_PLAN = "rounds:plan"
    """Hand in days of visits, read their plans and erase them: special-category personal data."""
    PROVIDERS_READ = "providers:read"
    """The register of providers with roles, capacity and scores, the rules of allocation, and how fairly they work."""
    PROVIDERS_WRITE = "providers:write"
    """Keep the register: providers, roles, capacity, suspensions, marks of quality."""
    PLACE = "requests:place"
    """Requests for care and their offers, with the person and the door: special-category personal data."""
    RETURNS = "returns:keep"
    """Providers' open-book returns and what providers answered to a card: commercially confidential."""
    EXPORT = "exports:read"
    """Download plans, areas and rate cards as files."""
    AUDIT = "audit:read"
    """Read the audit log."""
    KEYS = "keys:manage"
    """Create, list and revoke keys."""


_VIEWER = frozenset({Permission.LOOK_UP, Permission.PRICE, Permission.DEMAND_TOTALS})
_BROKER = _VIEWER | {
    Permission.DEMAND_PACKAGES,
    Permission.ROUNDS_PLAN,
    Permission.PROVIDERS_READ,
    Permission.PROVIDERS_WRITE,
    Permission.PLACE,
}
_ANALYST = _VIEWER | {
    Permission.DEMAND_EXACT,
    Permission.DEMAND_WRITE,
    Permission.DRAFTS_READ,
    Permission.ANALYSE,
    Permission.JOBS_READ,
    Permission.JOBS_RUN,
    Permission.PROVIDERS_READ,
    Permission.EXPORT,
}
_COMMISSIONER = _VIEWER | {
    Permission.DEMAND_EXACT,
    Permission.DRAFTS_READ,
    Permission.ANALYSE,
    Permission.PUBLISH,
    Permission.JOBS_READ,
    Permission.JOBS_RUN,
    Permission.PROVIDERS_READ,
    Permission.PROVIDERS_WRITE,
    Permission.RETURNS,
    Permission.EXPORT,
    Permission.AUDIT,
}

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.BROKER: _BROKER,
    Role.ANALYST: _ANALYST,
    Role.COMMISSIONER: _COMMISSIONER,
    Role.ADMIN: frozenset(Permission),
}


def permits(role: Role, permission: Permission) -> bool:
    """Whether ``role`` may do what ``permission`` names."""
    return permission in MATRIX[role]


def matrix_as_markdown() -> str:
    """The table of roles and permissions, as the documentation prints it."""
    roles = list(Role)
    lines = ["| permission | " + " | ".join(roles) + " |", "|---|" + "---|" * len(roles)]
    for permission in Permission:
        cells = ["yes" if permits(role, permission) else "no" for role in roles]
        lines.append(f"| `{permission.value}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
