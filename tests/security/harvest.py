"""Everything a role may be told, gathered address by address from the OpenAPI document: a new route comes by itself."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from tests.api.inprocess import InProcess

SILENT = ("/v1/postcodes", "/v1/map.png", "/health", "/metrics", "/v1/page")
"""Addresses that hold nothing of demand: places, a picture of bands and zones, counts of requests."""

Leaf = tuple[str, str]
"""An address, and the path of a value in its answer."""


def addresses(county: InProcess, values: dict[str, list[str]]) -> Iterator[str]:
    """Every address that answers a GET, with every value of its parameters that is known.

    Raises:
        AssertionError: a route asks for a parameter that no value is known for: give it one.
    """
    document = county.app.openapi()
    for path, operations in document["paths"].items():
        if "get" not in operations or path.startswith(SILENT):
            continue
        parameters = operations["get"].get("parameters", [])
        names = [p["name"] for p in parameters if p["in"] == "path"]
        unknown = [name for name in names if name not in values]
        assert not unknown, f"{path}: the attack knows no value for {unknown}; add one so that the route is attacked"
        for chosen in itertools.product(*(values[name] for name in names)):
            address = path.format(**dict(zip(names, chosen, strict=True)))
            for query in _queries(parameters, values):
                yield f"{address}?{query}" if query else address


def _queries(parameters: list[dict[str, Any]], values: dict[str, list[str]]) -> Iterator[str]:
    """The plain address, and one with every value of each choice; of lists also every two of them."""
    required = "&".join(
        f"{p['name']}={values[p['name']][0]}" for p in parameters if p["in"] == "query" and p["required"]
    )
    yield required
    for parameter in parameters:
        name, shape = parameter["name"], parameter.get("schema", {})
        if parameter["in"] != "query":
            continue
        choices = shape.get("enum") or shape.get("items", {}).get("enum")
        if not choices or name in {"status", "f"}:
            continue
        picks = [(choice,) for choice in choices]
        if shape.get("type") == "array":
            picks += list(itertools.combinations(choices, 2))
        for pick in picks:
            yield "&".join([*([required] if required else []), *(f"{name}={choice}" for choice in pick)])


def gather(county: InProcess, role: str, values: dict[str, list[str]], under: str = "/") -> dict[str, Any]:
    """Answers by address, of addresses that begin with a text: JSON as it is, tables of files as rows."""
    asked = [address for address in addresses(county, values) if address.startswith(under)]
    answers = {address: answer_to(county, role, address) for address in asked}
    return {address: answer for address, answer in answers.items() if answer is not None}


def answer_to(county: InProcess, role: str, address: str) -> Any:
    """The answer to a role as plain data; None where it is refused or no table."""
    try:
        reply = county.get(address, role)
    except AssertionError:  # a refusal that the document does not describe is for the tests of the contract to notice
        return None
    return _read(reply.headers.get("content-type", ""), reply.body) if reply.status == 200 else None


def _read(kind: str, body: bytes) -> Any:
    if "json" in kind:
        return json.loads(body)
    if "spreadsheet" in kind:
        sheets = pd.read_excel(io.BytesIO(body), sheet_name=None, engine="calamine")
        return {name: _rows(frame) for name, frame in sheets.items()}
    if "text/csv" in kind:
        return _rows(pd.read_csv(io.BytesIO(body)))
    return None


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(frame.to_json(orient="records"))  # type: ignore[no-any-return]


def leaves(answer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of an answer by its path; rows of a list are told apart by what names them."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield from leaves(value, f"{path}/{name}")
    elif isinstance(answer, list):
        for i, value in enumerate(answer):
            yield from leaves(value, f"{path}/{_name(value, i)}")
    else:
        yield path, answer


def _name(value: Any, i: int) -> str:
    if not isinstance(value, dict):
        return str(i)
    keys = ("zone", "band", "from_band", "to_band", "service_type", "provider", "name", "area_id", "id", "number")
    named = [f"{key}={value[key]}" for key in keys if isinstance(value.get(key), str | int)]
    return ",".join(named) or str(i)


def rows(answer: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of an answer with its path."""
    if isinstance(answer, dict):
        yield path, answer
        for name, value in answer.items():
            yield from rows(value, f"{path}/{name}")
    elif isinstance(answer, list):
        for value in answer:
            yield from rows(value, path)
