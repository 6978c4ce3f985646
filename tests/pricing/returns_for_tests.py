"""Made-up returns of made-up providers, whole and right unless something is changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pricing.returns import ProviderReturn, parse_return

HOURS = Decimal(52000)


def cells(provider: str = "Alder Care", **changes: Any) -> dict[str, Any]:
    """The cells of a return by key; None empties one."""
    given: dict[str, Any] = {
        "provider": provider,
        "financial_year": "2026-27",
        "contact_hours_per_year": 52000,
        "visits_15_per_week": 0,
        "visits_30_per_week": 1000,
        "visits_45_per_week": 400,
        "visits_60_per_week": 200,
        "wage_pounds_per_hour": 13,
        "paid_hours_per_week": 28,
        "travel_minutes_per_visit": 6,
        "miles_per_visit": 2,
        "pence_per_mile": 40,
        "direct_care": 676000,
        "travel_time": 108160,
        "mileage": 66560,
        "ppe": 10000,
        "training": 12000,
        "holiday": 96000,
        "non_contact": 5000,
        "sickness": 14000,
        "notice": 2000,
        "employer_ni": 100000,
        "pension": 18000,
        "back_office": 170000,
        "premises": 20000,
        "recruitment": 9000,
        "training_third_party": 4000,
        "it_and_telephones": 15000,
        "insurance": 6000,
        "cqc_fee": 5000,
        "other_overheads": 20000,
        "surplus": 60000,
    }
    return {key: value for key, value in (given | changes).items() if value is not None}


def made(provider: str = "Alder Care", **changes: Any) -> ProviderReturn:
    """A return as the domain knows it."""
    return parse_return(cells(provider, **changes))
