/** Going from a zone or an area to its neighbour in a direction, without a mouse. */

import type { Position } from "geojson";
import type { CountyData } from "./data";
import { labelPoint, neighbourTowards } from "./geometry";

export type Step = { area: string } | { zone: number } | null;

/** A place inside each area, found when first asked for. */
const middles = new WeakMap<CountyData["areas"], Map<string, Position>>();

export function areaMiddles(data: Pick<CountyData, "areas">): Map<string, Position> {
  let found = middles.get(data.areas);
  if (found === undefined) {
    found = new Map(data.areas.features.map(({ geometry, properties }) => [properties.area_id, labelPoint(geometry) ?? [0, 0]]));
    middles.set(data.areas, found);
  }
  return found;
}

/**
 * The neighbour of what is chosen in a direction (degrees clockwise from the north).
 *
 * Where nothing is chosen, the zone furthest the other way, so that the first step enters the map from its edge.
 */
export function neighbourOf(data: CountyData, chosen: { area: string | null; zone: number | null }, direction: number): Step {
  if (chosen.area !== null) {
    const places = areaMiddles(data);
    const here = places.get(chosen.area);
    if (here === undefined) return null;
    const beside = (data.ground.neighbours[chosen.area] ?? []).flatMap((id): [string, Position][] => {
      const place = places.get(id);
      return place ? [[id, place]] : [];
    });
    const next = neighbourTowards(here, direction, beside);
    return next === null ? null : { area: next };
  }
  const zones = new Map((data.zones?.features ?? []).map(({ geometry, properties }) => [properties.number, { place: labelPoint(geometry) ?? [0, 0], properties }]));
  const from = chosen.zone === null ? undefined : zones.get(chosen.zone);
  if (from === undefined) {
    const [east, north] = [Math.sin((direction * Math.PI) / 180), Math.cos((direction * Math.PI) / 180)];
    const along = ([x = 0, y = 0]: Position): number => x * east + y * north;
    const first = [...zones].sort(([, a], [, b]) => along(a.place) - along(b.place))[0];
    return first === undefined ? null : { zone: first[0] };
  }
  const beside = (from.properties.neighbours ?? []).flatMap(({ number }): [number, Position][] => {
    const place = zones.get(number)?.place;
    return place ? [[number, place]] : [];
  });
  const next = neighbourTowards(from.place, direction, beside);
  return next === null ? null : { zone: next };
}
