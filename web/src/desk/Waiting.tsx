/** Who waits and how long, by zone, band or source, on any day. */

import type { Schemas } from "../api/client";
import { useGet } from "../api/use";
import { SelectField, TextField } from "../parts/field";
import { SYNTHETIC_NOTE, decimal, hours, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { useMeta } from "../shell/county";

type Report = Schemas["WaitingReport"];
const GROUPS: [string, string][] = [
  ["zone", "Zone"],
  ["band", "Band"],
  ["source", "Where from"],
  ["service_type", "Service"],
  ["urgency", "Urgency"],
];

export function Waiting() {
  const [query, change] = useQuery();
  const by = GROUPS.find(([name]) => name === query["by"])?.[0] ?? "zone";
  const { data, error, again } = useGet<Report>("/v1/waiting", { by, on: query["on"] ?? null });
  const meta = useMeta();
  const most = Math.max(1, ...(data?.items ?? []).map(({ people }) => people ?? 0));
  const nameOf = (row: Report["items"][number]): string => (by === "zone" ? (row.zone_name ?? "No zone") : sentence(String((row as Record<string, unknown>)[by] ?? "None")));
  return (
    <>
      <h1>What waits</h1>
      <div class="fields short">
        <SelectField label="By" value={by} options={GROUPS} onChange={(event) => change({ by: event.currentTarget.value }, true)} />
        <TextField label="On" type="date" value={query["on"] ?? data?.on ?? ""} onChange={(event) => change({ on: event.currentTarget.value }, true)} />
      </div>
      {error !== null && <Failure what="The waiting list cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="who waits" />}
      {data && (
        <DataTable
          caption="People who wait for care"
          note={meta.data?.synthetic ? SYNTHETIC_NOTE : ""}
          rows={data.items}
          rowKey={nameOf}
          sortBy="people"
          descending
          empty={
            <Empty title="Nobody waited on that day.">
              <p>
                <a href="/">Look up a postcode</a> to place a request.
              </p>
            </Empty>
          }
          columns={[
            { key: "name", head: GROUPS.find(([name]) => name === by)?.[1] ?? "", cell: (row) => (by === "zone" && row.zone ? <a href={`/?colour=waiting&zone=${row.zone}`}>{nameOf(row)}</a> : nameOf(row)), sort: nameOf },
            { key: "people", head: "People", figure: true, cell: ({ people }) => hours(people ?? null), sort: ({ people }) => people },
            { key: "bar", head: "", cell: ({ people }) => <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width={(100 * (people ?? 0)) / most} height="10" /></svg> },
            { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => decimal(hours_per_week), sort: ({ hours_per_week }) => hours_per_week },
            { key: "median", head: "Median days", figure: true, cell: ({ median_days }) => decimal(median_days), sort: ({ median_days }) => median_days },
            { key: "p90", head: "Nine in ten within", figure: true, cell: ({ p90_days }) => decimal(p90_days), sort: ({ p90_days }) => p90_days },
            { key: "longest", head: "Longest", figure: true, cell: ({ longest_days }) => decimal(longest_days), sort: ({ longest_days }) => longest_days },
          ]}
        />
      )}
      <p>
        <a href="/desk/requests">The requests that wait longest</a>
      </p>
    </>
  );
}
