/** Two snapshots of demand: what was added, ended, grew, shrank and moved between them. */

import { type Schemas } from "../api/client";
import { useGet } from "../api/use";
import { SelectField } from "../parts/field";
import { decimal, hoursDifference, numberOf, sentence, setAsideNote } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";

interface Kept {
  id: number;
  label: string | null;
}

type Row = Record<string, unknown>;
const GROUPS: [string, string][] = [
  ["band", "Band"],
  ["zone", "Zone"],
  ["service_type", "Service"],
  ["provider", "Provider"],
];
const shown = (value: unknown): string => (typeof value === "number" ? decimal(value) : value === null || value === undefined ? "withheld" : String(value));

export function CompareSnapshots({ snapshots }: { snapshots: Kept[] }) {
  const [query, change] = useQuery();
  const options = snapshots.map(({ id, label }): [string, string] => [String(id), label ?? `Snapshot ${id}`]);
  const before = query["before"] ?? options.at(1)?.[0] ?? "";
  const after = query["after"] ?? options[0]?.[0] ?? "";
  const by = query["by"] ?? "band";
  const asked = query["compare"] === "yes" && before !== after;
  const { data, error, again } = useGet<Schemas["Comparison"]>(asked ? "/v1/demand/comparison" : null, { before_id: before, after_id: after, by });
  if (snapshots.length < 2) return null;
  const items = (data?.items ?? []) as Row[];
  const figures = Object.keys(items[0] ?? {}).filter((key) => key !== by);
  return (
    <section class="panel" aria-labelledby="snapshots-compared">
      <h2 id="snapshots-compared">Compare two snapshots</h2>
      <form
        class="fields"
        aria-label="Compare two snapshots"
        onSubmit={(event) => {
          event.preventDefault();
          change({ before, after, by, compare: true });
        }}
      >
        <SelectField label="Before" value={before} options={options} onChange={(event) => change({ before: event.currentTarget.value }, true)} />
        <SelectField label="After" value={after} options={options} onChange={(event) => change({ after: event.currentTarget.value }, true)} />
        <SelectField label="By" value={by} options={GROUPS} onChange={(event) => change({ by: event.currentTarget.value }, true)} />
        <div>
          <button type="submit" disabled={before === after}>
            Compare
          </button>
        </div>
      </form>
      {asked && error !== null && <Failure what="The snapshots cannot be compared." error={error} again={again} />}
      {asked && data === null && error === null && <Loading what="both snapshots" />}
      {data && (
        <>
          <p role="status">{Object.entries(data.summary as Row).filter(([, value]) => typeof value === "number").map(([name, value]) => `${sentence(name)}: ${hoursDifference(numberOf(value as number)).replace(/^\+/, "")}`).join("; ")}.</p>
          {[["Before", data.set_aside_before] as const, ["After", data.set_aside_after] as const].map(([when, aside]) => aside.any && <p key={when}>{when}: {setAsideNote(aside)}</p>)}
          <DataTable caption="What changed" rows={items} rowKey={(row) => String(row[by])} columns={[{ key: by, head: GROUPS.find(([name]) => name === by)?.[1] ?? by, cell: (row: Row) => sentence(String(row[by] ?? "")) }, ...figures.map((key) => ({ key, head: sentence(key), figure: true, cell: (row: Row) => shown(row[key]) }))]} />
        </>
      )}
    </section>
  );
}
