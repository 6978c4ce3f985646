/** What the service's `/v1` answers look like, as far as this page reads them. */

import type { FeatureCollection, Geometry } from "geojson";
import type { Schemas } from "./client";

/** A figure that may be withheld (null). Money arrives as a string where the service sends exact decimals. */
export type Figure = number | string | null;

/** What a snapshot's file holds and no total does; figures are null for those who see no exact ones. */
export type SetAside = Schemas["SetAsideView"];

export interface Meta {
  council: { code: string; name: string };
  synthetic: boolean;
  label: string;
  snapshot: { id: string | number; label: string | null; taken_on: string; packages: Figure; set_aside?: SetAside } | null;
  plan: { id: string | number; name: string; published_at: string | null } | null;
  band_run?: { id: number; scheme: string; scheme_version: string } | null;
  rate_card: { id: string | number; name: string; version: number | string; effective_from: string | null } | null;
  code_version: string;
  attribution: string;
  basemap_url: string | null;
}

export interface Band {
  band: string;
  label: string;
  what: string;
  ons_class: string | null;
  colour?: string | null;
}

export interface AreaProperties {
  area_id: string;
  band: string | null;
  zone: string | null;
  zone_number: number | null;
  pounds_per_hour: Figure;
  live_postcodes: number | null;
  settlement: string | null;
  why: string | null;
  population?: number | null;
}

export interface ZoneProperties {
  number: number;
  name: string;
  tier: string | null;
  hours_per_week: Figure;
  target_hours_per_week: Figure;
  packages: Figure;
  people?: Figure;
  waiting_packages?: Figure;
  hectares?: number | null;
  base_area_id?: string | null;
  colour?: string;
  pattern?: string;
  neighbours?: { number: number; name: string; direction: string }[];
}

export type Areas = FeatureCollection<Geometry, AreaProperties>;
export type Zones = FeatureCollection<Geometry, ZoneProperties>;

export interface CostRange {
  report_low_pounds: Figure;
  report_high_pounds: Figure;
  service_52_weeks_pounds: Figure;
  service_53_weeks_pounds: Figure;
}

export interface Report {
  synthetic: boolean;
  label: string;
  source: string;
  zones: {
    name: string;
    tier: string | null;
    report_hours_per_week: Figure;
    service_hours_per_week: Figure;
    difference: Figure;
    difference_share: Figure;
  }[];
  bands: {
    band: string;
    report_hours_per_week: Figure;
    service_hours_per_week: Figure;
    difference: Figure;
    report_pounds_per_hour: Figure;
    service_pounds_per_hour: Figure;
  }[];
  mean: { report_pounds_per_hour: Figure; service_pounds_per_hour: Figure } | null;
  annual_cost: { proposed: CostRange | null; current: CostRange | null } | null;
  plan_zones: {
    name: string;
    target_hours_per_week: Figure;
    plan_hours_per_week: Figure;
    difference_share: Figure;
  }[];
}

export interface PostcodeAnswer {
  postcode: string;
  live: boolean;
  repaired: unknown[];
  zone: { number: number; name: string; tier: string | null } | null;
  band: string | null;
  band_label: string | null;
  pounds_per_hour: Figure;
  visit_rates?: { minutes: number; pounds_per_hour: Figure; pounds_per_visit: Figure }[];
  area_id: string | null;
  district: { code: string; name: string } | null;
  easting: number | null;
  northing: number | null;
  latitude: number | null;
  longitude: number | null;
  flags: unknown[];
}
