/** Drawing on the map with a pointer: areas taken one by one, brushed over, or within a line drawn around them. */

import type { GeoJSONSource, Map as LibreMap } from "maplibre-gl";
import type { Feature, Position } from "geojson";
import { insideRing } from "./geometry";
import type { AreaIndex } from "./hit";

export type ToolKind = "click" | "paint" | "lasso";

export interface ToolHeard {
  /** Areas taken so far by a stroke that goes on. */
  during: (areas: string[]) => void;
  /** The stroke has ended. */
  end: (areas: string[]) => void;
}

const BRUSH_PIXELS = 7;
const STEP_PIXELS = 6;

/** Let a pointer draw on a map, until the function returned is called. */
export function drawWith(libre: LibreMap, kind: ToolKind, index: AreaIndex, middles: Map<string, Position>, heard: ToolHeard): () => void {
  const canvas = libre.getCanvas();
  let taken: Set<string> | null = null;
  let line: [number, number][] = [];
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const under = ([x, y]: [number, number]): void => {
    if (kind === "click") {
      const found = index.at(libre.unproject([x, y]).toArray());
      if (found !== null) taken?.add(found.properties.area_id);
      return;
    }
    const [west, north] = libre.unproject([x - BRUSH_PIXELS, y - BRUSH_PIXELS]).toArray();
    const [east, south] = libre.unproject([x + BRUSH_PIXELS, y + BRUSH_PIXELS]).toArray();
    for (const area of index.within([west, south, east, north])) taken?.add(area);
  };
  const show = (): void => {
    const coordinates = line.map((point) => libre.unproject(point).toArray());
    const drawn: Feature[] = coordinates.length > 1 ? [{ type: "Feature", geometry: { type: "LineString", coordinates }, properties: {} }] : [];
    void libre.getSource<GeoJSONSource>("lasso")?.setData({ type: "FeatureCollection", features: drawn });
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || event.ctrlKey) return;
    taken = new Set();
    line = [at(event)];
    canvas.setPointerCapture(event.pointerId);
    if (kind !== "lasso") {
      under(at(event));
      heard.during([...taken]);
    }
  };
  const move = (event: PointerEvent): void => {
    if (taken === null || kind === "click") return;
    const [x, y] = at(event);
    const [fromX, fromY] = line.at(-1) ?? [x, y];
    if (kind === "lasso") {
      line.push([x, y]);
      show();
      return;
    }
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / STEP_PIXELS));
    const before = taken.size;
    for (let step = 1; step <= steps; step++) under([fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps]);
    line = [[x, y]];
    if (taken.size > before) heard.during([...taken]);
  };
  const up = (): void => {
    if (taken === null) return;
    if (kind === "lasso") {
      const ring = line.map((point) => libre.unproject(point).toArray() as Position);
      for (const [area, place] of middles) if (ring.length > 2 && insideRing(place, ring)) taken.add(area);
      line = [];
      show();
    }
    const done = taken;
    taken = null;
    heard.end([...done]);
  };
  libre.dragPan.disable();
  canvas.style.touchAction = "none";
  canvas.classList.add("drawing");
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointercancel", up);
    canvas.classList.remove("drawing");
    canvas.style.touchAction = "";
    libre.dragPan.enable();
  };
}
