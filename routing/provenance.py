"""What made an answer: the model, the version of its data, and what to know before leaning on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model and data version behind a travel answer.

    Attributes:
        model: ``road-free``, ``roads``, ``osrm`` or ``valhalla``.
        version: Changes whenever the figures or the roads behind the answer change; equal versions give equal answers.
        source: Where the data came from, with its date and licence.
        caveat: What the answer is good for, in a sentence a person can read.
        mode: ``car``, ``cycle``, ``ebike`` or ``walk``.
        hour_band: Part of the day, ``all_day`` for none in particular.
    """

    model: str
    version: str
    source: str
    caveat: str
    mode: str = "car"
    hour_band: str = "all_day"
