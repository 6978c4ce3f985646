"""Requests for care from the command line: made, listed, ranked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.desk import ACTOR, open_desk, table
from app.cli.output import AsJson, fail, give

requests = typer.Typer(help="Requests for care: make, list, rank and import.", no_args_is_help=True)


def _visit(text: str) -> dict[str, Any]:
    parts = text.lower().split("x")
    try:
        minutes, per_week, carers = int(parts[0]), float(parts[1]), int(parts[2]) if len(parts) > 2 else 1
    except (ValueError, IndexError) as error:
        raise fail(
            f"--visits: found {text!r}, expected MINUTESxPER_WEEK or MINUTESxPER_WEEKxCARERS.", code=2
        ) from error
    return {"minutes": minutes, "per_week": per_week, "carers": carers}


@requests.command("make")
def make(
    postcode: Annotated[str, typer.Argument(help="Where care is given.")],
    visits: Annotated[list[str], typer.Option(help="MINUTESxPER_WEEKxCARERS, such as 30x14x1; may be repeated.")],
    needed_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day care is needed.")],
    service: Annotated[str, typer.Option(help="Which service.")] = "maintenance",
    urgent: Annotated[bool, typer.Option("--urgent", help="The short answer times apply.")] = False,
    hospital: Annotated[bool, typer.Option("--hospital", help="A hospital discharge.")] = False,
    reference: Annotated[str | None, typer.Option(help="Of the package in the council's own system.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a request: placed in its zone and band, and costed a week."""
    from app.api.requests.schemas import RequestView
    from app.usecases.brokerage.requests import CareRequestBody, make_request

    body = {
        "postcode": postcode,
        "service_type": service,
        "visits": [_visit(text) for text in visits],
        "urgency": "urgent" if urgent else "routine",
        "source": "hospital" if hospital else "community",
        "needed_from": needed_from.date(),
        "reference": reference,
    }
    with open_desk() as (database, desk), database.write() as session:
        row, twins = make_request(session, desk, CareRequestBody.model_validate(body), ACTOR)
        view = RequestView.of(row, desk.index.zones, twins).model_dump(mode="json")
    cost = "no rate in force" if view["weekly_cost_pounds"] is None else f"£{view['weekly_cost_pounds']:,.2f} a week"
    alike = f" It seems to be the same as {', '.join(map(str, twins))}." if twins else ""
    where = f"zone {view['zone']}, {view['band']}"
    give(view, as_json=as_json, text=f"Request {view['id']}: {where}, {view['hours_per_week']:g} hours, {cost}.{alike}")


@requests.command("list")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="Only these states: open, offered, placed, started …")] = None,
    zone: Annotated[int | None, typer.Option(help="Only this zone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List requests, newest first."""
    from app.api.requests.schemas import RequestView
    from app.storage.brokerage.requests import requests_listed

    with open_desk() as (database, desk), database.read() as session:
        rows = requests_listed(session, desk.council, limit, None, states=state, zone=zone)[:limit]
        found = [RequestView.of(row, desk.index.zones).model_dump(mode="json") for row in rows]
    lines = table(
        [
            [
                one["id"],
                one["state"],
                one["zone"],
                one["band"],
                f"{one['hours_per_week']:g}",
                one["urgency"],
                one["created_at"][:10],
            ]
            for one in found
        ],
        ["id", "state", "zone", "band", "hours", "urgency", "made"],
    )
    give(found, as_json=as_json, text=lines)


@requests.command("rank")
def rank(request_id: Annotated[int, typer.Argument(help="Number of the request.")], as_json: AsJson = False) -> None:
    """Who is asked for a request, in which order, and why."""
    from app.api.requests.schemas import RankingView
    from app.usecases.brokerage.ranking import rank_request
    from app.usecases.brokerage.requests import stored_request

    with open_desk() as (database, desk), database.read() as session:
        row = stored_request(session, desk.council, request_id)
        view = RankingView.of(rank_request(session, desk, row), row, desk.index.plan_id).model_dump(mode="json")
    lines = [f"By {view['rule_set']}, {view['mode']}, {view['answer_minutes']} minutes to answer:"]
    for item in view["items"]:
        now = "  (asked now)" if item["asked_now"] else ""
        lines += [f"{item['rank']:>3}. {item['name']}, {item['role']}, score {item['score']:g}{now}"]
        lines += [f"       {sentence}" for sentence in item["why"]]
    lines += [f"  – {one['name']}: {one['why']}" for one in view["left_out"]]
    give(view, as_json=as_json, text="\n".join([*lines, view["note"] or ""]).rstrip())


@requests.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX, one row a request.")],
    as_json: AsJson = False,
) -> None:
    """Make a request of every row of a table: all of them, or none when a row is wrong."""
    from app.usecases.brokerage.import_requests import import_requests

    with open_desk() as (database, desk), database.write() as session:
        done = import_requests(session, desk, file.read_bytes(), ACTOR)
    give(
        done,
        as_json=as_json,
        text=f"{len(done['requests'])} requests made, {len(done['duplicates'])} seem to be twins.",
    )
