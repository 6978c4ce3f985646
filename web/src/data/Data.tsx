/** Data: what is loaded with its date and licence, the snapshots of demand, and an extract dropped to be checked and loaded. */

import { useState } from "preact/hooks";
import { call, everyItem } from "../api/client";
import { Problem } from "../api/problem";
import { forget, useLoad } from "../api/use";
import { TextField } from "../parts/field";
import { date, hours } from "../parts/format";
import { JobProgress, useJob } from "../parts/job";
import { Definitions, Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { useMeta } from "../shell/county";
import { useSession } from "../shell/session";

interface Snapshot {
  id: number;
  label: string | null;
  taken_on: string;
  packages: number | null;
  hours_per_week: number | null;
  synthetic: boolean;
  withdrawn_at: string | null;
  created_by?: string;
}

export function Data() {
  const meta = useMeta();
  const { may } = useSession();
  const snapshots = useLoad("/v1/demand/snapshots?all", () => everyItem<Snapshot>("/v1/demand/snapshots", { limit: 200 }));
  const dataset = (meta.data as unknown as { dataset?: { name: string; version: string } | null } | null)?.dataset;
  return (
    <>
      <h1>Data</h1>
      <section class="panel" aria-labelledby="places-title">
        <h2 id="places-title">Places</h2>
        {dataset ? (
          <Definitions
            pairs={[
              ["Loaded", dataset.name],
              ["Vintage", dataset.version],
              ["Licence", meta.data?.attribution],
            ]}
          />
        ) : (
          <Empty title="No postcodes are loaded yet.">
            <p>
              <a href="/guides/how-to/load-your-own-county">How to load a county</a>
            </p>
          </Empty>
        )}
      </section>
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
            { key: "kind", head: "Kind", cell: ({ synthetic }) => (synthetic ? "Synthetic" : "Real") },
            { key: "state", head: "State", cell: ({ withdrawn_at }) => (withdrawn_at ? `Withdrawn ${date(withdrawn_at)}` : meta.data?.snapshot ? "Kept" : "") },
          ]}
        />
      )}
      {may("demand:write") && <Load loaded={snapshots.again} />}
    </>
  );
}

interface Wrong {
  row: number;
  column: string;
  message: string;
}

/** Give an extract: every wrong row is named, and nothing is loaded until none is wrong. */
function Load({ loaded }: { loaded: () => void }) {
  const [query, change] = useQuery();
  const [file, setFile] = useState<File | null>(null);
  const [taken, setTaken] = useState("");
  const [label, setLabel] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { job, error: lost } = useJob(query["job"] ?? null, () => {
    forget();
    loaded();
  });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (file === null) {
      setError(new Error("Choose a file."));
      return;
    }
    const form = new FormData();
    form.append("file", file);
    form.append("taken_on", taken);
    if (label.trim()) form.append("label", label.trim());
    setBusy(true);
    setError(null);
    try {
      const answer = await call("/v1/demand/snapshots", { method: "POST", body: form });
      const made = (await answer.json()) as { job_id?: string; id?: string | number };
      if (answer.status === 202) change({ job: made.job_id ?? String(made.id) }, true);
      forget();
      loaded();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const wrong = error instanceof Problem ? ((error.body["errors"] ?? []) as Wrong[]).filter(({ row }) => row !== undefined) : [];
  return (
    <form class="panel" aria-label="Load an extract" onSubmit={(event) => void send(event)} onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); setFile(event.dataTransfer?.files[0] ?? null); }}>
      <h2>Load an extract</h2>
      <p>Drop a CSV, Excel or Parquet file here, one row a care package, or choose it. Nothing is loaded while a row is wrong.</p>
      <label class="secondary file">
        {file ? file.name : "Choose a file"}
        <input type="file" accept=".csv,.xlsx,.parquet" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
      </label>
      <div class="fields short">
        <TextField label="Taken on" type="date" value={taken} required onInput={(event) => setTaken(event.currentTarget.value)} />
        <TextField label="Name" value={label} maxLength={120} onInput={(event) => setLabel(event.currentTarget.value)} />
      </div>
      {error !== null && <Failure what="The extract was not loaded." error={error} />}
      {wrong.length > 0 && (
        <DataTable
          caption="Wrong rows"
          rows={wrong}
          rowKey={({ row, column, message }) => `${row}${column}${message}`}
          columns={[
            { key: "row", head: "Row", figure: true, cell: ({ row }) => row, sort: ({ row }) => row },
            { key: "column", head: "Column", cell: ({ column }) => column },
            { key: "message", head: "What is wrong", cell: ({ message }) => message },
          ]}
        />
      )}
      <button type="submit" disabled={busy}>
        Load
      </button>
      <JobProgress job={job} error={lost} what="Loading" />
    </form>
  );
}
