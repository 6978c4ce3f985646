"""Rules of allocation: shipped, drafted, published; in words and with their worked examples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from app.api.brokerage import RegisterReader, desk_of
from app.api.dependencies import AppServices, require
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.problems import invalid_input, not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.brokerage.rule_sets import find_rules, publish_rules, rules_in_force, rules_listed, save_rules
from app.storage.brokerage.tables import RuleSetRow
from app.usecases.brokerage.simulate import SimulationBody, record_asked, simulate_rules
from brokerage.examples import differences
from brokerage.rules.library import shipped_rule_sets
from brokerage.rules.model import RuleSet
from brokerage.rules.words import in_words

router = APIRouter(prefix="/rule-sets", tags=["providers"])
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


class RulesView(BaseModel):
    """A rule set, in data and in words."""

    id: int | None = Field(description="Null for one that ships and was not kept here.")
    name: str
    version: int | None
    status: str = Field(description="shipped, draft, published or retired.")
    in_words: list[str]
    rules: RuleSet
    created_by: str | None = None
    created_at: datetime | None = None
    published_at: datetime | None = None
    retired_at: datetime | None = None

    @classmethod
    def of(cls, row: RuleSetRow) -> RulesView:
        """A stored rule set."""
        rules = RuleSet.model_validate(row.body)
        kept = ("id", "name", "version", "status", "created_by", "created_at", "published_at", "retired_at")
        return cls(rules=rules, in_words=in_words(rules), **{name: getattr(row, name) for name in kept})

    @classmethod
    def shipped(cls, rules: RuleSet) -> RulesView:
        """One that ships."""
        return cls(id=None, name=rules.name, version=None, status="shipped", in_words=in_words(rules), rules=rules)


class ShippedRules(BaseModel):
    """The rule sets that ship."""

    items: list[RulesView]


@router.get("")
def list_rule_sets(
    caller: RegisterReader, services: AppServices, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[RulesView]:
    """List the council's rule sets, newest first."""
    with services.database.read() as session:
        rows = rules_listed(session, caller.council, limit, cursor_value(cursor, "id", int))
    return page_of(rows, limit, RulesView.of, lambda row: {"id": row.id})


@router.get("/shipped")
def list_shipped_rule_sets(_caller: RegisterReader) -> ShippedRules:
    """List the rule sets that ship with the service, each with its worked examples."""
    return ShippedRules(items=[RulesView.shipped(rules) for rules in shipped_rule_sets().values()])


@router.get("/in-force")
def get_rules_in_force(caller: RegisterReader, services: AppServices) -> RulesView:
    """The rules by which providers are asked today."""
    with services.database.read() as session:
        rules, number, _ = rules_in_force(session, caller.council)
        row = find_rules(session, caller.council, number) if number is not None else None
        return RulesView.of(row) if row is not None else RulesView.shipped(rules)


@router.post("", status_code=201)
def draft_rule_set(body: RuleSet, caller: Analyst, services: AppServices, response: Response) -> RulesView:
    """Keep a rule set as a draft, the next version under its name; each worked example must come out as it says."""
    wrong = [said for example in body.examples for said in differences(example, body)]
    if wrong:
        raise invalid_input(f"examples: {wrong[0]}.", errors=[{"field": "examples", "message": said} for said in wrong])
    with services.database.write() as session:
        view = RulesView.of(save_rules(session, caller.council, body, caller.name))
    response.headers["location"] = f"/v1/rule-sets/{view.id}"
    return view


class SimFigure(BaseModel):
    """A mean over seeds with its 95% interval."""

    mean: float
    low: float
    high: float


class SimulatedRules(BaseModel):
    """What came of one rule set."""

    rule_set: str
    requests: int
    placed: int
    mean_days: SimFigure
    p90_days: SimFigure
    mean_days_to_first_visit: SimFigure
    concentration: SimFigure = Field(description="Herfindahl index by zone; 1 is one provider alone.")
    minutes_per_visit: SimFigure
    offers_per_request: SimFigure
    stray_p95: SimFigure | None = Field(description="Turns from turns owed, packages; null where nothing is owed.")
    unmet_hours_by_band: dict[str, SimFigure]


class Simulated(BaseModel):
    """Rule sets beside each other on the same counties."""

    items: list[SimulatedRules]
    seeds: list[int]
    county: dict[str, float]
    assumed: dict[str, float | None]
    notes: list[str] = Field(description="What was made up, and what was taken from where.")


@router.post("/simulate", responses=problems(422))
def simulate_rule_sets(body: SimulationBody, caller: Analyst, services: AppServices) -> Simulated:
    """Simulate made-up requests, or the council's own record, under rule sets before one is set."""
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        record = record_asked(body, session, desk)
    return Simulated.model_validate(simulate_rules(body, record))


@router.get("/{rule_set_id}")
def get_rule_set(rule_set_id: int, caller: RegisterReader, services: AppServices) -> RulesView:
    """One rule set."""
    with services.database.read() as session:
        row = find_rules(session, caller.council, rule_set_id)
        if row is None:
            raise not_found("rule set", rule_set_id)
        return RulesView.of(row)


@router.post("/{rule_set_id}/publish", responses=problems(_409="It was retired and stays so."))
def publish_rule_set(rule_set_id: int, caller: Publisher, services: AppServices) -> RulesView:
    """Put a rule set in force; the one before is retired."""
    with services.database.write() as session:
        row = find_rules(session, caller.council, rule_set_id)
        if row is None:
            raise not_found("rule set", rule_set_id)
        publish_rules(session, row, caller.name)
        return RulesView.of(row)
