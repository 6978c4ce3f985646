/** Which areas lie at a place, from their outlines themselves: what the map happens to have drawn by now does not count. */

import type { Feature, Geometry, Position } from "geojson";
import type { AreaProperties, Areas } from "../api/contract";
import { type Bounds, boundsOf, insidePolygon, polygonsOf, touchesBox } from "./geometry";

interface Outline {
  id: string;
  feature: Feature<Geometry, AreaProperties>;
  box: Bounds;
}

const overlap = (a: Bounds, b: Bounds): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

export class AreaIndex {
  readonly #outlines: Outline[];

  constructor(areas: Areas) {
    this.#outlines = areas.features.flatMap((feature) => {
      const box = boundsOf([feature.geometry]);
      return box === null ? [] : [{ id: feature.properties.area_id, feature, box }];
    });
  }

  /** The area at a place in degrees; null outside all. */
  at([x, y]: [number, number]): Feature<Geometry, AreaProperties> | null {
    const here: Bounds = [x, y, x, y];
    return this.#outlines.find(({ box, feature }) => overlap(box, here) && polygonsOf(feature.geometry).some((polygon) => insidePolygon([x, y] as Position, polygon)))?.feature ?? null;
  }

  /** The areas that a box in degrees touches. */
  within(bounds: Bounds): string[] {
    return this.#outlines.filter(({ box, feature }) => overlap(box, bounds) && touchesBox(feature.geometry, bounds)).map(({ id }) => id);
  }
}
