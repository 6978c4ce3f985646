"""Whom a plan touches: groups of people by age, deprivation and rurality, beside everyone.

For an equality impact assessment under section 149 of the Equality Act 2010. Figures are of residents from published
statistics, not of people who receive care, so nobody can be made out in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EVERYONE = "everyone"
FIFTH = 0.2


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """How a plan treats a group of residents.

    Attributes:
        group: Its name.
        residents: How many.
        mean_minutes_from_base: Driving minutes from their zone's base, over residents.
        minutes_over_everyone: That over the mean of everyone.
        changing_zone_share: Share of them whose area is in another zone than under the plan compared with; None
            where none is.
        changing_over_everyone: That share over everyone's; None where nobody changes or nothing is compared.
    """

    group: str
    residents: float
    mean_minutes_from_base: float
    minutes_over_everyone: float
    changing_zone_share: float | None
    changing_over_everyone: float | None


def group_effects(
    groups: Mapping[str, Floats], minutes_from_base: Floats, changed: NDArray[np.bool_] | None
) -> list[GroupEffect]:
    """How a plan treats each group, everyone first.

    Args:
        groups: (n,) residents of each area by group; `EVERYONE` among them.
        minutes_from_base: (n,) minutes between each area and its zone's base.
        changed: (n,) whether an area is in another zone than before; None where nothing is compared.

    Raises:
        ValueError: there is no `EVERYONE`.
    """
    if EVERYONE not in groups:
        raise ValueError(f"groups: found {', '.join(groups)}, expected {EVERYONE!r} among them")
    reach = np.where(np.isfinite(minutes_from_base), minutes_from_base, 0.0)

    def mean(people: Floats, values: Floats) -> float:
        return float(people @ values / people.sum()) if people.sum() > 0 else 0.0

    all_minutes = mean(groups[EVERYONE], reach)
    all_changed = None if changed is None else mean(groups[EVERYONE], changed.astype(np.float64))
    effects = []
    for name in sorted(groups, key=lambda group: group != EVERYONE):
        people = groups[name]
        minutes = mean(people, reach)
        share = None if changed is None else mean(people, changed.astype(np.float64))
        effects.append(
            GroupEffect(
                name,
                float(people.sum()),
                minutes,
                minutes / all_minutes if all_minutes > 0 else 1.0,
                share,
                share / all_changed if share is not None and all_changed else None,
            )
        )
    return effects


def zone_shares(groups: Mapping[str, Floats], labels: NDArray[np.int64], zones: int) -> dict[str, Floats]:
    """(zones,) share of each zone's residents who are of each group."""
    everyone = np.bincount(labels, groups[EVERYONE], minlength=zones)
    return {
        name: np.divide(np.bincount(labels, people, minlength=zones), everyone, out=np.zeros(zones), where=everyone > 0)
        for name, people in groups.items()
        if name != EVERYONE
    }


def highest_fifth(rate: Floats, residents: Floats) -> Floats:
    """(n,) residents of the areas with the highest rate that hold a fifth of all residents, 0 elsewhere.

    Areas with no rate are left out. The area at the edge counts whole, so that the fifth is a little more than that.
    """
    known = np.isfinite(rate) & (residents > 0)
    order = np.flatnonzero(known)[np.argsort(-rate[known], kind="stable")]
    held = np.cumsum(residents[order])
    chosen = order[: int(np.searchsorted(held, FIFTH * held[-1])) + 1] if order.size else order
    found = np.zeros(rate.size)
    found[chosen] = residents[chosen]
    return found
