/** One plan on the map: its figures and rules, areas moved by hand with what each move does, publication and files. */

import { useLocation } from "preact-iso/router";
import { useMemo, useState } from "preact/hooks";
import { type Schemas, get, write } from "../api/client";
import type { Zones } from "../api/contract";
import { Problem } from "../api/problem";
import { forget, useGet } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { type CountyData, useCounty } from "../map/data";
import type { LiveMap } from "../map/live-map";
import { Download } from "../parts/download";
import { TextAreaField } from "../parts/field";
import { SYNTHETIC_NOTE, date, hours, numberOf, sentence, shareDifference } from "../parts/format";
import { Definitions, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable, sum } from "../parts/table";
import { announce } from "../shell/announce";
import { useSession } from "../shell/session";
import { Edit } from "./edit/Edit";
import { useStrokes } from "./edit/strokes";
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
  const [map, setMap] = useState<LiveMap | null>(null);
  const strokes = useStrokes(Number(id), county.data?.zoneOf ?? null, () => {
    again();
    county.againPlan();
  });
  const shown = useMemo<CountyData | null>(() => {
    if (county.data === null || strokes.moved.size === 0) return county.data;
    return { ...county.data, zoneOf: new Map([...county.data.zoneOf, ...strokes.moved]) };
  }, [county.data, strokes.moved]);
  const neighbours = async (): Promise<Map<number, number[]>> => {
    const zones = await get<Zones>(`${path}/zones.geojson`);
    return new Map(zones.features.map(({ properties }) => [properties.number, (properties.neighbours ?? []).map(({ number }) => number)]));
  };
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
      {shown && (
        <MapPanel data={shown} planId={id} onLive={setMap} first="zone" label={`Map of “${plan.name}”`} hoveredZone={hovered} onHoverZone={setHovered}>
          {open && may("analysis:write") && <Edit strokes={strokes} zones={plan.zones} settlements={shown.ground.settlements.map(({ name }) => name)} map={map} neighbours={neighbours} />}
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

function Publish({ plan, changed }: { plan: PlanView; changed: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState("");
  const broken = error instanceof Problem ? ((error.body["broken_rules"] ?? []) as { detail: string }[]) : [];
  const publish = async (despite: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await write("POST", `/v1/plans/${plan.id}/publish`, { despite_broken_rules: despite, ...(reason.trim() ? { reason: reason.trim() } : {}) });
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
      <TextAreaField label="Reason" hint={broken.length > 0 ? "Needed, because it breaks rules. It stands in the history." : "It stands in the plan’s history."} value={reason} maxLength={500} rows={2} onInput={(event) => setReason(event.currentTarget.value)} />
      {error !== null && <Failure what="The plan was not published." error={error} />}
      <Warnings title="It breaks rules" items={broken.map(({ detail }) => detail)} />
      <div class="buttons">
        <button type="button" class="action" disabled={busy} onClick={() => void publish(false)}>
          Publish
        </button>
        {broken.length > 0 && (
          <button type="button" class="secondary" disabled={busy || reason.trim() === ""} onClick={() => void publish(true)}>
            Publish although it breaks rules
          </button>
        )}
      </div>
    </section>
  );
}
