"""What made a result: data versions, parameters, seed and code version, in one shape everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.storage.models import Dataset, DemandSnapshot
from app.version import code_version


def made_from(
    session: Session,
    *,
    dataset_id: int | None = None,
    snapshot: DemandSnapshot | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Describe what a result is made from.

    Args:
        session: A session.
        dataset_id: The postcode dataset under the areas.
        snapshot: The demand used.
        **more: Anything else, such as ``seed`` or ``scheme``.
    """
    dataset = session.get(Dataset, dataset_id) if dataset_id is not None else None
    return {
        "code_version": code_version(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **(
            {"dataset": {"id": dataset.id, "name": dataset.name, "version": dataset.version, "sha256": dataset.sha256}}
            if dataset
            else {}
        ),
        **(
            {
                "snapshot": {
                    "id": snapshot.id,
                    "taken_on": snapshot.taken_on.isoformat(),
                    "synthetic": snapshot.synthetic,
                    "content_sha256": snapshot.content_sha256,
                }
            }
            if snapshot
            else {}
        ),
        **more,
    }
