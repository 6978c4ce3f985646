"""Published figures of residents by small area: kept whole, read back by area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.storage.models import Area, AreaFact, AreaOtherCensus

OFFICIAL_CLASS = r"[A-F][12]|UN1|UF1|RLN1|RLF1|RSN1|RSF1"
"""Codes of the official rural-urban classification: ten classes of 2011, six of 2021 (England and Wales; ONS)."""

CLASS_YEARS = (2011, 2021)
"""Censuses that have an official classification."""

TOTAL_NAMES = ("total_population", "population", "all_ages", "residents")
"""Measures that count all residents, as a council may have named them."""

OLDER_NAMES = ("people_75_plus", "pop_75plus", "population_75_and_over", "aged_75_and_over", "age_75_plus")
"""Measures that count residents of 75 and over."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A council's figures by area, in order of position.

    Attributes:
        counts: (n,) residents of each area by measure; 0 where none are known.
        rates: (n,) rate of each area by measure; NaN where none is known.
        dataset_ids: What they came from.
    """

    counts: dict[str, NDArray[np.float64]]
    rates: dict[str, NDArray[np.float64]]
    dataset_ids: list[int]

    def count_named(self, names: Sequence[str]) -> str | None:
        """The first of some names that residents are counted under; None where none is loaded."""
        return next((name for name in names if name in self.counts), None)


def replace_facts(
    session: Session, council: str, rows: Sequence[Mapping[str, Any]], measures: Sequence[str], dataset_id: int
) -> None:
    """Put figures in place of those of the same measures; ``rows`` holds measure, code, kind and value."""
    session.execute(delete(AreaFact).where(AreaFact.council == council, AreaFact.measure.in_(measures)))
    session.execute(insert(AreaFact), [{**row, "council": council, "dataset_id": dataset_id} for row in rows])


def set_official_classes(session: Session, council: str, classes: Mapping[str, str]) -> int:
    """Give areas their official class, by area or by what an area lies in, and return how many were given one."""
    if not classes:
        return 0
    areas = session.scalars(select(Area).where(Area.council == council)).all()
    through = _through_postcodes(session, council)
    through = through[through["code"].isin(set(classes))].sort_values(
        ["live_postcodes", "code"], ascending=[False, True]
    )
    most = through.drop_duplicates("area_id").set_index("area_id")["code"].to_dict()
    given = 0
    for area in areas:
        found = classes.get(area.id) or classes.get(area.parent_code or "") or classes.get(most.get(area.id, ""))
        if found is not None:
            area.official_class = found
            # The form of a class says its year: a letter and a digit in 2011.
            setattr(area, f"official_class_{2011 if len(found) == 2 else 2021}", found)
            given += 1
    return given


def official_classes(session: Session, council: str, year: int | None = None) -> dict[str, str]:
    """Official class by area, of those that have one: the one served, or that of a census."""
    column = Area.official_class if year is None else getattr(Area, f"official_class_{year}")
    rows = session.execute(select(Area.id, column.label("found")).where(Area.council == council, column.is_not(None)))
    return {row.id: row.found for row in rows}


def load_facts(session: Session, council: str) -> Facts | None:
    """Read a council's figures by area; None when none are loaded.

    A count of a larger area that holds several of the council's is shared among them by their live postcodes; a rate
    is that of each. Where both are known, the area's own figure stands.
    """
    rows = session.execute(
        select(AreaFact.measure, AreaFact.code, AreaFact.kind, AreaFact.value, AreaFact.dataset_id).where(
            AreaFact.council == council
        )
    ).all()
    if not rows:
        return None
    areas = pd.DataFrame(
        session.execute(
            select(Area.id, Area.parent_code, Area.live_postcodes)
            .where(Area.council == council)
            .order_by(Area.position)
        ).all(),
        columns=["id", "parent", "postcodes"],
    )
    in_parent = areas.groupby("parent")["postcodes"].transform("sum")
    share = (areas["postcodes"] / in_parent.where(in_parent > 0)).fillna(0.0)
    through = _through_postcodes(session, council)
    counts, rates = {}, {}
    frame = pd.DataFrame(rows, columns=["measure", "code", "kind", "value", "dataset_id"])
    for (measure, kind), table in frame.groupby(["measure", "kind"]):
        values = table.set_index("code")["value"]
        own, parent = areas["id"].map(values), areas["parent"].map(values)
        if kind == "count":
            other = areas["id"].map(_joined(through, values, adds_up=True))
            counts[str(measure)] = own.fillna(parent * share).fillna(other).fillna(0.0).to_numpy(np.float64)
        else:
            other = areas["id"].map(_joined(through, values, adds_up=False))
            rates[str(measure)] = own.fillna(parent).fillna(other).to_numpy(np.float64)
    return Facts(counts, rates, sorted({int(number) for number in frame["dataset_id"]}))


def other_census_codes(session: Session, council: str) -> set[str]:
    """Codes of the other census that the council's postcodes carry."""
    found = session.scalars(select(AreaOtherCensus.code).where(AreaOtherCensus.council == council).distinct())
    return set(found)


def _through_postcodes(session: Session, council: str) -> pd.DataFrame:
    rows = session.execute(
        select(AreaOtherCensus.area_id, AreaOtherCensus.code, AreaOtherCensus.live_postcodes).where(
            AreaOtherCensus.council == council
        )
    ).all()
    return pd.DataFrame(rows, columns=["area_id", "code", "live_postcodes"])


def _joined(through: pd.DataFrame, values: pd.Series[float], *, adds_up: bool) -> pd.Series[float]:
    """A figure of the other census by area: counts shared by live postcodes, rates averaged over them."""
    known = through[through["code"].isin(values.index)]
    value = known["code"].map(values)
    if adds_up:
        # A count is shared over all of its postcodes, those in areas with a figure of their own included.
        share = known["live_postcodes"] / known.groupby("code")["live_postcodes"].transform("sum")
        return (value * share).groupby(known["area_id"]).sum()
    weight = known["live_postcodes"]
    return (value * weight).groupby(known["area_id"]).sum() / weight.groupby(known["area_id"]).sum()
