"""Providers from a table: the regulator's weekly directory file, or a council's own CSV or XLSX.

The regulator's file has notes above its header, one row a location and no ratings. Locations of home care are kept; a
branch known by its location number is updated. A new location at the postcode and of the name of a known one takes its
place: an ended number is often a move, a sale or a new legal form, so the old number is kept as its predecessor.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ingest.table_door import read_for
from app.ingest.tables import TableError, pick
from app.ingest.tables.headers import plain_header
from app.storage.brokerage.providers import note_provider, save_provider
from app.storage.brokerage.tables import Provider, ProviderBranch
from app.usecases.brokerage.desk import Desk, now
from app.usecases.brokerage.register import ProviderBody, branches_of_body, placed_branch, values_of_provider
from app.usecases.brokerage.rows import take_rows
from brokerage.rules.model import RATINGS
from geo.postcodes import InvalidPostcode, parse

HOME_CARE_SERVICE = "domiciliary care service"
"""The regulator's words for home care in `Service types`, where services share a cell."""
_COLUMNS = {
    "name": ("Name", "Location name", "Provider", "Agency"),
    "postcode": ("Postcode", "Location Postal Code", "Location Post Code", "Post code"),
    "telephone": ("Phone number", "Location Telephone Number", "Telephone", "Phone"),
    "email": ("Email", "E-mail", "Contact email"),
    "contact": ("Contact", "Contact name"),
    "website": ("Service's website (if available)", "Location Web Address", "Website"),
    "services": ("Service types",),
    "local_authority": ("Local authority", "Location Local Authority"),
    "provider_name": ("Provider name",),
    "location_id": ("CQC Location ID (for office use only)", "Location ID", "CQC Location ID"),
    "registration_id": ("CQC Provider ID (for office use only)", "Provider ID", "CQC Provider ID"),
    "ods_code": ("Location ODS Code", "ODS code"),
    "uprn": ("Location UPRN ID", "UPRN"),
    "rating": ("Location Latest Overall Rating", "Latest overall rating", "Rating"),
    "rating_on": ("Publication Date", "Rating date", "Rated on"),
    "home_care": ("Service type - Domiciliary care service",),
    "dormant": ("Dormant (Y/N)",),
    "skills": ("Skills",),
    "languages": ("Languages",),
}
_NEEDED = ("name", "postcode")


def import_providers(
    session: Session, desk: Desk, content: bytes, actor: str, *, local_authority: str | None = None
) -> dict[str, Any]:
    """Keep the providers of a table, all of them or none.

    Args:
        session: A write session.
        desk: Whose.
        content: The file.
        actor: Who brings it.
        local_authority: Keep only locations of this one, where the file says.

    Raises:
        Problem: the file cannot be read, or rows are wrong; every one is named and nothing is kept.
    """
    table = read_for(content, _choose, what="providers")
    known = _known(session, desk.council)
    counts = {"rows": len(table), "added": 0, "updated": 0, "unchanged": 0, "left_out": 0, "succeeded": 0}

    def take(row: dict[str, str]) -> None:
        if _wanted(row, local_authority):
            counts[_keep(session, desk, _values(row), known, actor)] += 1
        else:
            counts["left_out"] += 1

    take_rows(table, take)
    return counts


def _choose(headers: list[str]) -> dict[str, str]:
    found = pick(headers, _COLUMNS, optional=[name for name in _COLUMNS if name not in _NEEDED])
    if "name" not in found or "postcode" not in found:
        raise TableError("column_missing", ", ".join(headers[:20]), "columns Name and Postcode")
    return found


def _wanted(row: dict[str, str], local_authority: str | None) -> bool:
    if local_authority and row.get("local_authority", "").casefold() not in {"", local_authority.casefold()}:
        return False
    if row.get("dormant", "N").upper() == "Y":
        return False
    if "home_care" in row:
        return row["home_care"].upper() == "Y"
    return "services" not in row or HOME_CARE_SERVICE in row["services"].casefold()


