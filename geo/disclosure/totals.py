"""A table of demand made fit to leave: withheld, rounded, and everything derived from what is shown."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.demand import carer_visits, is_waiting, label, totals
from geo.disclosure.cells import THRESHOLD, Rules, protected_values, shown, step_for
from geo.disclosure.records import cell_keys, record_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

MEASURES: Final = ("packages", "people", "hours_per_week", "visits_per_week", "carer_visits_per_week")
WAITING: Final = ("waiting_packages", "waiting_hours_per_week")
OPEN_ENDED: Final = frozenset({"provider"})
"""Groupings whose values come from the packages themselves: a name with too few people behind it is not listed."""


def rules_for(packages: pd.DataFrame, secret: bytes, threshold: int = THRESHOLD) -> Rules:
    """The rules for a snapshot: steps follow from what a person has on average.

    Args:
        packages: the whole snapshot's packages in force.
        secret: known to the service only.
        threshold: the least number of people shown.
    """
    people = max(int(packages["person"].nunique()), 1)
    hours = step_for(float(packages["hours_per_week"].sum()) / people)
    steps = {
        "hours_per_week": hours,
        "waiting_hours_per_week": hours,
        "visits_per_week": step_for(float(packages["visits_per_week"].sum()) / people),
        "carer_visits_per_week": step_for(float(carer_visits(packages).sum()) / people),
    }
    return Rules(secret, threshold, steps)


def protected_totals(
    packages: pd.DataFrame,
    by: Sequence[str],
    rules: Rules,
    *,
    groups: Mapping[str, Sequence[Any]] | None = None,
    bands: Mapping[str, str] | None = None,
    zones: Mapping[str, str] | None = None,
    on: date | None = None,
) -> pd.DataFrame:
    """What `geo.demand.totals` gives, made fit to leave.

    Args:
        packages: a demand frame.
        by: columns to group by.
        rules: see `rules_for`.
        groups: every value of a grouping that is known to all, such as the zones of a plan: those without packages are
            rows like any other. Of a grouping not named the values found are listed, of an open-ended one only those
            with enough people.
        bands: area id to band.
        zones: area id to zone.
        on: count as waiting by this day.

    Returns:
        The columns of `geo.demand.totals`, missing where withheld. `mean_visit_minutes` follows from the figures shown.
    """
    exact = totals(packages, by, bands=bands, zones=zones, on=on)
    keys = label(packages, by, bands=bands, zones=zones)
    table = _completed(exact, by, groups or {})
    at = _positions(table, keys, by)
    records = record_keys(packages, rules.secret)
    whole = cell_keys(records, at, len(table))
    out = table.astype(dict.fromkeys((*MEASURES, *WAITING, "mean_visit_minutes"), "float64"))
    visible = shown(table["people"].to_numpy(np.int64), whole, rules)
    for name in MEASURES:
        values = protected_values(name, table[name].to_numpy(np.float64), whole, rules)
        out[name] = np.where(visible, values, np.nan)
    out["mean_visit_minutes"] = np.where(
        table["mean_visit_minutes"].notna(), 60 * out["hours_per_week"] / out["carer_visits_per_week"], np.nan
    )
    waits = (
        is_waiting(packages, on)
        if on
        else (packages["waiting_since"].notna() & (packages["provider"] == "")).to_numpy()
    )
    waiting = cell_keys(records, np.where(waits, at, -1), len(table))
    few = ~shown(table["waiting_packages"].to_numpy(np.int64), waiting, rules, "waiting")
    for name in WAITING:
        values = protected_values(name, table[name].to_numpy(np.float64), waiting, rules)
        out[name] = np.where(visible & ~few, values, np.nan)
    return _without_small_names(out, by, packages, records, rules)


def _completed(table: pd.DataFrame, by: Sequence[str], groups: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """The table with every combination of its groups; those without packages come last, with nought."""
    if not by:
        return table
    values = [list(dict.fromkeys([*groups.get(name, ()), *table[name]])) for name in by]
    present = set(table[list(by)].itertuples(index=False, name=None))
    absent = [pair for pair in product(*values) if pair not in present]
    if not absent:
        return table
    empty = pd.DataFrame(absent, columns=list(by)).assign(**{n: 0 for n in table.columns if n not in by})
    return pd.concat([table, empty.astype(table.dtypes.to_dict())], ignore_index=True)


def _positions(table: pd.DataFrame, keys: pd.DataFrame, by: Sequence[str]) -> NDArray[np.int64]:
    """The row of the table that each package counts in."""
    if not by:
        return np.zeros(len(keys), dtype=np.int64)
    rows = {key: i for i, key in enumerate(table[list(by)].itertuples(index=False, name=None))}
    return np.array([rows[key] for key in keys[list(by)].itertuples(index=False, name=None)], dtype=np.int64)


def _without_small_names(
    table: pd.DataFrame, by: Sequence[str], packages: pd.DataFrame, records: NDArray[np.uint64], rules: Rules
) -> pd.DataFrame:
    """The table without the rows of providers that serve too few people to be told of."""
    for name in OPEN_ENDED & set(by):
        codes, values = pd.factorize(packages[name])
        people = np.asarray(packages.groupby(codes)["person"].nunique().reindex(range(len(values))), dtype=np.int64)
        known = shown(people, cell_keys(records, codes.astype(np.int64), len(values)), rules)
        table = table[table[name].isin(set(np.asarray(values)[known].tolist()))]
    return table.reset_index(drop=True)
