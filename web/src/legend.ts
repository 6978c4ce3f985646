/** What the colours mean, with names, words and rates beside each: the map never says anything by colour alone. */

import { type Swatch, UNKNOWN } from "./colours";
import type { Areas, Band, Figure, Zones } from "./contract";
import { h } from "./dom";
import { hours, money, numberOf, sentence } from "./format";
import type { ColourBy } from "./map-style";
import { swatchElement } from "./patterns";

function row(swatch: Swatch, name: string | Node, figure: string, words: string): HTMLElement {
  return h(
    "li",
    {},
    swatchElement(swatch),
    h("div", {}, h("div", { class: "legend-name" }, name, h("span", { class: "figure" }, figure)), words && h("p", {}, words)),
  );
}

/** The rate each band has on the map; null where areas of one band do not agree. */
export function bandRates(areas: Areas): Map<string, Figure> {
  const rates = new Map<string, Figure>();
  for (const { properties } of areas.features) {
    const { band, pounds_per_hour: rate } = properties;
    if (band === null) continue;
    if (!rates.has(band)) rates.set(band, rate);
    else if (numberOf(rates.get(band)) !== numberOf(rate)) rates.set(band, null);
  }
  return rates;
}

export function bandLegend(bands: Band[], swatches: Map<string, Swatch>, areas: Areas, patterns: boolean): HTMLElement {
  const rates = bandRates(areas);
  const rows = bands.map(({ band, label, what }) => {
    const swatch = swatches.get(band) ?? UNKNOWN;
    const rate = money(rates.get(band), "");
    return row(patterns ? swatch : { ...swatch, pattern: "none" }, sentence(label), rate && `${rate} an hour`, what);
  });
  if (areas.features.some(({ properties }) => properties.band === null)) rows.push(row(UNKNOWN, "No band yet", "", ""));
  return h("ul", { class: "legend" }, ...rows);
}

export function zoneLegend(zones: Zones, colours: Map<number, string>, show: ((number: number) => void) | null): HTMLElement {
  const rows = [...zones.features]
    .sort((a, b) => a.properties.number - b.properties.number)
    .map(({ properties: { number, name, hours_per_week } }) => {
      const label = show ? h("button", { type: "button", class: "link", onclick: () => show(number) }, name) : name;
      const swatch: Swatch = { colour: colours.get(number) ?? UNKNOWN.colour, pattern: "none" };
      const planned = numberOf(hours_per_week) === null ? "hours withheld" : `${hours(hours_per_week)} h/week`;
      return row(swatch, label, planned, "");
    });
  return h("ul", { class: "legend legend-zones" }, ...rows);
}

export const legendTitle = (by: ColourBy): string => (by === "band" ? "Price bands" : "Zones");
