"""What visits are paid: at the rate in force, under payment rules, and as a direct payment's budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Body, Depends, Query
from pydantic import Field

from app.api.dependencies import AppServices, require
from app.api.openapi.answers import problems
from app.api.rates.answers import Answer
from app.api.rates.examples import BUDGET_EXAMPLE, RULES_EXAMPLE
from app.api.rates.router import router
from app.days import RecordedDay
from app.problems import Problem
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.in_force import rate_in_force
from app.usecases.rates.paid_visits import BudgetQuestion, RulesQuestion, budgets, rules_compared
from pricing import HOME_CARE, WEEKDAY
from pricing.quantities import Exact

Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class VisitRateAnswer(Answer):
    """What a visit is paid."""

    rate_card_id: int
    service_type: str
    band: str
    day_type: str = Field(description="any where the card pays every day alike.")
    minutes: Exact | None
    carers: int
    pounds_per_hour: Exact | None = Field(description="Null for a price a night or a week.")
    pounds_per_visit: Exact | None = Field(description="With all its carers; null where no length was asked about.")
    unit: str = Field(description="hour, night or week.")
    pounds_per_unit: Exact
    how: str


class RulesAnswer(Answer):
    """What a week of visits costs under one set of rules."""

    name: str
    pounds_per_week: Exact
    paid_hours_per_week: Exact
    delivered_hours_per_week: Exact
    over_plan_pounds_per_week: Exact = Field(description="Over what paying by plan costs.")


class BudgetLineAnswer(Answer):
    """One line of a budget."""

    name: str
    pounds_per_week: Exact


class BudgetAnswer(Answer):
    """The budget of one way of arranging the care."""

    way: str
    hours_per_week: Exact
    pounds_per_week: Exact
    pounds_per_year: Exact = Field(description="52 weeks.")
    lines: list[BudgetLineAnswer]
    said: str


@router.get("/rates/visit", responses=problems(_409="No published rate card covers the service on that day."))
def get_visit_rate(
    caller: Viewer,
    services: AppServices,
    band: Annotated[str, Query(max_length=60, examples=["urban"])],
    minutes: Annotated[Decimal | None, Query(ge=1, le=1440)] = None,
    carers: Annotated[int, Query(ge=1, le=4)] = 1,
    day_type: Annotated[str, Query(max_length=60)] = WEEKDAY,
    service_type: Annotated[str, Query(max_length=40)] = HOME_CARE,
    zone: Annotated[int | None, Query(ge=1)] = None,
    on: Annotated[RecordedDay | None, Query(description="The day; today when absent.")] = None,
) -> VisitRateAnswer:
    """What a visit is paid on a day, in a band and zone, for a service, by length, carers and part of the week."""
    day = on or date.today()  # noqa: DTZ011 - cards run by the local calendar
    with services.database.read() as session:
        found = rate_in_force(
            session,
            caller.council,
            band=band,
            on=day,
            zone=zone,
            minutes=minutes,
            carers=carers,
            day_type=day_type,
            service_type=service_type,
        )
    if found is None:
        said = f"No published rate card covers {service_type.replace('_', ' ')} on {day}; publish one."
        raise Problem(409, "nothing-published", "No rate card in force", said)
    paid = found.paid
    return VisitRateAnswer(
        rate_card_id=found.rate_card_id,
        service_type=paid.service_type,
        band=paid.band,
        day_type=paid.day_type,
        minutes=paid.minutes,
        carers=paid.carers,
        pounds_per_hour=paid.pounds_per_hour,
        pounds_per_visit=paid.pounds_per_visit,
        unit=paid.unit,
        pounds_per_unit=paid.pounds_per_unit,
        how=paid.how,
    )


@router.post("/rates/payment-rules")
def compare_payment_rules(
    asked: Annotated[RulesQuestion, Body(openapi_examples=RULES_EXAMPLE)], caller: Viewer, services: AppServices
) -> list[RulesAnswer]:
    """The same visits at the same rates under several payment rules: what each costs a week."""
    with services.database.read() as session:
        found = rules_compared(session, caller.council, asked, drafts=caller.may(Permission.DRAFTS_READ))
    return [RulesAnswer.model_validate(each) for each in found]


@router.post("/rates/direct-payments")
def budget_direct_payment(
    asked: Annotated[BudgetQuestion, Body(openapi_examples=BUDGET_EXAMPLE)], caller: Viewer, services: AppServices
) -> list[BudgetAnswer]:
    """A weekly and yearly budget for a pattern of visits: agency, employed assistant, self-employed."""
    with services.database.read() as session:
        found = budgets(session, caller.council, asked, drafts=caller.may(Permission.DRAFTS_READ))
    return [BudgetAnswer.model_validate(each) for each in found]
