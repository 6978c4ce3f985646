/** What a proposal shows: four bands beside the card in force, what they cost, who gains and loses, whether pay is lawful. */

import type { Schemas } from "../api/client";
import { SYNTHETIC_NOTE, hours, money, moneyDifference, moneyMillions, moneyWhole, moneyWholeDifference, sentence, shareDifference } from "../parts/format";
import { Empty, Warnings } from "../parts/notice";
import { DataTable } from "../parts/table";
import { LinesTable, Stack } from "./Stack";

export type Proposal = Schemas["Proposal"];
const WEEKS = "52";

export function Headline({ found }: { found: Proposal }) {
  const total = found.cost?.total;
  const proposed = total?.proposed_pounds_per_year[WEEKS] ?? null;
  const current = total?.current_pounds_per_year?.[WEEKS] ?? null;
  return (
    <dl class="tiles" id="headline">
      {found.bands.map((band) => (
        <div class="tile" key={band.band}>
          <dt>{sentence(band.band)}</dt>
          <dd>
            <strong>{money(band.pounds_per_hour)}</strong>
            <span>
              {band.in_force_pounds_per_hour === null ? "no rate in force" : `now ${money(band.in_force_pounds_per_hour)}: ${moneyDifference(band.difference_pounds_per_hour)} (${shareDifference(band.difference_share)})`}
            </span>
          </dd>
        </div>
      ))}
      <div class="tile wide-tile">
        <dt>Cost to the council a year</dt>
        <dd>
          <strong>{moneyMillions(proposed, "not known")}</strong>
          <span>{current === null ? "no card in force to set beside it" : `now ${moneyMillions(current)}: ${moneyWholeDifference(Number(proposed) - Number(current))}`}</span>
        </dd>
      </div>
    </dl>
  );
}

export function ProposalView({ found }: { found: Proposal }) {
  const prices = found.bands.map(({ band, pounds_per_hour, in_force_pounds_per_hour, lines }) => ({
    band,
    pounds: Number(pounds_per_hour),
    before: in_force_pounds_per_hour === null ? null : Number(in_force_pounds_per_hour),
    lines: lines as Record<string, number>,
  }));
  const unlawful = found.lawful.tests.filter(({ lawful }) => !lawful);
  const note = found.cost?.synthetic ? SYNTHETIC_NOTE : "";
  return (
    <>
      <Headline found={found} />
      <div class={found.lawful.all_lawful ? "notice" : "notice bad"} id="lawful">
        <p>
          <strong>{found.lawful.all_lawful ? "Pay is lawful at every visit length tested." : `Pay is below the minimum in ${unlawful.length} of ${found.lawful.tests.length} tests.`}</strong> The minimum of {found.lawful.financial_year} is{" "}
          {money(found.lawful.minimum_pounds_per_hour)} an hour.
        </p>
        {unlawful.length > 0 && (
          <details>
            <summary>Which, and by how much</summary>
            <ul class="bullets">
              {unlawful.map(({ band, age, minutes, pattern, sentence: text }) => (
                <li key={`${band}${age}${minutes}${pattern}`}>{sentence(text)}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <Warnings title="To accept or mend before the card is published" items={found.warnings.filter(({ note: known }) => !known).map(({ sentence: text }) => text)} />
      <Warnings title="Worth knowing" items={found.warnings.filter(({ note: known }) => known).map(({ sentence: text }) => text)} />
      <section aria-labelledby="stack-title">
        <h2 id="stack-title">What each rate is made of</h2>
        <Stack prices={prices} />
        <details>
          <summary>Every line as a table</summary>
          <LinesTable prices={prices} />
        </details>
      </section>
      {found.cost === null ? (
        <Empty title="No demand or no bands are loaded, so there is no cost to show." />
      ) : (
        <div class="tables">
          <DataTable
            caption={`Cost by zone beside ${found.against_card ? `“${found.against_card.name}”` : "no card"}, pounds a year`}
            note={note}
            rows={found.cost.by["zone"] ?? []}
            rowKey={({ group }) => group}
            columns={[
              { key: "zone", head: "Zone", cell: ({ group }) => group || "No zone", sort: ({ group }) => group },
              { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week), sort: ({ hours_per_week }) => Number(hours_per_week) },
              { key: "now", head: "Now", figure: true, cell: (row) => moneyWhole(row.current_pounds_per_year?.[WEEKS] ?? null, "no card") },
              { key: "then", head: "Proposed", figure: true, cell: (row) => moneyWhole(row.proposed_pounds_per_year[WEEKS] ?? null), sort: (row) => Number(row.proposed_pounds_per_year[WEEKS]) },
              { key: "more", head: "Difference", figure: true, cell: (row) => moneyWholeDifference(row.difference_pounds_per_year?.[WEEKS] ?? null), sort: (row) => Number(row.difference_pounds_per_year?.[WEEKS]) },
            ]}
            totals={{
              zone: "All zones",
              hours: hours(found.cost.total.hours_per_week),
              now: moneyWhole(found.cost.total.current_pounds_per_year?.[WEEKS] ?? null, "no card"),
              then: moneyWhole(found.cost.total.proposed_pounds_per_year[WEEKS] ?? null),
              more: moneyWholeDifference(found.cost.total.difference_pounds_per_year?.[WEEKS] ?? null),
            }}
          />
          <DataTable
            caption="Each provider's change, pounds a week"
            note={note}
            rows={found.providers}
            rowKey={({ provider }) => provider}
            text={({ provider }) => provider}
            shown={20}
            columns={[
              { key: "provider", head: "Provider", cell: ({ provider }) => provider || "No provider named", sort: ({ provider }) => provider },
              { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week), sort: ({ hours_per_week }) => Number(hours_per_week) },
              { key: "now", head: "Now", figure: true, cell: ({ before_pounds_per_week }) => moneyWhole(before_pounds_per_week, "no card") },
              { key: "then", head: "Proposed", figure: true, cell: ({ after_pounds_per_week }) => moneyWhole(after_pounds_per_week) },
              { key: "share", head: "Change", figure: true, cell: ({ change_share }) => shareDifference(change_share), sort: ({ change_share }) => (change_share === null ? null : Number(change_share)) },
            ]}
          />
        </div>
      )}
      <section aria-labelledby="inputs-title">
        <h2 id="inputs-title">What moved, and what did not</h2>
        <InputMoves title="Left for you to decide" rows={found.asked} />
        <InputMoves title="Moved" rows={found.moved} />
        <details>
          <summary>Held as it was: {found.held.length}</summary>
          <InputMoves title="Held" rows={found.held} />
        </details>
        <p class="hint">{found.basis}</p>
      </section>
    </>
  );
}

type Move = Proposal["moved"][number];

export const inputName = (path: string): string => sentence(path.replaceAll(".", ": ").replaceAll("_", " "));

function InputMoves({ title, rows }: { title: string; rows: Move[] }) {
  if (rows.length === 0) return null;
  const written = (value: unknown): string => (typeof value === "number" ? decimal4.format(value) : String(value ?? "not set"));
  return (
    <DataTable
      caption={title}
      rows={rows}
      rowKey={({ field }) => field}
      columns={[
        { key: "field", head: "Input", cell: ({ field }) => inputName(field) },
        { key: "before", head: "Before", figure: true, cell: ({ before }) => written(before) },
        { key: "after", head: "After", figure: true, cell: ({ after }) => written(after) },
        { key: "by", head: "Why", cell: ({ by }) => by },
      ]}
    />
  );
}

const decimal4 = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });
