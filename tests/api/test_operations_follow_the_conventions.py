"""Every operation has a name, a noun, true problems and examples: see "An endpoint" in CONTRIBUTING.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from app.api.openapi import TAGS
from app.api.openapi.describe import operations
from app.api.openapi.examples import bodies, has_example, schema_example
from app.problems import CATALOGUE, PROBLEM_JSON
from scripts.openapi_document import current, untyped

MOST_WITHOUT_EXAMPLE = 30


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return current()


def test_operation_ids_are_words_that_say_what_is_done(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)
    wrong = [name for name in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)+", name)]
    assert wrong == [], "name the endpoint function by verb and noun: look_up_postcode gives lookUpPostcode"


def test_every_operation_has_one_tag_and_every_tag_is_described(document: dict[str, Any]) -> None:
    described = {tag["name"]: tag["description"] for tag in TAGS}
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    assert used == set(described), "describe each tag in app/api/openapi/tags.py"
    assert [len(operation["tags"]) for _, _, operation in operations(document)].count(1) == len(
        list(operations(document))
    )


def test_problems_are_described_in_their_own_media_type_with_an_example(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status < "400" or path == "/health/ready":
                continue
            content = response["content"]
            assert list(content) == [PROBLEM_JSON], f"{method} {path} {status}: use responses=problems({status})"
            example = content[PROBLEM_JSON]["example"]
            assert example["status"] == int(status)
            assert example["type"].removeprefix("/problems/") in CATALOGUE


def test_guarded_operations_say_401_and_403_and_no_other_does(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert ({"401", "403"} <= set(operation["responses"])) == bool(operation.get("security")), f"{method} {path}"


def test_every_answer_that_is_no_problem_has_a_body_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status not in {"204", "304"}:
                content = response.get("content", {})
                assert content, f"{method} {path} {status}: state its media type, for a file by responses=files('csv')"
                for kind, body in content.items():
                    assert ";" not in kind, f"{method} {path}: {kind} carries a parameter"
                    assert body.get("schema"), f"{method} {path} {status} {kind}: annotate what the function returns"


def test_no_object_is_untyped(document: dict[str, Any]) -> None:
    found = sorted(untyped(document))
    assert found == [], "give each a model:\n" + "\n".join(found)


def test_every_schema_has_a_name_of_its_own_that_is_one_word(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    wrong = [name for name in schemas if not re.fullmatch(r"([A-Z][a-z]+|[A-Z](?=[A-Z]|$))+", name)]
    assert wrong == [], "two models have one name: rename one of them after what it holds"


def _members(schema: dict[str, Any]) -> Iterator[str]:
    for form in [schema, *schema.get("anyOf", [])]:
        yield from form.get("properties", {})


def test_what_is_asked_and_what_is_answered_under_one_name_is_one_model(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    pairs = [name for name in schemas if f"{name}Input" in schemas]
    assert len(pairs) > 5
    for name in pairs:
        asked, answered = ({*_members(schemas[form])} for form in (f"{name}Input", name))
        assert asked == answered, f"two models are called {name}: rename one of them after what it holds"


def test_every_json_body_has_an_example_that_its_schema_allows(document: dict[str, Any]) -> None:
    missing, wrong = [], []
    for path, method, operation in operations(document):
        for name, content in bodies(operation):
            schema = content["schema"]
            place = f"{method} {path} {name} ({operation['operationId']})"
            if not has_example(content) and schema_example(document, schema) is None:
                missing.append(place)
            validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
            shown = [content["example"]] if "example" in content else []
            shown += [example["value"] for example in content.get("examples", {}).values()]
            wrong += [f"{place}: {error.message}" for example in shown for error in validator.iter_errors(example)]
    assert wrong == []
    assert len(missing) <= MOST_WITHOUT_EXAMPLE, "give the model json_schema_extra={'examples': [...]}:\n" + "\n".join(
        missing
    )
