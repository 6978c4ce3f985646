"""Questions to the domain from the command line: bands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from pydantic import ValidationError

from app.cli.output import (
    AsJson,
    fail,
    give,
    open_database,
    problems_as_messages,
    quiet_settings,
    settings_in_force,
)
from app.lookup.directory import national_directory
from app.storage.decisions import find, publish
from app.storage.models import BandRun
from app.usecases.bands.classify import ClassifyRequest, classify_areas, settled, store_run
from app.usecases.bands.files import classify_country, classify_file, counts_by_band, write_bands
from geo.banding.scheme_files import shipped_schemes

ACTOR = "command line"


def classify(
    areas: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV: area_id, easting, northing, anywhere in Great Britain."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write, .csv or .parquet: area_id, band, rule, features.")
    ] = None,
    great_britain: Annotated[
        bool, typer.Option("--great-britain", help="Every live postcode of Great Britain as an area of its own.")
    ] = False,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="official, settlement, care, or a council's own file (.toml). Without: official where it is loaded, "
            "else settlement."
        ),
    ] = None,
    smooth: Annotated[
        bool, typer.Option("--smooth", help="An area alone among another band's goes with its neighbours.")
    ] = False,
    snapshot: Annotated[
        int | None, typer.Option(help="Demand for the features of care; the current one when left out.")
    ] = None,
    publish_it: Annotated[bool, typer.Option("--publish", help="Put the council's classification in force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give areas their band: those of a file, all of Great Britain, or the council's own when neither is named."""
    settings = quiet_settings()
    if areas is not None and great_britain:
        raise fail("--areas or --great-britain: one of them.")
    if areas is not None or great_britain:
        _classify_to_file(areas, out, scheme or "settlement", as_json=as_json)
        return
    with problems_as_messages(), open_database(settings) as database:
        with database.read() as session:
            asked = settled(session, settings.council, _request(scheme, snapshot, smooth=smooth))
            made = classify_areas(session, settings.council, asked, settings)
        run_id = store_run(database, settings.council, made, ACTOR, None)
        if publish_it:
            with database.write() as session:
                publish(session, find(session, BandRun, settings.council, run_id), ACTOR)
    counts = {str(k): int(v) for k, v in pd.Series([a["band"] for a in made["areas"]]).value_counts().items()}
    done = {"band_run_id": run_id, "published": publish_it, "areas_by_band": counts}
    give(done, as_json=as_json, text=f"Classification {run_id}: " + ", ".join(f"{k} {v:,}" for k, v in counts.items()))


def _request(scheme: str | None, snapshot: int | None, *, smooth: bool) -> ClassifyRequest:
    """What is asked, with a scheme of the council's own read from its file."""
    if scheme is None or scheme in shipped_schemes():
        return ClassifyRequest.model_validate({"scheme": scheme, "snapshot_id": snapshot, "smooth": smooth})
    try:
        own = Path(scheme).read_text(encoding="utf-8")
        return ClassifyRequest(own_scheme=own, snapshot_id=snapshot, smooth=smooth)
    except ValidationError as error:
        raise fail("; ".join(found["msg"] for found in error.errors()), code=2) from error
    except (OSError, UnicodeDecodeError) as error:
        expected = ", ".join(shipped_schemes())
        raise fail(f"--scheme: found {scheme!r}, expected one of {expected} or a file: {error}.", code=2) from error


def _classify_to_file(areas: Path | None, out: Path | None, scheme: str, *, as_json: bool) -> None:
    if out is None:
        raise fail("--out: name the file to write, .csv or .parquet.")
    with problems_as_messages():
        directory = national_directory(settings_in_force())
    try:
        result = classify_country(directory, scheme) if areas is None else classify_file(areas, directory, scheme)
        write_bands(result, out)
    except (ValueError, OSError) as error:
        raise fail(str(error), code=2) from error
    counts = counts_by_band(result)
    done = {
        "areas": len(result.ids),
        "out": str(out),
        "scheme": result.scheme.name,
        "scheme_version": result.scheme.version,
        "areas_by_band": counts,
    }
    give(done, as_json=as_json, text=f"Wrote {out}: " + ", ".join(f"{k} {v:,}" for k, v in counts.items()))
