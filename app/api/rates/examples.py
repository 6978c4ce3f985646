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
_BANDED: dict[str, Any] = {
    "base": _ASSUMPTIONS,
    "bands": [
        {"name": "urban", "minutes_per_visit": 6.25, "miles_per_visit": 1.55},
        {"name": "fringe", "minutes_per_visit": 8.25, "miles_per_visit": 2.75},
        {"name": "rural", "minutes_per_visit": 12.25, "miles_per_visit": 5.05},
        {"name": "isolated", "minutes_per_visit": 16.75, "miles_per_visit": 7.85},
    ],
}
_FOUR_RATES = {"urban": 18.75, "fringe": 20.20, "rural": 23.00, "isolated": 26.35}
_HOURS = {"urban": 11737, "fringe": 4648, "rural": 1301, "isolated": 314}
_WEEKLY_HOURS = [
    {"hours_per_week": 16, "share_of_hours": 0.15},
    {"hours_per_week": 28, "share_of_hours": 0.45},
    {"hours_per_week": 40, "share_of_hours": 0.40},
]


def example(name: str, summary: str, value: Any) -> dict[str, Any]:
    """One example of the OpenAPI page, by name."""
    return {name: {"summary": summary, "value": value}}


# typed Any because FastAPI's own type for examples is a TypedDict that plain dictionaries do not fit
PRICE_EXAMPLE: Any = example("urban", "Real Living Wage of £9.30 and 45p a mile in town: £18.75", _ASSUMPTIONS)

BANDS_EXAMPLE: Any = example(
    "four bands",
    "Four bands that differ only in travel, and their mean of £19.56",
    {**_BANDED, "hours_per_week": _HOURS},
)

BANDS_FILE_EXAMPLE: Any = example("four bands", "Four bands that differ only in travel", _BANDED)

PERIODS_EXAMPLE: Any = example(
    "evenings and bank holidays",
    "A flat addition in the evening, double time on bank holidays, travel included",
    {
        **_ASSUMPTIONS,
        "enhancements": [
            {
                "name": "Evening",
                "share_of_contact_hours": 0.25,
                "extra_pounds_per_hour": 0.50,
                "applies_to_travel": False,
            },
            {
                "name": "Bank holiday",
                "share_of_contact_hours": 0.022,
                "pay_multiplier": 2,
                "applies_to_travel": True,
            },
        ],
    },
)

SOLVE_EXAMPLE: Any = {
    **example(
        "wage",
        "The wage that £19.50 supports",
        {"assumptions": _ASSUMPTIONS, "field": "wage_pounds_per_hour", "pounds_per_hour": 19.50},
    ),
    **example(
        "travel at half an hour",
        "The travel minutes a visit that £20 an hour supports for visits of 30 minutes",
        {
            "question": "input",
            "assumptions": _ASSUMPTIONS,
            "field": "travel.minutes_per_visit",
            "pounds_per_hour": 20,
            "at_visit_minutes": 30,
        },
    ),
    **example(
        "return",
        "What £18.00 leaves once every cost is met",
        {"question": "return", "assumptions": _ASSUMPTIONS, "pounds_per_hour": 18},
    ),
    **example(
        "share of providers",
        "The lowest price at which half of these providers reach their return",
        {
            "question": "share_of_providers",
            "providers": [
                {**_ASSUMPTIONS, "wage_pounds_per_hour": 9.10},
                _ASSUMPTIONS,
                {**_ASSUMPTIONS, "wage_pounds_per_hour": 9.80},
            ],
            "share_of_providers": 0.5,
        },
    ),
    **example(
        "break even",
        "Contact hours a year that cover £80,000 of fixed costs at £18.75",
        {
            "question": "break_even",
            "assumptions": _ASSUMPTIONS,
            "pounds_per_hour": 18.75,
            "fixed_pounds_per_year": 80000,
        },
    ),
}

SENSITIVITY_EXAMPLE: Any = example(
    "three inputs",
    "How far the price moves with pay, travel and the mean visit",
    {
        "assumptions": _ASSUMPTIONS,
        "ranges": {
            "wage_pounds_per_hour": {"low": 9.20, "high": 9.40},
            "travel.minutes_per_visit": {"low": 5, "high": 8},
            "mean_visit_minutes": {"low": 30, "high": 60},
        },
    },
)

SIMULATE_EXAMPLE: Any = example(
    "pay and travel unsure",
    "Ten thousand scenarios at the price paid today",
    {
        "assumptions": _ASSUMPTIONS,
        "ranges": {
            "wage_pounds_per_hour": {"shape": "triangular", "low": 8.91, "mode": 9.30, "high": 10.20},
            "travel.minutes_per_visit": {"shape": "uniform", "low": 4.5, "high": 9},
        },
        "scenarios": 10000,
        "seed": 1,
        "price_paid_pounds_per_hour": 18.75,
    },
)

COST_EXAMPLE: Any = example(
    "proposed against current",
    "18,000 hours a week at the four rates against £18.45: £18.3m to £18.7m and £17.3m to £17.6m",
    {
        "rows": [{"band": band, "hours_per_week": hours} for band, hours in _HOURS.items()],
        "proposed": {"name": "Proposed", "by_band": _FOUR_RATES},
        "current": {"name": "Current average", "flat_pounds_per_hour": 18.45},
        "weeks": [52, 53],
    },
)

