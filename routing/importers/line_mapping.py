"""Any line layer of roads, with a mapping that says which column means what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from routing.importers.layers import LineLayer, read_lines, text_of
from routing.importers.lines import ways_from_lines
from routing.osm import RoadFileError
from routing.speeds import speed_table
from routing.ways import Ways

OTHER_CLASSES = ("track", "path", "footway", "cycleway", "bridleway", "pedestrian", "steps", "no")


class LineMappingError(ValueError):
    """The mapping does not fit the file; the message names the key, what was found and what is expected."""


@dataclass(frozen=True)
class LineMapping:
    """Which column of a line layer means what.

    Attributes:
        class_column: Column that says what kind of road it is; all roads are ``default_class`` without.
        classes: Its values in the words of OpenStreetMap's ``highway`` (``{"A road": "primary"}``); a value that is
            one of those words already needs no entry.
        default_class: For values that are empty or not listed; without it they are an error.
        oneway_column: Column that says whether it is one-way.
        oneway_forwards: Its values for one-way as the line is drawn.
        oneway_backwards: Its values for one-way against the line.
        oneway_both: Its values for both ways; a value in none of the three is an error.
        limit_mph_column: Column with the speed limit in miles an hour.
        length_metres_column: Column with the length; measured on the line without.
        layer: Layer of the file; the first without.
        source: What to say the roads came from: name, date, licence.
    """

    class_column: str | None = None
    classes: Mapping[str, str] = field(default_factory=dict)
    default_class: str | None = None
    oneway_column: str | None = None
    oneway_forwards: tuple[str, ...] = ("yes", "true", "1", "y", "ft", "f")
    oneway_backwards: tuple[str, ...] = ("-1", "reverse", "tf", "t")
    oneway_both: tuple[str, ...] = (
        *("", "no", "false", "0", "n", "b", "both", "two-way", "twoway", "bi"),
        *("none", "null", "nan", "<na>"),  # gaps as programs write them
    )
    limit_mph_column: str | None = None
    length_metres_column: str | None = None
    layer: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        known = {*speed_table().classes, *OTHER_CLASSES}
        chosen = {f"classes.{name}": value for name, value in self.classes.items()}
        for key, value in {**chosen, "default_class": self.default_class}.items():
            if value is not None and value not in known:
                raise LineMappingError(f"{key}: found {value!r}, expected one of {', '.join(sorted(known))}")
        if self.class_column is None and self.default_class is None:
            raise LineMappingError("class_column: found none, expected it or default_class")

    @classmethod
    def read(cls, file: Path) -> LineMapping:
        """Read a mapping from a TOML file whose keys are the attributes of this class.

        Raises:
            LineMappingError: It is not TOML, or a key or value is wrong.
        """
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LineMappingError(f"{file.name}: not readable as TOML ({error})") from error
        return cls.from_table(table)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> LineMapping:
        """Make a mapping of plain data.

        Raises:
            LineMappingError: A key or value is wrong.
        """
        names = [item.name for item in fields(cls)]
        made: dict[str, Any] = {}
        for key, value in table.items():
            if key not in names:
                raise LineMappingError(f"{key}: not known, expected one of {', '.join(names)}")
            if key == "classes":
                good = isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values())
            elif key.startswith("oneway_") and key != "oneway_column":
                good = isinstance(value, list) and all(isinstance(v, str) for v in value)
            else:
                good = isinstance(value, str)
            if not good:
                raise LineMappingError(f"{key}: found {value!r}, expected text, or a list or table of texts")
            made[key] = tuple(value) if isinstance(value, list) else value
        return cls(**made)


def read_mapped_lines(file: Path, mapping: LineMapping) -> Ways:
    """Read roads from a line layer; lines meet where their corners do.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: GDAL cannot read it, or it holds no lines in Great Britain.
        LineMappingError: A column is missing, or a value is not in the mapping; it is named with its row.
    """
    layer = read_lines(file, mapping.layer)
    for key in ("class_column", "oneway_column", "limit_mph_column", "length_metres_column"):
        name = getattr(mapping, key)
        if name is not None and name not in layer.columns:
            has = ", ".join(layer.columns)
            raise LineMappingError(f"{key}: found no column {name!r} in {file.name}, expected one of {has}")
    tags = [_tags(file, layer, row, mapping) for row in range(len(layer.lines))]
    metres = None
    if mapping.length_metres_column:
        metres = [_number(file, layer, row, mapping.length_metres_column) for row in range(len(layer.lines))]
    if not tags:
        raise RoadFileError(f"{file.name}: no lines found")
    return ways_from_lines(layer.lines, tags, mapping.source or file.name, metres=metres)


def _tags(file: Path, layer: LineLayer, row: int, mapping: LineMapping) -> dict[str, str]:
    found = _text(layer, row, mapping.class_column)
    known = {*speed_table().classes, *OTHER_CLASSES}
    highway = mapping.classes.get(found) or (found if found in known else mapping.default_class)
    if highway is None:
        expected = ", ".join(mapping.classes) or "a highway value of OpenStreetMap"
        raise LineMappingError(
            f"{file.name} row {layer.rows[row]}: {mapping.class_column} found {found!r}, expected {expected}; "
            "add it to classes, or give a default_class"
        )
    tags = {"highway": highway}
    oneway = _text(layer, row, mapping.oneway_column).lower()
    if oneway in {value.lower() for value in mapping.oneway_forwards}:
        tags["oneway"] = "yes"
    elif oneway in {value.lower() for value in mapping.oneway_backwards}:
        tags["oneway"] = "-1"
    elif oneway in {value.lower() for value in mapping.oneway_both}:
        tags["oneway"] = "no"
    elif mapping.oneway_column is not None:
        words = ", ".join([*mapping.oneway_forwards, *mapping.oneway_backwards, *filter(None, mapping.oneway_both)])
        raise LineMappingError(
            f"{file.name} row {layer.rows[row]}: {mapping.oneway_column} found {oneway!r}, expected one of {words}; "
            "add it to oneway_forwards, oneway_backwards or oneway_both"
        )
    if mapping.limit_mph_column is not None:
        limit = _number(file, layer, row, mapping.limit_mph_column)
        if limit is not None and limit > 0:
            tags["maxspeed"] = f"{limit:g} mph"
    return tags


def _text(layer: LineLayer, row: int, column: str | None) -> str:
    return text_of(None if column is None else layer.columns[column][row])


def _number(file: Path, layer: LineLayer, row: int, column: str) -> float | None:
    text = _text(layer, row, column)
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise LineMappingError(
            f"{file.name} row {layer.rows[row]}: {column} found {text!r}, expected a number"
        ) from error
