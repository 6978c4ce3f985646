/** How the county looks on the map: sources and layers, with nothing fetched from anywhere. */

import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { AreaProperties, Zones } from "../api/contract";
import { UNKNOWN, bandSwatches } from "./colours";
import type { CountyData } from "./data";
import { labelPoint } from "./geometry";

const ROAD_WIDTH: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 8, ["match", ["get", "kind"], "fast", 1, 0.5], 13, ["match", ["get", "kind"], "fast", 3, "main", 2, 1]];
const ROAD_CASING: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 8, ["match", ["get", "kind"], "fast", 2.2, 1.2], 13, ["match", ["get", "kind"], "fast", 6, "main", 4.5, 2.5]];

// Drawn from the machine's own fonts: no glyph files are fetched. The weight is read from the first name of the stack.
const BOLD = ["Arial Bold", "Arial", "Helvetica", "Liberation Sans"];
const PLAIN = ["Arial", "Helvetica", "Liberation Sans"];
/** Borders and names: stands out from every fill by 3 to 1 or more. */
export const INK = "#0d2b45";
export const MARK = "#b3123f";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** A point well inside each zone, for its name. */
export function zoneNames(zones: Zones): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: zones.features.flatMap(({ geometry, properties: { number, name, hours_per_week } }) => {
      const coordinates = labelPoint(geometry);
      return coordinates === null ? [] : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates }, properties: { number, name, hours_per_week } }];
    }),
  };
}

function settlementNames({ settlements }: CountyData["ground"]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    // A hamlet without a name of its own goes by its neighbour's, which stands on the map already.
    features: settlements.filter(({ name }) => !name.startsWith("near ")).map(({ name, longitude, latitude, live_postcodes }) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [longitude, latitude] },
      properties: { name, size: live_postcodes },
    })),
  };
}

function districtBorders({ districts }: CountyData["ground"]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: districts.map(({ code, name, geometry }) => ({ type: "Feature", geometry: geometry as unknown as GeoJSON.Geometry, properties: { code, name } })),
  };
}

