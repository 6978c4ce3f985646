/** What is in force beside what was before: every figure is the published plan's and card's. */

import type { Figure } from "../api/contract";
import { useGet } from "../api/use";
import type { CountyData } from "../map/data";
import { WEEKS_A_YEAR, useZoneFigures } from "../map/figures";
import { SYNTHETIC_NOTE, date, hours, money, moneyDifference, moneyMillions, moneyWhole, moneyWholeDifference, numberOf, sentence, shareDifference } from "../parts/format";
import { Failure } from "../parts/notice";
import { DataTable, sum } from "../parts/table";
import { useSession } from "../shell/session";

interface BandTotal {
  band: string;
  hours_per_week: Figure;
  people: Figure;
  waiting_hours_per_week: Figure;
}
export interface CardSummary {
  id: number;
  name: string;
  version: number;
  status: string;
  effective_from: string | null;
  effective_to: string | null;
}
export interface Card extends CardSummary {
  rates: { band: string; pounds_per_hour: Figure }[];
}
interface PlanSummary {
  id: number;
  name: string;
  status: string;
  retired_at: string | null;
}

/** The card that was paid before the one in force, where the caller may see one. */
function useCardBefore(current: CountyData["meta"]["rate_card"]): Card | null {
  const { may } = useSession();
  const published = useGet<{ items: CardSummary[] }>(current ? "/v1/rate-cards" : null, { status: "published", limit: 200 });
  const retired = useGet<{ items: CardSummary[] }>(current && may("drafts:read") ? "/v1/rate-cards" : null, { status: "retired", limit: 200 });
  const from = current?.effective_from ?? "";
  const earlier = [...(published.data?.items ?? []), ...(retired.data?.items ?? [])]
    .filter(({ id, effective_from }) => String(id) !== String(current?.id) && effective_from !== null && (effective_from < from || (effective_from === from && id < Number(current?.id))))
    .sort((a, b) => (b.effective_from ?? "").localeCompare(a.effective_from ?? "") || b.id - a.id)[0];
  return useGet<Card>(earlier ? `/v1/rate-cards/${earlier.id}` : null).data;
}

/** The plan that was in force before, where the caller may see it. */
function usePlanBefore(): (PlanSummary & { zones: { name: string; hours_per_week: Figure }[] }) | null {
  const { may } = useSession();
  const retired = useGet<{ items: PlanSummary[] }>(may("drafts:read") ? "/v1/plans" : null, { status: "retired", limit: 100 });
  const last = [...(retired.data?.items ?? [])].sort((a, b) => (b.retired_at ?? "").localeCompare(a.retired_at ?? ""))[0];
  return useGet<PlanSummary & { zones: { name: string; hours_per_week: Figure }[] }>(last ? `/v1/plans/${last.id}` : null).data;
}

/** Hours-weighted mean and the cost of a year; null where a part is withheld or has no rate. */
function costOf(totals: BandTotal[], rates: Map<string, Figure>): { mean: number | null; year: number | null } {
  let [held, pounds] = [0, 0];
  for (const { band, hours_per_week } of totals) {
    const [care, rate] = [numberOf(hours_per_week), numberOf(rates.get(band))];
    if (care === null || (care > 0 && rate === null)) return { mean: null, year: null };
    held += care;
    pounds += care * (rate ?? 0);
  }
  return held > 0 ? { mean: pounds / held, year: pounds * WEEKS_A_YEAR } : { mean: null, year: null };
}

const ratesOf = (card: Card | null): Map<string, Figure> => new Map((card?.rates ?? []).map(({ band, pounds_per_hour }) => [band, pounds_per_hour]));

