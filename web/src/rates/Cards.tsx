/** The rate cards with their states, and the choice of two to compare. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { everyItem, type Schemas } from "../api/client";
import { useGet, useLoad } from "../api/use";
import { Download } from "../parts/download";
import { SelectField } from "../parts/field";
import { date, money, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useSession } from "../shell/session";

export type CardSummary = Schemas["CardSummary"];
export type Card = Schemas["CardView"];

export const useCards = () => useLoad("/v1/rate-cards?all", () => everyItem<CardSummary>("/v1/rate-cards", { limit: 200 }));
export const cardName = ({ name, version }: { name: string; version: number }): string => (version > 1 ? `${name}, version ${version}` : name);

export function Cards() {
  const { may } = useSession();
  const { route } = useLocation();
  const { data, error, again } = useCards();
  const inForce = useGet<Card>("/v1/rate-cards/in-force");
  const [a, setA] = useState("");
  const [b, setB] = useState("");
  const options = (data ?? []).map((card): [string, string] => [String(card.id), `${cardName(card)} (${card.status})`]);
  const left = a || options[1]?.[0] || options[0]?.[0] || "";
  const right = b || options[0]?.[0] || "";
  return (
    <>
      <h1>Rates</h1>
      {inForce.data && (
        <dl class="tiles">
          {inForce.data.rates.map(({ band, pounds_per_hour }) => (
            <div class="tile" key={band}>
              <dt>{sentence(band)}</dt>
              <dd>
                <strong>{money(pounds_per_hour)}</strong>
                <span>an hour, in force since {date(inForce.data?.effective_from)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {may("analysis:write") && (
        <p>
          <a class="action" href="/rates/set">
            Set next year's rates
          </a>
        </p>
      )}
      {inForce.data && may("exports:read") && (
        <p>
          <Download button class="light" href={`/v1/rate-cards/${inForce.data.id}/workbook.xlsx`} name={`${inForce.data.name}.xlsx`}>
            Download
          </Download>{" "}
          the card in force as a workbook with live formulas.
        </p>
      )}
      {error !== null && <Failure what="The cards cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="rate cards" />}
      {data && (
        <DataTable
          caption="Rate cards"
          rows={data}
          rowKey={({ id }) => id}
          empty={
            <Empty title="There is no rate card yet.">
              {may("analysis:write") && (
                <p>
                  <a href="/rates/set">Set rates</a> to make the first one.
                </p>
              )}
            </Empty>
          }
          columns={[
            { key: "name", head: "Card", cell: (card) => <a href={`/rates/cards/${card.id}`}>{cardName(card)}</a>, sort: ({ name }) => name },
            { key: "status", head: "State", cell: ({ id, status }) => (inForce.data?.id === id ? "In force" : sentence(status)), sort: ({ status }) => status },
            { key: "from", head: "From", cell: ({ effective_from }) => date(effective_from), sort: ({ effective_from }) => effective_from },
            { key: "to", head: "To", cell: ({ effective_to }) => (effective_to ? date(effective_to) : "open-ended") },
            { key: "service", head: "Service", cell: ({ service_type }) => sentence(service_type) },
            { key: "by", head: "Drafted by", cell: ({ created_by }) => created_by },
          ]}
        />
      )}
      {options.length > 1 && (
        <form
          class="panel"
          aria-label="Compare two cards"
          onSubmit={(event) => {
            event.preventDefault();
            route(`/rates/compare?a=${left}&b=${right}`);
          }}
        >
          <h2>Compare two cards</h2>
          <div class="fields">
            <SelectField label="From" value={left} options={options} onChange={(event) => setA(event.currentTarget.value)} />
            <SelectField label="To" value={right} options={options} onChange={(event) => setB(event.currentTarget.value)} />
          </div>
          <button type="submit">Compare</button>
        </form>
      )}
    </>
  );
}
