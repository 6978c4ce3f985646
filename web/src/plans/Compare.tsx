/** Two plans side by side on the same demand and prices, with the areas that change zone on the map. */

import { address } from "../api/client";
import { useGet } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { TwoMaps } from "../map/TwoMaps";
import { useCounty, usePlanAreas } from "../map/data";
import { Download } from "../parts/download";
import { SYNTHETIC_NOTE, counted, hours } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { useSession } from "../shell/session";
import { useZones } from "../shell/county";
import { FIGURES } from "./figures";

interface Compared {
  plans: { plan_id: number; name: string; status: string; figures: Record<string, unknown>; zones: { number: number; name: string }[]; broken_rules: { detail: string }[] }[];
  changes_against_the_first: { areas: number; people: number | null; packages: number | null; hours_per_week: number | null; from_zone_to_zone: Row[] }[];
}
interface Row {
  from_zone: string;
  to_zone: string;
  stays: boolean;
  areas: number;
  hours_per_week: number | null;
  people: number | null;
}

const VIEWS: [string, string][] = [
  ["change", "What changes"],
  ["side", "Side by side"],
  ["swipe", "Swipe"],
];

export function ComparePlans() {
  const [query, change] = useQuery();
  const view = query["view"] ?? "change";
  const [a, b] = [query["a"] ?? "", query["b"] ?? ""];
  const { may } = useSession();
  const { data, error, again } = useGet<Compared>(a && b ? "/v1/plans/compare" : null, { plan: [a, b] });
  const county = useCounty(b || null);
  const other = useCounty(a || null);
  const first = usePlanAreas(a || null);
  const firstZones = useZones(a || null);
  if (!a || !b) return <p class="notice">Choose two plans on <a href="/plans">the page of plans</a>.</p>;
  if (error !== null) return <Failure what="The plans cannot be compared." error={error} again={again} />;
  if (data === null) return <Loading what="both plans; measuring them takes some seconds" />;
  const [one, two] = data.plans as [Compared["plans"][number], Compared["plans"][number]];
  const moved = data.changes_against_the_first[0];
  const against = first.data && firstZones.data ? { name: one.name, zoneOf: first.data, zoneNames: new Map(firstZones.data.features.map(({ properties }) => [properties.number, properties.name])) } : null;
  const note = county.data?.meta.synthetic ? SYNTHETIC_NOTE : "";
  return (
    <>
      <h1>
        “{one.name}” and “{two.name}”
      </h1>
      {moved && (
        <p>
          From the first to the second, {counted(moved.areas, "area")} with {counted(moved.hours_per_week, "hour")} a week and {counted(moved.people, "person", "people")} change zone.{" "}
          {moved.packages !== null && `${counted(moved.packages, "package")} would go to the providers of another zone.`}
        </p>
      )}
      {may("exports:read") && (
        <div class="buttons">
          <Download button href={address("/v1/plans/compare.xlsx", { plan: [a, b] })} name="plans compared.xlsx">
            Download
          </Download>
          <a href={address("/v1/plans/compare.html", { plan: [a, b] })}>As a page to print</a>
        </div>
      )}
      <fieldset class="choice-row">
        <legend>Maps</legend>
        {VIEWS.map(([key, words]) => (
          <label key={key}>
            <input type="radio" name="view" checked={view === key} onChange={() => change({ view: key === "change" ? null : key }, true)} /> {words}
          </label>
        ))}
      </fieldset>
      {view !== "change" && county.data && other.data && <TwoMaps key={view} one={other.data} two={county.data} names={[one.name, two.name]} ids={[a, b]} swipe={view === "swipe"} />}
      {view === "change" && county.data && <MapPanel data={county.data} planId={b} against={against} first="change" label={`Map of “${two.name}”`} />}
      <div class="tables">
        <DataTable
          caption="Figures"
          note={note}
          rows={FIGURES.filter(({ key }) => one.figures[key] !== undefined || two.figures[key] !== undefined)}
          rowKey={({ key }) => key}
          columns={[
            { key: "words", head: "Figure", cell: ({ words }) => words },
            { key: "one", head: one.name, figure: true, cell: ({ key, write }) => write(one.figures[key]) },
            { key: "two", head: two.name, figure: true, cell: ({ key, write }) => write(two.figures[key]) },
          ]}
        />
        <DataTable
          caption="What moves, from zone to zone"
          note={note}
          rows={(moved?.from_zone_to_zone ?? []).filter(({ stays }) => !stays)}
          rowKey={({ from_zone, to_zone }) => `${from_zone}>${to_zone}`}
          sortBy="hours"
          descending
          columns={[
            { key: "from", head: "From", cell: ({ from_zone }) => from_zone, sort: ({ from_zone }) => from_zone },
            { key: "to", head: "To", cell: ({ to_zone }) => to_zone, sort: ({ to_zone }) => to_zone },
            { key: "areas", head: "Areas", figure: true, cell: ({ areas }) => areas, sort: ({ areas }) => areas },
            { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week), sort: ({ hours_per_week }) => hours_per_week },
            { key: "people", head: "People", figure: true, cell: ({ people }) => hours(people), sort: ({ people }) => people },
          ]}
        />
      </div>
    </>
  );
}
