/** Two plans on two maps that move together: side by side, or one over the other with a line to swipe. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CountyMap } from "./CountyMap";
import { colouring } from "./colouring";
import type { CountyData } from "./data";
import { speakArea } from "./figures";
import type { LiveMap } from "./live-map";
import { SYNTHETIC_NOTE } from "../parts/format";

interface Props {
  one: CountyData;
  two: CountyData;
  names: [string, string];
  ids: [string, string];
  swipe: boolean;
}

const LAYERS_SHOWN = { zones: true, places: false, roads: false, districts: false };

/** Let each map follow the other. */
function useLinked(a: LiveMap | null, b: LiveMap | null): void {
  useEffect(() => {
    if (a === null || b === null) return undefined;
    let following = false;
    const follow = (from: LiveMap, to: LiveMap) => (): void => {
      if (following) return;
      following = true;
      to.libre.jumpTo({ center: from.libre.getCenter(), zoom: from.libre.getZoom() });
      following = false;
    };
    const [forth, back] = [follow(a, b), follow(b, a)];
    a.libre.on("move", forth);
    b.libre.on("move", back);
    return () => {
      a.libre.off("move", forth);
      b.libre.off("move", back);
    };
  }, [a, b]);
}

export function TwoMaps({ one, two, names, ids, swipe }: Props) {
  const [maps, setMaps] = useState<[LiveMap | null, LiveMap | null]>([null, null]);
  const [zone, setZone] = useState<[number | null, number | null]>([null, null]);
  const [area, setArea] = useState<string | null>(null);
  const [percent, setPercent] = useState(50);
  const over = useRef<HTMLDivElement>(null);
  useLinked(maps[0], maps[1]);
  // The line is set by script, for the policy allows no style in the page's own text.
  useEffect(() => over.current?.style.setProperty("clip-path", swipe ? `inset(0 0 0 ${percent}%)` : "none"), [percent, swipe]);
  const colours = useMemo(() => [colouring("zone", one, null), colouring("zone", two, null)] as const, [one, two]);
  const side = (at: 0 | 1, data: CountyData) => (
    <CountyMap
      id={at === 0 ? "map" : "second-map"}
      data={data}
      planId={ids[at]}
      colouring={colours[at]}
      layers={LAYERS_SHOWN}
      patterns
      area={area}
      zone={zone[at]}
      onArea={setArea}
      onZone={(number) => {
        setArea(null);
        setZone((old) => (at === 0 ? [number, old[1]] : [old[0], number]));
      }}
      speakZone={(number) => `${names[at]}: ${data.zones?.features.find(({ properties }) => properties.number === number)?.properties.name ?? ""}.`}
      speakArea={(id) => `${names[at]}: ${speakArea(data, id)}`}
      onLive={(map) => setMaps((old) => (at === 0 ? [map, old[1]] : [old[0], map]))}
      label={`Map of “${names[at]}”`}
      synthetic={data.meta.synthetic ? SYNTHETIC_NOTE : ""}
    />
  );
  const zoneOf = (data: CountyData): string => (area === null ? "" : (data.zones?.features.find(({ properties }) => properties.number === data.zoneOf.get(area))?.properties.name ?? "no zone"));
  return (
    <section aria-label="Both plans on the map">
      <div class={swipe ? "two-maps swipe" : "two-maps"}>
        <figure>
          {side(0, one)}
          <figcaption>{names[0]}</figcaption>
        </figure>
        <figure ref={over as never}>
          {side(1, two)}
          <figcaption>{names[1]}</figcaption>
        </figure>
      </div>
      {swipe && (
        <div class="field">
          <label for="swipe">Swipe: how much of “{names[0]}” is seen</label>
          <input id="swipe" type="range" min={0} max={100} value={percent} onInput={(event) => setPercent(Number(event.currentTarget.value))} />
        </div>
      )}
      <p role="status">{area === null ? "Click an area, or press Alt and an arrow on a map, to read which zone it is in under each plan." : `Area ${area}: ${zoneOf(one)} in “${names[0]}”, ${zoneOf(two)} in “${names[1]}”.`}</p>
    </section>
  );
}
