/** Rounds: the days handed in and how far their planning is, a day handed in, and one day on the map and as a chart. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { everyItem, write } from "../api/client";
import { forget, useLoad } from "../api/use";
import { date, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useSession } from "../shell/session";
import { DayPlan } from "./DayPlan";
import { EXAMPLE_DAY } from "./example";

interface Day {
  id: number | string;
  status?: string;
  created_at?: string;
  created_by?: string;
  label?: string | null;
}

const columns = (what: string, href: (id: number | string) => string | null) => [
  {
    key: "id",
    head: what,
    cell: ({ id, label }: Day) => {
      const to = href(id);
      const words = label || `${what} ${id}`;
      return to === null ? words : <a href={to}>{words}</a>;
    },
  },
  { key: "status", head: "State", cell: ({ status }: Day) => sentence(status ?? "") },
  { key: "by", head: "By", cell: ({ created_by }: Day) => created_by ?? "" },
  { key: "at", head: "On", cell: ({ created_at }: Day) => date(created_at) },
];

export function Rounds() {
  const { path } = useLocation();
  const { may } = useSession();
  const [, , id = ""] = path.split("/");
  if (id !== "" && may("rounds:plan")) return <DayPlan key={id} id={decodeURIComponent(id)} />;
  return <RoundsList />;
}

function RoundsList() {
  const { may } = useSession();
  const days = useLoad(may("rounds:plan") ? "/v1/rounds?all" : null, () => everyItem<Day>("/v1/rounds", { limit: 200 }));
  const simulations = useLoad(may("demand:exact") ? "/v1/rounds/simulations?all" : null, () => everyItem<Day>("/v1/rounds/simulations", { limit: 200 }));
  return (
    <>
      <h1>Rounds</h1>
      {[days, simulations].map(({ error, again }, at) => error !== null && <Failure key={at} what="The rounds cannot be shown." error={error} again={again} />)}
      {may("rounds:plan") && days.data === null && days.error === null && <Loading what="days" />}
      {days.data && (
        <DataTable
          caption="Days of visits"
          rows={days.data}
          rowKey={({ id }) => id}
          empty={
            <Empty title="No day of visits was handed in yet.">
              <p>
                Hand one in below, or read <a href="/guides/how-to/plan-rounds">How to plan a day of rounds</a>
              </p>
            </Empty>
          }
          columns={columns("Day", (id) => `/rounds/${id}`)}
        />
      )}
      {may("rounds:plan") && <HandIn />}
      {simulations.data && (
        <DataTable
          caption="Simulated rounds over a plan"
          rows={simulations.data}
          rowKey={({ id }) => id}
          empty={
            <Empty title="No plan's travel was simulated yet.">
              <p>
                <a href="/guides/how-to/measure-travel">How to measure travel by rounds</a>
              </p>
            </Empty>
          }
          columns={columns("Simulation", () => null)}
        />
      )}
    </>
  );
}

/** Hand in a day as the file that `patchwork rounds solve` takes, or a small made-up one. */
function HandIn() {
  const { route } = useLocation();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const plan = async (label: string, day: unknown, synthetic: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const run = await write<{ id: number }>("POST", "/v1/rounds", { label, day, synthetic, seconds: 5 });
      forget("/v1/rounds");
      route(`/rounds/${run.id}`);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      const given = JSON.parse(await file.text()) as { day?: unknown };
      await plan(file.name.replace(/\.json$/i, "").slice(0, 120), given.day ?? given, false);
    } catch (thrown) {
      setError(thrown instanceof SyntaxError ? new Error(`“${file.name}” is no JSON file: ${thrown.message}.`) : thrown);
    }
  };
  return (
    <section class="panel" aria-labelledby="hand-in" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); void read(event.dataTransfer?.files[0]); }}>
      <h2 id="hand-in">Plan a day</h2>
      <p>Drop a day here as JSON: visits and carers, as the guide shows.</p>
      <div class="buttons">
        <label class="secondary file">
          Choose a file
          <input type="file" accept=".json,application/json" disabled={busy} onChange={(event) => void read(event.currentTarget.files?.[0])} />
        </label>
        <button type="button" class="secondary" disabled={busy} onClick={() => void plan("A small example", EXAMPLE_DAY, true)}>
          Try a made-up day
        </button>
      </div>
      {error !== null && <Failure what="The day was not handed in." error={error} />}
    </section>
  );
}
