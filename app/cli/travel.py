"""Travel from the command line: a matrix between two files of places, reach, one journey. No database is needed."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from app.cli.output import AsJson, fail, give, problems_as_messages, settings_in_force
from app.ingest.travel_files import FORMATS, read_places, write_matrix
from app.ingest.travel_places import checked_places
from app.usecases.travel.answers import (
    geojson,
    journey,
    line_of,
    made_by,
    model_in_use,
    model_of_file,
    server_failures,
)
from routing.blocks import unreachable_reasons
from routing.isochrones import ReachError, isochrones
from routing.model import TravelModel
from routing.wgs84 import metres

WRONG_INPUT = 2
travel = typer.Typer(
    help="Minutes, miles and kgCO2 between places, reach and single journeys, on roads or without.",
    no_args_is_help=True,
)


class ModeName(StrEnum):
    """The modes of routing.modes, by the names the option takes."""

    car = "car"
    cycle = "cycle"
    ebike = "ebike"
    walk = "walk"


class HourName(StrEnum):
    """The parts of the day of routing.hours, by the names the option takes."""

    all_day = "all_day"
    am_peak = "am_peak"
    midday = "midday"
    pm_peak = "pm_peak"
    evening = "evening"
    night = "night"


Roads = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Roads to use: a file of `patchwork import roads --out`, or an .osm.pbf extract. Without, this "
        "installation's roads, and where there are none the road-free estimate.",
    ),
]
RoadFree = Annotated[bool, typer.Option("--road-free", help="Use no roads, even where they are loaded.")]
Mode = Annotated[ModeName, typer.Option(help="How the care worker gets about.")]
Hours = Annotated[HourName, typer.Option(help="Part of the day; changes driving minutes only.")]
Text = Annotated[str, typer.Option(help="easting,northing in metres, or latitude,longitude in degrees.")]


def _model(roads: Path | None, road_free: bool, mode: str, hours: str) -> TravelModel:
    if road_free and roads is not None:
        raise fail("--road-free and --roads exclude each other.", code=WRONG_INPUT)
    if road_free or roads is not None:
        return model_of_file(roads, mode, hours)
    return model_in_use(settings_in_force(), mode, hours)


def _position(option: str, text: str) -> np.ndarray:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        said = f"{option}: found {text!r}, expected easting,northing in metres or latitude,longitude in degrees."
        raise fail(said, code=WRONG_INPUT) from error
    in_degrees = abs(first) <= 90 and abs(second) <= 180
    positions = metres([[second, first]]) if in_degrees else np.array([[first, second]])
    return checked_places(option, ["0"], positions).positions


def _out(out: Path, formats: tuple[str, ...]) -> str:
    form = out.suffix.lstrip(".").lower()
    if form not in formats:
        raise fail(f"--out: found {out.name!r}, expected a name ending in .{', .'.join(formats)}.", code=WRONG_INPUT)
    if not out.parent.is_dir():
        raise fail(f"--out: there is no folder {out.parent}.", code=WRONG_INPUT)
    return form


@travel.command("matrix")
def matrix(
    origins: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV: id, easting, northing.")],
    destinations: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV: id, easting, northing.")],
    out: Annotated[Path, typer.Option(help="File to write, .csv or .parquet, one row for each pair.")],
    roads: Roads = None,
    road_free: RoadFree = False,
    mode: Mode = ModeName.car,
    hours: Hours = HourName.all_day,
    as_json: AsJson = False,
) -> None:
    """Minutes, miles and kgCO2 from every place of one file to every place of another.

    A pair that no way joins has empty figures and the reason beside it. Latitude and longitude will do in place of
    easting and northing. Any number of places: the work goes in blocks.
    """
    _out(out, FORMATS)
    with problems_as_messages():
        a, b = read_places(origins), read_places(destinations)
        model = _model(roads, road_free, mode, hours)
    with problems_as_messages(), server_failures():
        written = write_matrix(model, a, b, out)
    done = written | {"out": str(out), "made_by": made_by(model.provenance)}
    give(
        done,
        as_json=as_json,
        text=f"Wrote {out}: {done['pairs']:,} pairs, {done['unreachable_pairs']:,} of them unreachable, mean "
        f"{done['mean_minutes']} minutes. By {model.version}.\n{model.provenance.caveat}",
    )


@travel.command("route")
def route(
    origin: Text,
    destination: Text,
    out: Annotated[Path | None, typer.Option(help="GeoJSON to write: the line with its figures.")] = None,
    roads: Roads = None,
    road_free: RoadFree = False,
    mode: Mode = ModeName.car,
    hours: Hours = HourName.all_day,
    as_json: AsJson = False,
) -> None:
    """One journey: minutes and miles on the quickest way, and its line."""
    if out is not None:
        _out(out, ("geojson", "json"))
    with problems_as_messages():
        a, b = _position("--origin", origin), _position("--destination", destination)
        model = _model(roads, road_free, mode, hours)
    with problems_as_messages():
        found, done = journey(model, a, b)
    reason = done["reason"]
    if out is not None and reason is None:
        line = {"type": "LineString", "coordinates": line_of(found.line)}
        _write(out, {"type": "Feature", "properties": done, "geometry": line})
    said = reason or f"{done['minutes']} minutes, {done['miles']} miles, {done['kg_co2']} kg CO2e"
    give(done, as_json=as_json, text=f"{said}. By {model.version}.\n{model.provenance.caveat}")


@travel.command("isochrone")
def isochrone(
    place: Text,
    minutes: Annotated[list[float], typer.Option(help="Area within so many minutes; give it several times for more.")],
    out: Annotated[Path | None, typer.Option(help="GeoJSON to write, for QGIS or a map.")] = None,
    to: Annotated[bool, typer.Option("--to", help="Journeys to the place, not from it.")] = False,
    roads: Roads = None,
    road_free: RoadFree = False,
    mode: Mode = ModeName.car,
    hours: Hours = HourName.all_day,
    as_json: AsJson = False,
) -> None:
    """The areas within so many minutes of a place."""
    if out is not None:
        _out(out, ("geojson", "json"))
    with problems_as_messages():
        here = _position("--place", place)
        model = _model(roads, road_free, mode, hours)
    try:
        with problems_as_messages(), server_failures():
            found = isochrones(model, here[0], minutes, outward=not to)
    except ReachError as error:
        raise fail(f"--minutes: {error}", code=WRONG_INPUT) from error
    why = unreachable_reasons(model, here, here)[0][0]
    areas = [{"minutes": area.minutes, "area_km2": round(area.area_km2, 3)} for area in found]
    done = {"areas": areas, "reason": f"the place is {why}" if why else None, "made_by": made_by(model.provenance)}
    if out is not None:
        features = [
            {"type": "Feature", "properties": about, "geometry": geojson(area.area)}
            for about, area in zip(areas, found, strict=True)
        ]
        _write(out, {"type": "FeatureCollection", "features": features, "made_by": done["made_by"]})
    said = "\n".join(f"{area['minutes']:g} minutes: {area['area_km2']:,} km2" for area in areas)
    give(done, as_json=as_json, text=f"{said}\nBy {model.version}.\n{model.provenance.caveat}")


def _write(out: Path, value: Any) -> None:
    try:
        out.write_text(json.dumps(value), encoding="utf-8")
    except OSError as error:
        raise fail(f"{out}: {error.strerror}") from error
