/** Two cards side by side: bands, lines and visit lengths, and what the difference costs in a year. */

import type { Schemas } from "../api/client";
import { useGet } from "../api/use";
import { SYNTHETIC_NOTE, money, moneyDifference, moneyWhole, moneyWholeDifference, sentence } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { useMeta } from "../shell/county";
import { pricesOf } from "./Card";
import { type Card, cardName } from "./Cards";
import { Stack } from "./Stack";

type Difference = Schemas["CardDifference"];

export interface Costs {
  total: CostRow;
  by: Record<string, CostRow[]>;
}
interface CostRow {
  group: string;
  hours_per_week: number | null;
  proposed_pounds_per_year: Record<string, number>;
  current_pounds_per_year: Record<string, number>;
  difference_pounds_per_year: Record<string, number>;
}

/** Annual cost of all care at one card's rates beside another's. */
export const useCosts = (cardId: number | string | null, againstId: number | string | null) =>
  useGet<Costs>(cardId && againstId ? "/v1/costs/comparison" : null, { rate_card_id: cardId, against_rate_card_id: againstId, maintenance_only: false });

export function CompareCards() {
  const [query] = useQuery();
  const [a, b] = [query["a"] ?? "", query["b"] ?? ""];
  const difference = useGet<Difference>(a && b && a !== b ? "/v1/rate-cards/difference" : null, { before_id: a, after_id: b });
  const before = useGet<Card>(a ? `/v1/rate-cards/${encodeURIComponent(a)}` : null);
  const after = useGet<Card>(b ? `/v1/rate-cards/${encodeURIComponent(b)}` : null);
  const costs = useCosts(b !== a ? b || null : null, a || null);
  const meta = useMeta();
  const failed = [difference, before, after].find(({ error }) => error !== null);
  if (!a || !b) return <p class="notice">Choose two cards on <a href="/rates">the page of rates</a>.</p>;
  if (a === b)
    return (
      <p class="notice">
        These are one and the same card. Choose two cards on <a href="/rates">the page of rates</a>.
      </p>
    );
  if (failed) return <Failure what="The cards cannot be compared." error={failed.error} again={failed.again} />;
  if (!difference.data || !before.data || !after.data) return <Loading what="both cards" />;
  const lines = [...new Set(difference.data.bands.flatMap(({ line_differences }) => Object.keys(line_differences)))];
  return (
    <>
      <h1>
        “{cardName(before.data)}” and “{cardName(after.data)}”
      </h1>
      <Stack prices={pricesOf(after.data, before.data)} />
      <div class="tables">
        <DataTable
          caption="Bands: pounds an hour"
          rows={difference.data.bands}
          rowKey={({ band }) => band}
          columns={[
            { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
            { key: "before", head: cardName(before.data), figure: true, cell: (row) => money(row.before_pounds_per_hour) },
            { key: "after", head: cardName(after.data), figure: true, cell: (row) => money(row.after_pounds_per_hour) },
            { key: "difference", head: "Difference", figure: true, cell: (row) => moneyDifference(row.difference_pounds_per_hour) },
          ]}
        />
        {lines.length > 0 && (
          <DataTable
            caption="Lines that differ: pounds an hour"
            rows={lines}
            rowKey={(name) => name}
            columns={[
              { key: "line", head: "Line", cell: (name) => name },
              ...difference.data.bands.map(({ band, line_differences }) => ({ key: band, head: sentence(band), figure: true, cell: (name: string) => moneyDifference(line_differences[name] ?? 0) || "£0.00" })),
            ]}
          />
        )}
        {costs.error !== null && <Failure what="The cost of the difference cannot be shown." error={costs.error} again={costs.again} />}
        {costs.data && (
          <DataTable
            caption="Cost by zone, pounds in a year of 52 weeks"
            note={meta.data?.synthetic ? SYNTHETIC_NOTE : ""}
            rows={costs.data.by["zone"] ?? []}
            rowKey={({ group }) => group}
            columns={[
              { key: "zone", head: "Zone", cell: ({ group }) => group || "No zone", sort: ({ group }) => group },
              { key: "before", head: cardName(before.data), figure: true, cell: (row) => moneyWhole(row.current_pounds_per_year["52"]) },
              { key: "after", head: cardName(after.data), figure: true, cell: (row) => moneyWhole(row.proposed_pounds_per_year["52"]), sort: (row) => row.proposed_pounds_per_year["52"] ?? null },
              { key: "difference", head: "Difference", figure: true, cell: (row) => moneyWholeDifference(row.difference_pounds_per_year["52"]), sort: (row) => row.difference_pounds_per_year["52"] ?? null },
            ]}
            totals={{ zone: "All zones", before: moneyWhole(costs.data.total.current_pounds_per_year["52"]), after: moneyWhole(costs.data.total.proposed_pounds_per_year["52"]), difference: moneyWholeDifference(costs.data.total.difference_pounds_per_year["52"]) }}
          />
        )}
      </div>
    </>
  );
}
