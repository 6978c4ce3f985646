/** Bands: the map, what each holds, why a chosen place has its band, and the decisions that set bands by hand. */

import { useMemo } from "preact/hooks";
import { type Schemas, everyItem } from "../api/client";
import { useGet, useLoad } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { type CountyData, useCounty } from "../map/data";
import { SYNTHETIC_NOTE, date, decimal, hours, sentence } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { useSession } from "../shell/session";
import { Decide } from "./Decide";
import { Sliders, useShift } from "./Sliders";

interface Total {
  band: string;
  areas: number;
  people: number | null;
  hours_per_week: number | null;
  waiting_hours_per_week: number | null;
}
interface Explained {
  explanation: { band_title: string; what_it_is: string; decided_by: string; rule_says: string; conditions: string[]; features: { name: string; title: string; value: number | string | null; unit: string }[] } | null;
  why: string;
}

export function Bands() {
  const [query] = useQuery();
  const { may } = useSession();
  const county = useCounty();
  const totals = useGet<{ items: Total[] }>("/v1/bands/totals");
  const overrides = useLoad(may("drafts:read") ? "/v1/bands/overrides?all" : null, () => everyItem<Schemas["OverrideView"]>("/v1/bands/overrides", { limit: 200 }));
  const tried = useShift();
  const moved = tried.shift?.areas;
  // Areas that would change band are drawn in the band they would have.
  const shown = useMemo<CountyData | null>(() => {
    if (county.data === null || moved === undefined || Object.keys(moved).length === 0) return county.data;
    const features = county.data.areas.features.map((feature) => {
      const band = moved[feature.properties.area_id];
      return band === undefined ? feature : { ...feature, properties: { ...feature.properties, band, pounds_per_hour: null } };
    });
    return { ...county.data, drawn: { ...county.data.areas, features } };
  }, [county.data, moved]);
  return (
    <>
      <h1>Bands</h1>
      {county.error !== null && <Failure what="The county cannot be shown." error={county.error} again={county.again} />}
      {county.data === null && county.error === null && <Loading what="the county" />}
      {shown && (
        <MapPanel
          data={shown}
          first="band"
          label="Map of bands"
          below={
            query["area"] ? (
              <>
                <Why area={query["area"]} />
                {may("decisions:publish") && <Decide key={query["area"]} area={query["area"]} bands={shown.bands.map(({ band }) => band)} done={overrides.again} />}
              </>
            ) : (
              <p class="hint">Click an area on the map, or find a place, to read why it has its band.</p>
            )
          }
        >
          {may("demand:exact") && <Sliders {...tried} />}
        </MapPanel>
      )}
      {totals.error !== null && <Failure what="The totals cannot be shown." error={totals.error} again={totals.again} />}
      {totals.data && (
        <DataTable
          caption="What each band holds"
          note={county.data?.meta.synthetic ? SYNTHETIC_NOTE : ""}
          rows={totals.data.items}
          rowKey={({ band }) => band}
          columns={[
            { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
            { key: "areas", head: "Areas", figure: true, cell: ({ areas }) => hours(areas) },
            { key: "people", head: "People", figure: true, cell: ({ people }) => hours(people) },
            { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week }) => hours(hours_per_week) },
            { key: "waiting", head: "Hours waiting", figure: true, cell: ({ waiting_hours_per_week }) => hours(waiting_hours_per_week) },
          ]}
        />
      )}
      {overrides.data && (
        <DataTable
          caption="Bands set by decision"
          rows={overrides.data}
          rowKey={({ id }) => id}
          empty={<Empty title="No band was set by hand." />}
          columns={[
            { key: "where", head: "Where", cell: ({ kind, target, withdrawn_at }) => `${sentence(kind)} ${target}${withdrawn_at ? " (withdrawn)" : ""}` },
            { key: "band", head: "Band", cell: ({ band }) => sentence(band) },
            { key: "why", head: "Why", cell: ({ reason }) => reason },
            { key: "by", head: "Decided by", cell: ({ author, decided_on }) => `${author}, ${date(decided_on)}` },
            { key: "review", head: "Reviewed", cell: ({ review_on, review_overdue }) => `${date(review_on)}${review_overdue ? ", overdue" : ""}` },
          ]}
        />
      )}
    </>
  );
}

function Why({ area }: { area: string }) {
  const { data, error, again } = useGet<Explained>(`/v1/bands/areas/${encodeURIComponent(area)}`);
  if (error !== null) return <Failure what="The reasons cannot be shown." error={error} again={again} />;
  if (data === null) return <Loading what="the reasons" />;
  const found = data.explanation;
  return (
    <section class="panel" aria-labelledby="why-title">
      <h2 id="why-title">Why area {area} is {found?.band_title.toLowerCase() ?? "so"}</h2>
      <p>{data.why}</p>
      {found && (
        <ul class="bullets">
          {found.conditions.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {found && (
        <details>
          <summary>Everything the rules read</summary>
          <DataTable
            caption="Features of the area"
            rows={found.features}
            rowKey={({ name }) => name}
            columns={[
              { key: "title", head: "Feature", cell: ({ title }) => sentence(title) },
              { key: "value", head: "Value", figure: true, cell: ({ value }) => (typeof value === "number" ? decimal(value) : String(value ?? "not known")) },
              { key: "unit", head: "Unit", cell: ({ unit }) => unit },
            ]}
          />
        </details>
      )}
    </section>
  );
}
