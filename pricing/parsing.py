"""From untyped input to assumptions, with every problem named: the field, the value found, and the range allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pricing.assumptions import Assumptions
from pricing.errors import InputProblem, PricingInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

M = TypeVar("M", bound=BaseModel)

_BOUNDS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
_SIGNS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))


def parse_assumptions(given: Mapping[str, Any] | str | bytes) -> Assumptions:
    """Read assumptions from a mapping or from JSON text.

    Raises:
        PricingInputError: naming every field that is wrong, what was found and what is allowed.
    """
    return parse(Assumptions, given)


def parse(model: type[M], given: Mapping[str, Any] | str | bytes) -> M:
    """Read any of the input models; see ``parse_assumptions``."""
    try:
        if isinstance(given, (str, bytes)):
            return model.model_validate_json(given)
        return model.model_validate(given)
    except ValidationError as error:
        raise PricingInputError(problems(model, error)) from error


def problems(model: type[BaseModel], error: ValidationError) -> list[InputProblem]:
    """Put pydantic's findings in terms of fields, values and allowed ranges."""
    found = []
    for detail in error.errors():
        missing = detail["type"] == "missing"
        path = ".".join(str(part) for part in detail["loc"])
        wanted = expected(model, detail["loc"], detail)
        found.append(InputProblem(path, None if missing else detail["input"], wanted))
    return found


def expected(model: type[BaseModel], location: tuple[int | str, ...], detail: Any) -> str:
    """What one of pydantic's findings would have accepted, in words: the rule, and the range of the field.

    Args:
        model: the model that was read.
        location: path of the field in it.
        detail: one of ``ValidationError.errors()``.
    """
    kind = detail["type"]
    allowed = allowed_range(model, location)
    if kind == "extra_forbidden":
        owner = _model_at(model, location[:-1])
        names = sorted(field.alias or name for name, field in owner.model_fields.items()) if owner else []
        return f"no such field; known fields are {', '.join(names)}"
    if kind == "missing":
        return f"this field is required: {allowed}" if allowed else "this field is required"
    if kind in _BOUNDS and allowed:
        return allowed
    if kind == "literal_error":
        return f"one of {detail['ctx']['expected']}"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{message}; allowed: {allowed}" if allowed else message


def allowed_range(model: type[BaseModel], location: Iterable[int | str]) -> str:
    """The range of the field at a path, in words; empty where it has none."""
    words = dict(_SIGNS)
    return ", ".join(f"{words[sign]} {bound}" for sign, bound in constraints(model, location))


def constraints(model: type[BaseModel], location: Iterable[int | str]) -> list[tuple[str, Any]]:
    """The bounds of the field at a path: pairs of ``ge``, ``gt``, ``le`` or ``lt`` and the bound."""
    *parents, last = location or ("",)
    owner = _model_at(model, parents)
    field = _field(owner, last) if owner else None
    if field is None:
        return []
    metadata = list(field.metadata)
    for argument in _arguments(field.annotation):
        metadata += getattr(argument, "__metadata__", ())
    for wrapped in list(metadata):
        metadata += getattr(wrapped, "metadata", ())
    return [(sign, getattr(item, sign)) for sign, _ in _SIGNS for item in metadata if hasattr(item, sign)]


def _model_at(model: type[BaseModel], location: Iterable[int | str]) -> type[BaseModel] | None:
    owner: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int):
            continue
        field = _field(owner, part) if owner else None
        owner = next((item for item in _arguments(field.annotation) if _is_model(item)), None) if field else None
    return owner


def _field(owner: type[BaseModel], name: int | str) -> Any:
    for own_name, field in owner.model_fields.items():
        if name in {own_name, field.alias}:
            return field
    return None


def _arguments(annotation: Any) -> list[Any]:
    inner = [found for part in getattr(annotation, "__args__", ()) for found in _arguments(part)]
    return [annotation, *inner]


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
