/**
 * The map of every desk: WebGL where the browser can, the picture that the service draws where it cannot.
 *
 * Nothing is known by the map alone: what it hovers and chooses is told to the view, whose table shows the same; and Alt
 * with an arrow key goes from the chosen zone or area to its neighbour that way and speaks it.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { address, blob } from "../api/client";
import { explain } from "../api/problem";
import { announce } from "../shell/announce";
import type { Colouring } from "./colouring";
import type { CountyData } from "./data";
import type { LiveMap } from "./live-map";
import type { LayerName } from "./style";
import { LAYERS, tipText } from "./style";
import { neighbourOf } from "./neighbours";

export interface CountyMapProps {
  data: CountyData;
  /** The plan whose zones the data holds; the one in force when absent. */
  planId?: number | string | null;
  colouring: Colouring;
  layers: Record<LayerName, boolean>;
  patterns: boolean;
  area: string | null;
  zone: number | null;
  hoveredArea?: string | null;
  hoveredZone?: number | null;
  point?: [number, number] | null;
  /** Changes when the map should go to what is chosen, or home where nothing is. */
  goTo?: string;
  onHover?: (areaId: string | null) => void;
  onArea: (areaId: string | null) => void;
  onZone: (zone: number) => void;
  /** What is said of a zone or area reached by the keyboard. */
  speakZone: (zone: number) => string;
  speakArea: (areaId: string) => string;
  /** For tools that draw on the map itself; told null when it goes. */
  onLive?: (map: LiveMap | null) => void;
  label?: string;
  synthetic?: string;
  /** Where there are several maps on a page. */
  id?: string;
}

/** Whether this browser can draw the map at all; locked-down desktops often have WebGL switched off. */
function canDrawMap(): boolean {
  try {
    const surface = document.createElement("canvas").getContext("webgl2");
    // A browser has few of these surfaces, and takes away the oldest, a map perhaps, when it runs short.
    surface?.getExtension("WEBGL_lose_context")?.loseContext();
    return surface !== null;
  } catch {
    return false;
  }
}

const ARROWS: Record<string, number> = { ArrowUp: 0, ArrowRight: 90, ArrowDown: 180, ArrowLeft: 270 };
const DIRECTION_WORDS: Record<string, string> = { ArrowUp: "north", ArrowRight: "east", ArrowDown: "south", ArrowLeft: "west" };

/**
 * A browser takes the surface of a map away when it runs short or its drawing process ends, and may refuse another for
 * some seconds: the map is drawn anew this often a minute, after waits that grow, before the picture stands in.
 */
const MOST_LOSSES = 5;
const LOSSES_WITHIN_MILLISECONDS = 60_000;
const FIRST_WAIT_MILLISECONDS = 100;

