/** One plan on the map: its figures and rules, areas moved by hand with what each move does, publication and files. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { type Schemas, write } from "../api/client";
import { Problem } from "../api/problem";
import { forget, useGet } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { useCounty } from "../map/data";
import { Download } from "../parts/download";
import { SelectField, TextField } from "../parts/field";
import { SYNTHETIC_NOTE, date, hours, moneyWholeDifference, numberOf, sentence, shareDifference } from "../parts/format";
import { Definitions, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable, sum } from "../parts/table";
import { announce } from "../shell/announce";
import { useQuery } from "../shell/address";
import { useSession } from "../shell/session";
import { FIGURES } from "./figures";

interface PlanZone {
  number: number;
  name: string;
  tier: string | null;
  hours_per_week: number | null;
  target_hours_per_week: number | null;
  people: number | null;
}
type PlanView = Omit<Schemas["PlanView"], "zones"> & { zones: PlanZone[] };
type Outcome = Schemas["EditOutcome"];

const FORMS: [string, string][] = [
  ["gpkg", "GeoPackage"],
  ["geojson", "GeoJSON"],
  ["csv", "CSV"],
];

export function Plan({ id }: { id: string }) {
  const path = `/v1/plans/${encodeURIComponent(id)}`;
  const { data: plan, error, again } = useGet<PlanView>(path);
  const county = useCounty(id);
  const { may } = useSession();
  const [hovered, setHovered] = useState<number | null>(null);
  if (error !== null) return <Failure what="The plan cannot be shown." error={error} again={again} />;
  if (plan === null) return <Loading what="the plan" />;
  const report = plan.report as Record<string, unknown>;
  const open = ["draft", "candidate"].includes(plan.status);
  const changed = (): void => {
    forget(path);
    again();
    county.again();
  };
  return (
    <>
      <h1>
        {plan.name}: {plan.status}
      </h1>
      <p class="hint">
        {sentence(plan.method)} by {plan.created_by} on {date(plan.created_at)}
        {plan.published_at ? `; published ${date(plan.published_at)}` : ""}.
      </p>
      <div class="buttons">
        {may("exports:read") && (
          <>
            <Download button href={`/v1/exports/plans/${plan.id}.xlsx`} name={`${plan.name}.xlsx`}>
              Download
            </Download>
            {FORMS.map(([form, words]) => (
              <Download key={form} href={`/v1/exports/plans/${plan.id}.${form}`} name={`${plan.name}.${form}`}>
                {words}
              </Download>
            ))}
          </>
        )}
        {may("analysis:write") && <CopyPlan id={id} name={plan.name} />}
      </div>
      {county.error !== null && <Failure what="The map cannot be shown." error={county.error} again={county.again} />}
      {county.data === null && county.error === null && <Loading what="the map" />}
      {county.data && (
        <MapPanel data={county.data} planId={id} first="zone" label={`Map of “${plan.name}”`} hoveredZone={hovered} onHoverZone={setHovered}>
          {open && may("analysis:write") && <Edit plan={plan} zones={plan.zones} changed={changed} />}
          {open && may("decisions:publish") && <Publish plan={plan} changed={changed} />}
        </MapPanel>
      )}
      <div class="tables">
        <DataTable
          caption="Zones: hours of care a week"
          note={county.data?.meta.synthetic ? SYNTHETIC_NOTE : ""}
          rows={plan.zones}
          rowKey={({ number }) => number}
          hovered={hovered}
          onHover={(key) => setHovered(key === null ? null : Number(key))}
          columns={[
            { key: "name", head: "Zone", cell: ({ number, name }) => <a href={`/plans/${plan.id}?zone=${number}`}>{name}</a>, sort: ({ name }) => name },
            { key: "hours", head: "Hours", figure: true, cell: (zone) => hours(zone.hours_per_week), sort: (zone) => numberOf(zone.hours_per_week) },
            { key: "target", head: "Off target", figure: true, cell: (zone) => offTarget(zone) },
            { key: "people", head: "People", figure: true, cell: (zone) => hours(zone.people), sort: (zone) => numberOf(zone.people) },
          ]}
          totals={{ name: "All zones", hours: hours(sum(plan.zones.map((zone) => zone.hours_per_week))) }}
        />
        <section class="panel" aria-labelledby="figures-title">
          <h2 id="figures-title">Figures</h2>
          <Definitions wide pairs={FIGURES.filter(({ key }) => report[key] !== undefined).map(({ key, words, write: written }): [string, string] => [words, written(report[key])])} />
        </section>
      </div>
    </>
  );
}

function offTarget(zone: PlanZone): string {
  const [held, target] = [numberOf(zone.hours_per_week), numberOf(zone.target_hours_per_week)];
  return target === null ? "no target" : held === null ? "withheld" : shareDifference(held / target - 1);
}

function CopyPlan({ id, name }: { id: string; name: string }) {
  const { route } = useLocation();
  const [error, setError] = useState<unknown>(null);
  const copy = async (): Promise<void> => {
    try {
      const made = await write<{ id: number }>("POST", `/v1/plans/${encodeURIComponent(id)}/copy`, { name: `${name}, copy`.slice(0, 120) });
      forget("/v1/plans");
      route(`/plans/${made.id}`);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <>
      <button type="button" class="secondary" onClick={() => void copy()}>
        Copy into a new draft
      </button>
      {error !== null && <Failure what="The plan was not copied." error={error} />}
    </>
  );
}

/** Move the chosen area, or a settlement by name, into another zone; see what it does; undo as often as need be. */
function Edit({ plan, zones, changed }: { plan: PlanView; zones: PlanView["zones"]; changed: () => void }) {
  const [query] = useQuery();
  const [to, setTo] = useState(String(zones[0]?.number ?? 1));
  const [place, setPlace] = useState("");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const area = query["area"];
  const path = `/v1/plans/${plan.id}/edits`;
  const act = async (what: string, run: () => Promise<Outcome>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const found = await run();
      setOutcome(found);
      announce(`${what} ${found.areas_moved} areas moved.`);
      changed();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const move = (event: Event): void => {
    event.preventDefault();
    const what = place.trim() ? { settlements: [place.trim()] } : { areas: [area ?? ""] };
    void act("Moved.", () => write<Outcome>("POST", path, { operations: [{ do: "move", to: Number(to), ...what }] }));
  };
  const difference = (key: string): number | null => numberOf(((outcome?.change ?? {}) as Record<string, number>)[key] ?? null);
  return (
    <form class="panel" aria-label="Edit this draft" onSubmit={move}>
      <h2>Edit</h2>
      <p>{area ? `Area ${area} is chosen.` : "Click an area on the map, or name a settlement."}</p>
      <TextField label="Settlement" hint="Moves all of it, in place of the chosen area." value={place} onInput={(event) => setPlace(event.currentTarget.value)} />
      <SelectField label="Into zone" value={to} options={zones.map(({ number, name }): [string, string] => [String(number), name])} onChange={(event) => setTo(event.currentTarget.value)} />
      <div class="buttons">
        <button type="submit" disabled={busy || (!area && !place.trim())}>
          Move
        </button>
        <button type="button" class="secondary" disabled={busy} onClick={() => void act("Undone.", () => write<Outcome>("POST", `${path}/undo`))}>
          Undo
        </button>
        <button type="button" class="link" disabled={busy} onClick={() => void act("Done again.", () => write<Outcome>("POST", `${path}/redo`))}>
          Redo
        </button>
      </div>
      {error !== null && <Failure what="That was not done." error={error} />}
      {outcome && (
        <p role="status">
          {outcome.areas_moved} areas moved. Travel {moneyWholeDifference(difference("travel_pounds_per_year"))} a year.
        </p>
      )}
      {outcome && <Warnings title="Rules broken now" items={outcome.broken_rules.map(({ detail }) => detail)} />}
    </form>
  );
}

function Publish({ plan, changed }: { plan: PlanView; changed: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const broken = error instanceof Problem ? ((error.body["broken_rules"] ?? []) as { detail: string }[]) : [];
  const publish = async (despite: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await write("POST", `/v1/plans/${plan.id}/publish`, { despite_broken_rules: despite });
      announce(`${plan.name} is published.`);
      forget();
      changed();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <section class="panel" aria-labelledby="publish-title">
      <h2 id="publish-title">Publish</h2>
      <p>It takes the place of the plan in force, which is retired and kept.</p>
      {error !== null && <Failure what="The plan was not published." error={error} />}
      <Warnings title="It breaks rules" items={broken.map(({ detail }) => detail)} />
      <div class="buttons">
        <button type="button" class="action" disabled={busy} onClick={() => void publish(false)}>
          Publish
        </button>
        {broken.length > 0 && (
          <button type="button" class="secondary" disabled={busy} onClick={() => void publish(true)}>
            Publish although it breaks rules
          </button>
        )}
      </div>
    </section>
  );
}
