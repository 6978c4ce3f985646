"""What a simulation of placing is given and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from brokerage.providers import RoleName


@dataclass(frozen=True, slots=True)
class SimRequest:
    """A request to be placed.

    Attributes:
        request_id: Its number.
        day: When it is made, in days from the start.
        zone, band: Where.
        easting, northing: Its home, metres.
        hours_per_week: Care hours, all carers.
        carer_visits_per_week: Visits, each carer's counted.
        urgent: Whether the short answer times apply.
        lasts_days: How long care goes on once begun.
    """

    request_id: int
    day: float
    zone: int
    band: str
    easting: float
    northing: float
    hours_per_week: float
    carer_visits_per_week: float
    urgent: bool
    lasts_days: float


@dataclass(frozen=True, slots=True)
class SimProvider:
    """A provider as it stands at the start.

    Attributes:
        provider_id, name: Who.
        roles: Role by zone.
        paid_hours_per_week: Carers' paid hours: care and travel together.
        packages: Homes served at the start: easting, northing, care hours and carer visits a week, and how many days
            more they last.
        priority_score: 0 to 100.
        willing: Probability to accept a package that adds no travel.
    """

    provider_id: int
    name: str
    roles: dict[int, RoleName]
    paid_hours_per_week: float
    packages: tuple[tuple[float, float, float, float, float], ...]
    priority_score: float = 70.0
    willing: float = 0.85


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the simulation assumes. Every figure is the maintainers' choice unless a source is given.

    Attributes:
        minutes_per_km: Driving, straight-line kilometres with the detour in it: 30 km/h at a detour of 1.3.
        putting_off_minutes: Added minutes of a visit that make a provider a third as willing.
        answer_hours: Mean hours until a provider answers.
        silent: Share of offers that are not answered.
        ask_again_hours: When nobody took a package, how long until everybody is asked again.
        first_visit_days: Mean days from the acceptance to the first visit.
        swap_every_days: How often providers exchange packages; None for never.
        warm_up_days: Requests before this day are placed and not counted.
    """

    minutes_per_km: float = 2.6
    putting_off_minutes: float = 20.0
    answer_hours: float = 2.0
    silent: float = 0.05
    ask_again_hours: float = 24.0
    first_visit_days: float = 1.5
    swap_every_days: float | None = None
    warm_up_days: float = 0.0


@dataclass(frozen=True, slots=True)
class County:
    """Providers and requests.

    Attributes:
        providers: At the start.
        requests: In order of day.
        days: How long it runs.
    """

    providers: tuple[SimProvider, ...]
    requests: tuple[SimRequest, ...]
    days: float


@dataclass(frozen=True)
class Outcome:
    """What came of a simulation.

    Attributes:
        rule_set: By which rules.
        requests: Counted.
        placed: Of them.
        mean_days, median_days, p90_days: From the request to the acceptance; those that still wait count so far.
        mean_days_to_first_visit: Likewise to the first visit, of those placed.
        unmet_hours_by_band: Mean hours a week that wait, by band.
        concentration: Herfindahl index of hours placed by provider, the mean over zones: 1 is one provider alone.
        minutes_per_visit: Mean minutes of driving that a placed visit added.
        offers_per_request: Offers made for a request.
        stray_p95: 95th percentile over providers and zones of the difference between turns had and turns owed, in
            packages; None where the rules owe nothing.
        swaps: Exchanges made.
        hours_by_provider: Hours placed.
    """

    rule_set: str
    requests: int
    placed: int
    mean_days: float
    median_days: float
    p90_days: float
    mean_days_to_first_visit: float
    unmet_hours_by_band: dict[str, float]
    concentration: float
    minutes_per_visit: float
    offers_per_request: float
    stray_p95: float | None
    swaps: int
    hours_by_provider: dict[int, float] = field(default_factory=dict)