export function style(data: CountyData): StyleSpecification {
  const { areas, zones, bands, ground, meta } = data;
  const basemap = meta.basemap_url;
  const patterned = [...bandSwatches(bands)].filter(([, { pattern }]) => pattern !== "none").map(([band]) => band);
  return {
    version: 8,
    sources: {
      areas: { type: "geojson", data: areas, promoteId: "area_id", tolerance: 0.2 },
      zones: { type: "geojson", data: zones ?? EMPTY, promoteId: "number", tolerance: 0.2 },
      names: { type: "geojson", data: zones ? zoneNames(zones) : EMPTY },
      settlements: { type: "geojson", data: settlementNames(ground) },
      districts: { type: "geojson", data: districtBorders(ground), tolerance: 0.2 },
      // Outlines of their own, so that pointing at one thing lays no other anew.
      hovered: { type: "geojson", data: EMPTY },
      chosen: { type: "geojson", data: EMPTY },
      found: { type: "geojson", data: EMPTY },
      overlay: { type: "geojson", data: EMPTY },
      lasso: { type: "geojson", data: EMPTY },
      // Tiles are asked for by a worker, which knows no address that a relative one could follow.
      ...(ground.roads_version ? { roads: { type: "vector" as const, tiles: [`${window.location.origin}/v1/map/roads/{z}/{x}/{y}.mvt?v=${ground.roads_version}`], minzoom: 7, maxzoom: 13 } } : {}),
      ...(basemap ? { base: { type: "raster" as const, tiles: [basemap], tileSize: 256 } } : {}),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eef1f4" } },
      ...(basemap ? [{ id: "base", type: "raster" as const, source: "base" }] : []),
      {
        id: "areas",
        type: "fill",
        source: "areas",
        paint: {
          "fill-color": ["to-color", ["feature-state", "colour"], UNKNOWN.colour],
          "fill-opacity": basemap ? 0.72 : 1,
          "fill-antialias": false,
        },
      },
      {
        id: "band-patterns",
        type: "fill",
        source: "areas",
        filter: ["in", ["get", "band"], ["literal", patterned]],
        layout: { visibility: "none" },
        paint: { "fill-pattern": ["concat", "band-", ["get", "band"]] },
      },
      {
        id: "zone-patterns",
        type: "fill",
        source: "zones",
        filter: ["!=", ["get", "pattern"], "none"],
        layout: { visibility: "none" },
        paint: { "fill-pattern": ["concat", "pattern-", ["get", "pattern"]] },
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
      ...(ground.roads_version
        ? [
            { id: "road-casing", type: "line" as const, source: "roads", "source-layer": "roads", layout: { "line-join": "round" as const }, paint: { "line-color": "#ffffff", "line-opacity": 0.8, "line-width": ROAD_CASING } },
            { id: "road-lines", type: "line" as const, source: "roads", "source-layer": "roads", layout: { "line-join": "round" as const }, paint: { "line-color": "#5b4a3a", "line-width": ROAD_WIDTH } },
          ]
        : []),
      { id: "district-lines", type: "line", source: "districts", layout: { visibility: "none" }, paint: { "line-color": INK, "line-width": 1.6, "line-dasharray": [3, 2] } },
      { id: "zone-casing", type: "line", source: "zones", layout: { "line-join": "round" }, paint: { "line-color": "#ffffff", "line-width": 4.5, "line-opacity": 0.85 } },
      { id: "zone-lines", type: "line", source: "zones", layout: { "line-join": "round" }, paint: { "line-color": INK, "line-width": 1.8 } },
      { id: "hovered", type: "line", source: "hovered", paint: { "line-color": INK, "line-width": ["match", ["get", "what"], "zone", 4, 2.5] } },
      { id: "chosen-casing", type: "line", source: "chosen", paint: { "line-color": "#ffffff", "line-width": ["match", ["get", "what"], "zone", 8, 7] } },
      { id: "chosen", type: "line", source: "chosen", paint: { "line-color": MARK, "line-width": ["match", ["get", "what"], "zone", 4, 3.5] } },
      {
        id: "settlement-names",
        type: "symbol",
        source: "settlements",
        layout: {
          "text-field": ["get", "name"],
          "text-font": PLAIN,
          "text-size": ["interpolate", ["linear"], ["get", "size"], 20, 10.5, 300, 12.5, 1500, 15],
          "text-max-width": 7,
          "text-padding": 3,
          "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
          "symbol-sort-key": ["-", 0, ["get", "size"]],
        },
        paint: { "text-color": "#12202d", "text-halo-color": "#ffffff", "text-halo-width": 1.8 },
      },
      {
        id: "zone-names",
        type: "symbol",
        source: "names",
        layout: {
          "text-field": ["get", "name"],
          "text-font": BOLD,
          "text-size": ["interpolate", ["linear"], ["zoom"], 8, 13, 12, 18],
          "text-max-width": 8,
          "text-padding": 1,
          "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
          "text-radial-offset": 0.4,
          "symbol-sort-key": ["-", 0, ["coalesce", ["get", "hours_per_week"], 0]],
        },
        paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 2.4, "text-halo-blur": 0.3 },
      },
      { id: "overlay-casing", type: "line", source: "overlay", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#ffffff", "line-width": 6 } },
      { id: "overlay-lines", type: "line", source: "overlay", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ["get", "colour"], "line-width": 3 } },
      { id: "overlay-points", type: "circle", source: "overlay", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": ["match", ["get", "kind"], "carer", 10, 6], "circle-color": ["match", ["get", "kind"], "carer", ["get", "colour"], "#ffffff"], "circle-stroke-color": ["match", ["get", "kind"], "carer", "#ffffff", ["get", "colour"]], "circle-stroke-width": 3 } },
      { id: "overlay-names", type: "symbol", source: "overlay", filter: ["==", ["geometry-type"], "Point"], layout: { "text-field": ["get", "label"], "text-font": BOLD, "text-size": 13, "text-offset": [0, 1.2], "text-anchor": "top" }, paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 2.2 } },
      { id: "lasso", type: "line", source: "lasso", paint: { "line-color": MARK, "line-width": 3, "line-dasharray": [2, 1] } },
      { id: "found", type: "circle", source: "found", paint: { "circle-radius": 7, "circle-color": MARK, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } },
    ],
  };
}

/** Layers that can be taken off, with the words of their boxes. */
export const LAYERS = {
  zones: { words: "Zone outlines and names", layers: ["zone-casing", "zone-lines", "zone-names"] },
  places: { words: "Settlement names", layers: ["settlement-names"] },
  roads: { words: "Roads", layers: ["road-casing", "road-lines"] },
  districts: { words: "District borders", layers: ["district-lines"] },
} as const;
export type LayerName = keyof typeof LAYERS;

export const tipText = ({ settlement, band }: AreaProperties, zone: string | undefined, figure: string): string =>
  [settlement, zone, band, figure].filter(Boolean).join(" · ");
