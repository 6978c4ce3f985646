"""The county as a picture: what stands in for the map where a browser cannot draw one, and what goes into a paper.

A pure function from frames to PNG bytes. It uses matplotlib's figure objects directly, never ``pyplot``, whose global
state is neither thread-safe nor released: this runs in a server.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from app.exports.zone_colours import touching_zones, zone_looks

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

ColourBy = Literal["band", "zone"]

INK = "#0d2b45"
UNKNOWN = ("#d5d9dd", "")
#: Colour and hatch of each band: one sequence from light to dark that keeps its order in grey and for every common form
#: of colour blindness (after ColorBrewer YlGnBu, Brewer 2003), the same as on the interactive map.
BANDS: Mapping[str, tuple[str, str]] = {
    "urban": ("#fbe7a8", ""),
    "fringe": ("#a3d8b4", "..."),
    "rural": ("#45a9c4", "///"),
    "isolated": ("#27548f", "xxx"),
}
#: For bands of a council's own naming.
_SPARE = (("#c9a6d8", "..."), ("#e8a07e", "///"), ("#9aa5ad", "xxx"))

#: How matplotlib writes each pattern.
_HATCHES = {
    "none": "",
    "dots": "...",
    "lines": "///",
    "cross": "xxx",
    "back": "\\\\\\",
    "across": "---",
    "upright": "|||",
}

# FreeType faces are shared by all figures and are not safe to draw with from two threads at once.
_DRAWING = threading.Lock()


def draw_county(
    areas: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    bands: Sequence[Mapping[str, Any]],
    *,
    colour_by: str = "band",
    title: str = "",
    label: str | None = None,
    attribution: str = "",
    width_pixels: int = 1400,
) -> bytes:
    """Draw areas coloured by band or zone, with zone outlines, names and a legend.

    Args:
        areas: One row an area with columns ``band`` and, to colour by zone, ``zone_number``; any CRS, drawn on the
            British National Grid.
        zones: One row a zone with ``number`` and ``name``; ``None`` where no plan is published.
        bands: The bands in order, each with ``band`` and ``label`` and optionally ``pounds_per_hour``.
        colour_by: ``"band"`` or ``"zone"``.
        title: Written above the map.
        label: What must stand on the picture while demand is synthetic; ``None`` for real demand.
        attribution: Written below the map.
        width_pixels: Width of the picture; the height follows the county's shape.

    Returns:
        A PNG of ``width_pixels`` pixels in width, the same bytes for the same input.

    Raises:
        ValueError: If ``colour_by`` is neither of the two, a column is missing, or there is nothing to draw.
    """
    if colour_by not in {"band", "zone"}:
        raise ValueError(f"colour_by: found {colour_by!r}, expected 'band' or 'zone'")
    if areas.empty:
        raise ValueError("areas: found none, expected at least one area to draw")
    wanted = "band" if colour_by == "band" else "zone_number"
    if wanted not in areas.columns:
        raise ValueError(f"areas: found columns {sorted(areas.columns)}, expected {wanted!r} to colour by {colour_by}")
    areas = areas.to_crs(27700)
    zones = None if zones is None or zones.empty else zones.to_crs(27700)
    figure, axes = _frame(areas.total_bounds, width_pixels, title)
    with _DRAWING:
        legend = _by_band(axes, areas, bands) if colour_by == "band" else _by_zone(axes, areas, zones)
        areas.boundary.plot(ax=axes, color=INK, linewidth=0.15, alpha=0.35, zorder=2)
        if zones is not None:
            _outline(axes, zones)
        axes.legend(
            handles=legend,
            title="Price band" if colour_by == "band" else "Zone",
            loc="center left",
            bbox_to_anchor=(1.005, 0.5),
            frameon=False,
            handlelength=2.2,
            handleheight=1.5,
            alignment="left",
        )
        _write_notes(figure, label, attribution)
        # No date and no library version in the file: the same input gives the same bytes.
        picture = io.BytesIO()
        figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _frame(bounds: Any, width_pixels: int, title: str) -> tuple[Figure, Axes]:
    west, south, east, north = (float(edge) for edge in bounds)
    dots_per_inch = 140
    width = width_pixels / dots_per_inch
    map_share, head, foot = 0.76, 0.95, 0.4
    height = width * map_share * max(0.35, min(1.6, (north - south) / max(east - west, 1.0))) + head + foot
    figure = Figure(figsize=(width, height), dpi=dots_per_inch, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, foot / height, map_share, 1 - (head + foot) / height))
    axes.set_axis_off()
    axes.set_aspect("equal")
    margin = 0.01 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    if title:
        figure.text(0.015, 1 - 0.3 / height, title, fontsize=15, fontweight="bold", color=INK, va="center")
    return figure, axes


def _by_band(axes: Axes, areas: gpd.GeoDataFrame, bands: Sequence[Mapping[str, Any]]) -> list[Patch]:
    spare = iter(_SPARE * len(bands))
    legend = []
    known = areas["band"].isin([band["band"] for band in bands])
    for band in bands:
        colour, hatch = BANDS.get(band["band"]) or next(spare)
        rate = band.get("pounds_per_hour")
        name = str(band["label"]) + (f"  £{float(rate):.2f} an hour" if rate is not None else "")
        legend.append(_fill(axes, areas[areas["band"] == band["band"]], colour, hatch, name))
    if not known.all():
        legend.append(_fill(axes, areas[~known], *UNKNOWN, "No band yet"))
    return legend


def _fill(axes: Axes, rows: gpd.GeoDataFrame, colour: str, hatch: str, name: str) -> Patch:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    ink = "#0d2b4566" if 0.299 * red + 0.587 * green + 0.114 * blue > 120 else "#ffffff77"
    if not rows.empty:
        # Merged, so that the hatch runs on across neighbours instead of being cut at each border.
        rows[["geometry"]].dissolve().plot(ax=axes, facecolor=colour, edgecolor=ink, linewidth=0, hatch=hatch, zorder=1)
    return Patch(facecolor=colour, edgecolor=ink, hatch=hatch, label=name, linewidth=0)


def _by_zone(axes: Axes, areas: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None) -> list[Patch]:
    if zones is None:
        return [_fill(axes, areas, *UNKNOWN, "No zone plan yet")]
    looks = zone_looks(touching_zones([int(number) for number in zones["number"]], list(zones.geometry)))
    legend = []
    for number, name in zip(zones["number"], zones["name"], strict=True):
        look = looks[int(number)]
        zone = areas[areas["zone_number"] == number]
        legend.append(_fill(axes, zone, look.colour, _HATCHES[look.pattern], str(name)))
    if areas["zone_number"].isna().any():
        legend.append(_fill(axes, areas[areas["zone_number"].isna()], *UNKNOWN, "No zone"))
    return legend


def _outline(axes: Axes, zones: gpd.GeoDataFrame) -> None:
    zones.boundary.plot(ax=axes, color="white", linewidth=3.0, alpha=0.9, zorder=3)
    zones.boundary.plot(ax=axes, color=INK, linewidth=1.2, zorder=4)
    halo: list[patheffects.AbstractPathEffect] = [patheffects.withStroke(linewidth=2.6, foreground="white")]
    points = zones.geometry.representative_point()
    for name, x, y in zip(zones["name"], points.x, points.y, strict=True):
        words = _wrapped(str(name))
        text = axes.text(x, y, words, fontsize=8.5, fontweight="bold", color=INK, ha="center", va="center", zorder=5)
        text.set_path_effects(halo)


def _wrapped(name: str, width: int = 16) -> str:
    """Break a long name at the space nearest its middle."""
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if len(name) <= width or not spaces:
        return name
    middle = int(np.argmin([abs(at - len(name) / 2) for at in spaces]))
    at = spaces[middle]
    return f"{name[:at]}\n{name[at + 1 :]}"


def _write_notes(figure: Figure, label: str | None, attribution: str) -> None:
    height = figure.get_figheight()
    if attribution:
        figure.text(0.015, 0.2 / height, attribution, fontsize=7, color="#4a5966", va="center")
    if label:
        box = {"facecolor": "#ffdd57", "edgecolor": "#b8860b", "boxstyle": "round,pad=0.35"}
        figure.text(0.02, 1 - 0.68 / height, label, fontsize=9, color="#1d1a00", va="center", bbox=box)
