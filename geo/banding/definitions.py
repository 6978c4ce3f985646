"""The four price bands: names, order, what each is, and the official class it stands for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class BandDefinition:
    """One band, as `geo/schemes/bands.toml` has it.

    Attributes:
        name: what results carry.
        order: 1 is the easiest to serve.
        title: for people.
        what: what makes a place belong to it.
        ons_code: code of the official 2011 class at output-area level.
        ons_class: name of that class.
        source: where the definition comes from.
    """

    name: str
    order: int
    title: str
    what: str
    ons_code: str
    ons_class: str
    source: str


def read_data_file(name: str) -> dict[str, Any]:
    """Read a TOML file of `geo/schemes`."""
    return tomllib.loads(files("geo").joinpath("schemes", name).read_text(encoding="utf-8"))


@lru_cache
def band_definitions() -> tuple[BandDefinition, ...]:
    """The bands in their order, easiest to serve first."""
    data = read_data_file("bands.toml")
    bands = [BandDefinition(source=data["source"], **entry) for entry in data["band"]]
    return tuple(sorted(bands, key=lambda band: band.order))


@lru_cache
def band_names() -> tuple[str, ...]:
    """Names of the bands in their order."""
    return tuple(band.name for band in band_definitions())


def check_band(name: str, where: str) -> str:
    """Return `name` if it is a band; else say where it was found and what was expected."""
    if name not in band_names():
        raise ValueError(f"{where}: found {name!r}, expected one of {', '.join(band_names())}")
    return name
