/** The county on a WebGL map: areas coloured by band or zone, zone outlines and names, and what is found on it. */

import {
  type FilterSpecification,
  type GeoJSONSource,
  Map as LibreMap,
  type MapGeoJSONFeature,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import type { AreaProperties } from "./contract";
import { type Bounds, boundsOf, boundsOfFeatures } from "./geometry";
import { type ColourBy, type MapContents, NOTHING, fillColour, style } from "./map-style";
import { patternTile } from "./patterns";

/** Address of the map's worker script, put in by the build because its name carries its hash. */
declare const WORKER_ADDRESS: string;

/** Whether this browser can draw the map at all; locked-down desktops often have WebGL switched off. */
export function canDrawMap(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export class CountyMap {
  readonly #map: LibreMap;
  readonly #contents: MapContents;
  readonly #home: Bounds;
  readonly #tip = new Popup({ closeButton: false, closeOnClick: false, className: "tip", offset: 10, focusAfterOpen: false });
  readonly #card = new Popup({ closeButton: true, maxWidth: "320px", className: "card", focusAfterOpen: false });
  #colourBy: ColourBy = "band";
  #patterns = true;

  /** Draw the county into `container`. Throws where WebGL turns out not to work after all. */
  constructor(container: HTMLElement, contents: MapContents) {
    setWorkerUrl(new URL(WORKER_ADDRESS, window.location.href).href);
    this.#contents = contents;
    this.#home = boundsOfFeatures(contents.areas) ?? [-6, 50, 2, 56];
    const [west, south, east, north] = this.#home;
    const [dx, dy] = [(east - west) * 0.6, (north - south) * 0.6];
    this.#map = new LibreMap({
      container,
      style: style(contents),
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
      // Names that fade in are motion too.
      fadeDuration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
      // Kept so that the browser can print the map.
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#map.addControl(new ScaleControl({ unit: "imperial" }), "bottom-left");
    this.#addPatterns();
    this.#listen();
  }

  /** Told whether the map is drawn and at rest, each time that changes. */
  onRest(tell: (atRest: boolean) => void): void {
    this.#map.on("idle", () => tell(true));
    this.#map.on("render", () => tell(false));
  }

  /** Told when the browser takes the drawing surface away for good, as some remote desktops do. */
  onLost(tell: () => void): void {
    this.#map.on("webglcontextlost", tell);
  }

  colourBy(by: ColourBy): void {
    this.#colourBy = by;
    this.#map.setPaintProperty("areas", "fill-color", fillColour(this.#contents, by));
    this.#showPatterns();
  }

  showPatterns(shown: boolean): void {
    this.#patterns = shown;
    this.#showPatterns();
  }

  showZones(shown: boolean): void {
    for (const layer of ["zone-casing", "zone-lines", "zone-names"]) this.#visible(layer, shown);
  }

  /** Go to a postcode: mark its point and outline its area. */
  showPlace(longitude: number, latitude: number, areaId: string | null): void {
    this.#card.remove();
    this.#choose(areaId);
    this.#mark([longitude, latitude]);
    this.#map.flyTo({ center: [longitude, latitude], zoom: 13 });
  }

  showZone(number: number): void {
    const zone = this.#contents.zones?.features.find(({ properties }) => properties.number === number);
    const bounds = zone && boundsOf([zone.geometry]);
    if (bounds) this.#map.fitBounds(bounds, { padding: 40 });
  }

  showCounty(): void {
    this.#card.remove();
    this.#choose(null);
    this.#mark(null);
    this.#map.fitBounds(this.#home, { padding: 24 });
  }

  remove(): void {
    this.#map.remove();
  }

  #addPatterns(): void {
    const pixelRatio = 2;
    this.#map.setMissingStyleImageResolver((id) => {
      const swatch = this.#contents.bands.get(id.replace(/^band-/, ""));
      if (swatch !== undefined) this.#map.addImage(id, patternTile(swatch, pixelRatio), { pixelRatio });
    });
  }

  #listen(): void {
    this.#map.on("mousemove", "areas", (event) => {
      const area = event.features?.[0];
      if (area === undefined) return;
      this.#map.getCanvas().style.cursor = "pointer";
      this.#map.setFilter("hovered", ["==", ["get", "area_id"], areaOf(area).area_id]);
      this.#tip.setLngLat(event.lngLat).setText(tipText(areaOf(area))).addTo(this.#map);
    });
    this.#map.on("mouseleave", "areas", () => {
      this.#map.getCanvas().style.cursor = "";
      this.#map.setFilter("hovered", NOTHING);
      this.#tip.remove();
    });
    this.#map.on("click", "areas", (event) => {
      const area = event.features?.[0];
      if (area !== undefined) this.#open(area, [event.lngLat.lng, event.lngLat.lat]);
    });
    this.#card.on("close", () => this.#choose(null));
    const canvas = this.#map.getCanvas();
    canvas.setAttribute("aria-label", "Map of zones and bands. Arrow keys move it, plus and minus zoom, Enter describes the area in the middle.");
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#openMiddle();
      if (event.key === "Escape") this.#card.remove();
    });
  }

  #openMiddle(): void {
    const middle = this.#map.getCenter();
    const area = this.#map.queryRenderedFeatures(this.#map.project(middle), { layers: ["areas"] })[0];
    if (area !== undefined) this.#open(area, [middle.lng, middle.lat]);
  }

  #open(area: MapGeoJSONFeature, at: [number, number]): void {
    this.#tip.remove();
    this.#card.remove();
    this.#card.setLngLat(at).setDOMContent(this.#contents.describeArea(areaOf(area))).addTo(this.#map);
    this.#choose(areaOf(area).area_id);
  }

  #choose(areaId: string | null): void {
    const filter: FilterSpecification = areaId === null ? NOTHING : ["==", ["get", "area_id"], areaId];
    for (const layer of ["chosen", "chosen-casing"]) this.#map.setFilter(layer, filter);
  }

  #mark(coordinates: [number, number] | null): void {
    const features = coordinates === null ? [] : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates }, properties: {} }];
    void this.#map.getSource<GeoJSONSource>("found")?.setData({ type: "FeatureCollection", features });
  }

  #showPatterns(): void {
    this.#visible("patterns", this.#patterns && this.#colourBy === "band");
  }

  #visible(layer: string, shown: boolean): void {
    this.#map.setLayoutProperty(layer, "visibility", shown ? "visible" : "none");
  }
}

const areaOf = (feature: MapGeoJSONFeature): AreaProperties => feature.properties as AreaProperties;

function tipText({ band, zone, settlement }: AreaProperties): string {
  return [settlement, zone, band].filter((part): part is string => Boolean(part)).join(" · ");
}
