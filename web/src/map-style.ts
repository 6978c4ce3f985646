/** How the county looks on the map: sources, layers and their colours, with nothing fetched from anywhere. */

import type { ExpressionSpecification, FilterSpecification, StyleSpecification } from "maplibre-gl";
import { type Swatch, UNKNOWN } from "./colours";
import type { AreaProperties, Areas, Zones } from "./contract";
import { labelPoint } from "./geometry";

export type ColourBy = "band" | "zone";

export interface MapContents {
  areas: Areas;
  zones: Zones | null;
  bands: Map<string, Swatch>;
  zoneColours: Map<number, string>;
  basemapUrl: string | null;
  /** Content of the card that opens for an area. */
  describeArea: (area: AreaProperties) => HTMLElement;
}

/** Matches no area. */
export const NOTHING: FilterSpecification = ["==", ["get", "area_id"], ""];
// Drawn from the machine's own fonts: no glyph files are fetched. The weight is read from the first name of the stack.
const FONT = ["Arial Bold", "Arial", "Helvetica", "Liberation Sans"];
const INK = "#0d2b45";

function match(property: string, values: Iterable<[string | number, string]>, otherwise: string): ExpressionSpecification | string {
  const pairs = [...values].flat();
  return pairs.length === 0 ? otherwise : (["match", ["get", property], ...pairs, otherwise] as unknown as ExpressionSpecification);
}

function zoneNames(zones: Zones): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: zones.features.flatMap(({ geometry, properties }) => {
      const point = labelPoint(geometry);
      return point === null ? [] : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: point }, properties }];
    }),
  };
}

export function style(contents: MapContents): StyleSpecification {
  const { areas, zones, bands, basemapUrl } = contents;
  const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  const patterns = [...bands].filter(([, { pattern }]) => pattern !== "none").map(([band]) => band);
  return {
    version: 8,
    sources: {
      areas: { type: "geojson", data: areas, promoteId: "area_id", tolerance: 0.2 },
      zones: { type: "geojson", data: zones ?? empty, tolerance: 0.2 },
      names: { type: "geojson", data: zones ? zoneNames(zones) : empty },
      found: { type: "geojson", data: empty },
      ...(basemapUrl ? { base: { type: "raster" as const, tiles: [basemapUrl], tileSize: 256 } } : {}),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eef1f4" } },
      ...(basemapUrl ? [{ id: "base", type: "raster" as const, source: "base" }] : []),
      {
        id: "areas",
        type: "fill",
        source: "areas",
        paint: { "fill-color": fillColour(contents, "band"), "fill-opacity": basemapUrl ? 0.72 : 1, "fill-antialias": false },
      },
      {
        id: "patterns",
        type: "fill",
        source: "areas",
        filter: ["in", ["get", "band"], ["literal", patterns]],
        paint: { "fill-pattern": ["concat", "band-", ["get", "band"]] },
      },
      {
        id: "area-lines",
        type: "line",
        source: "areas",
        paint: {
          "line-color": INK,
          "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.12, 12, 0.35],
          "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.3, 13, 1],
        },
      },
      {
        id: "zone-casing",
        type: "line",
        source: "zones",
        layout: { "line-join": "round" },
        paint: { "line-color": "#ffffff", "line-width": 4.5, "line-opacity": 0.85 },
      },
      { id: "zone-lines", type: "line", source: "zones", layout: { "line-join": "round" }, paint: { "line-color": INK, "line-width": 1.8 } },
      { id: "hovered", type: "line", source: "areas", filter: NOTHING, paint: { "line-color": INK, "line-width": 2.5 } },
      { id: "chosen-casing", type: "line", source: "areas", filter: NOTHING, paint: { "line-color": "#ffffff", "line-width": 7 } },
      { id: "chosen", type: "line", source: "areas", filter: NOTHING, paint: { "line-color": "#b3123f", "line-width": 3.5 } },
      {
        id: "zone-names",
        type: "symbol",
        source: "names",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["zoom"], 8, 13, 12, 18],
          "text-max-width": 8,
          "text-padding": 1,
          "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
          "text-radial-offset": 0.4,
          "symbol-sort-key": ["-", 0, ["coalesce", ["get", "hours_per_week"], 0]],
        },
        paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 2.4, "text-halo-blur": 0.3 },
      },
      {
        id: "found",
        type: "circle",
        source: "found",
        paint: { "circle-radius": 7, "circle-color": "#b3123f", "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 },
      },
    ],
  };
}

export function fillColour({ bands, zoneColours }: MapContents, by: ColourBy): ExpressionSpecification | string {
  return by === "band"
    ? match("band", [...bands].map(([band, { colour }]): [string, string] => [band, colour]), UNKNOWN.colour)
    : match("zone_number", zoneColours, UNKNOWN.colour);
}
