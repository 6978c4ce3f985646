"""Where each provider visits now: from the packages of the current snapshot and those placed since. Kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import held_places
from app.storage.brokerage.tables import Provider, ProviderBranch
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage, Postcode
from brokerage.providers import name_key
from brokerage.travel import ProviderVisits, provider_visits
from routing.model import TravelModel


@dataclass
class VisitsKept:
    """Prepared visits by provider, each made again only when that provider's visits change."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    snapshot: tuple[str, int] | None = None
    homes: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    made: dict[tuple[str, int], tuple[Any, ProviderVisits]] = field(default_factory=dict)

    def of(
        self,
        session: Session,
        council: str,
        providers: Iterable[Provider],
        branches: dict[int, list[ProviderBranch]],
        model: TravelModel,
    ) -> dict[int, ProviderVisits]:
        """The present visits of providers, by number."""
        snapshot = current_snapshot(session, council)
        number = snapshot.id if snapshot else 0
        placed = held_places(session, council)
        with self.lock:
            if self.snapshot != (council, number):
                self.homes = homes_by_provider(session, council, number) if number else {}
                self.snapshot, self.made = (council, number), {}
            return {
                provider.id: self._one(council, provider, branches.get(provider.id, []), placed, model)
                for provider in providers
            }

    def _one(
        self,
        council: str,
        provider: Provider,
        branches: list[ProviderBranch],
        placed: dict[int, list[tuple[int, float, float]]],
        model: TravelModel,
    ) -> ProviderVisits:
        rows = placed.get(provider.id, [])
        office = next(
            ((b.easting, b.northing) for b in branches if b.easting is not None and b.northing is not None), None
        )
        signature = (provider.name, tuple(row[0] for row in rows), office, model.version)
        known = self.made.get((council, provider.id))
        if known is not None and known[0] == signature:
            return known[1]
        homes = self.homes.get(name_key(provider.name), np.zeros((0, 2)))
        added = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 2)
        made = provider_visits(np.vstack([homes, added]), model, office)
        self.made[council, provider.id] = (signature, made)
        return made


def homes_by_provider(session: Session, council: str, snapshot_id: int) -> dict[str, NDArray[np.float64]]:
    """Positions of a snapshot's packages by the provider's name in small letters; those that ended are left out."""
    rows = session.execute(
        select(CarePackage.provider, Postcode.easting, Postcode.northing)
        .join(Postcode, and_(Postcode.council == council, Postcode.key == CarePackage.postcode_key))
        .where(CarePackage.snapshot_id == snapshot_id, CarePackage.provider.is_not(None))
    )
    found: dict[str, list[tuple[float, float]]] = {}
    for name, easting, northing in rows:
        found.setdefault(name_key(name), []).append((easting, northing))
    return {name: np.array(homes, dtype=np.float64) for name, homes in found.items()}
