"""The options of zone rules, the same for every command that takes rules: made from the table of rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from app.cli.output import fail
from app.usecases.plans.measure.rules.rule import RuleOption
from app.usecases.plans.measure.rules.table import options, read_options

Rules = Mapping[str, Any]
NO_RULES: Rules = {}
"""The parameter of a command that takes rules, before they are given."""

_KINDS: dict[str, tuple[Any, Any]] = {
    "texts": (list[str] | None, None),
    "number": (float | None, None),
    "flag": (bool, False),
}


def takes_rules(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every rule; its parameter ``rules`` gets the fields of a request they fill."""
    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        parameters += [_parameter(option) for option in options()] if parameter.name == "rules" else [parameter]

    def with_rules(**given: Any) -> None:
        found = {option.parameter: given.pop(option.parameter) for option in options()}
        try:
            rules = read_options(found)
        except ValueError as error:
            raise fail(f"{error}.", code=2) from None
        command(**given, rules=rules)

    with_rules.__name__, with_rules.__doc__ = command.__name__, command.__doc__
    with_rules.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_rules.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_rules


def _parameter(option: RuleOption) -> inspect.Parameter:
    kind, default = _KINDS[option.kind]
    shown = Annotated[kind, typer.Option(option.flag, help=option.help, min=option.least)]  # type: ignore[valid-type]  # a type made from the table
    return inspect.Parameter(
        option.parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=shown
    )
