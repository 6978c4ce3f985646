"""What made an answer: the model, the version of its data, and what to know before leaning on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model and data version behind a travel answer.

    Attributes:
        model: ``road-free`` or ``roads``.
        version: Changes whenever the figures or the roads behind the answer change; equal versions give equal answers.
        source: Where the data came from, with its date and licence.
        caveat: What the answer is good for, in a sentence a person can read.
    """

    model: str
    version: str
    source: str
    caveat: str
