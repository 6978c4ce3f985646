"""What an engine decides: who visits whom in which order, and where the rests fall. Times come later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RestPlace(StrEnum):
    """Where a rest falls in relation to the round."""

    BEFORE = "before leaving"
    WITHIN = "within the round"
    AFTER = "after coming home"


@dataclass(frozen=True, slots=True)
class Rest:
    """One of the carer's breaks, by its number, and where it falls; ``after_stop`` counts the stops made before it."""

    number: int
    place: RestPlace
    after_stop: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """A carer's visits in order, as numbers of the day's visits, and the rests between them."""

    visits: tuple[int, ...]
    rests: tuple[Rest, ...] = ()