export function CountyMap(props: CountyMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const live = useRef<LiveMap | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [mode, setMode] = useState(() => (canDrawMap() ? "map" : "picture"));
  const [turn, setTurn] = useState(0);
  const losses = useRef<number[]>([]);
  const [drawn, setDrawn] = useState(0);
  const { data, colouring, layers, patterns, area, zone, hoveredArea = null, hoveredZone = null, point = null } = props;

  useEffect(() => {
    const container = box.current;
    if (mode !== "map" || container === null) return undefined;
    let gone = false;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const lost = (): void => {
      if (gone) return;
      losses.current = [...losses.current, Date.now()].filter((at) => at > Date.now() - LOSSES_WITHIN_MILLISECONDS);
      if (losses.current.length > MOST_LOSSES) setMode("picture");
      else waiting = setTimeout(() => setTurn((n) => n + 1), FIRST_WAIT_MILLISECONDS * 2 ** losses.current.length);
    };
    void import("./live-map")
      .then(({ LiveMap: Made }) => {
        if (gone) return;
        const map = new Made(container, latest.current.data, {
          tip: (found) => tipText(found, zoneName(latest.current.data, latest.current.data.zoneOf.get(found.area_id)), latest.current.colouring.says(found.area_id)),
          hover: (id) => latest.current.onHover?.(id),
          choose: (id) => latest.current.onArea(id),
          rest: (atRest) => container.setAttribute("aria-busy", String(!atRest)),
          lost,
        });
        const canvas = map.libre.getCanvas();
        canvas.setAttribute("aria-label", `${latest.current.label ?? "Map of zones and bands"}. Arrow keys move it, plus and minus zoom, Enter chooses the area in the middle, Alt with an arrow goes to the neighbour that way.`);
        live.current = map;
        latest.current.onLive?.(map);
        setDrawn((n) => n + 1);
      })
      .catch(lost);
    return () => {
      gone = true;
      clearTimeout(waiting);
      latest.current.onLive?.(null);
      live.current?.remove();
      live.current = null;
    };
  }, [mode, turn, data.areas]);

  useEffect(() => {
    live.current?.colour(data.areas.features.map(({ properties }) => properties.area_id), colouring.colourOf);
  }, [drawn, colouring]);
  useEffect(() => live.current?.patterns(patterns ? colouring.patterns : null), [drawn, patterns, colouring.patterns]);
  useEffect(() => live.current?.showZones(data.zones), [drawn, data.zones]);
  useEffect(() => {
    for (const name of Object.keys(LAYERS) as LayerName[]) live.current?.showLayer(name, layers[name]);
  }, [drawn, layers.zones, layers.places, layers.roads, layers.districts]);
  useEffect(() => live.current?.choose(area, zone), [drawn, area, zone, data.zones]);
  useEffect(() => live.current?.hover(hoveredArea, hoveredZone), [drawn, hoveredArea, hoveredZone]);
  useEffect(() => live.current?.mark(point), [drawn, point?.[0], point?.[1]]);
  useEffect(() => {
    const map = live.current;
    if (map === null) return;
    if (point) map.goTo(point);
    else if (area !== null) map.goToArea(area);
    else if (zone !== null) map.goToZone(zone);
    else if (drawn > 0 && props.goTo) map.goHome();
  }, [drawn, props.goTo, point?.[0], point?.[1]]);

  const tryAgain = (): void => {
    losses.current = [];
    setTurn((n) => n + 1);
    setMode(canDrawMap() ? "map" : "picture");
  };

  /** Alt and an arrow: the neighbour that way, spoken. Enter: the area in the middle. */
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && live.current && event.target instanceof HTMLCanvasElement) {
      const middle = live.current.middleArea();
      if (middle !== null) props.onArea(middle);
      return;
    }
    if (event.key === "Escape") {
      props.onArea(null);
      return;
    }
    const direction = ARROWS[event.key];
    if (!event.altKey || direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = neighbourOf(data, { area, zone }, direction);
    if (next === null) announce(`Nothing lies to the ${DIRECTION_WORDS[event.key] ?? ""} of here.`);
    else if ("area" in next) {
      props.onArea(next.area);
      announce(props.speakArea(next.area));
    } else {
      props.onZone(next.zone);
      announce(props.speakZone(next.zone));
    }
  };

  return (
    <div class="map" ref={box} id={props.id ?? "map"} role="group" aria-label={props.label ?? "Map"} onKeyDownCapture={onKey} tabIndex={mode === "picture" ? 0 : undefined}>
      <span class="crosshair" aria-hidden="true" />
      {props.synthetic && <span class="map-label">{props.synthetic}</span>}
      {mode === "picture" && <Picture data={data} by={colouring.by === "zone" ? "zone" : "band"} plan={props.planId ?? null} />}
      {mode === "picture" && losses.current.length > 0 && (
        <button type="button" class="map-again secondary" onClick={tryAgain}>
          Try the map again
        </button>
      )}
    </div>
  );
}

const zoneName = (data: CountyData, number: number | undefined): string | undefined =>
  data.zones?.features.find(({ properties }) => properties.number === number)?.properties.name;

/** The picture that the service draws, with what it shows in words; anew whenever the zones of its plan change. */
function Picture({ data, by, plan }: { data: CountyData; by: "band" | "zone"; plan: number | string | null }) {
  const [source, setSource] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let url: string | null = null;
    let gone = false;
    blob(address("/v1/map.png", { colour: by, plan_id: plan })).then(
      (content) => {
        if (gone) return;
        url = URL.createObjectURL(content);
        setSource(url);
      },
      (thrown: unknown) => setError(thrown),
    );
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [by, plan, data.zones]);
  const names = by === "band" ? data.bands.map(({ label }) => label) : (data.zones?.features ?? []).map(({ properties }) => properties.name);
  const alt = `Map of ${data.meta.council.name} coloured by ${by === "band" ? "price band" : "zone"}: ${names.join(", ")}. The tables give the same figures.`;
  if (error !== null) return <p class="notice bad">The map cannot be drawn in this browser, and the picture in its place failed. {explain(error)}</p>;
  return source === null ? <p class="notice">Drawing the map…</p> : <img class="picture" src={source} alt={alt} />;
}
