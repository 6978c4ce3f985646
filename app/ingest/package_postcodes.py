"""What an import asks of a postcode directory, and a small one in memory that answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LIVE: Final = "live"
TERMINATED: Final = "terminated"
OUT_OF_COUNTY: Final = "out_of_county"
UNKNOWN: Final = "unknown"

_POSTCODE: Final = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_SLIPS: Final = {"O": "0", "0": "O", "I": "1", "1": "I", "S": "5", "5": "S", "B": "8", "8": "B", "L": "1", "Z": "2"}


class PostcodeIndex(Protocol):
    """A directory of postcodes; they go in canonical: upper case, one space before the last three characters."""

    def status(self, postcodes: Sequence[str]) -> Sequence[str]:
        """`live`, `terminated`, `out_of_county` or `unknown` for each."""

    def area_ids(self, postcodes: Sequence[str]) -> Sequence[str]:
        """Area of each live postcode; any text for the others."""

    def suggest(self, postcode: str) -> str | None:
        """The live postcode of the county most likely meant, or the one nearest to a terminated one; None if none."""


def canonical(text: str) -> str:
    """Upper case, letters and digits only, a space before the last three: `le673ab` becomes `LE67 3AB`."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    return f"{plain[:-3]} {plain[-3:]}" if len(plain) > 3 else plain


def looks_valid(postcode: str) -> bool:
    """Whether a canonical postcode has the shape of one."""
    return _POSTCODE.fullmatch(postcode.replace(" ", "")) is not None


@dataclass(frozen=True)
class PostcodeTable:
    """A postcode directory in plain dictionaries: for tests, and for a council with a short list of its own.

    Attributes:
        live: live postcode of the county to its area id.
        terminated: terminated postcode to the live one that took its place, or empty.
        elsewhere: live postcodes outside the county.
    """

    live: Mapping[str, str]
    terminated: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()

    def status(self, postcodes: Sequence[str]) -> list[str]:
        """See `PostcodeIndex`."""
        return [self._status(postcode) for postcode in postcodes]

    def area_ids(self, postcodes: Sequence[str]) -> list[str]:
        """See `PostcodeIndex`."""
        return [self.live.get(postcode, "") for postcode in postcodes]

    def suggest(self, postcode: str) -> str | None:
        """See `PostcodeIndex`: its successor, else a misread or swapped character, else the next in its sector."""
        if after := self.terminated.get(postcode):
            return after
        for candidate in _slips(postcode):
            if candidate in self.live:
                return candidate
        sector = sorted(other for other in self.live if other[:-2] == postcode[:-2])
        return min(sector, key=lambda other: sum(a != b for a, b in zip(other, postcode, strict=False)), default=None)

    def _status(self, postcode: str) -> str:
        if postcode in self.live:
            return LIVE
        if postcode in self.terminated:
            return TERMINATED
        return OUT_OF_COUNTY if postcode in self.elsewhere else UNKNOWN


def _slips(postcode: str) -> Iterator[str]:
    """The postcode with one or two characters misread, or two neighbours swapped."""
    plain = postcode.replace(" ", "")
    doubtful = [i for i, character in enumerate(plain) if character in _SLIPS]
    for count in (1, 2):
        for places in combinations(doubtful, count):
            yield canonical("".join(_SLIPS[c] if i in places else c for i, c in enumerate(plain)))
    for i in range(len(plain) - 1):
        yield canonical(plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :])
