/** One card: its rates and lines, its warnings with the reasons they are accepted for, publication, files and the summary. */

import { useState } from "preact/hooks";
import { write } from "../api/client";
import { Problem } from "../api/problem";
import { forget, useGet } from "../api/use";
import { Download } from "../parts/download";
import { TextField } from "../parts/field";
import { date, money, sentence } from "../parts/format";
import { Definitions, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable } from "../parts/table";
import { announce } from "../shell/announce";
import { useSession } from "../shell/session";
import { type Card as CardAnswer, cardName, inForceFor, standingName } from "./Cards";
import { LinesTable, type Priced, Stack } from "./Stack";

interface Line {
  name: string;
  pounds_per_contact_hour: number;
}
interface Visit {
  minutes: number;
  pounds_per_visit: number;
  pounds_per_hour: number | null;
}

/** A card's bands with their lines, for the stack and its table; beside another card's rates where one is given. */
export function pricesOf(card: CardAnswer, before: CardAnswer | null): Priced[] {
  const was = new Map((before?.rates ?? []).map(({ band, pounds_per_hour }) => [band, Number(pounds_per_hour)]));
  return card.rates.map(({ band, pounds_per_hour, lines }) => ({
    band,
    pounds: Number(pounds_per_hour),
    before: was.get(band) ?? null,
    lines: Object.fromEntries((lines as unknown as Line[]).map(({ name, pounds_per_contact_hour }) => [name, Number(pounds_per_contact_hour)])),
  }));
}

export function Card({ id }: { id: string }) {
  const path = `/v1/rate-cards/${encodeURIComponent(id)}`;
  const { data: card, error, again } = useGet<CardAnswer>(path);
  const inForce = useGet<CardAnswer>(card ? inForceFor(card) : null);
  const { may } = useSession();
  if (error !== null) return <Failure what="The card cannot be shown." error={error} again={again} />;
  if (card === null) return <Loading what="the card" />;
  const before = inForce.data && inForce.data.id !== card.id ? inForce.data : null;
  const prices = pricesOf(card, before);
  const lengths = [...new Set(card.rates.flatMap(({ by_visit_length }) => (by_visit_length as unknown as Visit[]).map(({ minutes }) => Number(minutes))))].sort((x, y) => x - y);
  const shown = standingName(card);
  return (
    <>
      <h1>
        {cardName(card)}: {shown.toLowerCase()}
      </h1>
      <p>
        Paid from {date(card.effective_from)}
        {card.effective_to ? ` to ${date(card.effective_to)}` : ""}. Drafted by {card.created_by} on {date(card.created_at)}
        {card.published_at ? `; published ${date(card.published_at)}` : ""}.
      </p>
      <div class="buttons">
        {may("exports:read") && (
          <>
            <Download button href={`${path}/workbook.xlsx`} name={`${card.name}.xlsx`}>
              Download
            </Download>
            <Download class="secondary as-button" href={`/v1/exports/rate-cards/${card.id}.csv`} name={`${card.name}.csv`}>
              As CSV
            </Download>
          </>
        )}
        <a class="secondary as-button" href={`/rates/summary/${card.id}`}>
          One-page summary
        </a>
        {before && (
          <a class="secondary as-button" href={`/rates/compare?a=${before.id}&b=${card.id}`}>
            Compare with the card in force
          </a>
        )}
      </div>
      {card.status === "draft" && <PublishPanel card={card} published={() => { inForce.again(); again(); }} />}
      <Stack prices={prices} />
      <div class="tables">
        <DataTable
          caption="Pounds a visit by length"
          rows={card.rates}
          rowKey={({ band }) => band}
          columns={[
            { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
            { key: "hour", head: "An hour", figure: true, cell: ({ pounds_per_hour }) => money(pounds_per_hour) },
            ...lengths.map((minutes) => ({
              key: String(minutes),
              head: `${minutes} minutes`,
              figure: true,
              cell: ({ by_visit_length }: CardAnswer["rates"][number]) => money((by_visit_length as unknown as Visit[]).find((visit) => Number(visit.minutes) === minutes)?.pounds_per_visit),
            })),
          ]}
        />
        <LinesTable prices={prices} />
      </div>
      <section aria-labelledby="evidence-title">
        <h2 id="evidence-title">Evidence</h2>
        {card.status !== "draft" && <Warnings title="Warnings" items={card.warnings.map(({ sentence: text }) => text)} />}
        {card.accepted.length > 0 && (
          <DataTable
            caption="Warnings accepted when it was published"
            rows={card.accepted as unknown as { code: string; band?: string; sentence: string; reason: string; by: string }[]}
            rowKey={(row) => row.code + (row.band ?? "") + row.sentence}
            columns={[
              { key: "what", head: "Warning", cell: ({ sentence: text }) => text },
              { key: "why", head: "Accepted because", cell: ({ reason }) => reason },
              { key: "by", head: "By", cell: ({ by }) => by },
            ]}
          />
        )}
        <Definitions
          pairs={[
            ["Rests on", card.basis],
            ["Made by", `Patchwork ${(card.provenance as { code_version?: string }).code_version ?? ""}`],
          ]}
        />
        <details>
          <summary>Every assumption, and what made the card</summary>
          <pre class="json" tabIndex={0}>
            {JSON.stringify({ assumptions: card.assumptions, provenance: card.provenance, moves: card.moves }, null, 2)}
          </pre>
        </details>
      </section>
    </>
  );
}

/** Publishing a draft: each kind of warning gets the reason it is accepted for; another person may have to do it. */
function PublishPanel({ card, published }: { card: CardAnswer; published: () => void }) {
  const { may, who } = useSession();
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const kinds = [...new Set(card.warnings.filter(({ note }) => !note).map(({ code }) => code))];
  const missing = error instanceof Problem ? error.errors.map(({ field }) => field) : [];
  const publish = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await write("POST", `/v1/rate-cards/${card.id}/publish`, { accept: Object.fromEntries(Object.entries(reasons).filter(([, text]) => text.trim() !== "")) });
      announce(`${card.name} is published.`);
      forget();
      published();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <form class="panel" aria-label="Publish this card" onSubmit={(event) => void publish(event)}>
      <h2>Publish</h2>
      {kinds.length === 0 && <p>Nothing stands in the way.</p>}
      {kinds.map((code) => (
        <div key={code}>
          <Warnings title={sentence(code.replaceAll("-", " "))} items={card.warnings.filter((one) => one.code === code && !one.note).map(({ sentence: text }) => text)} />
          <TextField label={`Accepted because (${code.replaceAll("-", " ")})`} value={reasons[code] ?? ""} maxLength={500} error={missing.includes(`accept.${code}`) ? "Say why this is accepted" : null} onInput={(event) => setReasons({ ...reasons, [code]: event.currentTarget.value })} />
        </div>
      ))}
      <Warnings title="Worth knowing" items={card.warnings.filter(({ note }) => note).map(({ sentence: text }) => text)} />
      {may("decisions:publish") ? (
        <>
          {who?.name === card.created_by && <p class="hint">You drafted this card. Where the council wants two people, another one must publish it.</p>}
          {error !== null && <Failure what="The card was not published." error={error} />}
          <div class="buttons">
            <button type="submit" disabled={busy}>
              Publish
            </button>
            <span class="hint">From {date(card.effective_from)} on, look-ups answer with it.</span>
          </div>
        </>
      ) : (
        <p class="hint">A commissioner publishes it.</p>
      )}
    </form>
  );
}
