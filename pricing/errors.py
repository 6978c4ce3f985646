"""Errors of the pricing domain; each says what was found and what would have been right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with an input.

    Attributes:
        field: path of the field, such as ``travel.minutes_per_visit``.
        found: the value that was given, or None where the field is missing.
        expected: the allowed range or form, in words.
    """

    field: str
    found: Any
    expected: str

    def __str__(self) -> str:
        return f"{self.field}: found {self.found!r}, expected {self.expected}"


class PricingError(ValueError):
    """Anything the pricing domain refuses."""


class PricingInputError(PricingError):
    """Inputs that cannot be priced; ``problems`` holds every one of them, not only the first."""

    def __init__(self, problems: list[InputProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


class UnknownYearError(PricingError):
    """A financial year for which there are no statutory figures. They are never extrapolated."""


class NoSolutionError(PricingError):
    """An inverse question whose answer lies outside the range that the input may take."""
