"""What a price is made of: its lines, and the same price at visits of several lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from pricing.quantities import Exact

_NO_OTHER_FIELDS = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the build-up.

    Attributes:
        name: the label, such as "Travel time".
        key: the same, for programs; the grid and the workbook use it too.
        annex_a: the heading of Annex A it belongs under.
        group: ``careworker``, ``business`` or ``return``.
        formula: how it was computed, from the names in ``inputs``.
        inputs: value by name, exactly as used.
        source: where the formula or convention comes from.
    """

    name: str
    pounds_per_contact_hour: Exact
    key: str
    annex_a: str
    group: str
    formula: str
    inputs: dict[str, Exact]
    source: str

    __pydantic_config__: ClassVar[ConfigDict] = _NO_OTHER_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPrice:
    """The price of a visit of one length: ``price per visit = A x minutes / 60 + T``.

    The first two prices are unrounded, like the lines; the rounded ones are what a price list prints, to the penny.
    """

    minutes: Exact
    pounds_per_hour: Exact
    pounds_per_visit: Exact
    rounded_pounds_per_hour: Exact
    rounded_pounds_per_visit: Exact
    double_handed_pounds_per_visit: Annotated[Exact, Field(description="The same visit made by two carers")]

    __pydantic_config__: ClassVar[ConfigDict] = _NO_OTHER_FIELDS
