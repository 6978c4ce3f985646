"""The two ways to price rurality set beside each other: today's bands, and bands of distance from named centres.

An area is in one band of each kind, so what moves from band to band can be told through the same gate as every figure
of demand. A contract that measures from each home gives other edges, within the width of an area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem, invalid_input
from app.settings import Settings
from app.storage.areas import newest_dataset
from app.storage.models import Area, Postcode
from app.usecases.demand.figures import labels, snapshot_or_current
from app.usecases.demand.gate import Audience, Demand, demand_of_snapshot
from app.usecases.rates.distance_answer import (
    MOVES,
    BandCrossing,
    BandSide,
    CentreFound,
    CentreGiven,
    DistanceAnswer,
    DistanceQuestion,
    GroupBy,
    GroupChange,
    Moves,
)
from app.usecases.rates.starting_point import check_bands, start_of
from app.usecases.travel.answers import server_failures
from app.usecases.travel.roads import travel_model
from geo.distance_bands import Centre, Nearest, band_positions, nearest_centre
from geo.postcodes import clean
from pricing import InputProblem, PricingInputError
from pricing.rounding import to_pennies

N = TypeVar("N", float, Decimal)
_NO_POUNDS = Decimal(0)
_BETWEEN = "\x1f"
"""Parts the two halves of a label that stands for two groupings at once."""


def compare_distance(
    session: Session, council: str, asked: DistanceQuestion, settings: Settings, audience: Audience, *, drafts: bool
) -> DistanceAnswer:
    """Set bands of distance beside today's.

    Args:
        session: A read session.
        council: Whose.
        asked: The centres and the prices.
        settings: Of the service, for the travel model.
        audience: Whom the figures are for.
        drafts: Whether the caller may start from a draft card.

    Raises:
        Problem: there are no areas, bands or demand, or no such card or postcode.
        PricingInputError: today's rates lack a band of the county; names it.
    """
    start = start_of(session, council, asked, drafts=drafts)
    snapshot = snapshot_or_current(session, council, asked.snapshot_id, audience)
    bands = labels(session, council, ["band"])["bands"]
    check_bands("rates", sorted(set(bands.values())), list(start.rates))
    centres = [_centre(session, council, at, given) for at, given in enumerate(asked.centres)]
    rows = session.execute(
        select(Area.id, Area.easting, Area.northing, Area.district_code)
        .where(Area.council == council)
        .order_by(Area.position)
    ).all()
    if not rows:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    near = _nearest(rows, centres, asked, settings)
    names = asked.schedule.names()
    positions = band_positions(near.miles, [float(limit) for limit in asked.schedule.limits])
    distance = {row.id: names[at] for row, at in zip(rows, positions, strict=True)}
    prices = {name: band.pounds_per_hour for name, band in zip(names, asked.schedule.bands, strict=True)}
    demand = demand_of_snapshot(session, snapshot, audience)
    if asked.maintenance_only:
        demand = demand.of_service("maintenance")
    year = _Year(start.rates, prices, asked.weeks)
    today = _sides(demand.totals(["band"], bands=bands), "band", bands, start.rates, year)
    later = _sides(demand.totals(["zone"], zones=distance), "zone", distance, prices, year)
    crossings = _crossings(demand, bands, distance, year)
    before, after = (_sum((side.pounds_per_year for side in sides), _NO_POUNDS) for sides in (today, later))
    counts = np.bincount(near.centre, minlength=len(centres))
    return DistanceAnswer(
        start=start.answer(),
        snapshot_id=snapshot.id,
        synthetic=snapshot.synthetic,
        suppressed_below=audience.withheld_below,
        measured_by="miles in a straight line" if asked.measured_by == "straight_line" else "miles by the travel model",
        centres=[
            CentreFound(name=c.name, easting=c.easting, northing=c.northing, areas=int(n))
            for c, n in zip(centres, counts, strict=True)
        ],
        today=today,
        by_distance=later,
        crossings=crossings,
        moves=_moves(crossings),
        groups=_groups(demand, bands, distance, _group_of(session, council, asked.group_by, rows), year),
        now_pounds_per_year=before,
        by_distance_pounds_per_year=after,
        difference_pounds_per_year=None if before is None or after is None else after - before,
    )


class _Year:
    """Pounds a year of hours in a band of each kind."""

    def __init__(self, now: Mapping[str, Decimal], later: Mapping[str, Decimal], weeks: Decimal) -> None:
        self.now, self.later, self.weeks = now, later, weeks

    def pounds(self, hours: float | None, rate: Decimal) -> Decimal | None:
        return None if hours is None else to_pennies(Decimal(str(round(hours, 6))) * rate * self.weeks)


def _centre(session: Session, council: str, at: int, given: CentreGiven) -> Centre:
    if given.postcode is None:
        return Centre(given.name, given.easting or 0.0, given.northing or 0.0)
    key = clean(given.postcode)
    row = session.execute(
        select(Postcode.easting, Postcode.northing).where(Postcode.council == council, Postcode.key == key)
    ).first()
    if row is None:
        field = f"centres.{at}.postcode"
        raise invalid_input(
            f"{field}: found {given.postcode!r}, expected a postcode of the council, or easting and northing.",
            errors=[{"field": f"body.{field}", "message": "not a postcode of the council", "found": given.postcode}],
        )
    return Centre(given.name, float(row.easting), float(row.northing))


def _nearest(rows: Sequence[Any], centres: list[Centre], asked: DistanceQuestion, settings: Settings) -> Nearest:
    places = np.array([(row.easting, row.northing) for row in rows], dtype=np.float64)
    try:
        if asked.measured_by == "straight_line":
            return nearest_centre(places, centres)
        with server_failures():
            return nearest_centre(places, centres, travel_model(settings))
    except ValueError as error:
        raise PricingInputError([InputProblem("centres", [centre.name for centre in centres], str(error))]) from error


def _figure(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _sides(
    table: pd.DataFrame, key: str, of_area: Mapping[str, str], rates: Mapping[str, Decimal], year: _Year
) -> list[BandSide]:
    areas = pd.Series(dict(of_area)).value_counts()
    found = table.set_index(key)
    sides = []
    for band in rates:
        if band not in areas.index:
            continue
        known = band in found.index
        packages, hours = (_figure(found.loc[band, name]) if known else 0.0 for name in ("packages", "hours_per_week"))
        sides.append(
            BandSide(
                band=band,
                areas=int(areas[band]),
                pounds_per_hour=rates[band],
                packages=packages,
                hours_per_week=hours,
                pounds_per_year=year.pounds(hours, rates[band]),
            )
        )
    return sides


def _crossings(
    demand: Demand, bands: Mapping[str, str], distance: Mapping[str, str], year: _Year
) -> list[BandCrossing]:
    table = demand.totals(["band", "zone"], bands=bands, zones=distance).set_index(["band", "zone"])
    each = pd.DataFrame({"band": pd.Series(dict(bands)), "distance": pd.Series(dict(distance))})
    pairs = each.dropna().value_counts()
    found = []
    for band in year.now:
        for name in year.later:
            if (band, name) not in pairs.index:
                continue
            known = (band, name) in table.index
            packages, hours = (
                _figure(table.loc[(band, name), column]) if known else 0.0 for column in ("packages", "hours_per_week")
            )
            now, later = year.now[band], year.later[name]
            found.append(
                BandCrossing(
                    band=band,
                    distance=name,
                    areas=int(pairs[(band, name)]),
                    packages=packages,
                    hours_per_week=hours,
                    now_pounds_per_hour=now,
                    by_distance_pounds_per_hour=later,
                    moves="paid alike" if later == now else "paid more" if later > now else "paid less",
                    difference_pounds_per_year=year.pounds(hours, later - now),
                )
            )
    return found


def _moves(crossings: Sequence[BandCrossing]) -> list[Moves]:
    found = []
    for kind in MOVES:
        mine = [crossing for crossing in crossings if crossing.moves == kind]
        found.append(
            Moves(
                moves=kind,
                areas=sum(crossing.areas for crossing in mine),
                packages=_sum((crossing.packages for crossing in mine), 0.0),
                hours_per_week=_sum((crossing.hours_per_week for crossing in mine), 0.0),
                difference_pounds_per_year=_sum((crossing.difference_pounds_per_year for crossing in mine), _NO_POUNDS),
            )
        )
    return found


def _sum(values: Iterable[N | None], nothing: N) -> N | None:
    """The sum of what is told; None where all is withheld, and nought where there is nothing."""
    every = list(values)
    told = [value for value in every if value is not None]
    return sum(told, nothing) if told or not every else None


def _group_of(session: Session, council: str, by: GroupBy, rows: Sequence[Any]) -> dict[str, str]:
    if by == "zone":
        return labels(session, council, ["zone"])["zones"]
    newest = newest_dataset(session, council, "postcodes")
    names = dict(newest.details.get("districts", {})) if newest else {}
    return {row.id: names.get(row.district_code, row.district_code) for row in rows}


def _groups(
    demand: Demand,
    bands: Mapping[str, str],
    distance: Mapping[str, str],
    group_of: Mapping[str, str],
    year: _Year,
) -> list[GroupChange]:
    """By group: hours, and the pounds of both ways over the pairs of bands that are told."""
    both = {area: f"{group_of[area]}{_BETWEEN}{name}" for area, name in distance.items() if area in group_of}
    table = demand.totals(["band", "zone"], bands=bands, zones=both)
    whole = demand.totals(["zone"], zones=group_of).set_index("zone")
    areas = pd.Series(dict(group_of)).value_counts()
    found = []
    for group in sorted(set(group_of.values())):
        mine = [
            (str(row["band"]), str(row["zone"]).partition(_BETWEEN)[2], _figure(row["hours_per_week"]))
            for row in table.to_dict("records")
            if str(row["zone"]).partition(_BETWEEN)[0] == group and row["band"] in year.now
        ]
        hours = _figure(whole.loc[group, "hours_per_week"]) if group in whole.index else 0.0
        now = _sum((year.pounds(amount, year.now[band]) for band, _, amount in mine), _NO_POUNDS)
        later = _sum((year.pounds(amount, year.later[name]) for _, name, amount in mine), _NO_POUNDS)
        found.append(
            GroupChange(
                group=group,
                areas=int(areas[group]),
                hours_per_week=hours,
                hours_told_per_week=_sum((amount for _, _, amount in mine), 0.0),
                now_pounds_per_year=now,
                by_distance_pounds_per_year=later,
                difference_pounds_per_year=None if now is None or later is None else later - now,
            )
        )
    return sorted(found, key=lambda change: (change.difference_pounds_per_year or Decimal(0), change.group))
