"""Rule sets tried on made-up counties or the council's own record: figures with intervals, and what was assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from app.days import RecordedDay
from app.problems import FieldError, invalid_input
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.record_county import RecordCounty, record_county
from brokerage.rules.library import shipped_rule_sets
from brokerage.rules.model import RuleSet
from brokerage.simulation.compare import Figure, compare
from brokerage.simulation.made_up import CountyShape, made_up_county
from brokerage.simulation.model import Assumptions, County

FIGURES = (
    *("mean_days", "p90_days", "mean_days_to_first_visit", "concentration", "minutes_per_visit", "offers_per_request"),
    "stray_p95",
)
MOST_DAYS = 800
"""Longest stretch of the record that is replayed."""
MOST_REQUESTS = 6_000
"""Requests simulated at a time, over all rule sets and seeds: some half a minute."""


class RecordPeriod(BaseModel):
    """The stretch of the council's own record to replay."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: RecordedDay = Field(alias="from", description="Requests made from this day.")
    last: RecordedDay = Field(alias="to", description="Until this day, counted.")
    plan_id: int | None = Field(
        default=None, ge=1, description="The plan whose zones count; the published one when absent."
    )

    @model_validator(mode="after")
    def _in_order(self) -> RecordPeriod:
        if not 0 <= (self.last - self.first).days <= MOST_DAYS:
            raise ValueError(f"to: expected a day on or after from, at most {MOST_DAYS} days later")
        return self


class SimulationBody(BaseModel):
    """What to simulate."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"rule_sets": ["leicestershire-2020", "weighted-round-robin"], "requests_a_year": 200, "seeds": [1]}
            ]
        },
    )

    rule_sets: list[str | RuleSet] = Field(
        default=["leicestershire-2020", "open-round", "principal-with-shares", "weighted-round-robin"],
        min_length=1,
        max_length=8,
        description="Names of shipped ones, or whole rule sets.",
    )
    zones: int = Field(default=4, ge=1, le=14)
    primes: int = Field(default=2, ge=0, le=6, description="Prime providers in each zone.")
    supplementaries: int = Field(default=3, ge=0, le=10)
    requests_a_year: int = Field(default=400, ge=20, le=3000)
    packages_a_provider: int = Field(default=30, ge=5, le=100)
    record: RecordPeriod | None = Field(
        default=None,
        description="Replay the council's own requests instead of made-up ones; its own providers are asked, and "
        "numbers of zones, primes, requests and packages are those of the record.",
    )
    seeds: list[int] = Field(default=[1, 2], min_length=1, max_length=10)
    first_visit_days: float = Field(default=1.5, gt=0, le=30)
    putting_off_minutes: float = Field(
        default=20.0, gt=0, le=500, description="Added minutes of a visit that make a provider a third as willing."
    )


def record_asked(body: SimulationBody, session: Session, desk: Desk) -> RecordCounty | None:
    """The record that is to be replayed; None where counties are made up.

    Raises:
        Problem: a name is not of a shipped rule set, or the record gives too little.
    """
    if body.record is None:
        return None
    return record_county(session, desk, body.record.first, body.record.last, body.record.plan_id, _rules(body)[0])


def simulate_rules(body: SimulationBody, record: RecordCounty | None) -> dict[str, Any]:
    """Run the rule sets on the same counties: made up, or the council's own record. Takes no session: it may run long.

    Raises:
        Problem: a name is not of a shipped rule set, nobody could be asked, or it would take too long.
    """
    rules = _rules(body)
    if record is None:
        county_of, about, notes = _made_up(body)
        asked = body.requests_a_year
    else:
        county_of, notes, asked = record.drawn, list(record.notes), len(record.requests)
        about = {
            "zones": len({zone for one in record.providers for zone in one.roles}),
            "providers": len(record.providers),
            "requests": asked,
            "packages": sum(map(len, record.homes.values())),
            "lasts_days": round(record.lasts_days, 1),
            "days": record.days,
        }
    if asked * len(body.seeds) * len(rules) > MOST_REQUESTS:
        field = "requests_a_year" if body.record is None else "record"
        raise _wrong(field, asked, f"{MOST_REQUESTS} requests over all sets and seeds")
    assumed = Assumptions(first_visit_days=body.first_visit_days, putting_off_minutes=body.putting_off_minutes)
    items = [
        {
            "rule_set": found.rule_set,
            "requests": sum(run.requests for run in found.runs),
            "placed": sum(run.placed for run in found.runs),
            **{name: _plain(found.of(name)) for name in FIGURES},
            "unmet_hours_by_band": {band: _plain(one) for band, one in found.unmet().items()},
        }
        for found in compare(rules, county_of, body.seeds, assumed)
    ]
    return {"items": items, "seeds": body.seeds, "county": about, "assumed": asdict(assumed), "notes": notes}


def _rules(body: SimulationBody) -> list[RuleSet]:
    shipped = shipped_rule_sets()
    unknown = [one for one in body.rule_sets if isinstance(one, str) and one not in shipped]
    if unknown:
        raise _wrong("rule_sets", unknown[0], f"one of {', '.join(shipped)}, or a whole rule set")
    return [shipped[one] if isinstance(one, str) else one for one in body.rule_sets]


def _made_up(body: SimulationBody) -> tuple[Callable[[int], County], dict[str, float], list[str]]:
    if body.primes + body.supplementaries == 0:
        raise _wrong("primes", 0, "a provider in each zone at the least")
    shape = CountyShape(
        zones=body.zones,
        primes=body.primes,
        supplementaries=body.supplementaries,
        requests_a_year=body.requests_a_year,
        packages_a_provider=body.packages_a_provider,
    )
    return partial(made_up_county, shape), asdict(shape), ["Providers, packages and requests are made up."]


def _plain(one: Figure | None) -> dict[str, float] | None:
    return None if one is None else {name: round(value, 4) for name, value in asdict(one).items()}


def _wrong(field: str, found: Any, expected: str) -> Exception:
    error = FieldError(field=field, message=f"expected {expected}", found=found, expected=expected)
    return invalid_input(f"{field}: found {found}, expected {expected}.", errors=[error.model_dump()])
