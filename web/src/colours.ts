/**
 * Colours and patterns of bands and zones.
 *
 * Bands are an order (cheap to reach up to hard to reach), so they take one sequence from light to dark that keeps its
 * order in grey print and for every common form of colour blindness (after ColorBrewer YlGnBu), and each carries a
 * pattern as well. Zones are names, not an order: Paul Tol's "light" scheme, made for areas with dark text on them, is
 * shared out so that zones that touch never have the same colour; their names stand on the map too.
 */

import type { Band } from "./contract";

export type PatternKind = "none" | "dots" | "lines" | "cross";

export interface Swatch {
  colour: string;
  pattern: PatternKind;
}

const BAND_SWATCHES: Record<string, Swatch> = {
  urban: { colour: "#fbe7a8", pattern: "none" },
  fringe: { colour: "#a3d8b4", pattern: "dots" },
  rural: { colour: "#45a9c4", pattern: "lines" },
  isolated: { colour: "#27548f", pattern: "cross" },
};

/** For areas that have no band or zone yet. */
export const UNKNOWN: Swatch = { colour: "#d5d9dd", pattern: "none" };

const SPARE: Swatch[] = [
  { colour: "#c9a6d8", pattern: "dots" },
  { colour: "#e8a07e", pattern: "lines" },
  { colour: "#9aa5ad", pattern: "cross" },
];

/** Swatch of every band, the four known names first, any further band of a council's own from the spares. */
export function bandSwatches(bands: Band[]): Map<string, Swatch> {
  let spare = 0;
  return new Map(
    bands.map(({ band, colour }) => {
      const swatch = BAND_SWATCHES[band] ?? SPARE[spare++ % SPARE.length] ?? UNKNOWN;
      return [band, colour ? { ...swatch, colour } : swatch];
    }),
  );
}

const ZONE_PALETTE = ["#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#c7b2e0", "#b3b3b3"];

/** A colour for every zone so that neighbours differ: the zones with most neighbours choose first. */
export function zoneColours(neighbours: Map<number, Set<number>>): Map<number, string> {
  const colours = new Map<number, string>();
  const used = new Map<string, number>();
  const order = [...neighbours].sort(([a, na], [b, nb]) => nb.size - na.size || a - b);
  for (const [zone, touching] of order) {
    const taken = new Set([...touching].map((other) => colours.get(other)));
    const free = ZONE_PALETTE.filter((colour) => !taken.has(colour));
    const choice = (free.length > 0 ? free : ZONE_PALETTE).reduce((a, b) => ((used.get(b) ?? 0) < (used.get(a) ?? 0) ? b : a));
    used.set(choice, (used.get(choice) ?? 0) + 1);
    colours.set(zone, choice);
  }
  return colours;
}
