"""What one OpenAPI document takes away from another: addresses, answers, members and values that a client relies on.

Additions are no change in this sense: a client that knew the old document goes on working with the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

Side = Literal["request", "answer"]
Document = dict[str, Any]
Schema = dict[str, Any]

_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


def removed_or_narrowed(old: Document, new: Document) -> Iterator[str]:
    """Each thing that a client of ``old`` may miss in ``new``, with its place."""
    for path, item in old["paths"].items():
        for method, operation in item.items():
            place = f"{method.upper()} {path}"
            other = new["paths"].get(path, {}).get(method)
            if other is None:
                yield f"{place}: the operation is gone"
            else:
                yield from _operation(old, new, operation, other, place)


def _operation(old: Document, new: Document, was: Schema, now: Schema, place: str) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"{place}: operationId was {was['operationId']}, is {now['operationId']}"
    compare = _Comparison(old, new)
    yield from _parameters(compare, was, now, place)
    before, after = was.get("requestBody"), now.get("requestBody")
    if after and after.get("required") and not (before or {}).get("required"):
        yield f"{place}: a body is required now"
    if before:
        yield from _contents(compare, before, after or {}, f"{place} body", "request")
    for status, answer in was["responses"].items():
        if status not in now["responses"]:
            yield f"{place}: status {status} is gone"
        else:
            yield from _contents(compare, answer, now["responses"][status], f"{place} {status}", "answer")


def _parameters(compare: _Comparison, was: Schema, now: Schema, place: str) -> Iterator[str]:
    before = {(p["in"], p["name"]): p for p in was.get("parameters", [])}
    after = {(p["in"], p["name"]): p for p in now.get("parameters", [])}
    for (where, name), parameter in before.items():
        other = after.get((where, name))
        if other is None:
            yield f"{place}: the {where} parameter {name} is gone"
        else:
            yield from compare.schemas(parameter["schema"], other["schema"], f"{place} {name}", "request")
    for (where, name), parameter in after.items():
        if parameter.get("required") and not before.get((where, name), {}).get("required"):
            yield f"{place}: the {where} parameter {name} is required now"


def _contents(compare: _Comparison, was: Schema, now: Schema, place: str, side: Side) -> Iterator[str]:
    for kind, content in was.get("content", {}).items():
        other = now.get("content", {}).get(kind)
        if other is None:
            yield f"{place}: {kind} is gone"
        elif "schema" in content:
            yield from compare.schemas(content["schema"], other.get("schema", {}), place, side)


class _Comparison:
    """Two schemas compared, each with the document its references lead into."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, Side]] = set()

    def schemas(self, was: Schema, now: Schema, place: str, side: Side) -> Iterator[str]:
        """What ``now`` allows no longer, or promises no longer."""
        names = (str(was.get("$ref")), str(now.get("$ref")), side)
        if "$ref" in was and "$ref" in now:
            if names in self._seen:
                return
            self._seen.add(names)
        was, now = _resolve(self._old, was), _resolve(self._new, now)
        before, after = _variants(self._old, was), _variants(self._new, now)
        if len(before) > 1 or len(after) > 1:
            yield from self._variants(before, after, place, side)
            return
        yield from self._one(was, now, place, side)

    def _variants(self, before: list[Schema], after: list[Schema], place: str, side: Side) -> Iterator[str]:
        for number, variant in enumerate(before):
            kept = _Comparison(self._old, self._new)
            kept._seen = set(self._seen)  # what refers to itself is looked at once
            if not any(not list(kept.schemas(variant, other, place, side)) for other in after):
                yield f"{place}: {_named(variant) or f'variant {number + 1}'} is gone or narrower"
        if side == "answer" and _nullable(after) and not _nullable(before):
            yield f"{place}: may be null now"

    def _one(self, was: Schema, now: Schema, place: str, side: Side) -> Iterator[str]:
        before, after = _types(was), _types(now)
        lost = (before - after) if side == "request" else (after - before if before else set())
        if after and lost and not (side == "answer" and lost == {"integer"} and "number" in before):
            yield f"{place}: type was {sorted(before)}, is {sorted(after)}"
            return
        values, others = set(map(str, was.get("enum", []))), set(map(str, now.get("enum", [])))
        if side == "request" and others and (not values or values - others):
            yield f"{place}: values no longer taken: {sorted(values - others) or 'any but ' + str(sorted(others))}"
        if side == "request":
            yield from _limits(was, now, place)
        yield from self._members(was, now, place, side)
        if "items" in was:
            yield from self.schemas(was["items"], now.get("items", {}), f"{place}[]", side)
        more, others_more = was.get("additionalProperties"), now.get("additionalProperties")
        if isinstance(more, dict) and isinstance(others_more, dict) and more and others_more:
            yield from self.schemas(more, others_more, f"{place}{{}}", side)

    def _members(self, was: Schema, now: Schema, place: str, side: Side) -> Iterator[str]:
        members, others = was.get("properties", {}), now.get("properties", {})
        needed, needed_now = set(was.get("required", [])), set(now.get("required", []))
        if members and not others and now.get("additionalProperties") is not False:
            yield f"{place}: its members are no longer declared"
            return
        for name, schema in members.items():
            if name not in others:
                yield f"{place}.{name}: gone"
            else:
                yield from self.schemas(schema, others[name], f"{place}.{name}", side)
        if side == "request" and members:
            yield from (f"{place}.{name}: required now" for name in sorted(needed_now - needed))
        if side == "answer":
            yield from (
                f"{place}.{name}: no longer always there" for name in sorted((needed - needed_now) & set(others))
            )


def _resolve(document: Document, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if len(schema.get("allOf", [])) == 1:
        return _resolve(document, schema["allOf"][0])
    return schema


def _variants(document: Document, schema: Schema) -> list[Schema]:
    found = schema.get("anyOf") or schema.get("oneOf")
    if not found:
        return [schema]
    return [inner for variant in found for inner in _variants(document, _resolve(document, variant))]


def _named(schema: Schema) -> str | None:
    return schema.get("title") or schema.get("type")


def _nullable(variants: list[Schema]) -> bool:
    return any(variant.get("type") == "null" for variant in variants)


def _types(schema: Schema) -> set[str]:
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _limits(was: Schema, now: Schema, place: str) -> Iterator[str]:
    for name in _AT_MOST:
        if name in now and now[name] < was.get(name, float("inf")):
            yield f"{place}: {name} was {was.get(name, 'none')}, is {now[name]}"
    for name in _AT_LEAST:
        if name in now and now[name] > was.get(name, float("-inf")):
            yield f"{place}: {name} was {was.get(name, 'none')}, is {now[name]}"
    if "pattern" in now and now["pattern"] != was.get("pattern"):
        yield f"{place}: pattern was {was.get('pattern', 'none')}, is {now['pattern']}"
    if (
        now.get("additionalProperties") is False
        and was.get("additionalProperties") is not False
        and "properties" in was
    ):
        yield f"{place}: unknown members are refused now"