def _values(row: dict[str, str]) -> dict[str, Any]:
    if not row["name"]:
        raise ValueError("name", "expected a name")
    try:
        parse(row["postcode"])
    except InvalidPostcode as error:
        raise ValueError("postcode", str(error)) from error
    rating = next((name for name in RATINGS if name.casefold() == row.get("rating", "").casefold()), None)
    return {
        "name": row["name"],
        "postcode": row["postcode"],
        "contact": {
            "name": row.get("contact", ""),
            "telephone": row.get("telephone", ""),
            "email": row.get("email", ""),
        },
        "website": row.get("website") or None,
        "location_id": row.get("location_id") or None,
        "registration_id": row.get("registration_id") or None,
        "ods_code": row.get("ods_code") or None,
        "uprn": row.get("uprn") or None,
        "rating": rating,
        "rating_on": _day(row.get("rating_on", "")) if rating else None,
        "skills": _list(row.get("skills", "")),
        "languages": _list(row.get("languages", "")),
    }


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ";").replace(",", ";").split(";") if part.strip()]


def _day(text: str) -> date | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d/%b/%Y"):
        try:
            return datetime.strptime(text[:11].strip(), form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    return None


def _known(session: Session, council: str) -> dict[str, ProviderBranch]:
    """Branches by location number, and by name and postcode."""
    rows = session.execute(
        select(ProviderBranch, Provider.name)
        .join(Provider, Provider.id == ProviderBranch.provider_id)
        .where(Provider.council == council)
    )
    found: dict[str, ProviderBranch] = {}
    for branch, name in rows:
        found[_place_key(name, branch.postcode_key)] = branch
        if branch.location_id:
            found[branch.location_id] = branch
    return found


def _place_key(name: str, postcode_key: str) -> str:
    return f"{plain_header(name)} at {postcode_key}"


def _keep(session: Session, desk: Desk, values: dict[str, Any], known: dict[str, ProviderBranch], actor: str) -> str:
    """Add or update one row; how it was counted."""
    body = ProviderBody.model_validate(values)
    key = _place_key(body.name, parse(body.postcode).key)
    by_number = known.get(body.location_id or "")
    branch = by_number or known.get(key)
    if branch is None:
        return _add(session, desk, body, known, key, actor)
    provider = session.get(Provider, branch.provider_id)
    if provider is None:
        return "unchanged"
    counted = "updated"
    if by_number is None and body.location_id and branch.location_id:
        branch.predecessor_location_id, counted = branch.location_id, "succeeded"
    placed, _ = placed_branch(desk, {"name": branch.name, "postcode": body.postcode})
    changes: dict[str, tuple[Any, Any]] = {}
    for holder, name, value in (
        *((branch, name, placed[name]) for name in ("postcode_key", "easting", "northing")),
        *((branch, name, getattr(body, name)) for name in ("location_id", "ods_code", "uprn")),
        *((provider, name, getattr(body, name)) for name in ("name", "registration_id", "website", "rating")),
        (provider, "rating_on", body.rating_on),
        (provider, "contact", _merged(provider.contact, body.contact.model_dump())),
    ):
        if value not in (None, "") and getattr(holder, name) != value:
            changes[name] = (getattr(holder, name), value)
            setattr(holder, name, value)
    if not changes and counted == "updated":
        return "unchanged"
    provider.updated_at = now()
    note_provider(session, provider, "provider.import", actor, {"changed": sorted(changes)})
    return counted


def _merged(before: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**before, **{name: value for name, value in new.items() if value}}


def _add(
    session: Session, desk: Desk, body: ProviderBody, known: dict[str, ProviderBranch], key: str, actor: str
) -> str:
    branches, _ = branches_of_body(desk, body)
    row = save_provider(session, desk.council, values_of_provider(body), branches, actor)
    made = session.scalars(select(ProviderBranch).where(ProviderBranch.provider_id == row.id)).first()
    if made is not None:
        known[key] = made
        if body.location_id:
            known[body.location_id] = made
    return "added"
