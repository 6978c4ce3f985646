/** The requests: those that wait longest first, with their state, what they cost and who holds them. */

import { everyItem, type Schemas } from "../api/client";
import { useGet, useLoad } from "../api/use";
import { counted, decimal, money, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";

export type RequestView = Schemas["RequestView"];

const SHOWN: Record<string, { words: string; states: string[] }> = {
  waiting: { words: "Waiting", states: ["open", "offered"] },
  placed: { words: "Placed, not begun", states: ["placed"] },
  started: { words: "Begun", states: ["started"] },
  over: { words: "Ended or withdrawn", states: ["ended", "withdrawn"] },
};

/** Whole days since a moment. */
export const daysSince = (moment: string): number => Math.max(0, Math.floor((Date.now() - new Date(moment).getTime()) / 86_400_000));

/** Names of providers by number. */
export function useProviderNames(): Map<number, string> {
  const found = useGet<{ items: { id: number; name: string }[] }>("/v1/providers", { limit: 1000 });
  return new Map((found.data?.items ?? []).map(({ id, name }) => [id, name]));
}

export function visitsText(visits: RequestView["visits"]): string {
  return visits.map(({ minutes, per_week, carers }) => `${decimal(per_week)} × ${minutes} min${(carers ?? 1) > 1 ? ` × ${carers} carers` : ""}`).join(", ");
}

export function Requests() {
  const [query, change] = useQuery();
  const wanted = query["show"] && query["show"] in SHOWN ? query["show"] : "waiting";
  const { states } = SHOWN[wanted] as { states: string[] };
  const key = `/v1/requests?list=${wanted}`;
  const { data, error, again } = useLoad(key, () => everyItem<RequestView>("/v1/requests", { state: states, limit: 500 }));
  const names = useProviderNames();
  return (
    <>
      <h1>Requests</h1>
      <div class="choice-row" role="group" aria-label="Which requests">
        {Object.entries(SHOWN).map(([name, { words }]) => (
          <button key={name} type="button" class="choice" aria-pressed={name === wanted} onClick={() => change({ show: name === "waiting" ? null : name })}>
            {words}
          </button>
        ))}
      </div>
      {error !== null && <Failure what="The requests cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="requests" />}
      {data && (
        <DataTable
          caption={`${(SHOWN[wanted] as { words: string }).words}: ${counted(data.length, "request")}`}
          rows={data}
          rowKey={({ id }) => id}
          sortBy="waits"
          descending
          text={(row) => [row.reference, row.postcode, row.zone_name, row.service_type, names.get(row.provider_id ?? -1)].join(" ")}
          empty={
            <Empty title={wanted === "waiting" ? "Nobody waits." : "No request is in this state."}>
              <p>
                <a href="/">Look up a postcode</a> and press <em>Place</em> to make a request.
              </p>
            </Empty>
          }
          columns={[
            { key: "id", head: "Request", cell: (row) => <a href={`/desk/requests/${row.id}`}>{row.reference ?? `Request ${row.id}`}</a>, sort: ({ id }) => id },
            { key: "postcode", head: "Postcode", cell: ({ postcode }) => postcode, sort: ({ postcode }) => postcode },
            { key: "zone", head: "Zone", cell: ({ zone_name }) => zone_name ?? "none", sort: ({ zone_name }) => zone_name },
            { key: "band", head: "Band", cell: ({ band }) => sentence(band), sort: ({ band }) => band },
            { key: "visits", head: "Visits a week", cell: ({ visits }) => visitsText(visits) },
            { key: "cost", head: "A week", figure: true, cell: ({ weekly_cost_pounds }) => money(weekly_cost_pounds), sort: ({ weekly_cost_pounds }) => weekly_cost_pounds },
            { key: "state", head: "State", cell: ({ state, urgency }) => `${sentence(state)}${urgency === "urgent" ? ", urgent" : ""}`, sort: ({ state }) => state },
            { key: "waits", head: "Days", figure: true, cell: ({ created_at }) => daysSince(created_at), sort: ({ created_at }) => -new Date(created_at).getTime() },
            { key: "held", head: "Held by", cell: ({ provider_id }) => (provider_id === null || provider_id === undefined ? "" : (names.get(provider_id) ?? `Provider ${provider_id}`)) },
          ]}
        />
      )}
    </>
  );
}