MINIMUM_WAGE_EXAMPLE: Any = {
    **example(
        "at the prices",
        "Is every pattern of paid time lawful at the four prices, in 2019-20?",
        {"banded": _BANDED, "pounds_per_hour": _FOUR_RATES, "financial_year": "2019-20"},
    ),
    **example(
        "at the wage",
        "Is contact-only pay of £9.30 lawful against £8.72?",
        {"assumptions": _ASSUMPTIONS, "minimum_pounds_per_hour": 8.72, "patterns": ["contact_only"]},
    ),
}

SAMPLE_EXAMPLE: Any = example(
    "five providers",
    "One gave no travel time, which is not a zero",
    {
        "providers": [
            {"direct_care": 10.40, "travel_time": 1.42, "mileage": 0.79, "business": 6.05},
            {"direct_care": 10.10, "travel_time": 1.60, "mileage": 0.95, "business": 5.40},
            {"direct_care": 10.80, "travel_time": None, "mileage": 0.60, "business": 6.90},
            {"direct_care": 10.55, "travel_time": 0, "mileage": 0.51, "business": 5.10},
            {"direct_care": 11.00, "travel_time": 2.05, "mileage": 1.20, "business": 4.80},
        ]
    },
)

YEAR_EXAMPLE: Any = {
    **example(
        "the calibration in 2026-27",
        "The Leicestershire calibration at the Real Living Wage of 2026-27",
        {"financial_year": "2026-27", "wage": "real-living"},
    ),
    **example(
        "own assumptions",
        "Your own assumptions at the National Living Wage of 2025-26",
        {
            "financial_year": "2025-26",
            "wage": "national-living",
            "assumptions": _ASSUMPTIONS,
            "weekly_hours": _WEEKLY_HOURS,
            "pension_participation": 0.9,
        },
    ),
}

UPLIFT_EXAMPLE: Any = example(
    "two years",
    "Pay with the National Living Wage, overheads with CPI, mileage with the approved rate",
    {
        "assumptions": _ASSUMPTIONS,
        "years": ["2024-25", "2025-26", "2026-27"],
        "indices": {
            "wage_pounds_per_hour": {"name": "NLW", "figure": "national_living_wage_pounds_per_hour"},
            "travel.pence_per_mile": {"name": "Approved mileage rate", "figure": "mileage_pence_per_mile"},
            "business.pounds_per_contact_hour": {"name": "CPI", "growth": {"2025-26": 0.017, "2026-27": 0.038}},
        },
        "weekly_hours": _WEEKLY_HOURS,
        "pension_participation": 0.9,
    },
)

ON_COST_EXAMPLE: Any = example(
    "2019-20",
    "NI of 5.31% and pension of 1.40% of pay, against a headline 13.8%",
    {
        "financial_year": "2019-20",
        "wage_pounds_per_hour": 9.30,
        "weekly_hours": _WEEKLY_HOURS,
        "pension_participation": 0.9,
    },
)

CQC_EXAMPLE: Any = example(
    "195 people",
    "A provider with three locations",
    {"scheme": "2018-19", "locations": 3, "people": 195, "contact_hours_per_year": 110000},
)

DIAGNOSE_EXAMPLE: Any = example(
    "travel charged twice",
    "Visit prices of Herefordshire's report of 2022-23: travel per hour used per visit",
    {
        "pounds_per_hour_by_minutes": {"15": 37.60, "30": 30.02, "45": 27.49, "60": 26.24},
        "blended_pounds_per_hour": 26.24,
        "lines": {"travel_time": 2.24, "mileage": 1.54},
        "mean_visit_minutes": 38,
    },
)

PROPOSAL_EXAMPLE: Any = example(
    "next year at the Real Living Wage",
    "From the card in force, overheads raised by 4%; the draft is not kept",
    {"financial_year": "2026-27", "wage": "real-living", "uplift": 0.04, "keep_draft": False},
)
RULES_EXAMPLE: Any = example(
    "a week of half hours",
    "Fourteen half hours, delivered in 26 minutes, under the usual rules",
    {"visits": [{"band": "urban", "planned_minutes": 30, "delivered_minutes": 26, "per_week": 14}]},
)
BUDGET_EXAMPLE: Any = example(
    "three ways",
    "Two half hours a day by an agency, by an employed assistant and by somebody self-employed",
    {
        "band": "urban",
        "visits": [{"minutes": 30, "per_week": 14}],
        "financial_year": "2026-27",
        "employed": {"wage_pounds_per_hour": 13.45, "employer_pounds_per_year": 420},
        "self_employed": {"pounds_per_hour": 19},
    },
)
ACCEPT_EXAMPLE: Any = example(
    "a reason for each kind",
    "The warnings of the card, each accepted with a reason",
    {"accept": {"far-from-benchmark": "Cabinet paper of 3 February 2026, option B"}},
)
CARD_EXAMPLE: Any = example(
    "four bands",
    "One set of assumptions, four bands that differ only in travel",
    {"name": "Trial card", "effective_from": "2030-04-01", "basis": "An example.", "assumptions": _BANDED},
)
