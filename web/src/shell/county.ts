/** What is in force: read once and shared by every view. */

import { useGet, type Loaded } from "../api/use";
import type { Areas, Band, Meta, Zones } from "../api/contract";
import type { Schemas } from "../api/client";

export const useMeta = (): Loaded<Meta> => useGet<Meta>("/v1/meta");
export const useBands = (): Loaded<{ items: Band[] }> => useGet("/v1/bands");
export const useAreas = (): Loaded<Areas> => useGet<Areas>("/v1/areas.geojson");
export const useGround = (): Loaded<Schemas["GroundView"]> => useGet("/v1/map/ground");
/** The zones of a plan with their borders; nothing while no plan is known. */
export const useZones = (planId: number | string | null | undefined): Loaded<Zones> =>
  useGet<Zones>(planId === null || planId === undefined ? null : `/v1/plans/${planId}/zones.geojson`);
