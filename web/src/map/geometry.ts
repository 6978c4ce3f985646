/** The little geometry the map needs in the browser: bounds, a place for a label, which zones touch. */

import type { FeatureCollection, Geometry, Position } from "geojson";

export type Bounds = [west: number, south: number, east: number, north: number];

/** The polygons of a geometry, each its outer ring and its holes. */
export function polygonsOf(geometry: Geometry | null): Position[][][] {
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  if (geometry?.type === "MultiPolygon") return geometry.coordinates;
  return [];
}

/** The box around some geometries in degrees, or null where there is nothing to show. */
export function boundsOf(geometries: (Geometry | null)[]): Bounds | null {
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const geometry of geometries)
    for (const polygon of polygonsOf(geometry))
      for (const [x = 0, y = 0] of polygon[0] ?? []) {
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
  return box[0] <= box[2] ? box : null;
}

export const boundsOfFeatures = (collection: FeatureCollection): Bounds | null =>
  boundsOf(collection.features.map((feature) => feature.geometry));

function signedArea(ring: Position[]): number {
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    const [x2 = 0, y2 = 0] = ring[i + 1] ?? [];
    twice += x1 * y2 - x2 * y1;
  }
  return twice / 2;
}

/** Where a horizontal line at `y` crosses the polygon's rings, in order. */
function crossings(polygon: Position[][], y: number): number[] {
  const found: number[] = [];
  for (const ring of polygon)
    for (let i = 0; i + 1 < ring.length; i++) {
      const [x1 = 0, y1 = 0] = ring[i] ?? [];
      const [x2 = 0, y2 = 0] = ring[i + 1] ?? [];
      if (y1 > y !== y2 > y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    }
  return found.sort((a, b) => a - b);
}

/**
 * A point well inside the largest part of a geometry, where a name fits: of eleven horizontal cuts through the middle
 * part, the middle of the widest stretch inside, with a preference for cuts near the centre.
 */
export function labelPoint(geometry: Geometry | null): Position | null {
  const largest = polygonsOf(geometry)
    .map((polygon) => ({ polygon, area: Math.abs(signedArea(polygon[0] ?? [])) }))
    .sort((a, b) => b.area - a.area)[0]?.polygon;
  if (largest === undefined) return null;
  const ys = (largest[0] ?? []).map(([, y = 0]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  let best: { point: Position; score: number } | null = null;
  for (let step = 0; step <= 10; step++) {
    const y = low + (high - low) * (0.2 + 0.06 * step) + 1e-9;
    const cuts = crossings(largest, y);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const [from = 0, to = 0] = cuts.slice(i, i + 2);
      const score = (to - from) * (1 - 0.06 * Math.abs(step - 5));
      if (best === null || score > best.score) best = { point: [(from + to) / 2, y], score };
    }
  }
  return best?.point ?? null;
}

/** The eight directions of the compass, clockwise from the north. */
export const COMPASS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"] as const;

/** Degrees clockwise from the north from one place to another, both in degrees of longitude and latitude. */
export function bearing([x1 = 0, y1 = 0]: Position, [x2 = 0, y2 = 0]: Position): number {
  const east = (x2 - x1) * Math.cos((((y1 + y2) / 2) * Math.PI) / 180);
  return ((Math.atan2(east, y2 - y1) * 180) / Math.PI + 360) % 360;
}

const turned = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

/** Of some neighbours, the one that lies most in a direction (degrees), within a quarter turn; null where there is none. */
export function neighbourTowards<T>(here: Position, direction: number, neighbours: [T, Position][]): T | null {
  let best: { one: T; off: number } | null = null;
  for (const [one, place] of neighbours) {
    const off = turned(bearing(here, place), direction);
    if (off <= 75 && (best === null || off < best.off)) best = { one, off };
  }
  return best?.one ?? null;
}

/** Whether a place lies within a ring, closed or not. */
export function insideRing([x = 0, y = 0]: Position, ring: Position[]): boolean {
  const first = ring[0];
  return first !== undefined && crossings([[...ring, first]], y).filter((cut) => cut < x).length % 2 === 1;
}

/** Whether a place lies within a polygon and in none of its holes. */
export const insidePolygon = ([x = 0, y = 0]: Position, polygon: Position[][]): boolean => crossings(polygon, y).filter((cut) => cut < x).length % 2 === 1;

/** Whether a straight line from one place to another meets a box: what is left of the line after each side has cut it. */
function lineMeets([x1 = 0, y1 = 0]: Position, [x2 = 0, y2 = 0]: Position, [west, south, east, north]: Bounds): boolean {
  let [from, to] = [0, 1];
  for (const [start, step, low, high] of [
    [x1, x2 - x1, west, east],
    [y1, y2 - y1, south, north],
  ] as const) {
    if (step === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const [a, b] = [(low - start) / step, (high - start) / step];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  return from <= to;
}

/** Whether a geometry and a box have a place in common. */
export function touchesBox(geometry: Geometry, box: Bounds): boolean {
  return polygonsOf(geometry).some(
    (polygon) => insidePolygon([box[0], box[1]], polygon) || polygon.some((ring) => ring.slice(1).some((place, at) => lineMeets(ring[at] ?? place, place, box))),
  );
}
