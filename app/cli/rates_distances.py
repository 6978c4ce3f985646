"""``patchwork rates distances``: prices by miles from named centres, beside today's bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, quiet_settings
from app.cli.rates_later import FromCard, InputFile, Service, asking, start_given
from app.cli.rates_propose import json_file
from app.usecases.demand.gate import INSIDE
from app.usecases.rates.distance_answer import DistanceQuestion
from app.usecases.rates.distance_bands import compare_distance
from pricing.parsing import parse

Row = Mapping[str, Any]
PARTS = 2


def distances(
    centre: Annotated[
        list[str] | None,
        typer.Option("--centre", metavar="NAME=POSTCODE", help="A centre: NAME=POSTCODE or NAME=EASTING,NORTHING."),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option("--price", metavar="MILES=POUNDS", help="3=17.40 is up to 3 miles; over=21.72 is the rest."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="straight_line, or travel_model.")] = "straight_line",
    group: Annotated[str, typer.Option("--group", help="Tell the change by district or zone.")] = "district",
    from_card: FromCard = None,
    service: Service = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare today's bands with bands of miles from named centres: hours and pounds each way, and who moves."""
    given = start_given(json_file(file), from_card, service, None) | {"measured_by": by, "group_by": group}
    if centre:
        given |= {"centres": [_centre(text) for text in centre]}
    if price:
        given |= {"schedule": {"bands": [_price(text) for text in price]}}
    with asking() as (session, council):
        question = parse(DistanceQuestion, given)
        found = compare_distance(session, council, question, quiet_settings(), INSIDE, drafts=True)
        body = found.model_dump(mode="json")
    give(body, as_json=as_json, text=distances_text(body))


def _centre(text: str) -> dict[str, str]:
    name, sign, where = text.partition("=")
    if not sign:
        raise fail(f'--centre: found {text!r}, expected NAME=POSTCODE, as "Melton Mowbray=LE13 1AA".', code=2)
    parts = where.split(",")
    if len(parts) == PARTS:
        return {"name": name.strip(), "easting": parts[0].strip(), "northing": parts[1].strip()}
    return {"name": name.strip(), "postcode": where.strip()}


def _price(text: str) -> dict[str, str]:
    miles, sign, pounds = text.partition("=")
    if not sign:
        raise fail(f"--price: found {text!r}, expected MILES=POUNDS, as 3=17.40, and over=21.72 for the rest.", code=2)
    limit = {} if miles.strip() == "over" else {"up_to_miles": miles.strip()}
    return limit | {"pounds_per_hour": pounds.strip().lstrip("£")}


def distances_text(found: Row) -> str:
    """The two ways beside each other, who moves, and each district or zone."""
    start = found["start"]
    said = [f"From {start['said']}; {found['measured_by']}", ""]
    for title, sides in (("Today's bands", found["today"]), ("By distance", found["by_distance"])):
        said.append(f"{title:<20}{'areas':>8}{'packages':>10}{'hours a week':>14}{'£ an hour':>11}{'£ a year':>14}")
        said += [_side(side) for side in sides]
        said.append("")
    said += [
        f"{move['moves']:<20}{move['areas']:>8}{_n(move['packages']):>10}{_n(move['hours_per_week'], 1):>14}{'':>11}"
        f"{_n(move['difference_pounds_per_year'], sign='+'):>14}"
        for move in found["moves"]
    ]
    said += ["", "Change by area, £ a year, biggest fall first"]
    said += [f"  {one['group']:<34}{_n(one['difference_pounds_per_year'], sign='+'):>14}" for one in found["groups"]]
    said += ["", f"In all: {_n(found['difference_pounds_per_year'], sign='+')} a year"]
    return "\n".join(said)


def _side(side: Row) -> str:
    return (
        f"  {side['band']:<18}{side['areas']:>8}{_n(side['packages']):>10}{_n(side['hours_per_week'], 1):>14}"
        f"{side['pounds_per_hour']:>11.2f}{_n(side['pounds_per_year']):>14}"
    )


def _n(value: float | None, places: int = 0, sign: str = "") -> str:
    return "withheld" if value is None else f"{value:{sign},.{places}f}"
