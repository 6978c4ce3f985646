"""The one door through which figures of the brokerage leave: small numbers of people are withheld."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.disclosure import Relation, protect

PEOPLE = "people"
ADD_UP = ("hours_per_week",)


def gated(rows: list[dict[str, Any]], keys: tuple[str, ...], threshold: int | None) -> list[dict[str, Any]]:
    """Rows fit to leave: figures of groups below the threshold are null, and of as few others as hide them.

    A reader is taken to know the sum over all rows.

    Args:
        rows: One a group, with ``people`` and whatever else.
        keys: What names the group; never withheld.
        threshold: Least people shown; None withholds nothing.
    """
    if threshold is None or threshold <= 0 or not rows:
        return [{**row, "withheld": False} for row in rows]
    people = np.array([row[PEOPLE] for row in rows], dtype=np.int64)
    amounts = {
        name: np.array([float(row[name]) for row in rows], dtype=np.float64) for name in ADD_UP if name in rows[0]
    }
    whole = {name: np.append(values, values.sum()) for name, values in amounts.items()}
    relation = Relation(total=len(rows), parts=tuple(range(len(rows))))
    small = np.append((people > 0) & (people < threshold), False)
    hidden = protect(
        np.append(people, people.sum()), [relation], threshold=threshold, amounts=whole, sensitive=small
    ).hidden
    gone = np.ones(len(rows), dtype=bool) if hidden[-1] else hidden[:-1]
    return [
        {
            **{name: value if name in keys or not out else None for name, value in row.items()},
            "withheld": bool(out),
        }
        for row, out in zip(rows, gone, strict=True)
    ]
