/** A pattern of visits: read from and written to the address, edited, and costed a week at the rates by visit length. */

import type { Figure } from "../api/contract";
import { numberOf } from "../parts/format";

export interface Visit {
  minutes: number;
  perWeek: number;
  carers: number;
}

export interface VisitRate {
  minutes: number;
  pounds_per_hour: Figure;
  pounds_per_visit: Figure;
}

/** Two calls of half an hour a day by one carer: the commonest small package. */
const USUAL: Visit[] = [{ minutes: 30, perWeek: 14, carers: 1 }];
const FORM = /^(\d{1,4})x(\d{1,3}(?:\.\d+)?)x([1-4])$/;

/** Read `30x14x1.45x7x2`: minutes, visits a week, carers. Anything else is the usual pattern. */
export function readPattern(text: string | undefined): Visit[] {
  const visits = (text ?? "").split("+").flatMap((part) => {
    const found = FORM.exec(part);
    return found ? [{ minutes: Number(found[1]), perWeek: Number(found[2]), carers: Number(found[3]) }] : [];
  });
  return visits.length > 0 ? visits : USUAL;
}

export const writePattern = (visits: Visit[]): string => visits.map(({ minutes, perWeek, carers }) => `${minutes}x${perWeek}x${carers}`).join("+");

/** Pounds a week: visits times carers times the price of a visit; null where a length has no price on the card. */
export function weeklyCost(visits: Visit[], rates: VisitRate[]): number | null {
  let pence = 0;
  for (const { minutes, perWeek, carers } of visits) {
    const price = numberOf(rates.find((rate) => rate.minutes === minutes)?.pounds_per_visit);
    if (price === null) return null;
    pence += Math.round(price * 100) * perWeek * carers;
  }
  return Math.round(pence) / 100;
}

const LENGTHS = [15, 30, 45, 60];

export function PatternFields({ pattern, rates, onPattern }: { pattern: Visit[]; rates: VisitRate[]; onPattern: (next: Visit[]) => void }) {
  const lengths = [...new Set([...(rates.length > 0 ? rates.map(({ minutes }) => minutes) : LENGTHS), ...pattern.map(({ minutes }) => minutes)])].sort((a, b) => a - b);
  const change = (at: number, values: Partial<Visit>): void => onPattern(pattern.map((visit, i) => (i === at ? { ...visit, ...values } : visit)));
  return (
    <fieldset class="pattern">
      <legend>Visits</legend>
      {pattern.map((visit, at) => (
        <div class="pattern-row" key={at}>
          <label>
            Visit length
            <select value={visit.minutes} onChange={(event) => change(at, { minutes: Number(event.currentTarget.value) })}>
              {lengths.map((minutes) => (
                <option key={minutes} value={minutes}>
                  {minutes} minutes
                </option>
              ))}
            </select>
          </label>
          <label>
            Visits a week
            <input type="number" min={1} max={500} step={1} value={visit.perWeek} onInput={(event) => Number(event.currentTarget.value) > 0 && change(at, { perWeek: Number(event.currentTarget.value) })} />
          </label>
          <label>
            Carers
            <select value={visit.carers} onChange={(event) => change(at, { carers: Number(event.currentTarget.value) })}>
              {[1, 2, 3, 4].map((carers) => (
                <option key={carers} value={carers}>
                  {carers}
                </option>
              ))}
            </select>
          </label>
          {pattern.length > 1 && (
            <button type="button" class="link" onClick={() => onPattern(pattern.filter((_, i) => i !== at))}>
              Remove<span class="unseen"> visit {at + 1}</span>
            </button>
          )}
        </div>
      ))}
      <button type="button" class="link" onClick={() => onPattern([...pattern, { minutes: 30, perWeek: 7, carers: 1 }])}>
        Add another kind of visit
      </button>
    </fieldset>
  );
}
