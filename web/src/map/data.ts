/** Everything a map of the county is drawn from, for the plan in force or for any other plan. */

import { type Schemas, everyItem } from "../api/client";
import type { AreaProperties, Areas, Band, Meta, Zones } from "../api/contract";
import { type Loaded, useGet, useLoad } from "../api/use";
import { useAreas, useBands, useGround, useMeta, useZones } from "../shell/county";

export interface CountyData {
  meta: Meta;
  bands: Band[];
  areas: Areas;
  /** The same areas with what is only tried, such as other bands; it colours the map in their place. */
  drawn?: Areas;
  ground: Schemas["GroundView"];
  zones: Zones | null;
  /** The zone of each area under the plan shown, by number. */
  zoneOf: Map<string, number>;
  /** Hours and waiting hours a week of each area, where they may be seen. */
  demand: Map<string, { hours: number | null; waiting: number | null }>;
}

interface AreaDemand {
  area_id: string;
  hours_per_week: number | null;
  waiting_hours_per_week: number | null;
}

export interface CountyLoad {
  data: CountyData | null;
  error: unknown;
  again: () => void;
  /** Read the plan's zones and areas again, and nothing else. */
  againPlan: () => void;
}

const zonesInForce = (areas: Areas): Map<string, number> =>
  new Map(areas.features.flatMap(({ properties }): [string, number][] => (properties.zone_number === null ? [] : [[properties.area_id, properties.zone_number]])));

/** The zone number of every area under a plan; null asks for nothing. */
export function usePlanAreas(planId: number | string | null): Loaded<Map<string, number>> {
  const path = planId === null ? null : `/v1/plans/${planId}/areas`;
  return useLoad(path, async () => {
    const items = await everyItem<{ area_id: string; zone_number: number }>(path ?? "", { limit: 1000 }, 50_000);
    return new Map(items.map(({ area_id, zone_number }): [string, number] => [area_id, zone_number]));
  });
}

/**
 * Read the county for a map.
 *
 * @param planId the plan to show; the one in force when absent.
 */
export function useCounty(planId?: number | string | null): CountyLoad {
  const meta = useMeta();
  const bands = useBands();
  const areas = useAreas();
  const ground = useGround();
  const inForce = meta.data?.plan?.id ?? null;
  const shown = planId ?? inForce;
  const zones = useZones(shown);
  const other = planId !== undefined && planId !== null && String(planId) !== String(inForce);
  const labels = usePlanAreas(other ? planId : null);
  const demand = useGet<{ items: AreaDemand[] }>(meta.data?.snapshot ? "/v1/demand/totals" : null, { by: "area_id", plan_id: other ? planId : null });
  const parts = [meta, bands, areas, ground, zones, labels, demand];
  const ready = meta.data && bands.data && areas.data && ground.data && (shown === null || zones.data) && (!other || labels.data) && (!meta.data.snapshot || demand.data || demand.error);
  const data = ready
    ? {
        meta: meta.data as Meta,
        bands: bands.data?.items ?? [],
        areas: areas.data as Areas,
        ground: ground.data as Schemas["GroundView"],
        zones: zones.data,
        zoneOf: other ? (labels.data as Map<string, number>) : zonesInForce(areas.data as Areas),
        demand: new Map((demand.data?.items ?? []).map(({ area_id, hours_per_week, waiting_hours_per_week }) => [area_id, { hours: hours_per_week, waiting: waiting_hours_per_week }])),
      }
    : null;
  return {
    data,
    error: [meta, bands, areas, ground, zones, labels].find(({ error }) => error !== null)?.error ?? null,
    again: () => parts.forEach(({ again }) => again()),
    againPlan: () => [zones, labels].forEach(({ again }) => again()),
  };
}

export type { AreaProperties };
