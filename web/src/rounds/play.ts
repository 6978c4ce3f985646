/** Where a carer is at a minute of the day. */

import type { Position } from "geojson";
import type { Route } from "./DayPlan";

/** Minutes after midnight as "07:05"; past midnight it counts on from nought. */
export function clock(minute: number): string {
  const [hour, rest] = [Math.floor(minute / 60) % 24, Math.round(minute % 60)];
  return `${String(hour).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

/**
 * The place of a carer, in a straight line between stops.
 *
 * @param line home, each stop, and home again.
 * @returns null before leaving and after coming home.
 */
export function whereAt({ leaves, returns, stops }: Pick<Route, "leaves" | "returns" | "stops">, line: Position[], minute: number): Position | null {
  if (minute < leaves || minute > returns || line.length !== stops.length + 2) return null;
  const times = [[leaves, leaves], ...stops.map(({ start, end }) => [start, end]), [returns, returns]] as [number, number][];
  for (let at = 0; at < times.length; at++) {
    const [arrives, goes] = times[at] as [number, number];
    const here = line[at] as Position;
    if (minute >= arrives && minute <= goes) return here;
    const next = times[at + 1];
    if (next === undefined || minute > next[0]) continue;
    const there = line[at + 1] as Position;
    // Waiting is at the door: the way takes all the time there is, for the plan does not say when it is driven.
    const share = (minute - goes) / Math.max(next[0] - goes, 1);
    return [(here[0] ?? 0) + share * ((there[0] ?? 0) - (here[0] ?? 0)), (here[1] ?? 0) + share * ((there[1] ?? 0) - (here[1] ?? 0))];
  }
  return null;
}
