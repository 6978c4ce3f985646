/** One page for a committee: what is proposed, what it costs beside today, what it rests on. Made to be printed. */

import { useGet } from "../api/use";
import { SYNTHETIC_NOTE, date, money, moneyDifference, moneyMillions, moneyWhole, moneyWholeDifference, sentence } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useMeta } from "../shell/county";
import { pricesOf } from "./Card";
import { type Card, cardName, inForceFor, serviceName } from "./Cards";
import { useCosts } from "./Compare";
import { Stack } from "./Stack";

export function Summary({ id }: { id: string }) {
  const { data: card, error, again } = useGet<Card>(`/v1/rate-cards/${encodeURIComponent(id)}`);
  const inForce = useGet<Card>(card ? inForceFor(card) : null);
  const before = inForce.data && inForce.data.id !== card?.id ? inForce.data : null;
  const costs = useCosts(card?.id ?? null, before?.id ?? null);
  const meta = useMeta();
  if (error !== null) return <Failure what="The summary cannot be shown." error={error} again={again} />;
  if (card === null) return <Loading what="the summary" />;
  const note = meta.data?.synthetic ? SYNTHETIC_NOTE : "";
  const was = new Map((before?.rates ?? []).map(({ band, pounds_per_hour }) => [band, Number(pounds_per_hour)]));
  const total = costs.data?.total;
  const more = total?.difference_pounds_per_year["52"] ?? null;
  return (
    <article class="summary">
      <h1>
        {meta.data?.council.name}: rates of {serviceName(card.service_type).toLowerCase()} {card.financial_year ?? `from ${date(card.effective_from)}`}
      </h1>
      <p>
        {card.status === "published" ? "Published" : "Proposed"}: “{cardName(card)}”, paid from {date(card.effective_from)}.{" "}
        {before && `Beside “${cardName(before)}”, in force since ${date(before.effective_from)}.`}{" "}
        {total && more !== null && (
          <strong>
            It costs {moneyMillions(total.proposed_pounds_per_year["52"])} a year, {moneyWholeDifference(more)} beside today.
          </strong>
        )}
      </p>
      <div class="buttons">
        <button type="button" class="action" onClick={() => window.print()}>
          Print
        </button>
        <a href={`/rates/cards/${card.id}`}>Back to the card</a>
      </div>
      <div class="two">
        <DataTable
          caption="Rates, pounds an hour"
          rows={card.rates}
          rowKey={({ band }) => band}
          columns={[
            { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
            { key: "rate", head: "Rate", figure: true, cell: ({ pounds_per_hour }) => money(pounds_per_hour) },
            ...(before
              ? [
                  { key: "was", head: "Today", figure: true, cell: ({ band }: { band: string }) => money(was.get(band)) },
                  { key: "more", head: "Difference", figure: true, cell: ({ band, pounds_per_hour }: Card["rates"][number]) => (was.has(band) ? moneyDifference(Number(pounds_per_hour) - (was.get(band) ?? 0)) : "") },
                ]
              : []),
          ]}
        />
        {costs.data && (
          <DataTable
            caption="Cost by band, pounds in a year of 52 weeks"
            note={note}
            rows={costs.data.by["band"] ?? []}
            rowKey={({ group }) => group}
            columns={[
              { key: "band", head: "Band", cell: ({ group }) => sentence(group) },
              { key: "now", head: "Today", figure: true, cell: (row) => moneyWhole(row.current_pounds_per_year["52"]) },
              { key: "then", head: "Then", figure: true, cell: (row) => moneyWhole(row.proposed_pounds_per_year["52"]) },
              { key: "more", head: "Difference", figure: true, cell: (row) => moneyWholeDifference(row.difference_pounds_per_year["52"]) },
            ]}
            totals={{ band: "All", now: moneyWhole(total?.current_pounds_per_year["52"]), then: moneyWhole(total?.proposed_pounds_per_year["52"]), more: moneyWholeDifference(more) }}
          />
        )}
      </div>
      <div class="two">
      <Stack prices={pricesOf(card, before)} />
      {costs.data && (
        <DataTable
          caption="Cost by zone, pounds in a year of 52 weeks"
          note={note}
          rows={costs.data.by["zone"] ?? []}
          rowKey={({ group }) => group}
          columns={[
            { key: "zone", head: "Zone", cell: ({ group }) => group || "No zone" },
            { key: "now", head: "Today", figure: true, cell: (row) => moneyWhole(row.current_pounds_per_year["52"]) },
            { key: "then", head: "Then", figure: true, cell: (row) => moneyWhole(row.proposed_pounds_per_year["52"]) },
            { key: "more", head: "Difference", figure: true, cell: (row) => moneyWholeDifference(row.difference_pounds_per_year["52"]) },
          ]}
        />
      )}
      </div>
      <h2>What it rests on</h2>
      <p>{card.basis}</p>
      {card.warnings.length > 0 && (
        <ul class="bullets">
          {card.warnings.map(({ sentence: text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </article>
  );
}
