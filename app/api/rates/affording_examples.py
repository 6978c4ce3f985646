"""Examples of the OpenAPI page for later years, budgets and distance. Tests send each of them, so they stay true."""

from __future__ import annotations

from typing import Any

from app.api.rates.examples import BANDS_FILE_EXAMPLE, example

_BANDED: dict[str, Any] = BANDS_FILE_EXAMPLE["four bands"]["value"]
_RATES = {"urban": 23.34, "suburban": 24.38, "rural": 26.47, "extra rural": 29.72}
_HOURS = {"urban": 9000, "suburban": 4000, "rural": 2500, "extra rural": 500}
_FOUR_HOURS = {"urban": 11737, "fringe": 4648, "rural": 1301, "isolated": 314}
_MIXED: dict[str, Any] = {
    "terms": [
        {"follows": "national-living-wage", "weight": 0.7},
        {"follows": "carers-pay", "weight": 0.1},
        {"follows": "cpi", "month": "september", "weight": 0.2},
    ],
    "floor": 0,
    "cap": 0.05,
}

CONTRACT_UPLIFT_EXAMPLE: Any = {
    **example(
        "basket",
        "70% National Living Wage, 10% office pay tied to carers' pay, 20% CPI, between nothing and 5%",
        {"rates": _RATES, "years": ["2025-26", "2026-27"], "rule": {"rate": _MIXED}, "hours_per_week": _HOURS},
    ),
    **example(
        "tiers",
        "North Yorkshire's uplift of 2023-24: 9.2% under £26, 3% from £26 to £33, none above",
        {
            "rates": {"agency A": 23.20, "agency B": 28.00, "agency C": 34.50},
            "years": ["2022-23", "2023-24"],
            "rule": {"tiers": {"2023-24": [{"below_pounds": 26, "share": 0.092}, {"up_to_pounds": 33, "share": 0.03}]}},
            "hours_per_week": {"agency A": 100},
        },
    ),
    **example(
        "build-up",
        "Every input of the build-up by its own basket; NI and pension worked out afresh",
        {
            "banded": _BANDED,
            "years": ["2025-26", "2026-27"],
            "rule": {
                "inputs": {
                    "business.pounds_per_contact_hour": {
                        "terms": [{"follows": "carers-pay", "weight": 0.6}, {"follows": "cpi", "weight": 0.4}]
                    }
                }
            },
            "hours_per_week": _FOUR_HOURS,
        },
    ),
}
FORECAST_EXAMPLE: Any = {
    **example(
        "three outlooks",
        "Two known years and two under the low, central and high outlooks",
        {
            "rates": _RATES,
            "years": ["2025-26", "2026-27", "2027-28", "2028-29"],
            "rule": {"rate": _MIXED},
            "hours_per_week": _HOURS,
        },
    ),
    **example(
        "own path",
        "The council's own path of wages and prices",
        {
            "rates": _RATES,
            "years": ["2026-27", "2027-28"],
            "rule": {"rate": _MIXED},
            "hours_per_week": _HOURS,
            "outlooks": [
                {
                    "name": "medium-term plan",
                    "years": {
                        "2027-28": {
                            "wage_share": 0.035,
                            "wage_basis": "Finance's medium-term plan, February",
                            "prices_share": 0.025,
                            "prices_basis": "Finance's medium-term plan, February",
                        }
                    },
                }
            ],
        },
    ),
}
AFFORD_EXAMPLE: Any = {
    **example(
        "every band",
        "The highest rates inside £20.5 million a year",
        {"rates": _RATES, "hours_per_week": _HOURS, "budget_pounds_per_year": 20500000},
    ),
    **example(
        "one band",
        "What is left for the extra rural band",
        {"rates": _RATES, "hours_per_week": _HOURS, "budget_pounds_per_year": 20700000, "free_band": "extra rural"},
    ),
}
PHASE_EXAMPLE: Any = example(
    "one, two or three years",
    "From today's rates to what an hour costs, with that cost as stated for each year",
    {
        "rates": {"urban": 21.00, "rural": 24.50},
        "years": ["2025-26", "2026-27", "2027-28", "2028-29"],
        "sustainable": {
            "2026-27": {"urban": 25.20, "rural": 29.10},
            "2027-28": {"urban": 26.00, "rural": 30.00},
            "2028-29": {"urban": 26.80, "rural": 30.90},
        },
        "hours_per_week": {"urban": 9000, "rural": 2500},
    },
)
RETURN_EXAMPLE: Any = example(
    "a year on",
    "North Northamptonshire's rates of 2025-26 against those of the year before",
    {
        "rates": _RATES,
        "financial_year": "2025-26",
        "before_rates": {"urban": 22.47, "suburban": 23.51, "rural": 25.60, "extra rural": 28.85},
        "hours_per_week": _HOURS,
    },
)
HOURS_EXAMPLE: Any = example(
    "a zone of three providers",
    "400 hours a week, three providers, £12,000 a year of fixed costs each",
    {
        "banded": _BANDED,
        "hours_per_week": {"urban": 300, "rural": 100},
        "providers_now": 3,
        "fixed_pounds_per_year": 12000,
        "providers": [1, 2, 3, 4, 5],
    },
)
DISTANCE_EXAMPLE: Any = example(
    "Norfolk's miles",
    "Norfolk's bands and prices of 2018 from two market towns: 0 to 3, 3 to 6 and over 6 miles",
    {
        "centres": [
            {"name": "Melton Mowbray", "easting": 475300, "northing": 319200},
            {"name": "Market Harborough", "easting": 473300, "northing": 287300},
        ],
        "schedule": {
            "bands": [
                {"up_to_miles": 3, "pounds_per_hour": 17.40},
                {"up_to_miles": 6, "pounds_per_hour": 19.68},
                {"pounds_per_hour": 21.72},
            ]
        },
    },
)
