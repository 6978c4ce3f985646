"""Rule sets beside each other on the same counties: means over seeds with intervals, and what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from brokerage.rules.model import RuleSet
from brokerage.simulation.engine import simulate
from brokerage.simulation.model import Assumptions, County, Outcome

Z_95 = 1.96
"""Two-sided 95% quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over seeds with its 95% interval."""

    mean: float
    low: float
    high: float


def figure(values: Sequence[float]) -> Figure:
    """The mean of some runs with its interval; no width for a single run."""
    mean = float(np.mean(values))
    half = Z_95 * float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return Figure(mean, mean - half, mean + half)


@dataclass(frozen=True)
class Compared:
    """One rule set's figures over all seeds."""

    rule_set: str
    runs: tuple[Outcome, ...]

    def of(self, name: str) -> Figure | None:
        """A figure of the outcomes by its name; None where it does not apply."""
        values = [getattr(run, name) for run in self.runs]
        known = [value for value in values if value is not None]
        return figure(known) if known else None

    def unmet(self) -> dict[str, Figure]:
        """Mean hours a week that wait, by band."""
        bands = sorted({band for run in self.runs for band in run.unmet_hours_by_band})
        return {band: figure([run.unmet_hours_by_band.get(band, 0.0) for run in self.runs]) for band in bands}


def compare(
    rule_sets: Iterable[RuleSet],
    county_of: Callable[[int], County],
    seeds: Sequence[int],
    assumed: Assumptions | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> list[Compared]:
    """Run every rule set on the same counties, one a seed.

    Args:
        rule_sets: Which.
        county_of: Draws a county from a seed: a made-up one, or one of the council's own record.
        seeds: One county and one draw of answers each.
        assumed: What is assumed of providers.
        progress: Told the share done.
    """
    chosen = list(rule_sets)
    runs: list[list[Outcome]] = [[] for _ in chosen]
    for done, seed in enumerate(seeds):
        county = county_of(seed)
        for i, rules in enumerate(chosen):
            runs[i].append(simulate(county, rules, seed, assumed))
            progress((done * len(chosen) + i + 1) / (len(seeds) * len(chosen)))
    return [Compared(rules.name, tuple(found)) for rules, found in zip(chosen, runs, strict=True)]
