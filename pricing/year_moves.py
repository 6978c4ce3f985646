"""What a move to another year did to each input: moved by what, held and why, or left for somebody to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pricing.input_words import input_words
from pricing.quantities import Exact, Strict

if TYPE_CHECKING:
    from collections.abc import Sequence

What = Literal["moved", "held", "asked"]


class InputMove(Strict):
    """One input across a move of years.

    Attributes:
        field: path of the input, with the band before it where it is a band's own.
        before: its value before.
        after: its value after; the same where it was held or is asked about.
        what: ``moved``, ``held``, or ``asked``: somebody has to decide, and until then it is as before.
        by: what moved it, with source and date; why it was held; or the question.
    """

    field: str
    before: Exact
    after: Exact
    what: What
    by: str = Field(min_length=1)

    def sentence(self) -> str:
        """The move in words."""
        before, after = (f"{value.normalize():f}" for value in (self.before, self.after))
        if self.what == "moved":
            return f"{input_words(self.field)} moved from {before} to {after}: {self.by}."
        if self.what == "held":
            return f"{input_words(self.field)} was held at {before}: {self.by}."
        return f"{input_words(self.field)} is still {before}: {self.by}"


_TITLES: dict[What, str] = {"moved": "Year: moved", "held": "Year: held", "asked": "Year: to decide"}


def move_sources(moves: Sequence[InputMove], financial_year: str) -> dict[str, tuple[str, str]]:
    """Year and source of each input that a move to a year touched, by path."""
    return {
        move.field: (financial_year if move.what == "moved" else f"before {financial_year}", move.by) for move in moves
    }


def move_notes(moves: Sequence[InputMove]) -> list[tuple[str, str]]:
    """The moves as titled notes, for a workbook or a report."""
    return [(_TITLES[move.what], move.sentence()) for move in moves]
