/** What colours the map: for each choice, the colour of every area, the legend in words, and what an area's figure says. */

import type { AreaProperties, Figure } from "../api/contract";
import { counted, decimal, hours, money, numberOf, sentence } from "../parts/format";
import { DIVERGING, STEPS, type Swatch, UNKNOWN, bandSwatches, classOf, quantileBreaks } from "./colours";
import type { CountyData } from "./data";

export const COLOUR_BY = ["band", "zone", "hours", "per-1000", "next-visit", "rate", "waiting", "change"] as const;
export type ColourBy = (typeof COLOUR_BY)[number];

export const COLOUR_NAMES: Record<ColourBy, string> = {
  band: "Band",
  zone: "Zone",
  hours: "Hours a week",
  "per-1000": "Hours per 1,000 residents",
  "next-visit": "Minutes to the next visit",
  rate: "Rate",
  waiting: "Hours waiting",
  change: "Change between two plans",
};

export interface LegendRow {
  look: Swatch;
  name: string;
  figure?: string;
  words?: string;
  zone?: number;
}

export interface Colouring {
  by: ColourBy;
  title: string;
  colourOf: (areaId: string) => string;
  legend: LegendRow[];
  /** Which patterns lie over the colours. */
  patterns: "bands" | "zones" | null;
  /** The figure of an area in words; empty where the colour says a name already. */
  says: (areaId: string) => string;
}

/** The zone of each area under another plan, and that plan's name, for the change between the two. */
export interface Against {
  name: string;
  zoneOf: Map<string, number>;
  zoneNames: Map<number, string>;
}

/** The rate each band has on the map; null where areas of one band do not agree. */
export function bandRates(data: CountyData): Map<string, Figure> {
  const rates = new Map<string, Figure>();
  for (const { properties } of data.areas.features) {
    const { band, pounds_per_hour: rate } = properties;
    if (band === null) continue;
    if (!rates.has(band)) rates.set(band, rate);
    else if (numberOf(rates.get(band)) !== numberOf(rate)) rates.set(band, null);
  }
  return rates;
}

/** Look of every zone on the map, by number. */
export const zoneLooks = (data: CountyData): Map<number, Swatch> =>
  new Map(
    (data.zones?.features ?? []).map(({ properties: { number, colour, pattern } }) => [
      number,
      { colour: colour ?? UNKNOWN.colour, pattern: pattern ?? "none" } as Swatch,
    ]),
  );

function byBand(data: CountyData, properties: Map<string, AreaProperties>): Colouring {
  const swatches = bandSwatches(data.bands);
  const rates = bandRates(data);
  const legend: LegendRow[] = data.bands.map(({ band, label, what }) => {
    const rate = money(rates.get(band), "");
    return { look: swatches.get(band) ?? UNKNOWN, name: sentence(label), figure: rate && `${rate} an hour`, words: what };
  });
  if (data.areas.features.some(({ properties: area }) => area.band === null)) legend.push({ look: UNKNOWN, name: "No band yet" });
  return {
    by: "band",
    title: "Price bands",
    colourOf: (area) => swatches.get(properties.get(area)?.band ?? "")?.colour ?? UNKNOWN.colour,
    legend,
    patterns: "bands",
    says: () => "",
  };
}

function byZone(data: CountyData): Colouring {
  const looks = zoneLooks(data);
  const zones = [...(data.zones?.features ?? [])].sort((a, b) => a.properties.number - b.properties.number);
  return {
    by: "zone",
    title: "Zones",
    colourOf: (area) => looks.get(data.zoneOf.get(area) ?? -1)?.colour ?? UNKNOWN.colour,
    legend: zones.map(({ properties: { number, name, hours_per_week } }) => ({
      look: looks.get(number) ?? UNKNOWN,
      name,
      figure: numberOf(hours_per_week) === null ? "hours withheld" : `${hours(hours_per_week)} h/week`,
      zone: number,
    })),
    patterns: "zones",
    says: () => "",
  };
}

