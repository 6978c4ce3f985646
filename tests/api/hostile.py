"""Hostile values for every field of the OpenAPI document, so that a new route is attacked by itself."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from app.api.openapi.describe import operations
from app.api.openapi.examples import resolve, schema_example
from tests.api.inprocess import InProcess

Json = Any
Place = tuple[str | int, ...]

REFUSED_TEXT = ["a\x00b", "\ud800", "\u202egnp", "\u2066x", "\x1b[2J"]
REFUSED_NUMBERS = [1e300, -1e300, 1e-28, float("nan"), float("inf"), float("-inf"), 1e308, 10**30]
"""No field may hold these: each is a 4xx that names the field."""
ODD_TEXT = [
    "",
    " ",
    "x" * 20_000,
    "Infinity",
    "1e300",
    "-1",
    "'; --",
    "../../etc/passwd",
    "{}",
    "\U0001f3e1",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
    "NaN",
    "1e-28",
    "-0",
    "9" * 400,
    "é" * 300,
]
ODD_NUMBERS = [0, -1, 1, 10**15, 2**63 - 1, -(2**63), 1e-12, 0.1, 1e15, 1e14, -0.0, 1e-11, -1e15]
ODD_REST: list[Any] = [None, [], {}, True, [[]], {"a": 1}]
"""Some fields may hold these: whatever is answered, it is no 5xx."""


class Outcome(NamedTuple):
    """What an attack was answered: the status, and what is wrong with it, if anything."""

    status: int
    fault: str | None


class Attack(NamedTuple):
    """One request: where the hostile value stands, and whether it must be refused."""

    operation_id: str
    method: str
    address: str
    body: bytes | None
    field: str
    value: str
    refused: bool


def attacks(document: dict[str, Any], known: dict[str, str], rng: random.Random, most: int) -> Iterator[Attack]:
    """Attacks on every field, ``most`` values for each field and kind, chosen by ``rng``."""
    for path, method, operation in operations(document):
        body = _body(document, operation)
        yield from _on_parameters(document, (path, method, operation), known, body, rng, most)
        if body is None:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        address = _address(path, operation, known, {})
        for place, kinds in _fields(document, schema, body, ()):
            for value, refused in _values(kinds, rng, most):
                changed = _dumped(_with(body, place, value))
                field = ".".join(["body", *map(str, place)])
                yield Attack(
                    operation["operationId"], method.upper(), address, changed, field, repr(value)[:60], refused
                )


STREAMS = {"followJob"}
"""Operations whose answers never end."""
PYTHON_WORDS = ("Decimal(", "datetime.date", "datetime.time", "Traceback", "<class ", "NoneType", "ValueError")


def known_things(county: InProcess) -> dict[str, str]:
    """Ids and words that lead to something, so that attacks reach what lies behind them."""
    standing = county.get("/v1/meta", "admin").json()
    numbers = {"plan_id": standing["plan"]["id"], "card_id": standing["rate_card"]["id"]}
    numbers |= {"snapshot_id": standing["snapshot"]["id"], "run_id": standing["band_run"]["id"]}
    words = {"postcode": "LE67 3AP", "area_id": "E00131502", "name": "example", "form": "csv", "collection": "zones"}
    words |= {"financial_year": "2025-26", "starts_with": "LE67", "latitude": "52.7", "longitude": "-1.3", "plan": "1"}
    return words | {name: str(number) for name, number in numbers.items()}


def sent(county: InProcess, attack: Attack) -> Outcome:
    """Send an attack as an administrator and judge the answer: no 5xx, none undescribed, none in Python's own words.

    What no field may hold must be refused with a 4xx that names the field.
    """
    headers = {**county.bearer("admin"), "content-type": "application/json"}
    began = f"{attack.operation_id} {attack.field} = {attack.value}"
    try:
        reply = county.client.request(attack.method, attack.address, content=attack.body, headers=headers)
    except AssertionError as error:  # an answer that the document does not name
        return Outcome(0, f"{began}: {error}")
    said = f"{began}: {reply.status_code} {reply.text[:300]}"
    if reply.status_code >= 500 or any(word in reply.text for word in PYTHON_WORDS):
        return Outcome(reply.status_code, said)
    if not attack.refused or reply.status_code == 404:
        return Outcome(reply.status_code, None)
    place, _, name = attack.field.partition(".")
    named = place == "path" or name in reply.text or name.rpartition(".")[0] in reply.text
    return Outcome(reply.status_code, None if 400 <= reply.status_code < 500 and named else said)


def _values(kinds: set[str], rng: random.Random, most: int) -> Iterator[tuple[Any, bool]]:
    numbers = bool(kinds & {"number", "integer"})
    for values, refused, fits in (
        (REFUSED_NUMBERS, True, numbers),
        (REFUSED_TEXT, True, "string" in kinds),
        (ODD_NUMBERS, False, numbers),
        (ODD_TEXT, False, True),
        (ODD_REST, False, True),
    ):
        if fits:
            yield from ((value, refused) for value in rng.sample(values, min(most, len(values))))


def _body(document: dict[str, Any], operation: dict[str, Any]) -> Json:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    if content.get("examples"):
        return next(iter(content["examples"].values()))["value"]
    return content.get("example") or schema_example(document, content["schema"]) or {}


def _fields(
    document: dict[str, Any], schema: dict[str, Any], value: Json, place: Place
) -> Iterator[tuple[Place, set[str]]]:
    """Every place of the example, and every member its schema knows, with the types allowed there."""
    schema = resolve(document, schema)
    variants = [resolve(document, inner) for name in ("anyOf", "oneOf", "allOf") for inner in schema.get(name, [])]
    kinds = {kind for inner in [schema, *variants] if isinstance(kind := inner.get("type"), str)}
    if place:
        yield place, kinds or {"string"}
    if len(place) > 8:
        return
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        more: Any = {}
        for inner in [schema, *variants]:
            members |= inner.get("properties", {})
            more = inner.get("additionalProperties") or more
        for name in dict.fromkeys([*members, *value]):
            inner = members.get(name, more if isinstance(more, dict) else {})
            yield from _fields(document, inner, value.get(name), (*place, name))
    elif isinstance(value, list) and value:
        items = next((inner["items"] for inner in [schema, *variants] if "items" in inner), {})
        yield from _fields(document, items, value[0], (*place, 0))


def _with(body: Json, place: Place, value: Any) -> Json:
    changed = copy.deepcopy(body)
    here = changed
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = value
    return changed


def _dumped(body: Json) -> bytes:
    return json.dumps(body).encode()


def _address(path: str, operation: dict[str, Any], known: dict[str, str], given: dict[str, str]) -> str:
    query = []
    for parameter in operation.get("parameters", []):
        name, where = parameter["name"], parameter["in"]
        value = given.get(name, known.get(name, "1"))
        if where == "path":
            path = path.replace("{" + name + "}", quote(value, safe="", errors="surrogatepass"))
        elif where == "query" and (parameter.get("required") or name in given):
            query.append(f"{quote(name)}={quote(value, safe='', errors='surrogatepass')}")
    return path + ("?" + "&".join(query) if query else "")


def _on_parameters(
    document: dict[str, Any],
    called: tuple[str, str, dict[str, Any]],
    known: dict[str, str],
    body: Json,
    rng: random.Random,
    most: int,
) -> Iterator[Attack]:
    path, method, operation = called
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header":
            continue
        schema = resolve(document, parameter["schema"])
        kinds = {inner.get("type") for inner in [schema, *schema.get("anyOf", [])]}
        numbers = bool(kinds & {"number", "integer"})
        refused = [str(number) for number in REFUSED_NUMBERS] if numbers else ["a\x00b", "\u202egnp", "\x1b"]
        odd = [str(number) for number in ODD_NUMBERS] if numbers else ODD_TEXT
        for values, must in ((refused, True), (odd, False)):
            for value in rng.sample(values, min(most, len(values))):
                if parameter["in"] == "path" and value in {"", " ", "../../etc/passwd"}:
                    continue
                address = _address(path, operation, known, {parameter["name"]: value})
                sent = None if body is None else _dumped(body)
                field = f"{parameter['in']}.{parameter['name']}"
                yield Attack(operation["operationId"], method.upper(), address, sent, field, repr(value)[:60], must)
