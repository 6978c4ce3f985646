/** Rounds: the days handed in with how far their planning is, and the simulations that say what travel a plan takes. */

import { everyItem } from "../api/client";
import { useLoad } from "../api/use";
import { date, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useSession } from "../shell/session";

interface Day {
  id: number | string;
  status?: string;
  created_at?: string;
  created_by?: string;
  label?: string | null;
}

const columns = (what: string) => [
  { key: "id", head: what, cell: ({ id, label }: Day) => label ?? `${what} ${id}` },
  { key: "status", head: "State", cell: ({ status }: Day) => sentence(status ?? "") },
  { key: "by", head: "By", cell: ({ created_by }: Day) => created_by ?? "" },
  { key: "at", head: "On", cell: ({ created_at }: Day) => date(created_at) },
];

export function Rounds() {
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
                <a href="/guides/how-to/plan-rounds">How to plan a day of rounds</a>
              </p>
            </Empty>
          }
          columns={columns("Day")}
        />
      )}
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
          columns={columns("Simulation")}
        />
      )}
    </>
  );
}
