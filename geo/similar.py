"""What a wrong postcode was probably meant to be: the existing ones that are one slip of the hand away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from geo.gazetteer import Status
from geo.postcodes import InvalidPostcode, clean, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.gazetteer import Entry, Gazetteer

_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SHORTEST, _LONGEST = 4, 8  # one character missing in the shortest postcode, one too many in the longest

# Keys beside each other on a British keyboard, the likelier slips: along each row, and each key with those below it.
_ROWS: Final = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_BESIDE: Final = frozenset(
    frozenset(pair)
    for row, below in zip(_ROWS, (*_ROWS[1:], ""), strict=True)
    for i, key in enumerate(row)
    for pair in [(key, other) for other in row[i + 1 : i + 2] + below[max(i - 1, 0) : i + 1]]
)
# Letters that look or sound alike, on paper and on the telephone.
_ALIKE: Final = frozenset(
    map(frozenset, ("OQ", "OD", "QG", "CG", "UV", "VY", "MN", "EF", "PR", "BP", "BD", "DT", "SF"))
)
_LIKELY: Final = _BESIDE | _ALIKE
_STANDING: Final = {Status.LIVE: 0, Status.UNKNOWN: 1, Status.TERMINATED: 2}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An existing postcode, and how it differs from what was given."""

    entry: Entry
    why: str


def suggest(
    gazetteer: Gazetteer, text: str, limit: int = 5, *, districts: frozenset[str] = frozenset()
) -> list[Suggestion]:
    """Existing postcodes near a wrong one, the likeliest first.

    Those in ``districts`` come first, and live before unknown before terminated. Then by the kind of slip: a look-alike
    digit or letter, two characters exchanged, one wrong (neighbouring keys and letters alike first), one missing, one
    too many. If these are fewer than ``limit``, postcodes of the same sector (``LE67 3``) follow.

    Args:
        gazetteer: The directory.
        text: What was given, a postcode or not.
        limit: The most to return.
        districts: Codes of the districts whose postcodes are likelier meant, the council's own.
    """
    compact = clean(text[: 4 * _LONGEST])
    if not _SHORTEST <= len(compact) <= _LONGEST or not (compact.isascii() and compact.isalnum()):
        return []
    slips: dict[str, tuple[int, str]] = {}
    for effort, key, why in _slips(compact):
        if key != compact and (key not in slips or effort < slips[key][0]):
            slips[key] = (effort, why)
    held = list(slips)
    found = [
        (gazetteer.entry(row), *slips[key])
        for key, row in zip(held, gazetteer.rows(held).tolist(), strict=True)
        if row >= 0
    ]
    found.sort(key=lambda f: (f[0].district not in districts, _STANDING[f[0].status], f[1], f[0].postcode))
    suggestions = [Suggestion(entry, why) for entry, _, why in found[:limit]]
    return suggestions + _same_sector(gazetteer, text, suggestions, limit - len(suggestions))


def _slips(compact: str) -> Iterator[tuple[int, str, str]]:
    """Yield effort, key and words for every text one slip away."""
    try:
        postcode = parse(compact)
    except InvalidPostcode:
        pass
    else:
        yield 0, postcode.key, "; ".join(map(str, postcode.repairs))
    for i, (a, b) in enumerate(pairwise(compact)):
        yield 1, compact[:i] + b + a + compact[i + 2 :], f"{a} and {b} exchanged"
    for i, found in enumerate(compact):
        head, tail = compact[:i], compact[i + 1 :]
        for c in _CHARACTERS:
            likely = frozenset((found, c)) in _LIKELY
            yield 3 - likely, head + c + tail, f"{c} in place of {found}"
        yield 5, head + tail, f"without {'one ' if found in tail[:1] else ''}{found}"
    for i in range(len(compact) + 1):
        for c in _CHARACTERS:
            yield 4, compact[:i] + c + compact[i:], f"{c} was missing"


def _same_sector(gazetteer: Gazetteer, text: str, have: list[Suggestion], limit: int) -> list[Suggestion]:
    try:
        postcode = parse(text)
    except InvalidPostcode:
        return []
    named = {s.entry.postcode for s in have} | {str(postcode)}
    # The unit letters run through a street's neighbours: those nearest in the alphabet are nearest on the ground.
    entries = [e for e in gazetteer.complete(postcode.sector, 500, live_only=True) if e.postcode not in named]
    entries.sort(key=lambda e: (_apart(e.postcode[-2:], postcode.unit), e.postcode))
    return [Suggestion(e, f"in the same sector, {postcode.sector}") for e in entries[: max(limit, 0)]]


def _apart(unit: str, other: str) -> int:
    return abs((ord(unit[0]) - ord(other[0])) * 26 + ord(unit[1]) - ord(other[1]))
