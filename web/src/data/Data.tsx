/** Data: what is loaded with its date and licence, the snapshots of demand, and an extract dropped to be checked and loaded. */

import { everyItem } from "../api/client";
import type { SetAside } from "../api/contract";
import { useLoad } from "../api/use";
import { date, hours, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useMeta } from "../shell/county";
import { useSession } from "../shell/session";
import { CompareSnapshots } from "./CompareSnapshots";
import { Load } from "./Load";

interface Snapshot {
  id: number;
  label: string | null;
  taken_on: string;
  packages: number | null;
  hours_per_week: number | null;
  synthetic: boolean;
  withdrawn_at: string | null;
  set_aside: SetAside;
  created_by?: string;
}

interface Dataset {
  kind: string;
  name: string;
  version: string;
  licence: string;
  rows: number;
}

export function Data() {
  const meta = useMeta();
  const { may } = useSession();
  const snapshots = useLoad("/v1/demand/snapshots?all", () => everyItem<Snapshot>("/v1/demand/snapshots", { limit: 200 }));
  const datasets = (meta.data as unknown as { datasets?: Dataset[] } | null)?.datasets ?? [];
  return (
    <>
      <h1>Data</h1>
      {meta.data && (
        <DataTable
          caption="Datasets: places and what is known of them"
          rows={datasets}
          rowKey={({ kind }) => kind}
          empty={
            <Empty title="No postcodes are loaded yet.">
              <p>
                <a href="/guides/how-to/load-your-own-county">How to load a county</a>
              </p>
            </Empty>
          }
          columns={[
            { key: "name", head: "Dataset", cell: ({ name }) => name },
            { key: "kind", head: "Kind", cell: ({ kind }) => sentence(kind) },
            { key: "vintage", head: "Vintage", cell: ({ version }) => version },
            { key: "rows", head: "Rows", figure: true, cell: ({ rows }) => hours(rows) },
            { key: "licence", head: "Licence", cell: ({ licence }) => licence },
          ]}
        />
      )}
      {snapshots.error !== null && <Failure what="The snapshots cannot be shown." error={snapshots.error} again={snapshots.again} />}
      {snapshots.data === null && snapshots.error === null && <Loading what="snapshots" />}
      {snapshots.data && (
        <DataTable
          caption="Snapshots of demand, newest first"
          rows={snapshots.data}
          rowKey={({ id }) => id}
          empty={<Empty title="No demand is loaded yet. Give an extract below." />}
          columns={[
            { key: "label", head: "Snapshot", cell: ({ id, label }) => label ?? `Snapshot ${id}` },
            { key: "taken", head: "Taken on", cell: ({ taken_on }) => date(taken_on), sort: ({ taken_on }) => taken_on },
            { key: "packages", head: "Packages", figure: true, cell: ({ packages }) => hours(packages) },
            { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week ?? null, "") },
            { key: "aside", head: "Set aside, in no total", figure: true, cell: ({ set_aside }) => (set_aside.any ? hours(set_aside.packages) : "none") },
            { key: "kind", head: "Kind", cell: ({ synthetic }) => (synthetic ? "Synthetic" : "Real") },
            { key: "state", head: "State", cell: ({ withdrawn_at }) => (withdrawn_at ? `Withdrawn ${date(withdrawn_at)}` : meta.data?.snapshot ? "Kept" : "") },
          ]}
        />
      )}
      {may("demand:exact") && snapshots.data && <CompareSnapshots snapshots={snapshots.data.filter(({ withdrawn_at }) => withdrawn_at === null)} />}
      {may("demand:write") && <Load loaded={snapshots.again} />}
    </>
  );
}
