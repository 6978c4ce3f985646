"""What to do with rows that cannot be placed or counted: stop the file, set them aside, or mend them as suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REASONS: Final[dict[str, tuple[str, ...]]] = {
    "no-fixed-abode": ("postcode_no_fixed_abode",),
    "terminated": ("postcode_terminated",),
    "out-of-county": ("postcode_out_of_county",),
    "unknown": ("postcode_unknown", "postcode_malformed"),
    "no-postcode": ("postcode_missing",),
    "no-hours": ("hours_missing", "hours_not_told"),
}
"""Reason as people name it to the codes of its errors."""
MENDABLE: Final = ("terminated", "unknown")
"""Reasons for which a suggestion is another spelling or the place next door, and so may stand in."""


class ChoiceError(ValueError):
    """A reason that is not known, or cannot be mended; the message names it and those expected."""


@dataclass(frozen=True)
class Choices:
    """Reasons to set rows aside for, and reasons to mend; any other stops the file.

    Where a reason is named for both, a row is mended if something can stand in for its postcode, and else set aside.
    """

    set_aside: frozenset[str] = frozenset()
    mend: frozenset[str] = frozenset()

    @classmethod
    def of(cls, set_aside: Iterable[str] = (), mend: Iterable[str] = ()) -> Choices:
        """Choices by the names of reasons.

        Raises:
            ChoiceError: naming the reason and those expected.
        """
        aside, mended = frozenset(set_aside), frozenset(mend)
        for name, given, known in (("set_aside", aside, tuple(REASONS)), ("mend", mended, MENDABLE)):
            if unknown := sorted(given - set(known)):
                raise ChoiceError(f"{name}: found {', '.join(unknown)}, expected some of {', '.join(known)}")
        return cls(aside, mended)

    def codes_mended(self) -> frozenset[str]:
        """Codes of errors that a suggestion mends."""
        return frozenset(code for reason in self.mend for code in REASONS[reason])


@dataclass(frozen=True)
class SetAside:
    """Rows of one reason that are in the file and not in the snapshot.

    Attributes:
        packages: How many.
        minutes_per_week: Care minutes a week, of those that say.
        without_hours: How many of them say no hours.
    """

    packages: int
    minutes_per_week: int
    without_hours: int
