"""The price of a line: the cheapest plan that no zone crosses it, beside the cheapest that may, with both bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.sparse import csr_matrix
from sqlalchemy.orm import Session

from app.jobs.problems import JobProblem
from app.settings import Settings
from app.usecases.plans.draw.draw_zones import Asked, read_request
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.draw.search import Report, drawn_as_asked, silent
from app.usecases.plans.measure.costs import measured_plan
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.line import LineRule, LineSide
from app.usecases.reorganisation.ground import sides_on
from app.usecases.reorganisation.proposals import ReorganisationProposal, ReorganisationRequest
from geo.reorganisation import UNDECIDED, Bounded, Sides, least_border_of_line, price_of_line
from geo.zoning import ZoningProblem
from geo.zoning.problem.islands import piece_of_each

NO_LINE = "All that is loaded falls to one council: the line parts nothing here."
IN_PIECES = "The line cuts a side into pieces, and the plan that keeps to it has a zone in several of them."
NOT_SAID = "{areas} areas are claimed by no council, so where the line runs is not said."


class LineTerms(BaseModel):
    """How the plans on both sides of a price are drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zones: int = Field(ge=2, le=60, description="How many zones of equal hours.")
    seconds: float = Field(default=30, ge=1, le=3600, description="Longest search of each plan.")
    tolerance_share: float = Field(default=0.1, gt=0, le=0.5, description="Largest deviation from a target.")
    starts: int | None = Field(default=None, ge=1, le=10_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class Cost(BaseModel):
    """A plan's cost beside the least that any such plan can cost."""

    pounds_per_year: float
    least_possible_pounds_per_year: float


class LinePriced(BaseModel):
    """The price of one proposal's line."""

    proposal: str
    may_cross: Cost | None = Field(description="The cheapest plan found whose zones may cross the line.")
    none_crosses: Cost | None = Field(description="The cheapest plan found of which no zone crosses it.")
    price_pounds_per_year: float | None = Field(description="The one less the other.")
    price_is_at_least: float | None
    price_is_at_most: float | None
    zones_by_council: dict[str, int] = Field(description="How many zones of the plan that keeps to it lie in each.")
    problem: str | None = Field(description="Why there is no price.")


@dataclass(frozen=True)
class _Within:
    """A plan that keeps to a line, with its cost on the ground of the plan that need not."""

    cost: Bounded
    zones_by_council: dict[str, int]


def line_prices(
    session: Session,
    council: str,
    request: ReorganisationRequest,
    terms: LineTerms,
    settings: Settings,
    report: Report = silent,
) -> list[LinePriced]:
    """Draw a plan that may cross the lines, and one for each proposal that keeps to its own; none is kept.

    Raises:
        Problem: areas or demand are not loaded, a proposal contradicts itself, or no plan meets the terms even where
            zones may cross.
    """
    drawn = PlanRequest(name="Free to cross", **terms.model_dump())
    asked = read_request(session, council, drawn, settings)
    sides = [sides_on(asked.inputs, proposal, at) for at, proposal in enumerate(request.proposals)]
    refused = [_refused(found) for found in sides]
    if all(refused):
        return [_unpriced(p.name, why) for p, why in zip(request.proposals, refused, strict=True)]
    crossing = drawn_as_asked(asked.inputs, drawn, asked.wanted, None, report, settings.solver_threads)
    free = Bounded(float(crossing.plan.cost), _finite(crossing.plan.bound))
    within: list[_Within | str] = []
    for proposal, found, why in zip(request.proposals, sides, refused, strict=True):
        within.append(why or _within(asked, drawn, crossing.problem, proposal, found, settings, report))
    kept = [plan.cost for plan in within if isinstance(plan, _Within)]
    best = min([free, *(Bounded(cost.pounds, free.least) for cost in kept)], key=lambda cost: cost.pounds)
    return [
        _unpriced(proposal.name, plan, best) if isinstance(plan, str) else _priced(proposal.name, best, plan)
        for proposal, plan in zip(request.proposals, within, strict=True)
    ]


def _refused(sides: Sides) -> str:
    """Why a line has no price; empty where it has one."""
    undecided = int((sides.of_area == UNDECIDED).sum())
    if undecided:
        return NOT_SAID.format(areas=f"{undecided:,}")
    return "" if sides.parted else NO_LINE


def _within(
    asked: Asked,
    drawn: PlanRequest,
    free: ZoningProblem,
    proposal: ReorganisationProposal,
    sides: Sides,
    settings: Settings,
    report: Report,
) -> _Within | str:
    """The cheapest plan found that keeps to a line, or why there is none.

    Across a line that no zone may cross nothing counts as neighbours, so the borders along it have no price in that
    search. The plan is measured on the ground of the free one, and its bound is raised by what any such plan costs more
    there.
    """
    inputs = asked.inputs
    held = {at: made for at, made in enumerate(proposal.councils) if (sides.of_area == at).any()}
    line = LineRule(name=proposal.name, sides=[_line_side(inputs, sides, at, made.name) for at, made in held.items()])
    request = drawn.model_copy(update={"lines": [line]})
    try:
        found = drawn_as_asked(inputs, request, asked.wanted, None, report, settings.solver_threads)
    except JobProblem as refusal:
        return refusal.detail
    plan = found.plan
    if _pieces(free.adjacency, plan.labels) > found.problem.zones:
        return IN_PIECES
    whole = measured_plan(inputs, found.problem.zones, plan.labels, request.priorities)
    border = least_border_of_line(csr_matrix(free.pair_price), csr_matrix(found.problem.pair_price), sides.of_area)
    cost = Bounded(float(whole.cost), _finite(plan.bound) + border)
    zones = {made.name: len(set(plan.labels[sides.of_area == at].tolist())) for at, made in held.items()}
    return _Within(cost, zones)


def _pieces(adjacency: csr_matrix, labels: NDArray[np.int64]) -> int:
    """How many pieces the zones are in."""
    pairs = adjacency.tocoo()
    own = labels[pairs.row] == labels[pairs.col]
    return int(piece_of_each(csr_matrix((pairs.data[own], (pairs.row[own], pairs.col[own])), pairs.shape)).max()) + 1


def _line_side(inputs: PlanInputs, sides: Sides, at: int, name: str) -> LineSide:
    return LineSide(name=name, places=inputs.areas.ids[sides.of_area == at].tolist())


def _finite(bound: float) -> float:
    """A bound; 0, which no cost is under, where nothing was proven."""
    return float(bound) if math.isfinite(bound) else 0.0


def _cost(cost: Bounded) -> Cost:
    return Cost(pounds_per_year=round(cost.pounds, 2), least_possible_pounds_per_year=round(cost.least, 2))


def _priced(proposal: str, free: Bounded, plan: _Within) -> LinePriced:
    price = price_of_line(free, plan.cost)
    return LinePriced(
        proposal=proposal,
        may_cross=_cost(price.free),
        none_crosses=_cost(price.within),
        price_pounds_per_year=round(price.pounds, 2),
        price_is_at_least=round(price.least, 2),
        price_is_at_most=round(price.most, 2),
        zones_by_council=plan.zones_by_council,
        problem=None,
    )


def _unpriced(proposal: str, why: str, free: Bounded | None = None) -> LinePriced:
    return LinePriced(
        proposal=proposal,
        may_cross=None if free is None else _cost(free),
        none_crosses=None,
        price_pounds_per_year=None,
        price_is_at_least=None,
        price_is_at_most=None,
        zones_by_council={},
        problem=why,
    )
