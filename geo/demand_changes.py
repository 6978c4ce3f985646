"""What changed between two snapshots of demand: packages added, ended, altered and moved, in hours that reconcile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.demand import label, mean_visit_minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.demand import AreaLabels


@dataclass(frozen=True)
class DemandChanges:
    """Two snapshots set against each other, package by package, matched by reference.

    `pairs` has one row a reference found in either, with `before` and `after` minutes a week (0 where absent), `status`
    (added, ended, changed, same) and `moved` (the area differs).
    """

    pairs: pd.DataFrame
    _before: pd.DataFrame
    _after: pd.DataFrame

    @property
    def added(self) -> list[str]:
        """References only in the later snapshot, sorted."""
        return self._references("added")

    @property
    def ended(self) -> list[str]:
        """References only in the earlier snapshot, sorted."""
        return self._references("ended")

    @property
    def changed(self) -> pd.DataFrame:
        """Packages in both whose hours, area, provider, service or carers differ.

        Columns `reference`, `hours_before`, `hours_after`, and one boolean each of `COMPARED`.
        """
        rows = self.pairs[self.pairs["status"] == "changed"]
        shown = {"reference": rows["reference"], "hours_before": rows["before"] / 60, "hours_after": rows["after"] / 60}
        return pd.DataFrame(shown | {name: rows[name] for name in COMPARED}).reset_index(drop=True)

    def summary(self) -> dict[str, float]:
        """Counts and hours in all; `hours_after - hours_before` equals added - ended + increased - decreased."""
        whole = self.by(()).iloc[0].to_dict()
        counts = self.pairs["status"].value_counts()
        return {
            **{f"{name}_packages": float(counts.get(name, 0)) for name in ("added", "ended", "changed", "same")},
            **{str(k): float(v) for k, v in whole.items() if not str(k).endswith("packages")},
            "mean_visit_minutes_before": mean_visit_minutes(self._before),
            "mean_visit_minutes_after": mean_visit_minutes(self._after),
        }

    def by(
        self, keys: Sequence[str], *, bands: AreaLabels | None = None, zones: AreaLabels | None = None
    ) -> pd.DataFrame:
        """Changes by group (`area_id`, `band`, `zone`, `service_type`, `provider`), hours a week.

        In every row `hours_after - hours_before = added - ended + increased - decreased + moved_in - moved_out`: a
        package whose group changed leaves one row and enters another.

        Returns:
            One row a group: `keys`, `packages_before`, `packages_after`, `hours_before`, `hours_after`, `change_hours`,
            `added_hours`, `ended_hours`, `increased_hours`, `decreased_hours`, `moved_in_hours`, `moved_out_hours`.

        Raises:
            ValueError: as `geo.demand.label`.
        """
        names = list(keys)
        labels = [label(frame, keys, bands=bands, zones=zones) for frame in (self._before, self._after)]
        codes = [_codes(part, names) for part in labels]
        pairs, n_before = self.pairs, self.pairs["at_before"].to_numpy()
        n_after = pairs["at_after"].to_numpy()
        merged = (
            pd.concat(labels, ignore_index=True) if names else pd.DataFrame(index=range(len(codes[0]) + len(codes[1])))
        )
        group = _codes(merged, names)
        old = np.where(n_before >= 0, _take(group, n_before), -1)
        new = np.where(n_after >= 0, _take(group, n_after + len(codes[0])), -1)
        before, after = pairs["before"].to_numpy(), pairs["after"].to_numpy()
        groups = int(group.max()) + 1 if len(group) else 0

        def total(at: Any, where: Any, minutes: Any) -> Any:
            return np.bincount(at[where], weights=minutes[where], minlength=groups) / 60

        stays, moves = (old >= 0) & (old == new), (old >= 0) & (new >= 0) & (old != new)
        out = pd.DataFrame(
            {
                "packages_before": np.bincount(old[old >= 0], minlength=groups),
                "packages_after": np.bincount(new[new >= 0], minlength=groups),
                "hours_before": total(old, old >= 0, before),
                "hours_after": total(new, new >= 0, after),
            }
        )
        out["change_hours"] = out["hours_after"] - out["hours_before"]
        out["added_hours"] = total(new, old < 0, after)
        out["ended_hours"] = total(old, new < 0, before)
        out["increased_hours"] = total(old, stays & (after > before), after - before)
        out["decreased_hours"] = total(old, stays & (after < before), before - after)
        out["moved_in_hours"] = total(new, moves, after)
        out["moved_out_hours"] = total(old, moves, before)
        if not names:
            return out if groups else pd.DataFrame([dict.fromkeys(out.columns, 0.0)])
        first = (
            merged.assign(_group=group).drop_duplicates("_group").sort_values("_group")[names].reset_index(drop=True)
        )
        return pd.concat([first, out], axis=1).sort_values(names, ignore_index=True)

    def _references(self, status: str) -> list[str]:
        return sorted(self.pairs.loc[self.pairs["status"] == status, "reference"])


COMPARED = ("minutes_per_week", "area_id", "provider", "service_type", "carers_per_visit")
"""Columns whose difference makes a package `changed`."""


def compare(before: pd.DataFrame, after: pd.DataFrame) -> DemandChanges:
    """Set two demand frames against each other by package reference.

    Compare like with like: pass both through `geo.demand.in_force` for their days first, unless ended packages are
    meant to count.

    Raises:
        ValueError: a reference stands twice in one of the frames.
    """
    for name, frame in (("before", before), ("after", after)):
        if bool(frame["reference"].duplicated().any()):
            twice = frame.loc[frame["reference"].duplicated(), "reference"].iloc[0]
            raise ValueError(f"snapshot {name}: reference {twice} stands more than once")
    references = pd.Index(before["reference"]).union(pd.Index(after["reference"]))
    at_before = pd.Index(before["reference"]).get_indexer(references)
    at_after = pd.Index(after["reference"]).get_indexer(references)
    both = (at_before >= 0) & (at_after >= 0)
    pairs = pd.DataFrame({"reference": references, "at_before": at_before, "at_after": at_after})
    any_change = np.zeros(len(pairs), dtype=np.bool_)
    for name in COMPARED:
        differs = both & (_take(before[name].to_numpy(), at_before) != _take(after[name].to_numpy(), at_after))
        pairs[name] = differs
        any_change |= differs
    for side, frame, at in (("before", before, at_before), ("after", after, at_after)):
        pairs[side] = np.where(at >= 0, _take(frame["minutes_per_week"].to_numpy(), at), 0)
    pairs["moved"] = pairs["area_id"]
    pairs["status"] = np.select([at_before < 0, at_after < 0, any_change], ["added", "ended", "changed"], "same")
    return DemandChanges(pairs, before.reset_index(drop=True), after.reset_index(drop=True))


def _take(values: Any, at: Any) -> Any:
    """Values at positions, any value standing in where the position is -1; an empty source gives zeros."""
    return values[np.maximum(at, 0)] if len(values) else np.zeros(len(at), dtype=np.int64)


def _codes(labels: pd.DataFrame, names: list[str]) -> Any:
    """A number for each row's group, 0 up, all 0 where nothing groups."""
    if not names:
        return np.zeros(len(labels), dtype=np.int64)
    return labels.groupby(names, sort=False).ngroup().to_numpy()
