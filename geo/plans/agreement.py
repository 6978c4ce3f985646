"""How alike two divisions of the same places are: pairs of places that both keep together, or both keep apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Pairs of places under a reference and under a plan.

    Attributes:
        together: Pairs that the reference keeps in one zone.
        together_kept: Those of them that the plan keeps in one zone too.
        apart: Pairs that the reference keeps in different zones.
        apart_kept: Those of them that the plan keeps apart too.
        parted: The pairs together in the reference and apart in the plan, by name.
        joined: The pairs apart in the reference and together in the plan, by name.
    """

    together: int
    together_kept: int
    apart: int
    apart_kept: int
    parted: tuple[tuple[str, str], ...]
    joined: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        """Share of all pairs that the plan treats as the reference does (the Rand index)."""
        pairs = self.together + self.apart
        return (self.together_kept + self.apart_kept) / pairs if pairs else 1.0

    @property
    def together_share(self) -> float:
        """Share of the pairs kept together that stay together: the harder half where zones are many."""
        return self.together_kept / self.together if self.together else 1.0

    @property
    def apart_share(self) -> float:
        """Share of the pairs kept apart that stay apart."""
        return self.apart_kept / self.apart if self.apart else 1.0


def pair_agreement(reference: Mapping[str, str], plan: Mapping[str, str]) -> PairAgreement:
    """Compare the zone of each place under a reference and under a plan; names of zones need not match.

    Source: Rand, "Objective criteria for the evaluation of clustering methods", Journal of the American Statistical
    Association 66, 1971.

    Raises:
        ValueError: the plan has no zone for a place of the reference.
    """
    lost = sorted(set(reference) - set(plan))
    if lost:
        raise ValueError(f"{len(lost)} places have no zone in the plan: {', '.join(lost[:5])}")
    counts = {True: [0, 0], False: [0, 0]}
    broken: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for a, b in combinations(sorted(reference), 2):
        before, after = reference[a] == reference[b], plan[a] == plan[b]
        counts[before][0] += 1
        counts[before][1] += before == after
        if before != after:
            broken[before].append((a, b))
    (together, together_kept), (apart, apart_kept) = counts[True], counts[False]
    return PairAgreement(together, together_kept, apart, apart_kept, tuple(broken[True]), tuple(broken[False]))
