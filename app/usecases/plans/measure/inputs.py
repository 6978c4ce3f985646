"""What every plan of a county is measured on: its areas, its demand, its travel and the prices, read once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.areas import PlaceNames, StoredAreas, load_areas, newest_dataset, place_names
from app.storage.decisions import published
from app.storage.demand import load_packages
from app.storage.models import Area, DemandSnapshot, ZonePlan
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.plans.measure.prices import TravelTerms, priced_by, travel_paid, travel_parts
from app.usecases.travel.roads import network_path, travel_model
from geo.demand import hours_by_area, in_force, visits_by_area
from geo.drawn import DrawnGround
from geo.plans.travel_cost import TravelInputs
from geo.zoning.problem.spec import Grouping

MOST_KEPT = 2
"""Travel matrices kept in a process: 70 MB each for 2,000 areas."""


@dataclass(frozen=True, eq=False)
class PlanInputs:
    """A county as a plan sees it.

    Attributes:
        areas: Its areas, in order of position.
        snapshot: The demand measured.
        packages: The packages in force on the snapshot's day.
        travel: Hours, visits, minutes, miles and prices.
        terms: Those prices and where they are from, for people to read.
        travel_version: The travel model and data that gave minutes and miles.
        natural: (n,) index of the natural area (a town or village) of each area, -1 for none.
        natural_names: Their names.
        judged: (n,) the same where a plan was asked for natural areas of its own, such as towns with their villages.
        judged_names: Their names.
        place_names: Districts and wards by name; None where none are known.
        ground: Which of the areas' polygons touch; found anew for every count where None.
        groupings: Further groupings of the areas that a plan was asked to be priced by.
    """

    areas: StoredAreas
    snapshot: DemandSnapshot
    packages: pd.DataFrame
    travel: TravelInputs
    terms: dict[str, Any]
    travel_version: str
    natural: NDArray[np.int64]
    natural_names: list[str]
    judged: NDArray[np.int64] | None = None
    judged_names: list[str] | None = None
    groupings: tuple[Grouping, ...] = ()
    place_names: PlaceNames | None = None
    ground: DrawnGround | None = None

    @property
    def uncut(self) -> NDArray[np.int64]:
        """(n,) index of what is counted as cut where it lies in several zones, -1 for none."""
        return self.natural if self.judged is None else self.judged

    @property
    def uncut_names(self) -> list[str]:
        """Names of what is counted as cut."""
        return self.natural_names if self.judged_names is None else self.judged_names

    def pieces_as_drawn(self, labels: NDArray[np.int64], zones: int) -> NDArray[np.int64]:
        """(zones,) pieces that each zone is drawn in: more than one where water parts it."""
        return (self.ground or DrawnGround.of(self.areas.polygons)).pieces(labels, zones)

    @property
    def base_names(self) -> list[str]:
        """(n,) what each area is called where it is a zone's base: its town or village, else its code."""
        ids = self.areas.ids.tolist()
        return [self.natural_names[at] if at >= 0 else ids[i] for i, at in enumerate(self.natural.tolist())]

    def labels(self, zone_of_area: dict[str, int], numbers: list[int]) -> NDArray[np.int64]:
        """(n,) position in ``numbers`` of each area's zone.

        Raises:
            Problem: areas were loaded anew since the plan was made, and some have no zone in it.
        """
        position = {number: i for i, number in enumerate(numbers)}
        lost = [area for area in self.areas.ids.tolist() if area not in zone_of_area]
        if lost or len(zone_of_area) != len(self.areas):
            raise Problem(
                409,
                "conflict",
                "Plan of other areas",
                f"The plan was made on other areas: {len(lost):,} of {len(self.areas):,} have no zone in it. "
                "Import it by postcode to carry it over.",
            )
        return np.array([position[zone_of_area[area]] for area in self.areas.ids.tolist()], dtype=np.int64)


class _Kept:
    """The latest few results, made once however many ask."""

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(most)
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]


_travel = _Kept(MOST_KEPT)
_inputs = _Kept(MOST_KEPT)


def plan_inputs(
    session: Session,
    council: str,
    settings: Settings,
    *,
    snapshot_id: int | None = None,
    terms: TravelTerms | None = None,
) -> PlanInputs:
    """Read what plans are measured on.

    Raises:
        Problem: no areas or demand are loaded, or the rate card named is not there.
    """
    dataset = newest_dataset(session, council, "postcodes")
    if dataset is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    snapshot = snapshot_or_current(session, council, snapshot_id)
    terms = priced_by(session, council, terms or TravelTerms())
    standing = published(session, ZonePlan, council) if terms.rate_card_ids else None
    key = (
        settings.resolved_database_url,
        council,
        dataset.id,
        snapshot.id,
        terms.model_dump_json(),
        standing.id if standing else None,
        _roads(settings),
    )
    found: PlanInputs = _inputs.get(key, lambda: _read(session, council, settings, snapshot, terms))
    return found


def _read(
    session: Session,
    council: str,
    settings: Settings,
    snapshot: DemandSnapshot,
    terms: TravelTerms,
) -> PlanInputs:
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    minutes, miles, access_minutes, kg_per_mile, version = _matrices(settings, council, areas)
    ids = areas.ids.tolist()
    paid = travel_paid(travel_parts(session, council, terms), packages, ids, terms, kg_per_mile)
    natural, names = _natural_areas(session, council)
    # kept for later sessions: one that is rolled back would empty what it still holds
    session.expunge(snapshot)
    return PlanInputs(
        areas,
        snapshot,
        packages,
        TravelInputs(
            hours_by_area(packages, ids),
            visits_by_area(packages, ids),
            minutes,
            miles,
            access_minutes,
            paid.shape,
            paid.mean,
            paid.by_area,
        ),
        paid.said,
        version,
        natural,
        names,
        place_names=place_names(session, council),
        ground=DrawnGround.of(areas.polygons),
    )


def _roads(settings: Settings) -> tuple[str, int | None]:
    """What tells one road network from the next."""
    path = network_path(settings)
    return str(path), path.stat().st_mtime_ns if path.exists() else None


def _matrices(settings: Settings, council: str, areas: StoredAreas) -> tuple[Any, Any, float, float, str]:
    def make() -> tuple[Any, Any, float, float, str]:
        model = travel_model(settings)
        places = np.column_stack([areas.eastings, areas.northings])
        found = model.matrix(places, places)
        for values in (found.minutes, found.miles):
            values.flags.writeable = False  # shared by every plan of this process
        return found.minutes, found.miles, found.access_minutes, model.kg_co2_per_mile, model.version

    found: tuple[Any, Any, float, float, str] = _travel.get(
        (settings.resolved_database_url, council, areas.dataset_id, _roads(settings)), make
    )
    return found


def _natural_areas(session: Session, council: str) -> tuple[NDArray[np.int64], list[str]]:
    """The settlement of each area: an area far from any has none."""
    rows = session.execute(select(Area.settlement).where(Area.council == council).order_by(Area.position)).scalars()
    held = [name or "" for name in rows]
    names = sorted(set(held) - {""})
    position = {name: i for i, name in enumerate(names)}
    return np.array([position.get(name, -1) for name in held], dtype=np.int64), names