function bySteps(by: ColourBy, title: string, unit: string, values: Map<string, number | null>, write: (value: number) => string, absent: string): Colouring {
  const known = [...values.values()].filter((value): value is number => value !== null);
  const breaks = quantileBreaks(known);
  const edges = [known.length ? Math.min(...known) : 0, ...breaks];
  const legend: LegendRow[] = edges.map((low, at) => {
    const next = edges[at + 1];
    return {
      look: { colour: STEPS[at] ?? UNKNOWN.colour, pattern: "none" },
      name: next === undefined ? `${write(low)} ${unit} or more` : `${write(low)} to under ${write(next)} ${unit}`,
    };
  });
  legend.push({ look: UNKNOWN, name: absent });
  return {
    by,
    title,
    colourOf: (area) => {
      const value = values.get(area) ?? null;
      return value === null ? UNKNOWN.colour : (STEPS[classOf(value, breaks)] ?? UNKNOWN.colour);
    },
    legend: known.length ? legend : [{ look: UNKNOWN, name: absent }],
    patterns: null,
    says: (area) => {
      const value = values.get(area) ?? null;
      return value === null ? absent : `${write(value)} ${unit}`;
    },
  };
}

function byChange(data: CountyData, against: Against): Colouring {
  const moved = (area: string): boolean => against.zoneOf.has(area) && against.zoneOf.get(area) !== data.zoneOf.get(area);
  const count = data.areas.features.filter(({ properties }) => moved(properties.area_id)).length;
  const names = new Map((data.zones?.features ?? []).map(({ properties }) => [properties.number, properties.name]));
  return {
    by: "change",
    title: `Change from ${against.name}`,
    colourOf: (area) => (moved(area) ? (DIVERGING[0] ?? "") : (DIVERGING[2] ?? "")),
    legend: [
      { look: { colour: DIVERGING[0] ?? "", pattern: "none" }, name: "In another zone", figure: counted(count, "area") },
      { look: { colour: DIVERGING[2] ?? "", pattern: "none" }, name: "In the same zone", figure: counted(data.areas.features.length - count, "area") },
    ],
    patterns: null,
    says: (area) => (moved(area) ? `from ${against.zoneNames.get(against.zoneOf.get(area) ?? -1) ?? "no zone"} to ${names.get(data.zoneOf.get(area) ?? -1) ?? "no zone"}` : "same zone"),
  };
}

/** Whether there is anything to colour by a choice, so that it is offered. */
export function choices(data: CountyData, against: Against | null): ColourBy[] {
  const anyPeople = data.areas.features.some(({ properties }) => numberOf(properties.population ?? null) !== null);
  const has: Record<ColourBy, boolean> = {
    band: true,
    zone: data.zones !== null,
    hours: data.demand.size > 0,
    "per-1000": data.demand.size > 0 && anyPeople,
    "next-visit": Object.keys(data.ground.minutes_to_next_visit).length > 0,
    rate: [...bandRates(data).values()].some((rate) => numberOf(rate) !== null),
    waiting: data.demand.size > 0,
    change: against !== null,
  };
  return COLOUR_BY.filter((by) => has[by]);
}

/** Work out how a choice colours the map. */
export function colouring(by: ColourBy, data: CountyData, against: Against | null): Colouring {
  const properties = new Map((data.drawn ?? data.areas).features.map(({ properties: area }) => [area.area_id, area]));
  const each = (value: (area: AreaProperties) => number | null): Map<string, number | null> =>
    new Map([...properties].map(([id, area]) => [id, value(area)]));
  const absent = data.meta.snapshot ? "None, or withheld" : "No demand loaded";
  const demandOf = (id: string) => data.demand.get(id);
  switch (by) {
    case "zone":
      return byZone(data);
    case "hours":
      return bySteps(by, "Hours of care a week", "hours", each(({ area_id }) => demandOf(area_id)?.hours ?? null), decimal, absent);
    case "per-1000":
      return bySteps(by, "Hours of care a week per 1,000 residents", "hours", each(({ area_id, population }) => {
        const [people, care] = [numberOf(population ?? null), demandOf(area_id)?.hours ?? null];
        return people && care !== null ? (1000 * care) / people : null;
      }), decimal, absent);
    case "next-visit":
      return bySteps(by, "Minutes from one visit to the next", "minutes", each(({ area_id }) => data.ground.minutes_to_next_visit[area_id] ?? null), decimal, "Not known");
    case "rate":
      return bySteps(by, "Rate an hour", "an hour", each(({ pounds_per_hour }) => numberOf(pounds_per_hour)), (value) => money(value), "No rate");
    case "waiting":
      return bySteps(by, "Hours of care waiting to be placed", "hours", each(({ area_id }) => demandOf(area_id)?.waiting || null), decimal, "None waiting, or withheld");
    case "change":
      return against === null ? byBand(data, properties) : byChange(data, against);
    default:
      return byBand(data, properties);
  }
}
