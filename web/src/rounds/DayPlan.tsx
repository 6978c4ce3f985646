/** One planned day: on the map and as a chart of its carers, played through, with the same in tables. */

import type { FeatureCollection, Position } from "geojson";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Schemas, get } from "../api/client";
import { forget, useGet, useLoad } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { useCounty } from "../map/data";
import type { LiveMap } from "../map/live-map";
import { Download } from "../parts/download";
import { decimal, hours, sentence } from "../parts/format";
import { JobProgress, useJob } from "../parts/job";
import { Definitions, Failure, Loading, Warnings } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { clock, whereAt } from "./play";
import { RotaChart } from "./RotaChart";

type View = Schemas["RoundsView"];
export type Route = NonNullable<View["answer"]>["routes"][number];
const FILES: [string, string][] = [
  ["rota.csv", "Rota (CSV)"],
  ["clients.csv", "Visits (CSV)"],
  ["rota.ics", "Calendar"],
  ["rota.html", "Page to print"],
];
const PLAY_EVERY_MS = 120;
const PLAY_MINUTES = 3;
/** Told apart by their labels too; the chart names each carer. */
const COLOURS = ["#1a5a96", "#b3123f", "#00703c", "#6f4bb5", "#8a5a00", "#005a7a", "#a0397a", "#4a5966"];
export const colourOf = (at: number): string => COLOURS[at % COLOURS.length] as string;

export function DayPlan({ id }: { id: string }) {
  const path = `/v1/rounds/${encodeURIComponent(id)}`;
  const { data: run, error, again } = useGet<View>(path);
  // A job that failed or was stopped leaves no plan: it is followed on, so that the page says what became of it.
  const { job, error: lost } = useJob(run !== null && run.answer === null ? run.job_id : null, () => {
    forget("/v1/rounds");
    again();
  });
  if (error !== null) return <Failure what="The day cannot be shown." error={error} again={again} />;
  if (run === null) return <Loading what="the day" />;
  return (
    <>
      <h1>{run.label || `Day ${run.id}`}</h1>
      <p class="hint">
        {run.synthetic ? "Made-up visits. " : "Who is visited where and when is personal data. "}
        Handed in by {run.created_by}.
      </p>
      <JobProgress job={job} error={lost} what="Planning" />
      {run.problem && <p class="notice bad">{run.problem.detail}</p>}
      {run.answer && <Planned run={run} answer={run.answer} />}
    </>
  );
}

