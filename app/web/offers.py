"""The page by which a provider answers one offer, opened by its signed link: no account, no script."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.api.dependencies import AppServices, Services
from app.problems import Problem
from app.usecases.brokerage.links import read_token
from app.usecases.brokerage.offer_page import OfferSeen, offer_seen
from app.usecases.brokerage.offers import move_offer, settle_overdue
from brokerage.moves import DECLINE_REASONS, Move
from app.web.headers import security_headers

router = APIRouter(prefix="/offers", include_in_schema=False)
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_STATES = {
    "open": "This offer waits for your answer.",
    "accepted": "You accepted this package.",
    "declined": "You declined this package.",
    "timed_out": "The time to answer has passed.",
    "withdrawn": "This offer was withdrawn.",
    "handed_back": "This package was handed back.",
}
_REASONS = {
    "no-capacity": "No carers free",
    "too-far": "Too far from our rounds",
    "times": "The times do not fit",
    "skills": "We lack a skill",
    "double-handed": "We cannot send two carers",
    "price": "The price",
    "risk": "The risk",
    "other": "Another reason",
}


def _opened(services: Services, token: str) -> tuple[str, int, OfferSeen]:
    found = read_token(services.database, token)
    if found is not None:
        settle_overdue(services.database, found[0])
        with services.database.read() as session:
            seen = offer_seen(session, *found, services.lookup.index.zones)
        if seen is not None:
            return *found, seen
    raise Problem(404, "not-found", "Link not valid", "This link is not valid, was cut short, or has expired.")


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _answer(request: Request, seen: OfferSeen, status: int = 200, note: str = "") -> Response:
    if _wants_json(request):
        return JSONResponse(seen.model_dump(mode="json"), status_code=status, headers=_HEADERS)
    return HTMLResponse(_page(seen, note), status_code=status, headers=security_headers(None) | _HEADERS)


@router.get("/{token}")
def open_offer(token: str, request: Request, services: AppServices) -> Response:
    """Show the offer: area and pattern; name and door once it is accepted."""
    try:
        _, _, seen = _opened(services, token)
    except Problem as problem:
        if _wants_json(request):
            raise
        return HTMLResponse(_shell(f"<h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p>"), 404, _HEADERS)
    return _answer(request, seen)


@router.post("/{token}")
def answer_by_link(
    token: str,
    request: Request,
    services: AppServices,
    answer: Annotated[str, Form(max_length=10)],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take the provider's answer. The same answer sent twice is one answer."""
    council, offer_id, seen = _opened(services, token)
    moves = {"accept": Move.OFFER_ACCEPTED, "decline": Move.OFFER_DECLINED}
    if answer not in moves:
        raise Problem(422, "invalid-input", "Invalid input", f"answer: found {answer!r}, expected accept or decline.")
    if seen.state == {"accept": "accepted", "decline": "declined"}[answer]:
        return _answer(request, seen)
    note, status = "", 200
    try:
        with services.database.write() as session:
            move_offer(session, council, offer_id, moves[answer], f"provider by link: {seen.provider}"[:80], reason or None)
    except Problem as problem:
        if problem.status != 409 or _wants_json(request):
            raise
        note, status = problem.detail, 409
    _, _, seen = _opened(services, token)
    return _answer(request, seen, status, note)


def _page(seen: OfferSeen, note: str) -> str:
    rows = {
        "Area": seen.area,
        "Zone": seen.zone or "",
        "Service": seen.service_type,
        "Visits": seen.pattern,
        "Hours a week": f"{seen.hours_per_week:g}",
        "Pays a week": "" if seen.weekly_pounds is None else f"£{seen.weekly_pounds:,.2f}",
        "Needed from": f"{seen.needed_from:%d %B %Y}",
        "Urgency": seen.urgency,
        "Skills needed": ", ".join(seen.skills),
        "Languages wished for": ", ".join(seen.languages),
        "Answer by": f"{seen.answer_by:%d %B %Y %H:%M} UTC",
    }
    if seen.postcode is not None:
        person = seen.person
        rows |= {
            "Postcode": seen.postcode,
            "Name": person.name if person else "",
            "Address": person.address if person else "",
            "Telephone": person.telephone if person else "",
            "Note": person.note if person else "",
        }
    table = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items() if value
    )
    said = f"<p role='alert'><strong>{escape(note)}</strong></p>" if note else ""
    made_up = "<p><strong>Synthetic: made up, for the demonstration.</strong></p>" if seen.synthetic else ""
    head = f"<h1>Offer {seen.offer_id} to {escape(seen.provider)}</h1>{made_up}{said}<p>{_STATES[seen.state]}</p>"
    return _shell(f"{head}<table>{table}</table>{_form() if seen.state == 'open' else ''}")


def _form() -> str:
    options = "".join(f"<option value='{code}'>{escape(_REASONS[code])}</option>" for code in DECLINE_REASONS)
    return (
        "<form method='post'><button name='answer' value='accept'>Accept</button></form>"
        "<form method='post'><label>Reason <select name='reason'>"
        f"{options}</select></label> <button name='answer' value='decline'>Decline</button></form>"
    )


def _shell(body: str) -> str:
    return (
        "<!doctype html><html lang='en-GB'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><title>Offer of care</title></head>"
        f"<body><main>{body}</main></body></html>"
    )
