"""British postcodes: parse, repair slips of the hand, normalise, and say in words what is wrong with one.

Shapes and letters follow BS 7666-2 and the Royal Mail Programmers' Guide to the Postcode Address File (edition 7): an
outward code of two to four characters (area letters, then a district) and an inward code of a digit and two letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product
from typing import Final

MAX_TEXT_LENGTH: Final = 64

_AREA_NAMES: Final = """
AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN
EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE
NG NN NP NPT NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ
TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE GIR
"""
AREAS: Final = frozenset(_AREA_NAMES.split())
"""Postcode areas: those of the ONS Postcode Directory (November 2025) with BF (forces) and BX (non-geographic)."""

# Letters allowed by position: Royal Mail Programmers' Guide, postcode format.
_DIGIT: Final = frozenset("0123456789")
_FIRST: Final = frozenset("ABCDEFGHIJKLMNOPRSTUWYZ")  # not Q, V, X
_SECOND: Final = frozenset("ABCDEFGHKLMNOPQRSTUVWXY")  # not I, J, Z
# As in W1A; M, N, R, V, X and Y stand in codes of W1 withdrawn in 2000, which the directory still holds.
_THIRD: Final = frozenset("ABCDEFGHJKPSTUWMNRVXY")
_FOURTH: Final = frozenset("ABEHMNPRVWXY")  # as in EC1A
_UNIT: Final = frozenset("ABDEFGHJLNPQRSTUWXYZ")  # not C, I, K, M, O, V

_INWARD: Final = (_DIGIT, _UNIT, _UNIT)
# Every pattern, by position; the plain ones first, for of equal readings the first is taken. Girobank's GIR 0AA is the
# one code outside the rules; NPT was Newport's area until 1999 and stands in old records.
TEMPLATES: Final[tuple[tuple[frozenset[str], ...], ...]] = (
    (_FIRST, _DIGIT, *_INWARD),
    (_FIRST, _DIGIT, _DIGIT, *_INWARD),
    (_FIRST, _SECOND, _DIGIT, *_INWARD),
    (_FIRST, _SECOND, _DIGIT, _DIGIT, *_INWARD),
    (_FIRST, _DIGIT, _THIRD, *_INWARD),
    (_FIRST, _SECOND, _DIGIT, _FOURTH, *_INWARD),
    (frozenset("N"), frozenset("P"), frozenset("T"), *_INWARD),
    (frozenset("G"), frozenset("I"), frozenset("R"), frozenset("0"), frozenset("A"), frozenset("A")),
)

# What a character may have been meant as, likeliest first: the slips made daily, and those taken only for want of them.
_DAILY: Final = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "IL", "S": "5", "5": "S"}
_RARE: Final = {
    "Q": "0",
    "D": "0",
    "Z": "2",
    "2": "Z",
    "B": "8",
    "8": "B",
    "G": "6",
    "6": "G",
    "T": "7",
    "7": "T",
    "A": "4",
    "4": "A",
}
_MOST_REPAIRS: Final = 2  # with more, the text is likelier to be something else

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
WELL_FORMED: Final = "|".join("".join(f"[{''.join(sorted(allowed))}]" for allowed in t) for t in TEMPLATES)
"""The templates as one regular expression over compact text; the area letters are checked beside it."""
NOISE: Final = r"[\s.,;:'\"`´’‘*_/\\()\[\]\-‐‑‒–—−\u200b-\u200f\ufeff]+"
"""What a postcode is stripped of before it is read: spaces, punctuation, invisible characters."""
_WELL_FORMED: Final = re.compile(WELL_FORMED)
_NOISE: Final = re.compile(NOISE)
_LETTERS: Final = re.compile("[A-Z]*")


class InvalidPostcode(ValueError):  # noqa: N818 - the field's own word for it
    """A text that is no postcode.

    Attributes:
        text: What was given, as given.
        code: Stable reason: ``empty``, ``too_short``, ``too_long``, ``character``, ``shape``, ``letter`` or ``area``.
        reason: What is wrong, in words a person can act on.
        position: Index of the offending character in the text without spaces, where there is one.
    """

    def __init__(self, text: str, code: str, reason: str, position: int | None = None) -> None:
        self.text, self.code, self.reason, self.position = text, code, reason, position
        super().__init__(f"{text if len(text) <= 24 else text[:23] + '…'!r} is not a postcode: {reason}")

    def __reduce__(self) -> tuple[type[InvalidPostcode], tuple[str, str, str, int | None]]:
        # Pickled with what made it: exceptions cross process borders in jobs and parallel tests.
        return type(self), (self.text, self.code, self.reason, self.position)


@dataclass(frozen=True, slots=True)
class Repair:
    """One character read as another. ``position`` counts from 0 in the postcode without its space."""

    position: int
    found: str
    used: str

    def __str__(self) -> str:
        return f"read the {_kind(self.found)} in {_ORDINALS[self.position]} place as the {_kind(self.used)}"


@dataclass(frozen=True, slots=True, order=True)
class Postcode:
    """A well-formed postcode. Whether it exists is the directory's to say."""

    key: str
    """Compact form without a space: ``LE673AB``."""
    repairs: tuple[Repair, ...] = field(default=(), compare=False)

    @property
    def outward(self) -> str:
        """The part before the space, the postal district: ``LE67``."""
        return self.key[:-3]

    @property
    def inward(self) -> str:
        """The part after the space: ``3AB``."""
        return self.key[-3:]

    @property
    def area(self) -> str:
        """The leading letters: ``LE``."""
        return _area(self.key)

    @property
    def sector(self) -> str:
        """Outward code and the inward digit: ``LE67 3``."""
        return f"{self.outward} {self.key[-3]}"

    @property
    def unit(self) -> str:
        """The two last letters: ``AB``."""
        return self.key[-2:]

    def __str__(self) -> str:
        return spaced(self.key)


