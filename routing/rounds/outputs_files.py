"""A plan as files: a calendar for each carer, a page to print, and routes for a map."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from icalendar import Calendar, Event

from routing.rounds.outputs import ClientLine, Kpis, RotaLine, clients, kpis, rota
from routing.wgs84 import degrees

if TYPE_CHECKING:
    from datetime import date

    from routing.rounds.answer import Rounds
    from routing.rounds.day import Day

_DEGREES = 6


def calendar(rounds: Rounds, on: date, made_at: datetime, carer: str | None = None) -> str:
    """Return visits and rests as an iCalendar (RFC 5545), in local time without a zone, as a rota on paper has it.

    Args:
        rounds: The plan.
        on: The day's date.
        made_at: When the file is made, in UTC.
        carer: Only this carer's; everybody's where None.

    Raises:
        ValueError: There is no such carer in the plan.
    """
    routes = [route for route in rounds.routes if carer is None or route.carer == carer]
    if carer is not None and not routes:
        raise ValueError(f"carer: found {carer!r}, expected one with a round in the plan")
    book = Calendar()
    book.add("version", "2.0")
    book.add("prodid", "-//Patchwork//Rounds//EN")
    book.add("calscale", "GREGORIAN")
    for route in routes:
        events = [(stop.start, stop.end, stop.visit) for stop in route.stops]
        events += [(rest.start, rest.end, "Break, paid" if rest.paid else "Break, unpaid") for rest in route.breaks]
        for start, end, what in sorted(events):
            mark = hashlib.sha256(f"{on} {route.carer} {what} {start}".encode()).hexdigest()[:24]
            entry = Event()
            entry.add("uid", f"{mark}@patchwork")
            entry.add("dtstamp", made_at.replace(tzinfo=UTC))
            entry.add("dtstart", _moment(on, start))
            entry.add("dtend", _moment(on, end))
            entry.add("summary", what if carer is not None else f"{route.carer}: {what}")
            book.add_component(entry)
    text: bytes = book.to_ical(sorted=False)
    return text.decode()


def _moment(on: date, minute: int) -> datetime:
    return datetime(on.year, on.month, on.day) + timedelta(minutes=minute)  # noqa: DTZ001 - local time is meant


def geojson(day: Day, rounds: Rounds) -> str:
    """Return each round as a line from stop to stop, straight between them, and each stop as a point, in WGS84.

    Args:
        day: What was planned.
        rounds: Its plan.
    """
    visits = {visit.id: (visit.easting, visit.northing) for visit in day.visits}
    homes = {carer.id: (carer.easting, carer.northing) for carer in day.carers}
    features: list[dict[str, Any]] = []
    for route in rounds.routes:
        places = [homes[route.carer], *(visits[stop.visit] for stop in route.stops), homes[route.carer]]
        ends = np.round(degrees(places), _DEGREES).tolist()
        facts = {
            "carer": route.carer,
            "visits": len(route.stops),
            "miles": round(route.miles, 2),
            "paid_minutes": route.paid_minutes,
            "travel_minutes": route.travel_minutes,
        }
        features.append(_feature("LineString", ends, {"kind": "round", **facts}))
        for number, (stop, where) in enumerate(zip(route.stops, ends[1:], strict=False), start=1):
            about = {"carer": route.carer, "number": number, "visit": stop.visit, "start": stop.start, "end": stop.end}
            features.append(_feature("Point", where, {"kind": "visit", **about}))
    return json.dumps({"type": "FeatureCollection", "features": features})


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


_STYLE = (
    "body{font:11pt/1.35 sans-serif;margin:2em;color:#111}h1{font-size:15pt}h2{font-size:13pt;margin-top:0}"
    "section{break-after:page;padding-top:1em}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}"
    "td.n{text-align:right}caption{text-align:left;padding:.3em 0}"
)


def page(day: Day, rounds: Rounds, title: str) -> str:
    """Return a page to print: a sheet for each carer, one for the people visited, and the key figures.

    It asks for nothing outside itself.

    Args:
        day: What was planned.
        rounds: Its plan.
        title: What to write on top.
    """
    by_carer: dict[str, list[RotaLine]] = {}
    for line in rota(day, rounds):
        by_carer.setdefault(line.carer, []).append(line)
    sheets = [_carer_sheet(carer, lines) for carer, lines in by_carer.items()]
    body = "".join([*sheets, _clients_sheet(clients(day, rounds)), _kpi_sheet(kpis(day, rounds), rounds)])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def _table(head: tuple[str, ...], body: list[tuple[object, ...]], caption: str) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{value:g}</td>' if isinstance(value, int | float) else f"<td>{escape(str(value))}</td>"
            for value in line
        )
        + "</tr>"
        for line in body
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def _carer_sheet(carer: str, lines: list[RotaLine]) -> str:
    body: list[tuple[object, ...]] = [
        (line.starts, line.ends, line.visit or line.what, line.travel_minutes, line.miles, line.together_with)
        for line in lines
    ]
    head = ("From", "To", "What", "Travel, minutes", "Miles", "Together with")
    visits = sum(line.what == "visit" for line in lines)
    return f"<section><h2>{escape(carer)}</h2>{_table(head, body, f'{visits} visits')}</section>"


def _clients_sheet(lines: list[ClientLine]) -> str:
    body: list[tuple[object, ...]] = [
        (line.client, line.visit, line.starts, line.ends, line.carers or f"nobody: {line.unserved}") for line in lines
    ]
    head = ("Person", "Visit", "From", "To", "Who comes")
    return f"<section><h2>Who comes when</h2>{_table(head, body, f'{len(lines)} visits')}</section>"


def _kpi_sheet(found: Kpis, rounds: Rounds) -> str:
    body: list[tuple[object, ...]] = [
        (name.replace("_", " "), "" if (value := getattr(found, name)) is None else value)
        for name in found.__dataclass_fields__
    ]
    caption = f"Made by {rounds.engine}, seed {rounds.seed}; travel {rounds.travel_version}"
    return f"<section><h2>Key figures</h2>{_table(('Figure', 'Value'), body, caption)}</section>"