function Planned({ run, answer }: { run: View; answer: NonNullable<View["answer"]> }) {
  const county = useCounty();
  const [query, change] = useQuery();
  const [map, setMap] = useState<LiveMap | null>(null);
  const [playing, setPlaying] = useState(false);
  const shapes = useLoad(`/v1/rounds/${run.id}/files/routes.geojson`, () => get<FeatureCollection>(`/v1/rounds/${run.id}/files/routes.geojson`));
  const { routes } = answer;
  const first = Math.min(...routes.map(({ leaves }) => leaves), 24 * 60);
  const last = Math.max(...routes.map(({ returns }) => returns), first + 1);
  const [minute, setMinute] = useState(Math.min(last, Math.max(first, Number(query["at"] ?? first) || first)));

  useEffect(() => {
    if (!playing) return undefined;
    const timer = window.setInterval(() => setMinute((now) => (now >= last ? now : Math.min(last, now + PLAY_MINUTES))), PLAY_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [playing, last]);
  useEffect(() => {
    if (minute >= last) setPlaying(false);
  }, [minute, last]);
  const lines = useMemo(() => {
    const found = new Map<string, Position[]>();
    for (const { geometry, properties } of shapes.data?.features ?? []) if (geometry?.type === "LineString") found.set(String(properties?.["carer"]), geometry.coordinates);
    return found;
  }, [shapes.data]);
  useEffect(() => {
    if (map === null || shapes.data === null) return;
    const at = new Map(routes.map(({ carer }, place) => [carer, place]));
    const drawn = shapes.data.features.map((feature) => ({ ...feature, properties: { ...feature.properties, colour: colourOf(at.get(String(feature.properties?.["carer"])) ?? 0), label: feature.properties?.["number"] ? String(feature.properties["number"]) : "" } }));
    const people = routes.flatMap((route, place) => {
      const where = whereAt(route, lines.get(route.carer) ?? [], minute);
      return where === null ? [] : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: where }, properties: { kind: "carer", colour: colourOf(place), label: route.carer } }];
    });
    map.overlay({ type: "FeatureCollection", features: [...drawn, ...people] });
  }, [map, shapes.data, lines, minute]);
  const stops = routes.flatMap(({ carer, stops: made }) => made.map((stop, at) => ({ ...stop, carer, number: at + 1 })));
  const kpis = Object.entries((run.kpis ?? {}) as Record<string, unknown>).filter((pair): pair is [string, number] => typeof pair[1] === "number");
  return (
    <>
      <div class="buttons">
        <Download button href={`/v1/rounds/${run.id}/files/rounds.xlsx`} name="rounds.xlsx">
          Download
        </Download>
        {FILES.map(([form, words]) => (
          <Download key={form} href={`/v1/rounds/${run.id}/files/${form}`} name={form}>
            {words}
          </Download>
        ))}
      </div>
      <Warnings title="Visits nobody makes" items={answer.unserved.map(({ visit, reason }) => `${visit}: ${reason}`)} />
      <section class="panel" aria-labelledby="played">
        <h2 id="played">The day at {clock(minute)}</h2>
        <div class="progress-row">
          <button type="button" class="action" aria-pressed={playing} onClick={() => { if (minute >= last) setMinute(first); setPlaying(!playing); }}>
            {playing ? "Pause" : "Play"}
          </button>
          <input
            type="range"
            class="stretch"
            min={first}
            max={last}
            value={minute}
            aria-label="Time of day"
            aria-valuetext={clock(minute)}
            onInput={(event) => setMinute(Number(event.currentTarget.value))}
            onChange={() => change({ at: minute }, true)}
          />
        </div>
        <RotaChart routes={routes} from={first} to={last} minute={minute} />
      </section>
      {county.data && <MapPanel data={county.data} first="band" label="Map of the day’s rounds" onLive={setMap} />}
      <div class="tables">
        <DataTable
          caption="Who is where, when"
          rows={stops}
          rowKey={({ carer, number }) => `${carer}${number}`}
          text={({ carer, visit }) => `${carer} ${visit}`}
          columns={[
            { key: "carer", head: "Carer", cell: ({ carer }) => carer, sort: ({ carer }) => carer },
            { key: "visit", head: "Visit", cell: ({ visit }) => visit, sort: ({ visit }) => visit },
            { key: "start", head: "From", figure: true, cell: ({ start }) => clock(start), sort: ({ start }) => start },
            { key: "end", head: "To", figure: true, cell: ({ end }) => clock(end), sort: ({ end }) => end },
          ]}
        />
        <DataTable
          caption="Carers"
          rows={routes}
          rowKey={({ carer }) => carer}
          columns={[
            { key: "carer", head: "Carer", cell: ({ carer }) => carer, sort: ({ carer }) => carer },
            { key: "care", head: "Care, minutes", figure: true, cell: ({ care_minutes }) => hours(care_minutes), sort: ({ care_minutes }) => care_minutes },
            { key: "travel", head: "Travel", figure: true, cell: ({ travel_minutes }) => hours(travel_minutes), sort: ({ travel_minutes }) => travel_minutes },
            { key: "paid", head: "Paid", figure: true, cell: ({ paid_minutes }) => hours(paid_minutes), sort: ({ paid_minutes }) => paid_minutes },
            { key: "miles", head: "Miles", figure: true, cell: ({ miles }) => decimal(miles), sort: ({ miles }) => miles },
          ]}
        />
        <section class="panel" aria-labelledby="kpis">
          <h2 id="kpis">Key figures</h2>
          <Definitions wide pairs={kpis.map(([name, value]): [string, string] => [sentence(name), decimal(value)])} />
        </section>
      </div>
    </>
  );
}
