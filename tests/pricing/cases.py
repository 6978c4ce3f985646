"""Sets of assumptions of every shape, for property tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pricing import Assumptions, parse_assumptions

# no deadline: a loaded machine is not a defect; derandomised, so that a failure repeats
many = settings(deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
some = settings(many, max_examples=40)

LEICESTERSHIRE_URBAN: dict[str, Any] = {
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


def amounts(low: str, high: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


def on_cost(allowed: list[str]) -> st.SearchStrategy[Any]:
    share = amounts("0", "0.3")
    return st.one_of(
        share,
        st.fixed_dictionaries({"share": share, "of": st.sampled_from(allowed)}),
        st.fixed_dictionaries({"pounds_per_contact_hour": amounts("0", "3")}),
    )


PLAIN, LATE = ["contact", "contact_and_travel"], ["contact", "contact_and_travel", "pay_and_training", "gross_pay"]

on_costs = st.fixed_dictionaries(
    {"method": st.sampled_from(["compound", "additive"])},
    optional={
        "base": st.sampled_from(PLAIN),
        "training": on_cost(PLAIN),
        "holiday": on_cost([*PLAIN, "pay_and_training"]),
        "non_contact": on_cost(PLAIN),
        "sickness": on_cost(PLAIN),
        "notice": on_cost(PLAIN),
        "employer_ni": on_cost(LATE),
        "pension": on_cost(LATE),
    },
)
business = st.one_of(
    st.fixed_dictionaries({"pounds_per_contact_hour": amounts("0", "8")}),
    st.fixed_dictionaries({"share_of_price": amounts("0", "0.35")}),
    st.fixed_dictionaries(
        {
            "lines": st.tuples(
                st.fixed_dictionaries({"name": st.just("Rent"), "pounds_per_contact_hour": amounts("0", "3")}),
                st.fixed_dictionaries({"name": st.just("IT"), "share_of_price": amounts("0", "0.2")}),
                st.fixed_dictionaries({"name": st.just("Manager"), "pounds_per_year": amounts("0", "90000")}),
            ),
            "contact_hours_per_year": amounts("5000", "100000"),
            "cqc_fee_pounds_per_contact_hour": amounts("0", "0.2"),
        }
    ),
)
surplus = st.one_of(
    st.fixed_dictionaries({"method": st.sampled_from(["on_cost", "share_of_price"]), "share": amounts("0", "0.2")}),
    st.fixed_dictionaries({"method": st.just("fixed"), "pounds_per_contact_hour": amounts("0", "2")}),
)
cost_of_sending = st.fixed_dictionaries(
    {"pounds_per_visit": amounts("0", "1"), "pounds_per_contact_hour": amounts("0", "1")}
)
enhancements = st.one_of(
    st.just([]),
    st.tuples(
        *(
            st.fixed_dictionaries(
                {
                    "name": st.just(name),
                    "share_of_contact_hours": amounts("0", "0.3"),
                    "pay_multiplier": amounts("1", "2"),
                    "extra_pounds_per_hour": amounts("0", "2"),
                    "applies_to_travel": st.booleans(),
                }
            )
            for name in ("Weekend", "Bank holiday")
        )
    ),
)
inputs = st.fixed_dictionaries(
    {
        "wage_pounds_per_hour": amounts("5", "25"),
        "on_costs": on_costs,
        "mean_visit_minutes": amounts("15", "120", 2),
        "travel": st.fixed_dictionaries(
            {
                "minutes_per_visit": amounts("0", "40"),
                "miles_per_visit": amounts("0", "15"),
                "pence_per_mile": amounts("0", "60"),
                "waiting_minutes_per_visit": amounts("0", "10"),
            }
        ),
        "business": business,
        "return": surplus,
    },
    optional={
        "travel_wage_pounds_per_hour": amounts("5", "25"),
        "ppe": cost_of_sending,
        "other_careworker": cost_of_sending,
        "enhancements": enhancements,
        "double_handed": st.fixed_dictionaries(
            {"share_of_visits": amounts("0", "1"), "second_carer_miles_share": amounts("0", "1")}
        ),
        "round_to_pence": st.sampled_from([1, 5, 10, Decimal("0.5")]),
        "rounding": st.sampled_from(["nearest", "up", "down"]),
    },
)


@st.composite
def assumptions(draw: st.DrawFn) -> Assumptions:
    return parse_assumptions(draw(inputs))
