/** Hours and pounds of zones and areas, as tables, sheets and the map's voice all give them. */

import type { Figure } from "../api/contract";
import { useGet } from "../api/use";
import { hours, moneyWhole, numberOf, sentence } from "../parts/format";
import { bandRates } from "./colouring";
import type { CountyData } from "./data";

/** The published report counts a year as 52 or 53 weeks; a whole plan's figures here take 52. */
export const WEEKS_A_YEAR = 52;

export interface ZoneFigures {
  hours: number | null;
  people: number | null;
  waiting: number | null;
  /** Hours times the rate of each band, 52 weeks; null where a part is withheld or has no rate. */
  poundsAYear: number | null;
}

interface ZoneBandRow {
  zone: string;
  band: string;
  hours_per_week: Figure;
}

/** Figures of every zone of the plan shown, by its number. */
export function useZoneFigures(data: CountyData | null, planId?: number | string | null): Map<number, ZoneFigures> {
  const rows = useGet<{ items: ZoneBandRow[] }>(data?.meta.snapshot && data.zones ? "/v1/demand/totals" : null, { by: ["zone", "band"], plan_id: planId ?? null });
  const figures = new Map<number, ZoneFigures>();
  if (data === null) return figures;
  const rates = bandRates(data);
  for (const { properties: zone } of data.zones?.features ?? []) {
    const mine = rows.data?.items.filter((row) => row.zone === zone.name) ?? [];
    let pounds: number | null = mine.length > 0 ? 0 : null;
    for (const { band, hours_per_week } of mine) {
      const [held, rate] = [numberOf(hours_per_week), numberOf(rates.get(band))];
      pounds = pounds === null || held === null || rate === null ? null : pounds + held * rate * WEEKS_A_YEAR;
    }
    figures.set(zone.number, {
      hours: numberOf(zone.hours_per_week),
      people: numberOf(zone.people),
      waiting: numberOf(zone.waiting_packages),
      poundsAYear: pounds,
    });
  }
  return figures;
}

const orWithheld = (text: string): string => (text === "" ? "withheld" : text);

/** A zone in one breath: name, hours, pounds. */
export function speakZone(data: CountyData, figures: Map<number, ZoneFigures>, number: number): string {
  const zone = data.zones?.features.find(({ properties }) => properties.number === number)?.properties;
  const found = figures.get(number);
  if (zone === undefined) return `Zone ${number}.`;
  return `${zone.name}, zone ${number}. Hours a week: ${orWithheld(hours(zone.hours_per_week))}. Pounds a year: ${moneyWhole(found?.poundsAYear ?? null)}.`;
}

/** An area in one breath. */
export function speakArea(data: CountyData, areaId: string): string {
  const area = data.areas.features.find(({ properties }) => properties.area_id === areaId)?.properties;
  if (area === undefined) return `Area ${areaId}.`;
  const zone = data.zones?.features.find(({ properties }) => properties.number === data.zoneOf.get(areaId))?.properties.name;
  const care = data.demand.get(areaId)?.hours ?? null;
  const rate = numberOf(area.pounds_per_hour);
  const pounds = care === null || rate === null ? null : care * rate * WEEKS_A_YEAR;
  const place = area.settlement ? `${area.settlement}, area ${areaId}` : `Area ${areaId}`;
  const seen = data.demand.has(areaId) || !data.meta.snapshot;
  return `${place}. ${[zone, area.band ? `${sentence(area.band)} band` : ""].filter(Boolean).join(", ")}. Hours a week: ${seen ? hours(care) : "none, or withheld"}. Pounds a year: ${moneyWhole(pounds, "none, or withheld")}.`;
}
