/** Many variants at once: what each costs against how even it is, as a front whose points open as plans on the map. */

import { scaleLinear } from "d3-scale";
import { useLocation } from "preact-iso/router";
import { useEffect, useState } from "preact/hooks";
import { type Schemas, write } from "../api/client";
import { forget, useGet } from "../api/use";
import { TextField, errorFor } from "../parts/field";
import { decimal, moneyWhole } from "../parts/format";
import { JobProgress, useJob } from "../parts/job";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";

type View = Schemas["SweepView"];
type Variant = Schemas["Variant"];
const LOOK_AGAIN_MS = 1500;
const figure = (point: Variant, key: string): number | null => {
  const value = (point.figures as Record<string, unknown> | null)?.[key];
  return typeof value === "number" ? value : null;
};
const pounds = (point: Variant): number | null => figure(point, "travel_pounds_per_year");
const uneven = (point: Variant): number | null => figure(point, "imbalance_share");
const nameOf = (point: Variant): string => `${point.zones ?? "Same"} zones within ${decimal(point.tolerance_share * 100)}%`;

export function Sweep() {
  const [query, change] = useQuery();
  const [from, to] = [query["from"] ?? "10", query["to"] ?? "14"];
  const shares = query["shares"] ?? "5, 10";
  const [error, setError] = useState<unknown>(null);
  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    const counts = Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_, at) => Number(from) + at);
    try {
      const view = await write<View>("POST", "/v1/plans/sweeps", { zones: counts, tolerance_shares: shares.split(/[\s,;]+/).filter(Boolean).map((share) => Number(share) / 100), starts: 2, seconds: Number(query["seconds"] ?? 20) });
      change({ sweep: view.sweep_id }, true);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <>
      <h1>Try many plans</h1>
      <form class="panel" aria-label="Which variants" onSubmit={(event) => void start(event)}>
        <div class="fields short">
          <TextField label="Zones from" type="number" min={2} max={60} value={from} onInput={(event) => change({ from: event.currentTarget.value }, true)} error={errorFor(error, "zones")} />
          <TextField label="to" type="number" min={2} max={60} value={to} onInput={(event) => change({ to: event.currentTarget.value }, true)} />
          <TextField label="Hours may differ by, in %" hint="Several, parted by commas." value={shares} onInput={(event) => change({ shares: event.currentTarget.value }, true)} error={errorFor(error, "tolerance_shares")} />
          <TextField label="Seconds for each" type="number" min={1} max={600} value={query["seconds"] ?? "20"} onInput={(event) => change({ seconds: event.currentTarget.value }, true)} error={errorFor(error, "seconds")} />
        </div>
        {error !== null && <Failure what="The variants were not begun." error={error} />}
        <button type="submit">Try them</button>
      </form>
      {query["sweep"] && <Front key={query["sweep"]} id={query["sweep"]} />}
    </>
  );
}

