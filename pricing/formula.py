"""A formula written once, read three ways: as a number, as a sentence and as a spreadsheet cell.

The build-up is ordinary arithmetic on values that may be ``Decimal`` (one price), numpy arrays (a grid of scenarios) or
the ``Formula`` of this module, which remembers what was done instead of doing it. The explanation and the workbook are
written from that memory, so they cannot drift away from the price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
_PRINTED = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ "}


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression: a named value, a whole number, or two expressions joined by ``+ - * /``."""

    operator: str
    left: Formula | str | int
    right: Formula | None = None

    @classmethod
    def named(cls, name: str) -> Formula:
        """Stand for the value called ``name``."""
        return cls("name", name)

    @classmethod
    def _of(cls, value: Formula | int) -> Formula:
        return value if isinstance(value, Formula) else cls("number", value)

    def _join(self, operator: str, other: Formula | int) -> Formula:
        return Formula(operator, self, self._of(other))

    def _join_reversed(self, operator: str, other: int) -> Formula:
        return Formula(operator, self._of(other), self)

    def __add__(self, other: Formula | int) -> Formula:
        return self._join("+", other)

    def __radd__(self, other: int) -> Formula:
        return self._join_reversed("+", other)

    def __sub__(self, other: Formula | int) -> Formula:
        return self._join("-", other)

    def __rsub__(self, other: int) -> Formula:
        return self._join_reversed("-", other)

    def __mul__(self, other: Formula | int) -> Formula:
        return self._join("*", other)

    def __rmul__(self, other: int) -> Formula:
        return self._join_reversed("*", other)

    def __truediv__(self, other: Formula | int) -> Formula:
        return self._join("/", other)

    def __rtruediv__(self, other: int) -> Formula:
        return self._join_reversed("/", other)

    def names(self) -> tuple[str, ...]:
        """The names the expression mentions, each once, in the order in which it mentions them."""
        if self.operator == "name":
            return (str(self.left),)
        found: dict[str, None] = {}
        for side in (self.left, self.right):
            if isinstance(side, Formula):
                found.update(dict.fromkeys(side.names()))
        return tuple(found)

    def text(self) -> str:
        """The expression as a person writes it: ``wage_pounds_per_hour × (1 + holiday)``."""
        return self._render(lambda name: name, _PRINTED)

    def cells(self, address: Callable[[str], str]) -> str:
        """The expression as a spreadsheet formula, without the leading ``=``.

        Args:
            address: gives the cell of a name, such as ``Inputs!$C$4``.
        """
        return self._render(address, {sign: sign for sign in _BINDING})

    def _render(self, name: Callable[[str], str], signs: dict[str, str]) -> str:
        if self.operator == "name":
            return name(str(self.left))
        if self.operator == "number":
            return str(self.left)
        written = []
        for side in (self.left, self.right):
            assert isinstance(side, Formula)  # noqa: S101 - an operator always joins two formulas
            text = Formula._render(side, name, signs)
            written.append(f"({text})" if self._brackets(side, right=side is self.right) else text)
        return signs[self.operator].join(written)

    def _brackets(self, side: Formula, *, right: bool) -> bool:
        mine, theirs = _BINDING[self.operator], _BINDING.get(side.operator, 9)
        return theirs < mine or (right and theirs == mine and self.operator in "-/")


class Arithmetic(Protocol):
    """What the build-up asks of a value: the four operations, with its own kind and with whole numbers."""

    def __add__(self, other: Any, /) -> Self: ...
    def __sub__(self, other: Any, /) -> Self: ...
    def __rsub__(self, other: Any, /) -> Self: ...
    def __mul__(self, other: Any, /) -> Self: ...
    def __truediv__(self, other: Any, /) -> Self: ...
    def __rtruediv__(self, other: Any, /) -> Self: ...
    def __radd__(self, other: Any, /) -> Self: ...
    def __rmul__(self, other: Any, /) -> Self: ...


N = TypeVar("N", bound=Arithmetic)
"""What the build-up computes with: ``Decimal``, an array of float64, or a ``Formula``."""


def add_up(terms: Iterable[N]) -> N:
    """Sum terms of any kind, left to right.

    Raises:
        ValueError: if there is nothing to add; there is no zero that fits every kind.
    """
    iterator = iter(terms)
    try:
        total = next(iterator)
    except StopIteration:
        raise ValueError("nothing to add up") from None
    for term in iterator:
        total = total + term
    return total
