"""The one gate of figures of demand on their way out: exact for those who plan inside the council, else protected.

An `Audience` says whom figures are for. `Demand` is a snapshot as one audience may see it: whatever it gives may leave.
The packages themselves are held as `Exact`, which nothing can turn into JSON and only an audience with the permission
`demand:exact` can open. How figures are protected stands in `geo.disclosure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, TypeVar

import pandas as pd
from sqlalchemy.orm import Session

from app.security.kept_secrets import drawing_secret
from app.settings import Settings
from app.storage.database import Database
from app.storage.demand import load_packages
from app.storage.models import DemandSnapshot
from geo.banding.definitions import band_names
from geo.demand import SERVICE_TYPES, in_force, totals
from geo.disclosure import Rules, protected_figure, protected_totals, record_keys, rules_for

Value = TypeVar("Value")


@dataclass(frozen=True)
class Audience:
    """Whom figures are for.

    Attributes:
        exact: may see them as they are: the permission demand:exact, and nothing that leaves as a file.
        threshold: people below which a cell is never shown to others.
        secret: from which what is drawn for others follows.
    """

    exact: bool
    threshold: int = 0
    secret: bytes = field(default=b"", repr=False)

    @property
    def withheld_below(self) -> int | None:
        """The threshold, as answers tell it; None where nothing is withheld."""
        return None if self.exact else self.threshold


INSIDE = Audience(exact=True)
"""Those who plan inside the council."""


def outside_audience(database: Database, settings: Settings) -> Audience:
    """Everyone without exact figures, and whoever holds a file."""
    return Audience(exact=False, threshold=settings.suppression_threshold, secret=drawing_secret(database))


class ExactFiguresError(PermissionError):
    """Exact figures were asked for by or for somebody who may not see them: a fault of the code, never of a request."""


class Exact(Generic[Value]):
    """Something that only an audience with the right to exact figures can open; no answer can be made of it."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        """Lock a value."""
        self._value = value

    def open(self, audience: Audience) -> Value:
        """The value.

        Raises:
            ExactFiguresError: the audience may not see it.
        """
        if not audience.exact:
            raise ExactFiguresError("exact figures are for those with the permission demand:exact")
        return self._value

    def __repr__(self) -> str:
        """Say what it is and nothing of what it holds."""
        return "<exact figures>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        raise ExactFiguresError("exact figures cannot be written out")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> NoReturn:
        """Refuse to be part of an answer's model."""
        raise ExactFiguresError("exact figures cannot be part of an answer")


class Demand:
    """The packages in force of one snapshot, as one audience may see them."""

    def __init__(self, packages: pd.DataFrame, on: Any, audience: Audience) -> None:
        """Hold a demand frame; see `demand_of_snapshot`."""
        self.audience, self._on = audience, on
        self._packages = packages
        self._rules = None if audience.exact else rules_for(packages, audience.secret, audience.threshold)

    @property
    def packages(self) -> Exact[pd.DataFrame]:
        """The packages, locked."""
        return Exact(self._packages)

    @property
    def rules(self) -> Rules | None:
        """By what figures are protected; None where they are exact."""
        return self._rules

    @property
    def hours_step(self) -> float | None:
        """Step that hours a week are told in; None where they are exact."""
        return None if self._rules is None else self._rules.step("hours_per_week")

    def of_service(self, service_type: str) -> Demand:
        """The packages of one kind of service; steps stay those of the whole."""
        return self.of_services({service_type})

    def of_services(self, service_types: AbstractSet[str]) -> Demand:
        """The packages of some kinds of service; steps stay those of the whole."""
        part = Demand(self._packages[self._packages["service_type"].isin(service_types)], self._on, self.audience)
        part._rules = self._rules
        return part

    def of_areas(self, area_ids: set[str]) -> Demand:
        """The packages of some areas; steps stay those of the whole."""
        part = Demand(self._packages[self._packages["area_id"].isin(area_ids)], self._on, self.audience)
        part._rules = self._rules
        return part

    def totals(
        self,
        by: Sequence[str] = (),
        *,
        bands: Mapping[str, str] | None = None,
        zones: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Hours, visits, packages and people by group: see `geo.demand.totals`; missing where withheld.

        Where figures are protected, every zone, band and service is a row, with packages or without.
        """
        if self._rules is None:
            return totals(self._packages, by, bands=bands, zones=zones, on=self._on)
        groups: dict[str, Sequence[Any]] = {"service_type": sorted(SERVICE_TYPES)}
        if bands is not None:
            groups["band"] = [name for name in band_names() if name in set(bands.values())]
        if zones is not None:
            groups["zone"] = sorted(set(zones.values()))
        return protected_totals(self._packages, by, self._rules, groups=groups, bands=bands, zones=zones, on=self._on)

    def figure(self, name: str, value: float | None, *, of_a_share: bool = False) -> float | None:
        """One figure over the whole county that follows from demand, such as pounds a year.

        Args:
            name: what it is.
            value: exact.
            of_a_share: it is a share, of which one person can change as much whatever it is.
        """
        if self._rules is None or value is None:
            return value
        records = record_keys(self._packages, self._rules.secret)
        people = int(self._packages["person"].nunique())
        return protected_figure(name, value, records, people, self._rules, of_a_share=of_a_share)


def in_steps(value: float | None, step: float | None) -> float | None:
    """A figure that was set with demand in mind, such as a target, to the nearest step; exact where there is none."""
    return value if value is None or step is None else step * round(value / step)


def demand_of_snapshot(session: Session, snapshot: DemandSnapshot, audience: Audience) -> Demand:
    """The packages in force on the snapshot's day, as an audience may see them."""
    packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    return Demand(packages, snapshot.taken_on, audience)


def headline(session: Session, snapshot: DemandSnapshot, audience: Audience) -> dict[str, Any]:
    """Packages and hours a week of a snapshot, as `packages` and `hours_per_week`; both None where withheld."""
    if audience.exact:
        return {"packages": snapshot.packages, "hours_per_week": snapshot.minutes_per_week / 60}
    row = demand_of_snapshot(session, snapshot, audience).totals().iloc[0]
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in ("packages", "hours_per_week")}