export function InForce({ data }: { data: CountyData }) {
  const { plan, rate_card: card, snapshot, synthetic } = data.meta;
  const totals = useGet<{ items: BandTotal[] }>(snapshot && data.meta.band_run ? "/v1/bands/totals" : null);
  const now = useGet<Card>(card ? `/v1/rate-cards/${card.id}` : null).data;
  const before = useCardBefore(card);
  const planBefore = usePlanBefore();
  const figures = useZoneFigures(data);
  const note = synthetic ? SYNTHETIC_NOTE : "";
  const rates = ratesOf(now);
  const ratesBefore = ratesOf(before);
  const bands = totals.data?.items ?? [];
  const cost = costOf(bands, rates);
  const costBefore = before ? costOf(bands, ratesBefore) : null;
  const zones = [...(data.zones?.features ?? [])].map(({ properties }) => properties).sort((a, b) => a.number - b.number);
  const hoursBefore = new Map((planBefore?.zones ?? []).map(({ name, hours_per_week }) => [name, hours_per_week]));
  if (!plan && !card) return null;
  const poundsOf = (band: BandTotal, of: Map<string, Figure>): number | null => {
    const [care, rate] = [numberOf(band.hours_per_week), numberOf(of.get(band.band))];
    return care === null || rate === null ? null : care * rate * WEEKS_A_YEAR;
  };
  return (
    <section aria-labelledby="totals-title" id="totals">
      <h2 id="totals-title">In force now{before || planBefore ? ", beside what was before" : ""}</h2>
      {totals.error !== null && <Failure what="The totals cannot be shown." error={totals.error} again={totals.again} />}
      <dl class="tiles">
        <div class="tile">
          <dt>Planned care, hours a week</dt>
          <dd>
            <strong>{hours(sum(bands.map(({ hours_per_week }) => hours_per_week)), "not known")}</strong>
            <span>{snapshot ? `demand of ${date(snapshot.taken_on)}` : ""}</span>
          </dd>
        </div>
        <div class="tile">
          <dt>Mean rate an hour</dt>
          <dd>
            <strong>{money(cost.mean, "not known")}</strong>
            <span>{costBefore ? `before: ${money(costBefore.mean)}` : "no card before this one"}</span>
          </dd>
        </div>
        <div class="tile">
          <dt>Cost of this care a year</dt>
          <dd>
            <strong>{moneyMillions(cost.year, "not known")}</strong>
            <span>{costBefore ? `at the rates before: ${moneyMillions(costBefore.year)}` : `${WEEKS_A_YEAR} weeks, at the rates in force`}</span>
          </dd>
        </div>
        <div class="tile">
          <dt>Zones</dt>
          <dd>
            <strong>{zones.length || "none"}</strong>
            <span>{plan ? `“${plan.name}”${planBefore ? `; before: “${planBefore.name}”, ${planBefore.zones.length}` : ""}` : "no plan published"}</span>
          </dd>
        </div>
      </dl>
      <p class="hint">“Withheld” stands where a figure would rest on too few people.</p>
      <div class="tables">
        {zones.length > 0 && (
          <DataTable
            caption={`Zones of “${plan?.name ?? ""}”: hours of care a week`}
            note={note}
            rows={zones}
            rowKey={({ number }) => number}
            columns={[
              { key: "name", head: "Zone", cell: ({ number, name }) => <a href={`/?colour=zone&zone=${number}`}>{name}</a>, sort: ({ name }) => name },
              { key: "tier", head: "Type", cell: ({ tier }) => sentence(tier), sort: ({ tier }) => tier },
              { key: "hours", head: "Hours", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week), sort: ({ hours_per_week }) => numberOf(hours_per_week) },
              ...(planBefore ? [{ key: "before", head: "Before", figure: true, cell: ({ name }: { name: string }) => hours(hoursBefore.get(name), "no such zone") }] : []),
              {
                key: "target",
                head: "Off target",
                figure: true,
                cell: ({ hours_per_week, target_hours_per_week }) => {
                  const [held, target] = [numberOf(hours_per_week), numberOf(target_hours_per_week)];
                  return target === null ? "no target" : held === null ? "withheld" : shareDifference(held / target - 1);
                },
              },
              { key: "pounds", head: "Pounds a year", figure: true, cell: ({ number }) => moneyWhole(figures.get(number)?.poundsAYear ?? null), sort: ({ number }) => figures.get(number)?.poundsAYear ?? null },
            ]}
            totals={{
              name: "All zones",
              hours: hours(sum(zones.map(({ hours_per_week }) => hours_per_week))),
              pounds: moneyWhole(sum(zones.map(({ number }) => figures.get(number)?.poundsAYear ?? null))),
            }}
          />
        )}
        {bands.length > 0 && (
          <DataTable
            caption={`Bands at “${card?.name ?? "no rates"}”: pounds an hour`}
            note={note}
            rows={bands}
            rowKey={({ band }) => band}
            columns={[
              { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
              { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week) },
              { key: "rate", head: "Rate", figure: true, cell: ({ band }) => money(rates.get(band)) },
              ...(before
                ? [
                    { key: "was", head: "Before", figure: true, cell: ({ band }: BandTotal) => money(ratesBefore.get(band)) },
                    {
                      key: "difference",
                      head: "Difference",
                      figure: true,
                      cell: ({ band }: BandTotal) => {
                        const [a, b] = [numberOf(rates.get(band)), numberOf(ratesBefore.get(band))];
                        return a === null || b === null ? "" : moneyDifference(a - b);
                      },
                    },
                  ]
                : []),
              { key: "year", head: "Pounds a year", figure: true, cell: (row) => moneyWhole(poundsOf(row, rates)) },
              ...(before
                ? [
                    {
                      key: "more",
                      head: "More than before",
                      figure: true,
                      cell: (row: BandTotal) => {
                        const [a, b] = [poundsOf(row, rates), poundsOf(row, ratesBefore)];
                        return a === null || b === null ? "withheld" : moneyWholeDifference(a - b);
                      },
                    },
                  ]
                : []),
            ]}
            totals={{
              band: "All bands",
              hours: hours(sum(bands.map(({ hours_per_week }) => hours_per_week))),
              rate: money(cost.mean, ""),
              was: costBefore ? money(costBefore.mean, "") : "",
              year: moneyWhole(cost.year),
              more: costBefore?.year != null && cost.year !== null ? moneyWholeDifference(cost.year - costBefore.year) : "",
            }}
          />
        )}
      </div>
    </section>
  );
}
