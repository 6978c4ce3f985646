/** One request: what it is and costs, who is asked in which order and why, and every offer with its answer. */

import { useState } from "preact/hooks";
import { type Schemas, write } from "../api/client";
import { explain } from "../api/problem";
import { forget, useGet } from "../api/use";
import { announce } from "../shell/announce";
import { postcodeAddress } from "../shell/address";
import { SYNTHETIC_NOTE, counted, date, decimal, money, sentence } from "../parts/format";
import { Definitions, Empty, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable } from "../parts/table";
import { type RequestView, daysSince, useProviderNames, visitsText } from "./Requests";

type Ranking = Schemas["RankingView"];
type Ranked = Ranking["items"][number];
type Offer = Schemas["OfferView"];

const moment = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const at = (text: string | null | undefined): string => (text ? moment.format(new Date(text)) : "");

export const OFFER_WORDS: Record<string, string> = {
  open: "Asked, no answer yet",
  accepted: "Accepted",
  declined: "Declined",
  timed_out: "No answer in time",
  withdrawn: "Taken back",
  handed_back: "Handed back",
};

export function Request({ id }: { id: string }) {
  const path = `/v1/requests/${encodeURIComponent(id)}`;
  const request = useGet<RequestView>(path);
  const waits = request.data !== null && ["open", "offered"].includes(request.data.state);
  const ranking = useGet<Ranking>(waits ? `${path}/ranking` : null);
  const offers = useGet<{ items: Offer[] }>(`${path}/offers`);
  const names = useProviderNames();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  /** Do something and show what came of it. */
  const act = async (what: string, to: string, body: unknown): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await write("POST", to, body);
      announce(what);
      for (const prefix of ["/v1/requests", "/v1/offers", "/v1/waiting"]) forget(prefix);
      request.again();
      offers.again();
      ranking.again();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  if (request.error !== null) return <Failure what="The request cannot be shown." error={request.error} again={request.again} />;
  if (request.data === null) return <Loading what="the request" />;
  const found = request.data;
  return (
    <>
      <h1>
        {found.reference ?? `Request ${found.id}`}: {sentence(found.state)}
      </h1>
      {found.synthetic && <p class="synthetic-note">{SYNTHETIC_NOTE}</p>}
      {error !== null && <Failure what="That was not done." error={error} />}
      <Warnings title="Its service" items={found.warnings ?? []} />
      {(found.duplicate_of ?? []).length > 0 && (
        <div class="notice warn">
          This seems to be the same as{" "}
          {(found.duplicate_of ?? []).map((twin, i) => (
            <>
              {i > 0 && ", "}
              <a href={`/desk/requests/${twin}`}>request {twin}</a>
            </>
          ))}
          .
        </div>
      )}
      <div class="two">
        <section class="panel" aria-labelledby="what-title">
          <h2 id="what-title">What is asked for</h2>
          <Definitions
            pairs={[
              ["Postcode", <a href={postcodeAddress(found.postcode)}>{found.postcode}</a>],
              ["Zone", found.zone_name ?? "none"],
              ["Band", sentence(found.band)],
              ["Service", `${sentence(found.service_type)}${found.urgency === "urgent" ? ", urgent" : ""}`],
              ["Visits", `${visitsText(found.visits)} a week, ${decimal(found.hours_per_week)} hours`],
              ["Needed from", date(found.needed_from)],
              ["Comes from", sentence(found.source)],
              ["Skills", found.skills.join(", ")],
              ["Waiting", waits ? counted(daysSince(found.created_at), "day") : null],
              ["Held by", found.provider_id ? <a href={`/desk/providers/${found.provider_id}`}>{names.get(found.provider_id) ?? `Provider ${found.provider_id}`}</a> : null],
              ["Begun", found.started_on ? date(found.started_on) : null],
              ["Ended", found.ended_on ? date(found.ended_on) : null],
            ]}
          />
          <p class="weekly">
            {found.weekly_cost_pounds === null ? "No rate card is in force, so there is no weekly cost." : <><strong>{money(found.weekly_cost_pounds)}</strong> a week</>}
          </p>
          {found.cost_lines.length > 0 && (
            <ul class="bullets">
              {found.cost_lines.map((line) => (
                <li key={`${line.minutes}-${line.per_week}-${line.carers}`}>
                  {decimal(line.per_week)} visits of {line.minutes} minutes at {money(line.pounds_per_visit)}
                  {line.carers > 1 ? ` with ${line.carers} carers` : ""}: {money(line.pounds)}
                </li>
              ))}
            </ul>
          )}
          <RequestSteps request={found} busy={busy} act={act} names={names} ranking={ranking.data} />
        </section>
        <section class="panel" aria-labelledby="offers-title">
          <h2 id="offers-title">Offers</h2>
          {offers.error !== null && <Failure what="The offers cannot be shown." error={offers.error} again={offers.again} />}
          {offers.data?.items.length === 0 && <p>Nobody has been asked yet.</p>}
          <ol class="offers">
            {(offers.data?.items ?? []).map((offer) => (
              <OfferItem key={offer.id} offer={offer} name={names.get(offer.provider_id) ?? `Provider ${offer.provider_id}`} busy={busy} act={act} />
            ))}
          </ol>
        </section>
      </div>
      {waits && (
        <section aria-labelledby="ranking-title">
          <h2 id="ranking-title">Who is asked, in which order, and why</h2>
          {ranking.error !== null && <Failure what="The order cannot be shown." error={ranking.error} again={ranking.again} />}
          {ranking.data === null && ranking.error === null && <Loading what="the order" />}
          {ranking.data && <RankingTable ranking={ranking.data} offers={offers.data?.items ?? []} id={id} busy={busy} act={act} />}
        </section>
      )}
    </>
  );
}

