"""Places to travel between, as somebody gives them: checked row by row, every wrong row named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.problems import FieldError, Problem, invalid_input
from routing.positions import EAST_LIMITS_M, NORTH_LIMITS_M

MOST_REASONS = 1_000


@dataclass(frozen=True)
class Places:
    """Named positions.

    Attributes:
        ids: What the caller calls them, no two alike.
        positions: (n, 2) easting and northing in metres.
    """

    ids: list[str]
    positions: NDArray[np.float64]


def wrong(field: str, found: Any, message: str, expected: str) -> Problem:
    """The problem of one wrong value."""
    error = FieldError(field=field, message=message, found=found, expected=expected)
    return invalid_input(f"{field}: {message}.", errors=[error.model_dump()])


def refused(errors: Sequence[FieldError]) -> Problem:
    """The problem of several wrong values; the first stands in the sentence."""
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    first = f"{errors[0].field}: {errors[0].message}{more}."
    listed = [error.model_dump(exclude_none=True) for error in errors[:MOST_REASONS]]
    return invalid_input(first, errors=listed)


def checked_places(
    name: str,
    ids: Sequence[str],
    positions: NDArray[np.float64],
    first_row: int = 0,
    found_before: Sequence[FieldError] = (),
    rows: Sequence[int] | None = None,
) -> Places:
    """Places with ids that are there and differ, and positions on the British National Grid.

    Args:
        name: What the set is called, such as ``origins``.
        ids: One for each position.
        positions: (n, 2) easting and northing in metres.
        first_row: How the first row is counted in messages.
        found_before: What was wrong before; a row named there for its position is not named for it again.
        rows: Each row's number in messages, where they do not simply count on from ``first_row``.

    Raises:
        Problem: naming every row at fault, what was found and what is expected.
    """
    errors = list(found_before)
    numbers = range(first_row, first_row + len(ids)) if rows is None else rows
    unread = {error.field.rpartition(".")[0] for error in errors}
    seen: dict[str, int] = {}
    for row, text in enumerate(ids):
        where = f"{name}.{numbers[row]}.id"
        if not text.strip():
            errors.append(FieldError(field=where, message="the id is empty", found=text, expected="a name or number"))
        elif text in seen:
            message = f"id {text!r} stands in row {numbers[seen[text]]} already"
            errors.append(FieldError(field=where, message=message, found=text, expected="each id once"))
        else:
            seen[text] = row
    limits = (("easting", *EAST_LIMITS_M), ("northing", *NORTH_LIMITS_M))
    for column, (axis, low, high) in enumerate(limits):
        values = positions[:, column]
        with np.errstate(invalid="ignore"):
            bad = np.nonzero(~((values >= low) & (values <= high)))[0]
        expected = f"{low:.0f} to {high:.0f} metres on the British National Grid"
        for row in bad.tolist():
            if f"{name}.{numbers[row]}" in unread:
                continue
            value = float(values[row])
            message = f"found {value:g}, expected {expected}"
            where = f"{name}.{numbers[row]}.{axis}"
            plain = value if np.isfinite(value) else None
            errors.append(FieldError(field=where, message=message, found=plain, expected=expected))
    if errors:
        raise refused(errors)
    return Places(list(ids), positions)
