"""JSON as such, for what is kept as it came: what was asked of a job, what a change was recorded to have changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import to_jsonable_python
from typing_extensions import TypeAliasType

Json = TypeAliasType("Json", "bool | int | float | str | list[Json] | dict[str, Json] | None")
"""Any JSON value."""

JsonObject = Annotated[dict[str, Json], BeforeValidator(to_jsonable_python)]
"""A JSON object whose members depend on what made it; dates and exact numbers in it become text."""
