/** What is paid today by service and zone, the rate cards with their states, and the choice of two to compare. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { everyItem, type Schemas } from "../api/client";
import { useGet, useLoad } from "../api/use";
import { Download } from "../parts/download";
import { SelectField } from "../parts/field";
import { date, money, sentence } from "../parts/format";
import { Empty, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useMeta, useZones } from "../shell/county";
import { useSession } from "../shell/session";

export type CardSummary = Schemas["CardSummary"];
export type Card = Schemas["CardView"];

export const useCards = () => useLoad("/v1/rate-cards?all", () => everyItem<CardSummary>("/v1/rate-cards", { limit: 200 }));
export const cardName = ({ name, version }: { name: string; version: number }): string => (version > 1 ? `${name}, version ${version}` : name);

const STANDING: Record<CardSummary["standing"], string> = { draft: "Draft", in_force: "In force", lapsed: "Lapsed", replaced: "Replaced", retired: "Retired", to_come: "To come" };
const SERVICES: Record<string, string> = { maintenance: "Home care", childrens: "Children's care", health_funded: "Health-funded care" };

export const serviceName = (service: string): string => SERVICES[service] ?? sentence(service);
export const standingName = ({ standing }: CardSummary): string => STANDING[standing];

/** The address of the card that a card would take the place of: in force for its service, in its first zone where it is for zones. */
export const inForceFor = ({ service_type, zones }: CardSummary): string =>
  `/v1/rate-cards/in-force?service_type=${encodeURIComponent(service_type)}${zones[0] === undefined ? "" : `&zone=${zones[0]}`}`;

interface Paid {
  service: string;
  zone: number | null;
  card: CardSummary;
}

/** One row a service and place that is paid today; the county before its zones, home care first. */
function paidToday(cards: CardSummary[]): Paid[] {
  const rows = cards.flatMap((card) => card.pays_today.map(({ service_type, zone }) => ({ service: service_type, zone, card })));
  const order = ({ service, zone }: Paid): string => `${service === "maintenance" ? 0 : 1}${serviceName(service)} ${String(zone ?? 0).padStart(6, "0")}`;
  return rows.sort((x, y) => order(x).localeCompare(order(y)));
}

/** Cards that lapsed and left nothing in force for a service of theirs. */
function gaps(cards: CardSummary[], paid: Paid[]): { card: CardSummary; services: string[] }[] {
  const held = (service: string, card: CardSummary): boolean =>
    paid.some((row) => row.service === service && (row.zone === null || card.zones.includes(row.zone)));
  const newest = (service: string, card: CardSummary): boolean =>
    !cards.some((other) => other.standing === "lapsed" && other.services.includes(service) && String(other.zones) === String(card.zones) && other.effective_from > card.effective_from);
  return cards
    .filter(({ standing }) => standing === "lapsed")
    .map((card) => ({ card, services: card.services.filter((service) => !held(service, card) && newest(service, card)) }))
    .filter(({ services }) => services.length > 0);
}

export function Cards() {
  const { may } = useSession();
  const { route } = useLocation();
  const { data, error, again } = useCards();
  const inForce = useGet<Card>("/v1/rate-cards/in-force");
  const meta = useMeta();
  const zones = useZones(meta.data?.plan?.id);
  const [a, setA] = useState("");
  const [b, setB] = useState("");
  const options = (data ?? []).map((card): [string, string] => [String(card.id), `${cardName(card)} (${standingName(card).toLowerCase()})`]);
  const left = a || options[1]?.[0] || options[0]?.[0] || "";
  const right = b || options[0]?.[0] || "";
  const names = new Map((zones.data?.features ?? []).map(({ properties }) => [properties.number, properties.name]));
  const zoneName = (zone: number): string => names.get(zone) ?? `Zone ${zone}`;
  const paid = paidToday(data ?? []);
  const whereOf = ({ service, zone }: Paid): string =>
    zone !== null ? zoneName(zone) : paid.some((row) => row.service === service && row.zone !== null) ? "The rest of the county" : "Whole county";
  return (
    <>
      <h1>Rates</h1>
      {inForce.data && (
        <dl class="tiles" aria-label="Home care in the county">
          {inForce.data.rates.map(({ band, pounds_per_hour }) => (
            <div class="tile" key={band}>
              <dt>{sentence(band)}</dt>
              <dd>
                <strong>{money(pounds_per_hour)}</strong>
                <span>an hour of home care, in force since {date(inForce.data?.effective_from)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Warnings
        title="A card has lapsed and none is in force"
        items={gaps(data ?? [], paid).map(
          ({ card, services }) => `${services.map(serviceName).join(", ")}${card.zones.length > 0 ? ` in ${card.zones.map(zoneName).join(", ")}` : ""}: “${cardName(card)}” was paid to ${date(card.effective_to)}.`,
        )}
      />
      {paid.length > 0 && (
        <DataTable
          caption="Paid today"
          rows={paid}
          rowKey={({ service, zone }) => `${service} ${zone ?? ""}`}
          columns={[
            { key: "service", head: "Service", cell: ({ service }) => serviceName(service) },
            { key: "where", head: "Where", cell: whereOf },
            { key: "card", head: "Card", cell: ({ card }) => <a href={`/rates/cards/${card.id}`}>{cardName(card)}</a> },
            { key: "from", head: "From", cell: ({ card }) => date(card.effective_from) },
            { key: "to", head: "To", cell: ({ card }) => (card.effective_to ? date(card.effective_to) : "open-ended") },
          ]}
        />
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
          the county's card of home care as a workbook with live formulas.
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
            { key: "status", head: "State", cell: standingName, sort: standingName },
            { key: "from", head: "From", cell: ({ effective_from }) => date(effective_from), sort: ({ effective_from }) => effective_from },
            { key: "to", head: "To", cell: ({ effective_to }) => (effective_to ? date(effective_to) : "open-ended") },
            { key: "service", head: "Services", cell: ({ services }) => services.map(serviceName).join(", "), sort: ({ service_type }) => serviceName(service_type) },
            { key: "where", head: "Where", cell: (card) => (card.zones.length > 0 ? card.zones.map(zoneName).join(", ") : "Whole county") },
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
