/** Draw a plan: its rules, with places by name or from the map; then how good the best so far is, with a way to stop. */

import { useLocation } from "preact-iso/router";
import { useEffect, useState } from "preact/hooks";
import { type Schemas, write } from "../api/client";
import { forget } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { useCounty } from "../map/data";
import { SelectField, SliderField, TextField, errorFor } from "../parts/field";
import { JobProgress, useJob } from "../parts/job";
import { Failure } from "../parts/notice";
import { PlacesField } from "../parts/places";
import { useQuery } from "../shell/address";
import { usePlans } from "./List";

type Query = Record<string, string>;

const listed = (text: string | undefined): string[] => (text ?? "").split("|").filter(Boolean);
const number = (text: string | undefined): number | null => (text !== undefined && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
/** Each place with the one before it: what keeps them all in one zone. */
const chained = (places: string[]): [string, string][] => places.slice(1).map((place, at) => [places[at] as string, place]);

/** What the service is asked for, from what the address holds. */
export function requestOf(query: Query, name: string): Record<string, unknown> {
  const [whole, together, apart] = [listed(query["whole"]), listed(query["together"]), listed(query["apart"])];
  const [viable, longest, upTo, natural, move] = ["viable", "longest", "upto", "natural", "move"].map((key) => number(query[key]));
  const zones = number(query["zones"]) ?? 14;
  const fewest = number(query["fewest"]);
  return {
    name: name.trim() || `${zones} zones`,
    ...(fewest === null || fewest >= zones ? { zones } : { zones_between: { fewest, most: zones } }),
    tolerance_share: (number(query["tolerance"]) ?? 5) / 100,
    seconds: number(query["seconds"]) ?? 60,
    ...(whole.length > 0 ? { whole_settlements: whole } : {}),
    ...(upTo ? { whole_settlements_up_to_hours_per_week: upTo } : {}),
    ...(together.length > 1 ? { together: chained(together) } : {}),
    ...(apart.length > 1 ? { apart: chained(apart) } : {}),
    ...(viable ? { viable_hours_per_week: viable } : {}),
    ...(longest ? { longest_minutes: longest } : {}),
    ...(move && query["against"] ? { against_plan_id: Number(query["against"]) } : {}),
    priorities: {
      border_pounds_per_year: number(query["border"]) ?? 50,
      natural_area_pounds_per_year: natural ?? 0,
      ...(move && query["against"] ? { disruption_pounds_per_package: move } : {}),
    },
  };
}

export function DrawPlan() {
  const [query, change] = useQuery();
  const { route } = useLocation();
  const county = useCounty();
  const plans = usePlans();
  const [name, setName] = useState("");
  const [error, setError] = useState<unknown>(null);
  const { job, error: lost } = useJob(query["job"] ?? null, (ended) => {
    if (ended.status !== "succeeded") return;
    forget("/v1/plans");
    const made = ended.result?.["plan_id"];
    if (made !== undefined) route(`/plans/${String(made)}`);
  });
  const active = job !== null && ["queued", "running"].includes(job.status);
  const zones = number(query["zones"]) ?? 14;
  const set = (key: string) => (value: string | number | null): void => change({ [key]: value }, true);
  const draw = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    try {
      const asked = await write<Schemas["JobView"]>("POST", "/v1/plans", requestOf(query, name));
      change({ job: asked.id }, true);
    } catch (thrown) {
      setError(thrown);
    }
  };
  const known = county.data?.ground.settlements.map((place) => place.name) ?? null;
  const onMap = county.data?.areas.features.find(({ properties }) => properties.area_id === query["area"])?.properties.settlement ?? null;
  const places = (key: string, label: string, hint: string, field: string) => (
    <PlacesField label={label} hint={hint} known={known} value={listed(query[key])} onMap={onMap} onValue={(value) => change({ [key]: value.join("|") }, true)} error={errorFor(error, field)} />
  );
  return (
    <>
      <h1>Draw a plan</h1>
      <MapPanel data={county.data} first="zone" label="Map to choose places from">
        <form class="panel" aria-label="What the plan is to be" onSubmit={(event) => void draw(event)}>
          <TextField label="Name" value={name} maxLength={120} placeholder={`${zones} zones`} onInput={(event) => setName(event.currentTarget.value)} error={errorFor(error, "name")} />
          <SliderField label="Zones" value={zones} low={2} high={40} step={1} onValue={set("zones")} error={errorFor(error, "zones")} />
          <SliderField label="Hours may differ by" value={number(query["tolerance"]) ?? 5} low={1} high={25} step={0.5} unit="%" onValue={set("tolerance")} error={errorFor(error, "tolerance_share")} />
          <SliderField label="Search for" value={number(query["seconds"]) ?? 60} low={5} high={600} step={5} unit="seconds" onValue={set("seconds")} error={errorFor(error, "seconds")} />
          {places("whole", "Places kept whole", "Towns and villages that may not be cut.", "whole_settlements")}
          {places("together", "Places kept together", "In one zone, whichever it is.", "together")}
          <details>
            <summary>More rules</summary>
            {places("apart", "Places kept apart", "Each in another zone than the one before it.", "apart")}
            <TextField label="At least as few as" type="number" min={2} max={60} hint="Tries every number of zones from here, and keeps the cheapest." value={query["fewest"] ?? ""} onInput={(event) => set("fewest")(event.currentTarget.value)} error={errorFor(error, "fewest")} />
            <TextField label="Hours that make a provider viable" type="number" min={1} unit="hours a week" hint="Each of a zone’s two prime providers." value={query["viable"] ?? ""} onInput={(event) => set("viable")(event.currentTarget.value)} error={errorFor(error, "viable_hours_per_week")} />
            <TextField label="Longest drive from the base" type="number" min={1} unit="minutes" value={query["longest"] ?? ""} onInput={(event) => set("longest")(event.currentTarget.value)} error={errorFor(error, "longest_minutes")} />
            <TextField label="Never cut places up to" type="number" min={1} unit="hours a week" value={query["upto"] ?? ""} onInput={(event) => set("upto")(event.currentTarget.value)} error={errorFor(error, "whole_settlements_up_to_hours_per_week")} />
            <TextField label="Price of a cut place" type="number" min={0} unit="pounds a year" value={query["natural"] ?? ""} onInput={(event) => set("natural")(event.currentTarget.value)} error={errorFor(error, "natural_area_pounds_per_year")} />
            <TextField label="Price of a parted pair of areas" type="number" min={0} unit="pounds a year" hint="More makes zones more compact. 50 when empty." value={query["border"] ?? ""} onInput={(event) => set("border")(event.currentTarget.value)} error={errorFor(error, "border_pounds_per_year")} />
            <SelectField label="Packages stay in the zones of" value={query["against"] ?? ""} options={[["", "no plan"], ...(plans.data ?? []).map(({ id, name: called }): [string, string] => [String(id), called])]} onChange={(event) => set("against")(event.currentTarget.value)} />
            <TextField label="Price of a package that moves" type="number" min={0} unit="pounds" value={query["move"] ?? ""} onInput={(event) => set("move")(event.currentTarget.value)} error={errorFor(error, "disruption_pounds_per_package")} />
          </details>
          {error !== null && <Failure what="The drawing was not begun." error={error} />}
          <button type="submit" disabled={active}>
            Draw
          </button>
          <JobProgress job={job} error={lost} what="The drawing" />
          <Course stage={active ? (job?.stage ?? "") : ""} />
        </form>
      </MapPanel>
    </>
  );
}

/** The best found and the least proven over the time of the search, as words that follow each other. */
function Course({ stage }: { stage: string }) {
  const [seen, setSeen] = useState<string[]>([]);
  useEffect(() => {
    if (stage.includes("best so far")) setSeen((old) => (old[0] === stage ? old : [stage, ...old].slice(0, 6)));
  }, [stage]);
  if (seen.length < 2) return null;
  return (
    <details>
      <summary>How the search went</summary>
      <ol class="numbers">
        {seen.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </details>
  );
}
