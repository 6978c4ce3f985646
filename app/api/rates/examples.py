"""Examples of the OpenAPI page for pricing. Tests send each of them, so they stay true."""

from __future__ import annotations

from typing import Any

_ASSUMPTIONS: dict[str, Any] = {
    "wage_pounds_per_hour": 9.30,
    "on_costs": {
        "method": "compound",
        "holiday": 0.1207,
        "training": 0.015,
        "sickness": 0.01,
        "notice": 0.003,
        "employer_ni": 0.0531,
        "pension": 0.0140,
    },
    "mean_visit_minutes": 40,
    "travel": {"minutes_per_visit": 6.25, "miles_per_visit": 1.55, "pence_per_mile": 45},
    "business": {"pounds_per_contact_hour": 3.60},
    "return": {"method": "on_cost", "share": 0.05},
    "visit_lengths_minutes": [15, 30, 45, 60],
    "round_to_pence": 5,
}

PRICE_EXAMPLE: Any = {
    "urban": {
        "summary": "Real Living Wage of £9.30 and 45p a mile in town: £18.75",
        "value": _ASSUMPTIONS,
    }
}

CARD_EXAMPLE: Any = {
    "four bands": {
        "summary": "One set of assumptions, four bands that differ only in travel",
        "value": {
            "name": "Trial card",
            "effective_from": "2030-04-01",
            "basis": "An example.",
            "assumptions": {
                "base": _ASSUMPTIONS,
                "bands": [
                    {"name": "urban", "minutes_per_visit": 6.25, "miles_per_visit": 1.55},
                    {"name": "fringe", "minutes_per_visit": 8.25, "miles_per_visit": 2.75},
                    {"name": "rural", "minutes_per_visit": 12.25, "miles_per_visit": 5.05},
                    {"name": "isolated", "minutes_per_visit": 16.75, "miles_per_visit": 7.85},
                ],
            },
        },
    }
}
