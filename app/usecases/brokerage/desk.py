"""What the brokerage's use cases work with: settings, the lookup index, travel, and what is kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.lookup.cache import VersionedCache
from app.lookup.index import LookupIndex
from app.settings import Settings
from app.usecases.travel.answers import model_in_use
from geo.gazetteer import Gazetteer
from routing.model import TravelModel


@dataclass(frozen=True)
class Desk:
    """One council's desk in one process.

    Attributes:
        council: Whose.
        settings: Of the service.
        index: What is published, by postcode.
        cache: Answers kept in memory while nothing changes.
        directory: The national postcode directory, where it has been read.
    """

    council: str
    settings: Settings
    index: LookupIndex
    cache: VersionedCache
    directory: Callable[[], Gazetteer | None]

    def travel(self) -> TravelModel:
        """The travel model in use, by car at any hour."""
        return model_in_use(self.settings, "car", "all_day")


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def today() -> date:
    """Today by the local calendar, as rate cards and roles run."""
    return date.today()  # noqa: DTZ011