def clean(text: str) -> str:
    """Return the text in capitals without spaces, punctuation and invisible characters."""
    return _NOISE.sub("", text).upper()


def spaced(key: str) -> str:
    """Put the space into a compact key: ``LE673AB`` becomes ``LE67 3AB``."""
    return f"{key[:-3]} {key[-3:]}"


def parse(text: str, *, repair: bool = True) -> Postcode:
    """Read one postcode.

    Case, spaces and punctuation do not matter. With ``repair``, a letter where a digit must stand (and the other way
    round) is read as the one that looks like it, with the fewest such readings, at most two, and each is named in
    ``.repairs``.

    Args:
        text: What somebody wrote.
        repair: False to take only what is right as written.

    Raises:
        InvalidPostcode: With the reason.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidPostcode(
            text, "too_long", f"it has {len(text)} characters, a postcode has at most 8 with its space"
        )
    compact = clean(text)
    if _stands(compact):
        return Postcode(compact)
    readings = _readings(compact) if repair else []
    if not readings:
        raise _explain(text, compact)
    return min(readings, key=_effort)


def normalise(text: str) -> str:
    """Return the postcode as it is written, ``LE67 3AB``. Raises InvalidPostcode."""
    return str(parse(text))


def is_valid(text: str) -> bool:
    """Say whether the text is a postcode without any repair; case, spaces and punctuation aside."""
    return len(text) <= MAX_TEXT_LENGTH and _stands(clean(text))


def _stands(compact: str) -> bool:
    return _WELL_FORMED.fullmatch(compact) is not None and _area(compact) in AREAS


def _readings(compact: str) -> list[Postcode]:
    found = []
    for template in TEMPLATES:
        if len(template) != len(compact):
            continue
        options = [
            [c] if c in allowed else [m for m in _DAILY.get(c, "") + _RARE.get(c, "") if m in allowed]
            for c, allowed in zip(compact, template, strict=True)
        ]
        if sum(o != [c] for c, o in zip(compact, options, strict=True)) > _MOST_REPAIRS:
            continue
        for chosen in product(*options):
            key = "".join(chosen)
            if _area(key) in AREAS:
                pairs = enumerate(zip(compact, key, strict=True))
                found.append(Postcode(key, tuple(Repair(i, c, u) for i, (c, u) in pairs if c != u)))
    return found


def _effort(reading: Postcode) -> tuple[int, int]:
    return len(reading.repairs), sum(r.used not in _DAILY.get(r.found, "") for r in reading.repairs)


def _area(key: str) -> str:
    letters = _LETTERS.match(key[:-3])
    return letters.group() if letters else ""


def _explain(text: str, compact: str) -> InvalidPostcode:
    """Find the first thing wrong, in the order in which a person would fix it."""
    n = len(compact)
    if n == 0:
        return InvalidPostcode(text, "empty", "nothing is given, where a postcode such as LE67 3AB is expected")
    for i, c in enumerate(compact):
        if not (c.isascii() and c.isalnum()):
            reason = f"the character {c!r} cannot stand in a postcode, only letters and digits"
            return InvalidPostcode(text, "character", reason, i)
    if not 5 <= n <= 7:
        half = any(_like(compact, t[:-3]) for t in TEMPLATES)
        hint = "; it looks like the first half alone" if half else ""
        code = "too_short" if n < 5 else "too_long"
        return InvalidPostcode(text, code, f"it has {n} characters without spaces, a postcode has 5 to 7{hint}")
    if not _like(compact[-3:], _INWARD):
        reason = f"it must end with a digit and two letters, as in 3AB, and ends with {compact[-3:]}"
        return InvalidPostcode(text, "shape", reason, n - 3)
    template = next((t for t in TEMPLATES if _like(compact, t)), None)
    if template is None:
        wanted = "one or two letters, then a digit or two, as in LE67, or a digit and a letter, as in EC1A"
        return InvalidPostcode(text, "shape", f"the first half must be {wanted}, and is {compact[:-3]}", 0)
    for i, (c, allowed) in enumerate(zip(compact, template, strict=True)):
        if c not in allowed:
            never = ", ".join(sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - allowed))
            reason = f"the letter {c} cannot stand in {_ORDINALS[i]} place (never there: {never})"
            return InvalidPostcode(text, "letter", reason, i)
    return InvalidPostcode(text, "area", f"there is no postcode area {_area(compact)}", 0)


def _like(text: str, template: tuple[frozenset[str], ...]) -> bool:
    """Say whether letters and digits stand where the template has them, whichever they are."""
    return len(text) == len(template) and all(
        (c in _DIGIT) == (allowed <= _DIGIT) for c, allowed in zip(text, template, strict=True)
    )


def _kind(character: str) -> str:
    return f"{'digit' if character in _DIGIT else 'letter'} {character}"
