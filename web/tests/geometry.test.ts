import assert from "node:assert/strict";
import { test } from "node:test";
import type { Geometry, Position } from "geojson";
import { zoneColours } from "../src/colours";
import type { Areas } from "../src/contract";
import { boundsOf, labelPoint, zoneNeighbours } from "../src/geometry";

const box = (x: number, y: number, size = 1): Geometry => ({
  type: "Polygon",
  coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]],
});

const areas = (cells: [Geometry, number | null][]): Areas => ({
  type: "FeatureCollection",
  features: cells.map(([geometry, zone_number], at) => ({
    type: "Feature",
    geometry,
    properties: { area_id: `a${at}`, band: null, zone: null, zone_number, pounds_per_hour: null, live_postcodes: 1, settlement: null, why: null },
  })),
});

function inside([x = 0, y = 0]: Position, ring: Position[]): boolean {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i] ?? [];
    const [xj = 0, yj = 0] = ring[j] ?? [];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

test("bounds hold everything, and nothing has none", () => {
  assert.deepEqual(boundsOf([box(0, 0), box(5, -2), null]), [0, -2, 6, 1]);
  assert.equal(boundsOf([]), null);
  assert.equal(boundsOf([{ type: "Point", coordinates: [1, 1] }]), null);
});

test("a name stands inside its zone even where the middle does not", () => {
  const horseshoe: Position[] = [[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [3, 3], [3, 10], [0, 10], [0, 0]];
  const point = labelPoint({ type: "Polygon", coordinates: [horseshoe] });
  assert.ok(point !== null && inside(point, horseshoe));
});

test("of several parts the largest is named, and a hole is stepped round", () => {
  const far = labelPoint({ type: "MultiPolygon", coordinates: [(box(0, 0) as { coordinates: Position[][] }).coordinates, (box(50, 50, 9) as { coordinates: Position[][] }).coordinates] });
  assert.ok(far !== null && (far[0] ?? 0) > 50);
  const outer: Position[] = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]];
  const hole: Position[] = [[2, 1], [9, 1], [9, 9], [2, 9], [2, 1]];
  const beside = labelPoint({ type: "Polygon", coordinates: [outer, hole] });
  assert.ok(beside !== null && !inside(beside, hole) && inside(beside, outer));
});

test("an empty shape has no place for a name", () => {
  assert.equal(labelPoint(null), null);
  assert.equal(labelPoint({ type: "MultiPolygon", coordinates: [] }), null);
});

test("zones touch where their areas share a corner; areas without a zone touch nothing", () => {
  const found = zoneNeighbours(areas([[box(0, 0), 1], [box(1, 0), 2], [box(9, 9), 3], [box(0, 1), null]]));
  assert.deepEqual([...(found.get(1) ?? [])], [2]);
  assert.deepEqual([...(found.get(2) ?? [])], [1]);
  assert.equal(found.get(3)?.size, 0);
});

test("zones that touch never share a colour, and the same county gets the same colours", () => {
  const cells: [Geometry, number][] = [];
  for (let x = 0; x < 6; x++) for (let y = 0; y < 6; y++) cells.push([box(x, y), (x * 6 + y) % 14]);
  const neighbours = zoneNeighbours(areas(cells));
  const colours = zoneColours(neighbours);
  const plane: [Geometry, number][] = [];
  for (let x = 0; x < 7; x++) for (let y = 0; y < 2; y++) plane.push([box(x, y), x * 2 + y]);
  const strip = zoneNeighbours(areas(plane));
  const stripColours = zoneColours(strip);
  for (const [zone, touching] of strip) for (const other of touching) assert.notEqual(stripColours.get(zone), stripColours.get(other));
  assert.deepEqual(zoneColours(neighbours), colours);
  assert.equal(colours.size, 14);
});
