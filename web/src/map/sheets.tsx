/** What is chosen on the map, in words: a zone's sheet and an area's. */

import { useGet } from "../api/use";
import { counted, decimal, hours, money, moneyWhole, numberOf, sentence } from "../parts/format";
import { Definitions } from "../parts/notice";
import { useSession } from "../shell/session";
import { type CountyData, usePlanAreas } from "./data";
import type { ZoneFigures } from "./figures";

interface ZoneProps {
  data: CountyData;
  figures: Map<number, ZoneFigures>;
  number: number;
  planId?: number | string;
  onZone: (zone: number) => void;
  onClose: () => void;
}

export function ZoneSheet({ data, figures, number, planId, onZone, onClose }: ZoneProps) {
  const zone = data.zones?.features.find(({ properties }) => properties.number === number)?.properties;
  if (zone === undefined) return null;
  const found = figures.get(number);
  const areas = data.areas.features.filter(({ properties }) => data.zoneOf.get(properties.area_id) === number);
  const places = new Map<string, number>();
  for (const { properties } of areas) if (properties.settlement) places.set(properties.settlement, (places.get(properties.settlement) ?? 0) + (properties.live_postcodes ?? 0));
  const largest = [...places].sort(([, a], [, b]) => b - a).slice(0, 6).map(([name]) => name);
  const [held, target] = [numberOf(zone.hours_per_week), numberOf(zone.target_hours_per_week)];
  const off = held !== null && target ? held / target - 1 : null;
  return (
    <section class="panel sheet" aria-labelledby="sheet-title" id="zone-sheet">
      <button type="button" class="close" onClick={onClose} aria-label="Close the zone's sheet">
        ×
      </button>
      <h2 id="sheet-title">
        {zone.name}, zone {number}
      </h2>
      <Definitions
        pairs={[
          ["Size", zone.hectares ? `${decimal(zone.hectares / 100)} square kilometres, ${counted(areas.length, "area")}` : counted(areas.length, "area")],
          ["Type", sentence(zone.tier)],
          ["Care", `${counted(zone.hours_per_week, "hour")} a week${target === null ? "" : ` of ${hours(target)} aimed at${off === null ? "" : ` (${off >= 0 ? "+" : "−"}${decimal(Math.abs(off) * 100)}%)`}`}`],
          ["Cost", found?.poundsAYear ? `${moneyWhole(found.poundsAYear)} a year at the rates in force` : "withheld, or no rates are in force"],
          ["People", hours(zone.people ?? null)],
          ["Waiting", zone.waiting_packages === undefined ? null : counted(zone.waiting_packages, "package")],
          ["Main places", largest.join(", ")],
          [
            "Neighbours",
            (zone.neighbours ?? []).length > 0 && (
              <ul class="neighbours">
                {(zone.neighbours ?? []).map((other) => (
                  <li key={other.number}>
                    {sentence(other.direction)}:{" "}
                    <button type="button" class="link" onClick={() => onZone(other.number)}>
                      {other.name}
                    </button>
                  </li>
                ))}
              </ul>
            ),
          ],
          ["What changed", <WhatChanged key="change" data={data} number={number} {...(planId === undefined ? {} : { planId })} />],
        ]}
      />
    </section>
  );
}

interface PlanRow {
  id: number;
  name: string;
  status: string;
}

/** What the zone gained and lost since the plan that was in force before. */
function WhatChanged({ data, number, planId }: { data: CountyData; number: number; planId?: number | string }) {
  const { may } = useSession();
  const plans = useGet<{ items: PlanRow[] }>(may("drafts:read") ? "/v1/plans" : null, { status: "retired", limit: 20 });
  const before = plans.data?.items.find(({ status, id }) => status === "retired" && String(id) !== String(planId));
  const labels = usePlanAreas(before ? before.id : null);
  const zones = useGet<{ zones: { number: number; name: string }[] }>(before ? `/v1/plans/${before.id}` : null);
  if (!may("drafts:read")) return <>Earlier plans are not shown to your role.</>;
  if (!plans.data) return <>…</>;
  if (!before) return <>No earlier plan has been in force.</>;
  if (!labels.data || !zones.data) return <>…</>;
  const nameThen = new Map(zones.data.zones.map((zone) => [zone.number, zone.name]));
  const nameNow = data.zones?.features.find(({ properties }) => properties.number === number)?.properties.name;
  const then = new Map([...labels.data].map(([area, zone]) => [area, nameThen.get(zone)]));
  let [gained, lost, gainedHours, lostHours] = [0, 0, 0, 0];
  for (const [area, name] of then) {
    const here = data.zoneOf.get(area) === number;
    const was = name === nameNow;
    if (here === was) continue;
    const care = data.demand.get(area)?.hours ?? 0;
    if (here) [gained, gainedHours] = [gained + 1, gainedHours + care];
    else [lost, lostHours] = [lost + 1, lostHours + care];
  }
  if (gained === 0 && lost === 0) return <>Nothing since “{before.name}”.</>;
  return (
    <>
      Since “{before.name}”: gained {counted(gained, "area")} ({counted(gainedHours, "hour")} a week), gave up {lost} ({counted(lostHours, "hour")} a week).
    </>
  );
}

export function AreaSheet({ data, areaId, onClose }: { data: CountyData; areaId: string; onClose: () => void }) {
  const area = data.areas.features.find(({ properties }) => properties.area_id === areaId)?.properties;
  if (area === undefined) return <p class="notice">No area has the code {areaId}.</p>;
  const zone = data.zones?.features.find(({ properties }) => properties.number === data.zoneOf.get(areaId))?.properties.name;
  const care = data.demand.get(areaId);
  return (
    <section class="panel sheet card-body" aria-labelledby="sheet-title" id="area-sheet">
      <button type="button" class="close" onClick={onClose} aria-label="Close the area's sheet">
        ×
      </button>
      <h2 id="sheet-title">{area.settlement ? `${area.settlement}, area ${areaId}` : `Area ${areaId}`}</h2>
      <Definitions
        pairs={[
          ["Zone", zone ?? "None yet"],
          ["Band", area.band ? sentence(area.band) : "Not classified yet"],
          ["Rate", money(area.pounds_per_hour, "Not set yet") + (area.pounds_per_hour === null ? "" : " an hour")],
          ["Care", care ? `${counted(care.hours, "hour")} a week` : "none, or withheld"],
          ["Next visit", data.ground.minutes_to_next_visit[areaId] ? `${decimal(data.ground.minutes_to_next_visit[areaId])} minutes away` : null],
          ["Postcodes", area.live_postcodes],
        ]}
      />
      {area.why && (
        <p class="why">
          <strong>Why this band: </strong>
          {area.why}
        </p>
      )}
      <p>
        <a href={`/bands?area=${encodeURIComponent(areaId)}`}>The whole explanation of its band</a>
      </p>
    </section>
  );
}
