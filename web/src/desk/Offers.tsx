/** Offers across all requests: open ones by the time they must be answered, and those handed back. */

import { everyItem, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { at, OFFER_WORDS } from "./Request";
import { useProviderNames } from "./Requests";

type Offer = Schemas["OfferView"];
const STATES = ["open", "handed_back", "accepted", "declined", "timed_out"] as const;

export function Offers() {
  const [query, change] = useQuery();
  const wanted = STATES.find((state) => state === query["state"]) ?? "open";
  const { data, error, again } = useLoad(`/v1/offers?list=${wanted}`, () => everyItem<Offer>("/v1/offers", { state: [wanted], limit: 500 }, 1000));
  const names = useProviderNames();
  return (
    <>
      <h1>Offers</h1>
      <div class="choice-row" role="group" aria-label="Which offers">
        {STATES.map((state) => (
          <button key={state} type="button" class="choice" aria-pressed={state === wanted} onClick={() => change({ state: state === "open" ? null : state })}>
            {OFFER_WORDS[state]}
          </button>
        ))}
      </div>
      {error !== null && <Failure what="The offers cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="offers" />}
      {data && (
        <DataTable
          caption={`${OFFER_WORDS[wanted]}: ${data.length}`}
          rows={data}
          rowKey={({ id }) => id}
          sortBy={wanted === "open" ? "by" : "answered"}
          descending={wanted !== "open"}
          text={(row) => `${names.get(row.provider_id) ?? ""} ${row.reason ?? ""}`}
          empty={
            <Empty title={wanted === "open" ? "No offer waits for an answer." : "There is none."}>
              <p>
                <a href="/desk/requests">See who waits</a> to make an offer.
              </p>
            </Empty>
          }
          columns={[
            { key: "request", head: "Request", cell: ({ request_id }) => <a href={`/desk/requests/${request_id}`}>Request {request_id}</a>, sort: ({ request_id }) => request_id },
            { key: "provider", head: "Provider", cell: ({ provider_id }) => names.get(provider_id) ?? `Provider ${provider_id}`, sort: ({ provider_id }) => names.get(provider_id) ?? "" },
            { key: "role", head: "Role", cell: ({ role }) => sentence(role) },
            { key: "sent", head: "Asked", cell: ({ sent_at }) => at(sent_at), sort: ({ sent_at }) => new Date(sent_at).getTime() },
            { key: "by", head: "Answer by", cell: ({ answer_by }) => at(answer_by), sort: ({ answer_by }) => new Date(answer_by).getTime() },
            { key: "answered", head: "Answered", cell: ({ answered_at }) => at(answered_at), sort: ({ answered_at }) => (answered_at ? new Date(answered_at).getTime() : null) },
            { key: "reason", head: "Reason", cell: ({ reason }) => sentence(reason) },
          ]}
        />
      )}
    </>
  );
}