type Act = (what: string, to: string, body: unknown) => Promise<void>;

function RankingTable({ ranking, offers, id, busy, act }: { ranking: Ranking; offers: Offer[]; id: string; busy: boolean; act: Act }) {
  const asked = new Set(offers.filter(({ state }) => state === "open").map(({ provider_id }) => provider_id));
  const now = ranking.items.filter(({ asked_now, provider_id }) => asked_now && !asked.has(provider_id));
  const path = `/v1/requests/${encodeURIComponent(id)}`;
  return (
    <>
      {ranking.note && <p class="notice warn">{ranking.note}</p>}
      {now.length > 0 && (
        <div class="buttons">
          <button type="button" class="action" disabled={busy} onClick={() => void act(`Asked ${now.map(({ name }) => name).join(", ")}.`, `${path}/rounds`, {})}>
            Offer to {now.length === 1 ? (now[0] as Ranked).name : `the ${now.length} whom the rules ask now`}
          </button>
          <span class="hint">
            They have {ranking.answer_minutes >= 120 ? `${decimal(ranking.answer_minutes / 60)} hours` : `${ranking.answer_minutes} minutes`} to answer. Rules: {ranking.rule_set}.
          </span>
        </div>
      )}
      <DataTable
        caption="Providers in the order of the rules"
        rows={ranking.items}
        rowKey={({ provider_id }) => provider_id}
        empty={
          <Empty title="No provider has a role for this service in this zone.">
            <p>
              <a href="/desk/providers">See the providers</a> and give one a role.
            </p>
          </Empty>
        }
        columns={[
          { key: "rank", head: "Place", cell: ({ rank }) => rank },
          { key: "name", head: "Provider", cell: ({ name, provider_id }) => <a href={`/desk/providers/${provider_id}`}>{name}</a> },
          { key: "role", head: "Role", cell: ({ role }) => sentence(role) },
          { key: "score", head: "Score", figure: true, cell: ({ score }) => decimal(score) },
          { key: "travel", head: "Minutes a visit adds", figure: true, cell: ({ marginal_travel_minutes }) => decimal(marginal_travel_minutes, "not known") },
          {
            key: "why",
            head: "Why",
            cell: ({ why }) => (
              <ul class="bullets why">
                {why.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            ),
          },
          {
            key: "offer",
            head: "Ask",
            cell: (row) =>
              asked.has(row.provider_id) ? (
                "Asked"
              ) : (
                <OfferButton row={row} busy={busy} send={(reason) => act(`Asked ${row.name}.`, `${path}/offers`, { provider_id: row.provider_id, ...(reason ? { out_of_turn_reason: reason } : {}) })} />
              ),
          },
        ]}
      />
      {ranking.left_out.length > 0 && (
        <details>
          <summary>Not asked: {ranking.left_out.length}</summary>
          <ul class="bullets">
            {ranking.left_out.map(({ provider_id, name, why }) => (
              <li key={provider_id}>
                {name}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Asking somebody whose turn it is takes one press; out of turn, a reason first. */
function OfferButton({ row, busy, send }: { row: Ranked; busy: boolean; send: (reason: string) => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  if (row.asked_now)
    return (
      <button type="button" class="secondary" disabled={busy} onClick={() => void send("")}>
        Offer<span class="unseen"> to {row.name}</span>
      </button>
    );
  if (!open)
    return (
      <button type="button" class="link" onClick={() => setOpen(true)}>
        Ask out of turn<span class="unseen">: {row.name}</span>
      </button>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(reason.trim());
      }}
    >
      <label>
        Why out of turn
        <input type="text" value={reason} minLength={3} maxLength={500} required onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={busy}>
        Offer
      </button>
    </form>
  );
}

function OfferItem({ offer, name, busy, act }: { offer: Offer; name: string; busy: boolean; act: Act }) {
  const [reason, setReason] = useState("");
  const [copied, setCopied] = useState("");
  const path = `/v1/offers/${offer.id}`;
  const body = reason.trim() ? { reason: reason.trim() } : {};
  const link = offer.link ? new URL(offer.link, window.location.origin).href : "";
  const copy = (): void => {
    navigator.clipboard.writeText(link).then(
      () => setCopied("Copied."),
      () => setCopied(link),
    );
  };
  return (
    <li>
      <strong id={`offer-${offer.id}`}>{name}</strong>: {OFFER_WORDS[offer.state] ?? sentence(offer.state)}
      <p class="hint">
        Asked {at(offer.sent_at)}, to answer by {at(offer.answer_by)}.{offer.answered_at ? ` Answered ${at(offer.answered_at)}.` : ""}
        {offer.reason ? ` Reason: ${offer.reason}.` : ""}
        {offer.out_of_turn ? ` Out of turn: ${offer.out_of_turn_reason ?? ""}.` : ""}
      </p>
      {offer.state === "open" && (
        <>
          <p>
            <label>
              Reason, if there is one{" "}
              <input type="text" value={reason} maxLength={200} onInput={(event) => setReason(event.currentTarget.value)} />
            </label>
          </p>
          <div class="buttons">
            <button type="button" class="secondary" disabled={busy} onClick={() => void act(`${name} accepted.`, `${path}/answer`, { answer: "accept", ...body })}>
              Accepts<span class="unseen">: {name}</span>
            </button>
            <button type="button" class="secondary" disabled={busy} onClick={() => void act(`${name} declined.`, `${path}/answer`, { answer: "decline", ...body })}>
              Declines<span class="unseen">: {name}</span>
            </button>
            <button type="button" class="link" disabled={busy} onClick={() => void act(`The offer to ${name} was taken back.`, `${path}/withdraw`, body)}>
              Take back
            </button>
            {link && (
              <button type="button" class="link" onClick={copy}>
                Copy the provider's link
              </button>
            )}
          </div>
          {copied && <p role="status">{copied}</p>}
        </>
      )}
      {offer.state === "accepted" && (
        <div class="buttons">
          <button type="button" class="link" disabled={busy} onClick={() => void act(`${name} handed the package back.`, `${path}/hand-back`, {})}>
            Handed back
          </button>
          <button type="button" class="link" disabled={busy} aria-describedby={`offer-${offer.id}`} onClick={() => void act("The answer was undone.", `${path}/undo`, {})}>
            Undo
          </button>
        </div>
      )}
      {offer.state === "declined" && (
        <div class="buttons">
          <button type="button" class="link" disabled={busy} aria-describedby={`offer-${offer.id}`} onClick={() => void act("The answer was undone.", `${path}/undo`, {})}>
            Undo
          </button>
        </div>
      )}
    </li>
  );
}

/** The request as lines of text, for a case note or a mail. No name and no door. */
function requestText(request: RequestView, ranking: Ranking | null, names: Map<number, string>): string {
  return [
    `${request.reference ?? `Request ${request.id}`}: ${sentence(request.state)}`,
    `Postcode: ${request.postcode}; zone: ${request.zone_name ?? "none"}; band: ${request.band ?? "none"}`,
    `Visits: ${visitsText(request.visits)} a week, ${decimal(request.hours_per_week)} hours; needed from ${date(request.needed_from)}`,
    `Weekly cost: ${money(request.weekly_cost_pounds)}`,
    ...(request.provider_id ? [`Held by: ${names.get(request.provider_id) ?? request.provider_id}`] : []),
    ...(ranking?.items ?? []).map(({ rank, name, role, why }) => `${rank}. ${name} (${role}): ${why.join(" ")}`),
  ].join("\n");
}

function RequestSteps({ request, busy, act, names, ranking }: { request: RequestView; busy: boolean; act: Act; names: Map<number, string>; ranking: Ranking | null }) {
  const [said, setSaid] = useState("");
  const path = `/v1/requests/${request.id}`;
  const waits = ["open", "offered"].includes(request.state);
  const copy = (): void => {
    const text = requestText(request, ranking, names);
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied."),
      (thrown: unknown) => setSaid(text || explain(thrown)),
    );
  };
  return (
    <>
      <div class="buttons copy">
        {request.state === "placed" && (
          <button type="button" class="action" disabled={busy} onClick={() => void act("Care has begun.", `${path}/start`, {})}>
            Care has begun
          </button>
        )}
        {request.state === "started" && (
          <button type="button" class="secondary" disabled={busy} onClick={() => void act("Care has ended.", `${path}/end`, {})}>
            Care has ended
          </button>
        )}
        {waits && (
          <button type="button" class="link" disabled={busy} onClick={() => void act("The request was withdrawn.", `${path}/withdraw`, {})}>
            Withdraw the request
          </button>
        )}
        <button type="button" class="secondary" onClick={copy}>
          Copy as text
        </button>
      </div>
      <p role="status" class="copied">
        {said}
      </p>
    </>
  );
}