function Front({ id }: { id: string }) {
  const path = `/v1/plans/sweeps/${encodeURIComponent(id)}`;
  const { data, error, again } = useGet<View>(path);
  const [query, change] = useQuery();
  const { route } = useLocation();
  const [drawError, setDrawError] = useState<unknown>(null);
  const { job, error: lost } = useJob(query["job"] ?? null, (ended) => {
    const made = ended.result?.["plan_id"];
    forget("/v1/plans");
    if (made !== undefined) route(`/plans/${String(made)}`);
  });
  const running = data !== null && data.finished < data.of;
  useEffect(() => {
    if (!running) return undefined;
    const timer = window.setTimeout(again, LOOK_AGAIN_MS);
    return () => window.clearTimeout(timer);
  }, [data]);
  const open = async (point: Variant): Promise<void> => {
    setDrawError(null);
    try {
      const asked = await write<Schemas["JobView"]>("POST", "/v1/plans", { ...(point.request as object), name: nameOf(point) });
      change({ job: asked.id }, true);
    } catch (thrown) {
      setDrawError(thrown);
    }
  };
  const stop = async (): Promise<void> => {
    const left = (data?.points ?? []).filter(({ status, job_id }) => job_id !== null && ["queued", "running"].includes(status));
    await Promise.allSettled(left.map(({ job_id }) => write("POST", `/v1/jobs/${encodeURIComponent(job_id ?? "")}/cancel`)));
    again();
  };
  if (error !== null) return <Failure what="The variants cannot be shown." error={error} again={again} />;
  if (data === null) return <Loading what="the variants" />;
  return (
    <>
      <p class="notice progress-row" role="status">
        <span>
          {data.finished} of {data.of} variants are done.
        </span>
        {running && <progress aria-label="Variants done" value={data.finished} max={data.of} />}
        {running && (
          <button type="button" class="secondary" onClick={() => void stop()}>
            Stop
          </button>
        )}
      </p>
      <Chart points={data.points} open={(point) => void open(point)} />
      {drawError !== null && <Failure what="That variant was not drawn." error={drawError} />}
      <JobProgress job={job} error={lost} what="Drawing it as a plan" />
      <DataTable
        caption="Variants"
        rows={data.points}
        rowKey={(point) => `${nameOf(point)}${point.job_id ?? ""}`}
        sortBy="pounds"
        columns={[
          { key: "name", head: "Variant", cell: (point) => nameOf(point), sort: (point) => point.zones },
          { key: "pounds", head: "Travel a year", figure: true, cell: (point) => moneyWhole(pounds(point), point.problem ?? point.status), sort: pounds },
          { key: "uneven", head: "Furthest from its hours", figure: true, cell: (point) => (uneven(point) === null ? "" : `${decimal((uneven(point) ?? 0) * 100)}%`), sort: uneven },
          { key: "front", head: "On the front", cell: (point) => (point.on_the_front ? "Yes" : "") },
          { key: "open", head: "Map", cell: (point) => (pounds(point) === null ? "" : <button type="button" class="link" onClick={() => void open(point)}>Draw {nameOf(point)}</button>) },
        ]}
      />
    </>
  );
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 320, 90, 44];

function Chart({ points, open }: { points: Variant[]; open: (point: Variant) => void }) {
  const known = points.filter((point) => pounds(point) !== null && uneven(point) !== null);
  if (known.length < 2) return null;
  const x = scaleLinear().domain([0, Math.max(...known.map((point) => uneven(point) ?? 0)) * 100 || 1]).range([LEFT, WIDTH - 20]).nice();
  const y = scaleLinear().domain([Math.min(...known.map((point) => pounds(point) ?? 0)), Math.max(...known.map((point) => pounds(point) ?? 0))]).range([HEIGHT - BOTTOM, 20]).nice();
  const front = known.filter(({ on_the_front }) => on_the_front).sort((a, b) => (uneven(a) ?? 0) - (uneven(b) ?? 0));
  return (
    <figure class="chart panel">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label="Cost against balance; filled points are on the front. The table gives the same figures.">
        {y.ticks(5).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH - 20} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
              {moneyWhole(tick)}
            </text>
          </g>
        ))}
        {x.ticks(6).map((tick) => (
          <text key={tick} x={x(tick)} y={HEIGHT - BOTTOM + 18} text-anchor="middle">
            {decimal(tick)}%
          </text>
        ))}
        <text x={(WIDTH + LEFT) / 2} y={HEIGHT - 6} text-anchor="middle">
          Furthest from its hours
        </text>
        <polyline class="front" points={front.map((point) => `${x((uneven(point) ?? 0) * 100)},${y(pounds(point) ?? 0)}`).join(" ")} />
        {known.map((point) => (
          <a key={nameOf(point)} href="#draw" aria-label={`Draw ${nameOf(point)}: ${moneyWhole(pounds(point))} a year`} onClick={(event) => { event.preventDefault(); open(point); }}>
            <circle class={point.on_the_front ? "point best" : "point"} cx={x((uneven(point) ?? 0) * 100)} cy={y(pounds(point) ?? 0)} r={7} />
            <text x={x((uneven(point) ?? 0) * 100) + 10} y={y(pounds(point) ?? 0) - 8}>
              {point.zones ?? ""}
            </text>
          </a>
        ))}
      </svg>
    </figure>
  );
}
