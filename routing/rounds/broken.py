"""A broken rule, as the checker names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rule.

    Attributes:
        rule: Its short name, one of those in the documentation of the answer.
        what: What was found and what was expected, in a sentence.
        visit: The visit concerned, or empty.
        carer: The carer concerned, or empty.
    """

    rule: str
    what: str
    visit: str = ""
    carer: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"
