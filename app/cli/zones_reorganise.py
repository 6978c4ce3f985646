"""`patchwork zones reorganise`: every proposal for new councils in one report, and what each line costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from app.cli.output import (
    AsJson,
    bring_up_to_date,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    quiet_settings,
)
from app.cli.zones_options import Seconds, Seed, Starts, Tolerance, given_options
from app.cli.zones_status import plan_of
from app.exports.comparison import shown
from app.ingest.national import councils
from app.settings import Settings
from app.storage.decisions import published, zones_of_plan
from app.storage.demand import current_snapshot
from app.storage.models import ZonePlan
from app.usecases.demand.gate import INSIDE
from app.usecases.demo.council import load_council
from app.usecases.reorganisation.line_price import LinePriced, LineTerms, line_prices
from app.usecases.reorganisation.proposals import ReorganisationRequest, read_proposals
from app.usecases.reorganisation.reorganise import reorganise
from app.usecases.reorganisation.report import ProposalReport, ReorganisationReport

OF_THE_SEARCH = {"--zones", "--seconds", "--tolerance", "--starts", "--seed"}


def reorganised(
    context: typer.Context,
    proposals: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="CSV with the columns proposal, council, district_code and part."
        ),
    ],
    plan_id: Annotated[
        int | None, typer.Option("--plan", help="Number of the plan; the published one without.")
    ] = None,
    price_line: Annotated[
        bool, typer.Option("--price-line", help="Also draw the cheapest plans that may and may not cross each line.")
    ] = False,
    zones: Annotated[
        int | None, typer.Option("--zones", help="With --price-line: how many; as the plan has.", min=2, max=60)
    ] = None,
    made_up: Annotated[
        Path | None,
        typer.Option(
            "--made-up",
            file_okay=False,
            help="Folder: load every district of the proposals there, with real postcodes, made-up areas and "
            "synthetic demand, and report on those. What stands there already is left as it is.",
        ),
    ] = None,
    seconds: Seconds = 30,
    tolerance: Tolerance = 0.1,
    starts: Starts = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Part a plan, its packages, card and contracts along each proposal's line.

    The figures are exact: they are for use inside the council. --price-line searches --seconds for a plan that may
    cross the lines, and as long for each proposal whose line runs through what is loaded. --made-up is
    for proposals that take in places which your council does not hold.
    """
    beside = [option for option in given_options(context) if option in OF_THE_SEARCH]
    if beside and not price_line:
        raise fail(f"{', '.join(beside)} goes with --price-line.", code=2)
    settings = quiet_settings()
    with problems_as_messages():
        request = read_proposals(_text_of(proposals))
        if made_up is not None:
            settings = _made_up(settings, made_up, request)
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        plan = _plan(session, settings, plan_id)
        report = reorganise(session, settings.council, plan, request, settings, INSIDE)
        prices: list[LinePriced] = []
        if price_line:
            number = zones or len(zones_of_plan(session, plan.id))
            terms = LineTerms(zones=number, seconds=seconds, tolerance_share=tolerance, starts=starts, seed=seed)
            prices = line_prices(session, settings.council, request, terms, settings, progress_line)
    found: dict[str, Any] = report.model_dump(mode="json")
    if price_line:
        found["line_prices"] = [price.model_dump(mode="json") for price in prices]
    give(found, as_json=as_json, text=_text(report, prices))


def _made_up(settings: Settings, folder: Path, request: ReorganisationRequest) -> Settings:
    """Settings of an installation in a folder that holds every district of the proposals."""
    known = councils().districts
    named = (place for p in request.proposals for made in p.councils for place in (*made.places, *made.parts))
    codes = sorted({place for place in named if place in known})
    if not codes:
        raise fail("--made-up: found no code of a district in the proposals, expected one such as E07000130.", code=2)
    settings = settings.model_copy(update={"data_dir": folder, "database_url": None, "jobs_database_url": None})
    bring_up_to_date(settings)
    with open_database(settings) as database:
        with database.read() as session:
            snapshot = current_snapshot(session, settings.council)
        if snapshot is not None and not snapshot.synthetic:
            raise fail(f"--made-up: {folder} holds real demand, expected an empty folder.", code=2)
        load_council(database, settings, ",".join(codes), progress_line)
    return settings


def _plan(session: Session, settings: Settings, plan_id: int | None) -> ZonePlan:
    if plan_id is not None:
        return plan_of(session, settings, plan_id)
    plan: ZonePlan | None = published(session, ZonePlan, settings.council)
    if plan is None:
        raise fail("--plan: found none, and no plan is published. Publish one, or name it.", code=2)
    return plan


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise fail(f"{file}: found bytes that are not UTF-8, expected a CSV file in UTF-8.", code=2) from error


def _text(report: ReorganisationReport, prices: list[LinePriced]) -> str:
    card = report.rate_card or "no rate card in force"
    lines = [
        f"Plan {report.plan_id}, {report.plan_name}, on the demand of {report.taken_on}.",
        f"Pounds are those of home care at {card}, over {report.weeks_of_a_year} weeks.",
    ]
    priced = {price.proposal: price for price in prices}
    for proposal in report.proposals:
        lines += ["", proposal.name, *_proposal(proposal)]
        if proposal.name in priced:
            lines += _price(priced[proposal.name])
    return "\n".join(lines)


def _proposal(proposal: ProposalReport) -> list[str]:
    lines = [_row("council", "areas", "hours a week", "packages", "£ a year", "zones", "providers")]
    lines += [
        _row(
            side.name[:31],
            f"{side.areas:,}",
            shown(side.hours_per_week, ",.0f"),
            shown(side.packages, ",.0f"),
            "–" if side.pounds_per_year is None else f"{side.pounds_per_year:,.0f}",
            str(len(side.zones)),
            str(len(side.contracts)),
        )
        for side in [*proposal.sides, *([proposal.undecided] if proposal.undecided else [])]
    ]
    if proposal.not_loaded:
        lines.append("  Not loaded: " + ", ".join(f"{p.name} ({p.council})" for p in proposal.not_loaded) + ".")
    if not proposal.line_runs_through_what_is_loaded:
        return [*lines, "  All that is loaded falls to one council: no zone is cut."]
    lines.append(
        f"  Zones cut: {len(proposal.zones_cut) or 'none'}. "
        f"Providers on several sides: {proposal.providers_on_several_sides}."
    )
    for zone in proposal.zones_cut:
        parts = ", ".join(f"{part.council} {shown(part.hours_per_week, ',.0f')} hours" for part in zone.sides)
        lines.append(f"    {zone.name}: {parts}")
    return lines


def _row(name: str, *cells: str) -> str:
    return f"  {name:<32}" + "".join(f"{cell:>14}" for cell in cells)


def _price(price: LinePriced) -> list[str]:
    if price.problem is not None:
        return [f"  Price of the line: none. {price.problem}"]
    rows = [("may cross", price.may_cross), ("none crosses", price.none_crosses)]
    costs = [
        f"    {label:<14}£{cost.pounds_per_year:>12,.0f} a year, least possible "
        f"£{cost.least_possible_pounds_per_year:,.0f}"
        for label, cost in rows
        if cost is not None
    ]
    proven = f"£{price.price_is_at_least:,.0f} and £{price.price_is_at_most:,.0f}"
    return [
        f"  Price of the line: £{price.price_pounds_per_year:,.0f} a year, proven to lie between {proven}.",
        *costs,
        "    Zones: " + ", ".join(f"{name} {count}" for name, count in price.zones_by_council.items()) + ".",
    ]
