"""The register as Open Referral UK 3.0 (HSDS-UK): services with their organisation, areas and contact of the branch.

Only what is the provider's own public business is published: name, website, telephone of the branch, and the zones in
which it holds a role today. No capacity, no score, no contact person.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.brokerage.providers import all_providers, branches_of, roles_listed
from app.storage.brokerage.tables import Provider, ProviderBranch, ProviderRole
from app.storage.decisions import published
from app.storage.demand import current_snapshot
from app.storage.models import Zone, ZonePlan
from app.usecases.brokerage.desk import today
from geo.postcodes import spaced
from routing.wgs84 import degrees

VERSION = "HSDS-UK-3.0"
PROFILE = "https://docs.openreferraluk.org/en/latest/"
OPENAPI = "https://docs.openreferraluk.org/en/latest/openapi30.json"
_NAMESPACE = uuid.UUID("6f9f6f0e-6c1f-4b83-9d3c-9b1d1a5b0f52")
_SIMPLER_METRES = 200.0


def directory_is_open(session: Session, settings: Settings) -> bool:
    """Whether anybody may read the directory."""
    if settings.public_directory != "synthetic":
        return settings.public_directory == "always"
    snapshot = current_snapshot(session, settings.council)
    return bool(snapshot and snapshot.synthetic)


def root() -> dict[str, str]:
    """What the API's root answers."""
    return {"version": VERSION, "profile": PROFILE, "openapi_url": OPENAPI}


def services_page(session: Session, council: str, page: int, per_page: int, search: str | None) -> dict[str, Any]:
    """One page of services, one a provider that holds a role today."""
    found = [one for one in _services(session, council) if not search or search.casefold() in one["name"].casefold()]
    pages = max(1, -(-len(found) // per_page))
    contents = found[(page - 1) * per_page : page * per_page]
    return {
        "total_items": len(found),
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def service_by_id(session: Session, council: str, service_id: str) -> dict[str, Any] | None:
    """One service, its areas with their shapes."""
    return next((one for one in _services(session, council, shapes=True) if one["id"] == service_id), None)


def _identifier(council: str, kind: str, number: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{council}/{kind}/{number}"))


def _services(session: Session, council: str, *, shapes: bool = False) -> list[dict[str, Any]]:
    providers = all_providers(session, council)
    roles: dict[int, list[ProviderRole]] = {}
    for role in roles_listed(session, council, on=today()):
        roles.setdefault(role.provider_id, []).append(role)
    branches = branches_of(session, roles)
    plan = published(session, ZonePlan, council)
    zones = {}
    if plan is not None:
        rows = session.execute(select(Zone.number, Zone.name, Zone.polygon).where(Zone.plan_id == plan.id))
        zones = {row.number: (row.name, _extent(row.polygon) if shapes else None) for row in rows}
    return [
        _service(council, providers[number], branches.get(number, []), held, zones)
        for number, held in sorted(roles.items())
        if number in providers
    ]


def _service(
    council: str,
    provider: Provider,
    branches: list[ProviderBranch],
    roles: list[ProviderRole],
    zones: dict[int, tuple[str, str | None]],
) -> dict[str, Any]:
    identifier = _identifier(council, "service", provider.id)
    told = "Synthetic: made up, for a demonstration. " if provider.synthetic else ""
    served = sorted({role.zone for role in roles if role.zone in zones})
    return {
        "id": identifier,
        "name": f"Home care by {provider.name}",
        "status": "active",
        "description": f"{told}Care at home, given in {len(served)} zones.",
        "url": provider.website,
        "last_modified": _instant(provider.updated_at),
        "organization": {
            "id": _identifier(council, "organization", provider.id),
            "name": provider.name,
            "description": f"{told}Provider of care at home.",
        },
        "phones": [
            {
                "id": _identifier(council, "phone", provider.id),
                "service_id": identifier,
                "number": provider.contact["telephone"],
            }
        ]
        if provider.contact.get("telephone")
        else [],
        "service_at_locations": [
            {
                "id": _identifier(council, "place", branch.id),
                "service_id": identifier,
                "location": {
                    "id": _identifier(council, "location", branch.id),
                    "location_type": "postal",
                    "name": branch.name,
                    "addresses": [
                        {
                            "id": _identifier(council, "address", branch.id),
                            "address_1": branch.name,
                            "city": "",
                            "state_province": "",
                            "postal_code": spaced(branch.postcode_key),
                            "country": "GB",
                            "address_type": "postal",
                        }
                    ],
                },
            }
            for branch in branches
        ],
        "service_areas": [
            {
                "id": _identifier(council, "area", f"{provider.id}-{zone}"),
                "service_id": identifier,
                "name": zones[zone][0],
                **({"extent": zones[zone][1], "extent_type": "geojson"} if zones[zone][1] else {}),
            }
            for zone in served
        ],
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _extent(polygon: Any) -> str:
    """A zone's outline as GeoJSON in degrees, drawn with fewer points."""
    simpler = shapely.simplify(polygon, _SIMPLER_METRES)
    return json.dumps(mapping(shapely.transform(simpler, lambda at: degrees(at).round(5))))
