"""The lookup index: everything a postcode lookup needs, in memory, built from what is published."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import structlog
from sqlalchemy import select

from app.lookup.schemas import LookupDistrict, LookupVisitRate, LookupZone, PostcodeAnswer
from app.metrics import INDEX_POSTCODES, INDEX_SECONDS, INDEX_VERSION
from app.storage.models import (
    BandArea,
    BandRun,
    Council,
    Dataset,
    DemandSnapshot,
    Postcode,
    Zone,
    ZoneArea,
    ZonePlan,
)
from app.storage.rate_cards import cards_with_dates
from geo.banding.definitions import band_definitions
from geo.postcodes import spaced
from pricing import HOME_CARE, in_force
from pricing.publication import paying_card
from routing.wgs84 import degrees

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.storage.database import Database
    from pricing import RateCard as PricingCard

log = structlog.get_logger(__name__)
_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
APPROXIMATE_FROM_QUALITY = 20
"""Code-Point Open positional quality: 10 is the nearest building, 20 and above are estimates."""


class BandRate(NamedTuple):
    """What a card pays in one band."""

    pounds_per_hour: Decimal
    visit_rates: list[LookupVisitRate]


@dataclass(frozen=True, slots=True)
class Rates:
    """One rate card as lookups need it."""

    card_id: int
    card: PricingCard
    by_band: dict[str, BandRate]


class PostcodeRow(NamedTuple):
    """What the index knows of a postcode, live or terminated."""

    area_id: str
    district_code: str
    easting: int
    northing: int
    latitude: float
    longitude: float
    live: bool
    terminated: str | None
    """Year and month, such as ``199412``; None for a live one, and where the directory gives no date."""
    flags: tuple[str, ...]


class AreaBand(NamedTuple):
    """The published band of an area."""

    band: str | None
    overridden: bool


_NO_BAND = AreaBand(None, overridden=False)


@dataclass(slots=True)
class LookupIndex:
    """Everything published, by postcode key. Never changed once built, but for its cache of finished answers."""

    council: str
    version: int
    postcodes: dict[str, PostcodeRow]
    districts: dict[str, str]
    plan_id: int | None
    zones: dict[int, LookupZone]
    zone_of: dict[str, int]
    band_run_id: int | None
    band_of: dict[str, AreaBand]
    band_of_postcode: dict[str, str]
    rates: list[Rates]
    band_labels: dict[str, str]
    synthetic: bool
    keys: np.ndarray
    eastings: np.ndarray
    northings: np.ndarray
    wards: dict[str, str] = field(default_factory=dict)
    ready_answers: dict[str, bytes] = field(default_factory=dict)
    ready_on: date | None = None

    @property
    def area_ids(self) -> list[str]:
        """Areas that hold a postcode, in order of code."""
        return sorted({row.area_id for row in self.postcodes.values()})

    def band(self, area_id: str) -> AreaBand:
        """The published band of an area; none where nothing is published."""
        return self.band_of.get(area_id, _NO_BAND)

    def rates_on(self, on: date, service_type: str = HOME_CARE, zone: int | None = None) -> Rates | None:
        """The card in force for a service in a zone on a day, by the one rule of ``pricing.publication``."""
        found = in_force([known.card for known in self.rates], on, service_type, zone)
        return next((known for known in self.rates if known.card is found), None) if found else None

    def paying_on(self, on: date, service_type: str, zone: int | None) -> tuple[Rates, str] | None:
        """The card that pays a service in a zone on a day, and the service as it names it: ``paying_card``."""
        found = paying_card([known.card for known in self.rates], on, service_type, zone)
        if found is None:
            return None
        card, service = found
        return next(known for known in self.rates if known.card is card), service

    def answer(self, key: str, on: date, repaired: list[str]) -> PostcodeAnswer:
        """Answer for a postcode of this council, live or not.

        Raises:
            KeyError: the postcode is not in the index.
        """
        row = self.postcodes[key]
        number = self.zone_of.get(row.area_id)
        band, overridden = self.band(row.area_id)
        if key in self.band_of_postcode:
            band, overridden = AreaBand(self.band_of_postcode[key], overridden=True)
        card = self.rates_on(on, zone=number)
        rate = card.by_band.get(band) if card and band else None
        said = list(row.flags)
        if overridden:
            said.append("band-overridden")
        if self.plan_id is None:
            said.append("no-published-plan")
        if band is None:
            said.append("no-published-bands")
        if rate is None:
            said.append("no-rate-card-in-force")
        if self.synthetic:
            said.append("synthetic-demand")
        return PostcodeAnswer(
            postcode=spaced(key),
            live=row.live,
            repaired=repaired,
            zone=self.zones.get(number) if number is not None else None,
            band=band,
            band_label=self.band_labels.get(band) if band else None,
            pounds_per_hour=rate.pounds_per_hour if rate else None,
            visit_rates=rate.visit_rates if rate else [],
            area_id=row.area_id,
            district=LookupDistrict(
                code=row.district_code, name=self.districts.get(row.district_code, row.district_code)
            ),
            easting=row.easting,
            northing=row.northing,
            latitude=row.latitude,
            longitude=row.longitude,
            flags=said,
            plan_id=self.plan_id,
            band_run_id=self.band_run_id,
            rate_card_id=card.card_id if card else None,
            effective_from=card.card.effective_from if card else None,
        )

    def ready(self, key: str) -> bytes | None:
        """The finished answer for a live postcode today, as JSON; None when it is not a live one of this council."""
        today = date.today()  # noqa: DTZ011 - rate cards run by the local calendar
        if today != self.ready_on:
            self.ready_answers, self.ready_on = {}, today
        known = self.ready_answers.get(key)
        if known is None:
            row = self.postcodes.get(key)
            if row is None or not row.live:
                return None
            known = self.answer(key, today, []).model_dump_json().encode()
            self.ready_answers[key] = known
        return known

    def completions(self, prefix: str, limit: int) -> list[str]:
        """Keys of live postcodes that begin with ``prefix``, in order."""
        first, last = np.searchsorted(self.keys, [prefix, prefix + "\uffff"])
        return [str(key) for key in self.keys[first : min(last, first + limit)]]

    def similar(self, key: str, limit: int) -> list[str]:
        """Keys of live postcodes one character away, those that differ late in the key first."""
        found: list[str] = []
        for place in range(len(key) - 1, -1, -1):
            for character in _CHARACTERS:
                row = self.postcodes.get(other := key[:place] + character + key[place + 1 :])
                if row is not None and row.live:
                    found.append(other)
            if len(found) >= limit:
                break
        return found[:limit]

    def nearest_live(self, easting: float, northing: float, limit: int) -> list[tuple[str, float]]:
        """The nearest live postcodes of the council and their straight-line distance in metres."""
        away = np.hypot(self.eastings - easting, self.northings - northing)
        order = np.argsort(away, kind="stable")[:limit]
        return [(str(self.keys[i]), float(away[i])) for i in order]


def build_index(session: Session, council: str, plan_id: int | None = None) -> LookupIndex:
    """Build the index of what is published, or of the plan named instead of the published one.

    Args:
        session: A read session.
        council: Whose data.
        plan_id: A plan to answer for; None takes the published one.
    """
    version = session.scalar(select(Council.state_version).where(Council.code == council)) or 0
    plan = session.scalar(
        select(ZonePlan).where(ZonePlan.council == council, ZonePlan.id == plan_id)
        if plan_id is not None
        else select(ZonePlan).where(ZonePlan.council == council, ZonePlan.status == "published")
    )
    run = session.scalar(select(BandRun).where(BandRun.council == council, BandRun.status == "published"))
    newest = session.scalars(
        select(Dataset).where(Dataset.council == council, Dataset.kind == "postcodes").order_by(Dataset.id.desc())
    ).first()
    snapshot = session.scalars(
        select(DemandSnapshot)
        .where(DemandSnapshot.council == council, DemandSnapshot.withdrawn_at.is_(None))
        .order_by(DemandSnapshot.taken_on.desc(), DemandSnapshot.id.desc())
    ).first()
    rows = session.execute(
        select(
            Postcode.key,
            Postcode.area_id,
            Postcode.district_code,
            Postcode.easting,
            Postcode.northing,
            Postcode.positional_quality,
            Postcode.live,
            Postcode.terminated,
            Postcode.area_source,
        )
        .where(Postcode.council == council)
        .order_by(Postcode.key)
    ).all()
    eastings = np.array([row.easting for row in rows], dtype=float)
    northings = np.array([row.northing for row in rows], dtype=float)
    live = np.array([row.live for row in rows], dtype=bool)
    longitudes, latitudes = degrees(np.column_stack([eastings, northings])).T
    flags: dict[tuple[int | None, str], tuple[str, ...]] = {}
    postcodes = {}
    for row, latitude, longitude in zip(rows, np.round(latitudes, 6), np.round(longitudes, 6), strict=True):
        kind = (row.positional_quality, row.area_source)
        if kind not in flags:
            flags[kind] = _standing_flags(*kind)
        postcodes[row.key] = PostcodeRow(
            row.area_id,
            row.district_code,
            row.easting,
            row.northing,
            float(latitude),
            float(longitude),
            row.live,
            row.terminated,
            flags[kind],
        )
    keys = np.array([row.key for row in rows])
    return LookupIndex(
        council=council,
        version=version,
        postcodes=postcodes,
        districts=dict(newest.details.get("districts", {})) if newest else {},
        wards=dict(newest.details.get("place_names", {}).get("ward", {})) if newest else {},
        plan_id=plan.id if plan else None,
        zones=_zones(session, plan),
        zone_of={row.area_id: row.zone_number for row in _zone_areas(session, plan)},
        band_run_id=run.id if run else None,
        band_of=_bands(session, run),
        band_of_postcode=dict(run.parameters.get("postcode_bands", {})) if run else {},
        rates=_rates(session, council),
        band_labels={definition.name: definition.title for definition in band_definitions()},
        synthetic=bool(snapshot and snapshot.synthetic),
        keys=keys[live] if rows else keys,
        eastings=eastings[live],
        northings=northings[live],
    )


def _standing_flags(quality: int | None, area_source: str) -> tuple[str, ...]:
    flags = []
    if area_source != "lookup":
        flags.append("area-by-nearest-postcode")
    if quality is not None and quality >= APPROXIMATE_FROM_QUALITY:
        flags.append("approximate-position")
    return tuple(flags)


def _zones(session: Session, plan: ZonePlan | None) -> dict[int, LookupZone]:
    if plan is None:
        return {}
    rows = session.execute(select(Zone.number, Zone.name, Zone.tier).where(Zone.plan_id == plan.id))
    return {row.number: LookupZone(number=row.number, name=row.name, tier=row.tier) for row in rows}


def _zone_areas(session: Session, plan: ZonePlan | None) -> list[ZoneArea]:
    return [] if plan is None else list(session.scalars(select(ZoneArea).where(ZoneArea.plan_id == plan.id)))


def _bands(session: Session, run: BandRun | None) -> dict[str, AreaBand]:
    if run is None:
        return {}
    rows = session.execute(
        select(BandArea.area_id, BandArea.band, BandArea.decided_by).where(BandArea.run_id == run.id)
    )
    return {row.area_id: AreaBand(row.band, row.decided_by == "override") for row in rows}


def _rates(session: Session, council: str) -> list[Rates]:
    return [
        Rates(
            number,
            card,
            {
                rate.band: BandRate(
                    rate.pounds_per_hour,
                    [
                        LookupVisitRate(
                            minutes=int(visit.minutes),
                            pounds_per_hour=visit.pounds_per_hour or visit.pounds_per_visit * 60 / visit.minutes,
                            pounds_per_visit=visit.pounds_per_visit,
                        )
                        for visit in rate.visits
                    ],
                )
                for rate in card.rates
            },
        )
        for number, (_, card) in cards_with_dates(session, council).items()
    ]


class LookupHolder:
    """Keeps one process's index up to date: a version check every second, a rebuild only when something changed."""

    def __init__(self, database: Database, council: str) -> None:
        """Keep the database; the index is built at first use."""
        self._database = database
        self._council = council
        self._index: LookupIndex | None = None
        self._lock = threading.Lock()

    @property
    def index(self) -> LookupIndex:
        """The index in force, built now if there is none yet."""
        if self._index is None:
            self.refresh()
        assert self._index is not None  # noqa: S101 - refresh sets it
        return self._index

    def refresh(self) -> bool:
        """Rebuild the index if what it shows has changed; return whether it had."""
        with self._lock, self._database.read() as session:
            version = session.scalar(select(Council.state_version).where(Council.code == self._council)) or 0
            if self._index is not None and self._index.version == version:
                return False
            started = time.perf_counter()
            index = build_index(session, self._council)
            seconds = time.perf_counter() - started
            self._index = index
        INDEX_VERSION.set(index.version)
        INDEX_POSTCODES.set(len(index.postcodes))
        INDEX_SECONDS.set(seconds)
        log.info("lookup_index_built", version=index.version, postcodes=len(index.postcodes), seconds=round(seconds, 3))
        return True
