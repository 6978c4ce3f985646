/** Every plan with its state, and the choice of two to compare. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { everyItem, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { SelectField } from "../parts/field";
import { date, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useSession } from "../shell/session";

export type PlanSummary = Schemas["PlanSummary"];
export const usePlans = () => useLoad("/v1/plans?all", () => everyItem<PlanSummary>("/v1/plans", { limit: 200 }));

export function PlanList() {
  const { may } = useSession();
  const { route } = useLocation();
  const { data, error, again } = usePlans();
  const [a, setA] = useState("");
  const [b, setB] = useState("");
  const options = (data ?? []).map(({ id, name, status }): [string, string] => [String(id), `${name} (${status})`]);
  const published = data?.find(({ status }) => status === "published");
  const left = a || (published ? String(published.id) : options[0]?.[0]) || "";
  const right = b || options.find(([id]) => id !== left)?.[0] || "";
  return (
    <>
      <h1>Zone plans</h1>
      {may("analysis:write") && (
        <p>
          <a class="action" role="button" href="/plans/draw">
            Draw
          </a>{" "}
          a new plan with the optimiser, or <a href="/plans/sweep">try many plans</a> and choose.
        </p>
      )}
      {error !== null && <Failure what="The plans cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="plans" />}
      {data && (
        <DataTable
          caption="Plans, newest first"
          rows={data}
          rowKey={({ id }) => id}
          text={({ name, created_by }) => `${name} ${created_by}`}
          empty={<Empty title="There is no plan yet.">{may("analysis:write") && <p><a href="/plans/draw">Draw the first one</a></p>}</Empty>}
          columns={[
            { key: "name", head: "Plan", cell: ({ id, name }) => <a href={`/plans/${id}`}>{name}</a>, sort: ({ name }) => name },
            { key: "status", head: "State", cell: ({ status }) => sentence(status), sort: ({ status }) => status },
            { key: "method", head: "Made", cell: ({ method }) => sentence(method), sort: ({ method }) => method },
            { key: "by", head: "By", cell: ({ created_by }) => created_by, sort: ({ created_by }) => created_by },
            { key: "at", head: "On", cell: ({ created_at }) => date(created_at), sort: ({ created_at }) => new Date(created_at).getTime() },
            { key: "published", head: "Published", cell: ({ published_at }) => date(published_at) },
          ]}
        />
      )}
      {options.length > 1 && (
        <form
          class="panel"
          aria-label="Compare two plans"
          onSubmit={(event) => {
            event.preventDefault();
            route(`/plans/compare?a=${left}&b=${right}`);
          }}
        >
          <h2>Compare two plans</h2>
          <div class="fields">
            <SelectField label="First" value={left} options={options} onChange={(event) => setA(event.currentTarget.value)} />
            <SelectField label="Second" value={right} options={options} onChange={(event) => setB(event.currentTarget.value)} />
          </div>
          <button type="submit">Compare</button>
        </form>
      )}
    </>
  );
}
