/**
 * Colours and patterns of bands and zones.
 *
 * Bands are an order (cheap to reach up to hard to reach), so they take one sequence from light to dark that keeps its
 * order in grey print and for every common form of colour blindness (after ColorBrewer YlGnBu), and each carries a
 * pattern as well. Zones bring their colour and pattern from the service, which shares them out so that neighbours differ.
 */

import type { Band } from "../api/contract";

export type PatternKind = "none" | "dots" | "lines" | "cross" | "back" | "across" | "upright";

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

/** For areas that have no band, zone or figure. */
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

/** Five steps from light to dark, an order in grey and for every sight (ColorBrewer YlGnBu, five classes). */
export const STEPS = ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"];
/** From less through the same to more: two hues that every common form of colour blindness tells apart (ColorBrewer PuOr). */
export const DIVERGING = ["#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99"];

/** Borders between classes so that each holds about as many areas; at most one class for each step. */
export function quantileBreaks(values: number[], classes = STEPS.length): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const breaks: number[] = [];
  for (let i = 1; i < classes; i++) {
    const value = sorted[Math.floor((i * sorted.length) / classes)];
    if (value !== undefined && value !== breaks.at(-1) && value !== sorted[0]) breaks.push(value);
  }
  return breaks;
}

/** The class of a value among breaks: how many of them it reaches. */
export const classOf = (value: number, breaks: number[]): number => breaks.filter((edge) => value >= edge).length;
