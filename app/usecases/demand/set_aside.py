"""What a snapshot's file holds and its totals do not: rows set aside at loading, as an audience may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.ingest.package_choices import SetAside
    from app.storage.models import DemandSnapshot
    from app.usecases.demand.gate import Audience


def stored(counts: Mapping[str, SetAside]) -> dict[str, Any]:
    """Counts by reason as a snapshot keeps them."""
    return {
        reason: {
            "packages": item.packages,
            "minutes_per_week": item.minutes_per_week,
            "without_hours": item.without_hours,
        }
        for reason, item in counts.items()
    }


def set_aside_of(snapshot: DemandSnapshot, audience: Audience) -> dict[str, Any]:
    """Packages and hours that are missing from every total of a snapshot, by reason.

    Returns:
        any, packages, hours_per_week, without_hours and reasons. Whoever sees no exact figures learns whether there are
        any, and nothing else: a few people of no fixed abode are few enough to be known.
    """
    rows = snapshot.set_aside or {}
    if not audience.exact:
        return {"any": bool(rows), "packages": None, "hours_per_week": None, "without_hours": None, "reasons": None}
    return told(rows)


def told(rows: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Counts as they are told to those who see exact figures."""
    return {
        "any": bool(rows),
        "packages": sum(row["packages"] for row in rows.values()),
        "hours_per_week": sum(row["minutes_per_week"] for row in rows.values()) / 60,
        "without_hours": sum(row["without_hours"] for row in rows.values()),
        "reasons": [
            {
                "reason": reason,
                "packages": row["packages"],
                "hours_per_week": row["minutes_per_week"] / 60,
                "without_hours": row["without_hours"],
            }
            for reason, row in rows.items()
        ],
    }


def sentence(view: Mapping[str, Any]) -> str:
    """One sentence for a person; empty where nothing was set aside."""
    if not view["any"]:
        return ""
    if view["packages"] is None:
        return "Some packages of the file were set aside and are in no total."
    why = ", ".join(f"{row['packages']:,} {row['reason'].replace('-', ' ')}" for row in view["reasons"])
    unsaid = f", {view['without_hours']:,} of them without hours" if view["without_hours"] else ""
    return (
        f"Set aside and in no total: {view['packages']:,} packages of {view['hours_per_week']:,.1f} hours a week"
        f"{unsaid} ({why})."
    )
