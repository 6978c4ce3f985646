import assert from "node:assert/strict";
import { test } from "node:test";
import type { Geometry, Position } from "geojson";
import { bearing, boundsOf, labelPoint, neighbourTowards } from "../src/map/geometry";

const box = (x: number, y: number, size = 1): Geometry => ({
  type: "Polygon",
  coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]],
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

test("directions go clockwise from the north", () => {
  assert.equal(Math.round(bearing([0, 52], [0, 53])), 0);
  assert.equal(Math.round(bearing([0, 52], [1, 52])), 90);
  assert.equal(Math.round(bearing([0, 52], [0, 51])), 180);
  assert.equal(Math.round(bearing([0, 52], [-1, 52])), 270);
});

test("the neighbour in a direction is the one that lies most that way, and none lies where there is none", () => {
  const beside: [string, [number, number]][] = [["north", [0.2, 53]], ["east", [1, 52.1]]];
  assert.equal(neighbourTowards([0, 52], 0, beside), "north");
  assert.equal(neighbourTowards([0, 52], 90, beside), "east");
  assert.equal(neighbourTowards([0, 52], 225, beside), null);
});
