"""The OpenAPI page tells the truth: every example on it is sent, and every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.api.openapi.examples import recorded
from tests.api.inprocess import InProcess
from tests.api.rounds_kept import planned_day, simulation
from tests.pricing.returns_for_tests import cells


@pytest.fixture(scope="module")
def page(county: InProcess) -> dict[str, Any]:
    found: dict[str, Any] = county.client.get("/openapi.json").json()
    return found


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _resolve(page: dict[str, Any], reference: str) -> Any:
    found: Any = page
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def test_every_reference_leads_somewhere(page: dict[str, Any]) -> None:
    references = [node["$ref"] for node in _nodes(page) if isinstance(node.get("$ref"), str)]
    assert len(references) > 50
    for reference in references:
        assert reference.startswith("#/")
        assert isinstance(_resolve(page, reference), dict)


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own(page: dict[str, Any]) -> None:
    assert page["openapi"].startswith("3.1")
    assert page["info"]["title"] == "Patchwork"
    names = []
    for path, item in page["paths"].items():
        for method, operation in item.items():
            assert operation["description"], f"{method} {path}"
            summary = operation["summary"]
            assert " ".join(operation["description"].split()).startswith(summary), f"{method} {path}: {summary}"
            assert len(summary) <= 130, f"{method} {path}: {summary}"
            assert operation["responses"], f"{method} {path}"
            names.append(operation["operationId"])
            declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert declared == {part.split("}")[0] for part in path.split("{")[1:]}, path
            if path.startswith("/v1"):
                assert operation["security"], f"{method} {path} does not say that it needs a key"
    assert len(names) == len(set(names))


def _examples(page: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    found = [example["value"] for example in content.get("examples", {}).values()]
    if "example" in content:
        found.append(content["example"])
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = _resolve(page, schema["$ref"])
    return found + list(schema.get("examples", []))


def _kept_return(county: InProcess) -> int:
    """The number of a provider's return that is kept."""
    sheet = "\n".join(["Code,Your figure", *(f'{key},"{value}"' for key, value in cells().items())])
    sent = county.client.post("/v1/returns", files={"file": ("r.csv", sheet.encode())}, headers=county.bearer("admin"))
    return int(sent.json()["items"][0]["id"])


def test_every_example_of_a_request_is_accepted(county: InProcess, page: dict[str, Any]) -> None:
    standing = county.get("/v1/meta", "admin").json()
    values = {"plan_id": standing["plan"]["id"], "card_id": standing["rate_card"]["id"], "name": "example"}
    values |= {"simulation_id": simulation(county), "rounds_id": planned_day(county), "provider_id": 1}
    values |= {"entry_id": 1}  # of the consultation, which the example before has begun
    values |= {"return_id": _kept_return(county)}
    draft = county.get("/v1/plans?status=draft", "admin").json()["items"][0]["id"]
    sent, refused = 0, []
    for path, item in page["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            if "request" in recorded().get(operation["operationId"], {}):
                continue  # sent by the walk of test_example_walk.py, which makes what it is about
            for example in _examples(page, content):
                address = path.format(**{**values, **({"plan_id": draft} if method == "patch" else {})})
                reply = county.client.request(method, address, json=example, headers=county.bearer("admin"))
                sent += 1
                if not 200 <= reply.status_code < 300:
                    refused.append((method, path, reply.status_code, reply.text[:300]))
    assert refused == []
    assert sent >= 6


def test_every_example_of_a_parameter_is_answered_as_documented(county: InProcess, page: dict[str, Any]) -> None:
    sent = 0
    for path, item in page["paths"].items():
        operation = item.get("get")
        if operation is None or not path.startswith("/v1"):
            continue
        for parameter in operation.get("parameters", []):
            examples = [*parameter.get("schema", {}).get("examples", []), *parameter.get("examples", [])]
            for example in examples if parameter["in"] == "path" else []:
                reply = county.client.get(path.format(**{parameter["name"]: example}), headers=county.bearer("admin"))
                assert reply.status_code == 200, (path, example, reply.text)
                sent += 1
    assert sent >= 1


def test_reads_without_parameters_answer_as_their_schema_says(county: InProcess, page: dict[str, Any]) -> None:
    asked = 0
    for path, item in page["paths"].items():
        operation = item.get("get")
        needed = [p for p in (operation or {}).get("parameters", []) if p.get("required")]
        if operation is None or needed or not path.startswith("/v1/"):
            continue
        reply = county.client.get(path, headers=county.bearer("admin"))
        if path.startswith("/v1/costs/"):  # these need one of two parameters, and say so
            assert reply.status_code == 422
            assert "against_" in reply.json()["detail"]
            continue
        if path == "/v1/postcodes/nearest":  # it needs one of two pairs of parameters, and says so
            assert reply.status_code == 422
            assert "expected latitude and longitude" in reply.text
            continue
        if path == "/v1/bands/shift/census":  # the demonstration has the classes of one census, and it says so
            assert reply.status_code == 409
            assert "ruc21ind" in reply.json()["detail"]
            continue
        assert reply.status_code == 200, (path, reply.text[:300])
        kinds = operation["responses"]["200"].get("content", {})
        assert reply.headers["content-type"].split(";")[0] in kinds or not kinds, path
        asked += 1
    assert asked >= 10


def test_the_page_itself_is_served_from_here(county: InProcess) -> None:
    reply = county.client.get("/docs")
    assert reply.status_code in {200, 503}  # 503: the page was not built in this checkout
    assert "cdn." not in reply.text
