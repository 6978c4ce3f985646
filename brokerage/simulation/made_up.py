"""Made-up counties for simulation: zones on a grid, providers with roles, and a year of requests, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from brokerage.providers import RoleName
from brokerage.simulation.model import Assumptions, County, SimProvider, SimRequest
from brokerage.simulation.provider_state import ProviderState
from brokerage.synthetic import draw_pattern
from brokerage.visits import carer_visits_per_week, hours_per_week

BANDS = ("urban", "fringe", "rural", "isolated")


@dataclass(frozen=True, slots=True)
class CountyShape:
    """What a made-up county is like.

    Attributes:
        zones: Number of zones, each a square of ``zone_km`` on a row.
        zone_km: Side of a zone.
        primes, supplementaries: Providers of each role in a zone.
        requests_a_year: In all zones.
        lasts_days: Mean length of care.
        packages_a_provider: Packages each provider serves at the start.
        spare: Paid hours a provider has beyond what care and travel take at the start, as a share.
        scattered: Share of a provider's packages at the start that lie in another zone.
        days: How long it runs.
    """

    zones: int = 4
    zone_km: float = 10.0
    primes: int = 2
    supplementaries: int = 3
    requests_a_year: int = 800
    lasts_days: float = 300.0
    packages_a_provider: int = 30
    spare: float = 0.15
    scattered: float = 0.1
    days: float = 365.0


def made_up_county(shape: CountyShape, seed: int) -> County:
    """Draw a county; the same shape and seed, the same county."""
    rng = np.random.default_rng(seed)
    providers = [
        _provider(shape, rng, number, zone, RoleName.PRIME if i < shape.primes else RoleName.SUPPLEMENTARY)
        for number, (zone, i) in enumerate(
            ((zone, i) for zone in range(1, shape.zones + 1) for i in range(shape.primes + shape.supplementaries)), 1
        )
    ]
    days = np.sort(rng.uniform(0, shape.days, round(shape.requests_a_year * shape.days / 365)))
    requests = tuple(_request(shape, rng, number, float(day)) for number, day in enumerate(days, start=1))
    return County(tuple(providers), requests, shape.days)


def _home(shape: CountyShape, rng: np.random.Generator, zone: int) -> tuple[float, float]:
    """A home in a zone: thicker towards the middle, as towns are."""
    side = shape.zone_km * 1000
    x, y = np.clip(rng.normal(0.5, 0.22, 2), 0, 1)
    return (zone - 1 + float(x)) * side, float(y) * side


def _band(shape: CountyShape, zone: int, easting: float, northing: float) -> str:
    side = shape.zone_km * 1000
    away = float(np.hypot(easting / side - zone + 0.5, northing / side - 0.5))
    return BANDS[int(np.searchsorted([0.25, 0.4, 0.55], away))]


def _provider(shape: CountyShape, rng: np.random.Generator, number: int, zone: int, role: RoleName) -> SimProvider:
    packages = []
    for _ in range(shape.packages_a_provider):
        where = zone if rng.random() >= shape.scattered else int(rng.integers(1, shape.zones + 1))
        easting, northing = _home(shape, rng, where)
        pattern = draw_pattern(rng)
        hours, visits = hours_per_week(pattern), carer_visits_per_week(pattern)
        packages.append((easting, northing, hours, visits, float(rng.exponential(shape.lasts_days))))
    neighbours = {other: RoleName.SUPPLEMENTARY for other in (zone - 1, zone + 1) if 1 <= other <= shape.zones}
    roles = {**(neighbours if role is RoleName.SUPPLEMENTARY else {}), zone: role}
    drawn = SimProvider(
        provider_id=number,
        name=f"Synthetic Provider {number:02d}",
        roles=roles,
        paid_hours_per_week=0.0,
        packages=tuple(packages),
        priority_score=float(rng.uniform(55, 95)),
        willing=float(rng.uniform(0.75, 0.95)),
    )
    used = ProviderState(drawn, Assumptions()).used_hours
    return replace(drawn, paid_hours_per_week=used * (1 + shape.spare))


def _request(shape: CountyShape, rng: np.random.Generator, number: int, day: float) -> SimRequest:
    zone = int(rng.integers(1, shape.zones + 1))
    easting, northing = _home(shape, rng, zone)
    pattern = draw_pattern(rng)
    return SimRequest(
        request_id=number,
        day=day,
        zone=zone,
        band=_band(shape, zone, easting, northing),
        easting=easting,
        northing=northing,
        hours_per_week=hours_per_week(pattern),
        carer_visits_per_week=carer_visits_per_week(pattern),
        urgent=bool(rng.random() < 0.25),
        lasts_days=float(rng.exponential(shape.lasts_days)),
    )
