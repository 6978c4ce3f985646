/** The county on a WebGL map. Loaded apart from the first view, for the library weighs more than all else together. */

import {
  type GeoJSONSource,
  Map as LibreMap,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import { credentialHeaders } from "../api/client";
import type { AreaProperties, Zones } from "../api/contract";
import { type PatternKind, bandSwatches } from "./colours";
import type { CountyData } from "./data";
import { AreaIndex } from "./hit";
import { areaMiddles } from "./neighbours";
import { type ToolHeard, type ToolKind, drawWith } from "./tools";
import { type Bounds, boundsOf, boundsOfFeatures } from "./geometry";
import { patternTile } from "./patterns";
import { LAYERS, type LayerName, style, zoneNames } from "./style";

/** Address of the map's worker script, put in by the build because its name carries its hash. */
declare const WORKER_ADDRESS: string;

export interface Heard {
  /** What the tip of an area says. */
  tip: (area: AreaProperties) => string;
  hover: (areaId: string | null) => void;
  choose: (areaId: string) => void;
  rest: (atRest: boolean) => void;
  /** The browser took the drawing surface away for good, as some remote desktops do. */
  lost: () => void;
}

export class LiveMap {
  /** The library's own map, for tools that draw on it. */
  readonly libre: LibreMap;
  readonly #home: Bounds;
  readonly #tip = new Popup({ closeButton: false, closeOnClick: false, className: "tip", offset: 10, focusAfterOpen: false });
  readonly #data: CountyData;
  readonly #index: AreaIndex;
  #zones: Zones | null;
  #colours = new Map<string, string>();
  #dropTool: (() => void) | null = null;

  /** Draw the county into `container`. Throws where WebGL turns out not to work after all. */
  constructor(container: HTMLElement, data: CountyData, heard: Heard) {
    setWorkerUrl(new URL(WORKER_ADDRESS, window.location.href).href);
    this.#data = data;
    this.#index = new AreaIndex(data.areas);
    this.#zones = data.zones;
    this.#home = boundsOfFeatures(data.areas) ?? [-6, 50, 2, 56];
    const [west, south, east, north] = this.#home;
    const [dx, dy] = [(east - west) * 0.6, (north - south) * 0.6];
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.libre = new LibreMap({
      container,
      style: style(data),
      bounds: this.#home,
      fitBoundsOptions: { padding: 24 },
      maxBounds: [west - dx, south - dy, east + dx, north + dy],
      maxZoom: 17,
      attributionControl: false,
      // The wheel scrolls the page; Ctrl and wheel zooms. The map must not trap someone on their way down the page.
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      validateStyle: false,
      transformRequest: (url) => (url.startsWith(`${window.location.origin}/v1/`) ? { url, headers: credentialHeaders() } : { url }),
      // Names that fade in are motion too.
      fadeDuration: still ? 0 : 300,
      // Kept so that the browser can print the map.
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    this.libre.touchZoomRotate.disableRotation();
    this.libre.keyboard.disableRotation();
    this.libre.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.libre.addControl(new ScaleControl({ unit: "imperial" }), "bottom-left");
    this.#addPatterns();
    this.#listen(heard);
  }

  /** Run when the style is there: at once, or when it has come. */
  #whenReady(act: () => void): void {
    if (this.libre.isStyleLoaded() || this.libre.getLayer("areas")) act();
    else this.libre.once("style.load", act);
  }

  /** Colour every area; only those whose colour changed are touched. */
  colour(areaIds: string[], colourOf: (areaId: string) => string): void {
    this.#whenReady(() => {
      for (const id of areaIds) {
        const colour = colourOf(id);
        if (this.#colours.get(id) === colour) continue;
        this.#colours.set(id, colour);
        this.libre.setFeatureState({ source: "areas", id }, { colour });
      }
    });
  }

  patterns(kind: "bands" | "zones" | null): void {
    this.#visible("band-patterns", kind === "bands");
    this.#visible("zone-patterns", kind === "zones");
  }

  /** Show other zones, such as those of a plan just edited. */
  showZones(zones: Zones | null): void {
    if (zones === this.#zones) return;
    this.#zones = zones;
    this.#whenReady(() => {
      const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
      void this.libre.getSource<GeoJSONSource>("zones")?.setData(zones ?? empty);
      void this.libre.getSource<GeoJSONSource>("names")?.setData(zones ? zoneNames(zones) : empty);
    });
  }

  showLayer(name: LayerName, shown: boolean): void {
    for (const layer of LAYERS[name].layers) this.#visible(layer, shown);
  }

  hover(areaId: string | null, zone: number | null): void {
    this.#outline("hovered", [this.#areaFeature(areaId), this.#zoneFeature(zone)]);
  }

  choose(areaId: string | null, zone: number | null): void {
    this.#outline("chosen", [this.#areaFeature(areaId), areaId === null ? this.#zoneFeature(zone) : null]);
  }

  /** Mark a point, such as a postcode; null marks none. */
  mark(point: [number, number] | null): void {
    this.#whenReady(() => {
      const features = point === null ? [] : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: point }, properties: {} }];
      void this.libre.getSource<GeoJSONSource>("found")?.setData({ type: "FeatureCollection", features });
    });
  }

  goTo(point: [number, number]): void {
    this.libre.flyTo({ center: point, zoom: 13 });
  }

  goToArea(areaId: string): void {
    const bounds = boundsOf([this.#areaFeature(areaId)?.geometry ?? null]);
    if (bounds) this.libre.fitBounds(bounds, { padding: 120, maxZoom: 13 });
  }

  goToZone(number: number): void {
    const bounds = boundsOf([this.#zoneFeature(number)?.geometry ?? null]);
    if (bounds) this.libre.fitBounds(bounds, { padding: 40 });
  }

  goHome(): void {
    this.libre.fitBounds(this.#home, { padding: 24 });
  }

  /** Draw lines and points of a view's own over the map: each with a `colour`, a `label`, and a `kind`. */
  overlay(features: GeoJSON.FeatureCollection): void {
    this.#whenReady(() => void this.libre.getSource<GeoJSONSource>("overlay")?.setData(features));
  }

  /** Let the pointer draw with a tool in place of moving the map; null lets it move the map again. */
  tool(kind: ToolKind | null, heard?: ToolHeard): void {
    this.#dropTool?.();
    this.#dropTool = kind === null || heard === undefined ? null : drawWith(this.libre, kind, this.#index, areaMiddles(this.#data), heard);
  }

  /** The area in the middle of the map. */
  middleArea(): string | null {
    return this.#index.at(this.libre.getCenter().toArray())?.properties.area_id ?? null;
  }

  remove(): void {
    this.libre.remove();
  }

  #addPatterns(): void {
    const pixelRatio = 2;
    const bands = bandSwatches(this.#data.bands);
    this.libre.setMissingStyleImageResolver((id) => {
      const band = bands.get(id.replace(/^band-/, ""));
      const look = band ?? { colour: "#ffffff", pattern: id.replace(/^pattern-/, "") as PatternKind };
      this.libre.addImage(id, patternTile(look, pixelRatio), { pixelRatio });
    });
  }

  #listen({ tip, hover, choose, rest, lost }: Heard): void {
    this.libre.on("idle", () => rest(true));
    for (const news of ["render", "dataloading"] as const) this.libre.on(news, () => rest(false));
    this.libre.on("webglcontextlost", lost);
    let under: string | null = null;
    const leave = (): void => {
      if (under === null) return;
      under = null;
      this.libre.getCanvas().style.cursor = "";
      this.#tip.remove();
      hover(null);
    };
    this.libre.on("mousemove", ({ lngLat }) => {
      if (this.libre.isMoving()) return;
      const properties = this.#index.at(lngLat.toArray())?.properties;
      if (properties === undefined) {
        leave();
        return;
      }
      this.#tip.setLngLat(lngLat);
      if (properties.area_id === under) return;
      this.#tip.setText(tip(properties)).addTo(this.libre);
      this.libre.getCanvas().style.cursor = this.#dropTool === null ? "pointer" : "crosshair";
      under = properties.area_id;
      hover(under);
    });
    this.libre.on("mouseout", leave);
    this.libre.on("click", ({ lngLat }) => {
      const area = this.#dropTool === null ? this.#index.at(lngLat.toArray()) : null;
      if (area !== null) choose(area.properties.area_id);
    });
  }

  #areaFeature(areaId: string | null): GeoJSON.Feature | null {
    const found = areaId === null ? undefined : this.#data.areas.features.find(({ properties }) => properties.area_id === areaId);
    return found ? { type: "Feature", geometry: found.geometry, properties: { what: "area" } } : null;
  }

  #zoneFeature(zone: number | null): GeoJSON.Feature | null {
    const found = zone === null ? undefined : this.#zones?.features.find(({ properties }) => properties.number === zone);
    return found ? { type: "Feature", geometry: found.geometry, properties: { what: "zone" } } : null;
  }

  /** Put outlines in place of those that a source shows. */
  #outline(source: "hovered" | "chosen", outlines: (GeoJSON.Feature | null)[]): void {
    const features = outlines.filter((one) => one !== null);
    this.#whenReady(() => void this.libre.getSource<GeoJSONSource>(source)?.setData({ type: "FeatureCollection", features }));
  }

  #visible(layer: string, shown: boolean): void {
    this.#whenReady(() => this.libre.getLayer(layer) && this.libre.setLayoutProperty(layer, "visibility", shown ? "visible" : "none"));
  }
}
