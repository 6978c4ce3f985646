"""``patchwork import roads``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, fail, give, problems_as_messages, settings_in_force
from app.usecases.travel.roads import import_roads
from routing.modes import MODES, ModeError, checked_mode


def roads(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="OpenStreetMap extract (.osm.pbf), osmnx GraphML, OS Open Roads GeoPackage, or another line layer.",
        ),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Download a place from OpenStreetMap instead, such as 'Rutland, England'.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="TOML: which column of a line layer means what."),
    ] = None,
    modes: Annotated[str, typer.Option(help="Whose networks to keep, separated by commas.")] = ",".join(MODES),
    out: Annotated[
        Path | None, typer.Option(help="File (.npz) to write instead of this installation's own, for --roads.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load roads for travel times. What was dropped because nothing leads there is listed."""
    names = [name.strip() for name in modes.split(",") if name.strip()]
    try:
        chosen = [checked_mode(name) for name in dict.fromkeys(names)]
    except ModeError as error:
        raise fail(f"--modes: {error}", code=2) from error
    if not chosen:
        raise fail(f"--modes: found none, expected some of {', '.join(MODES)}", code=2)
    with problems_as_messages():
        done = import_roads(settings_in_force(), file, place=place, mapping=mapping, modes=chosen, out=out)
    lines = [f"Roads kept in {done['file']}: {done['nodes']:,} junctions."]
    lines += [
        f"  {row['mode']}: {row['directed_road_km']:,} km, each direction counted; left out {row['dropped_pieces']:,} "
        f"pieces of {row['dropped_road_km']:,} km that cannot be reached and left. {row['version']}"
        for row in done["networks"]
    ]
    give(done, as_json=as_json, text="\n".join([*lines, *(f"  {note}" for note in done["notes"])]))
