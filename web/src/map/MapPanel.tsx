/** The map with what belongs to it: the choice of colours, the legend, its layers, and what is chosen in words. All of it is in the address. */

import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { SYNTHETIC_NOTE } from "../parts/format";
import { useQuery } from "../shell/address";
import { CountyMap } from "./CountyMap";
import { type Against, COLOUR_NAMES, type ColourBy, choices, colouring as colouringOf } from "./colouring";
import type { CountyData } from "./data";
import { speakArea, speakZone, useZoneFigures } from "./figures";
import type { LiveMap } from "./live-map";
import { AreaSheet, ZoneSheet } from "./sheets";
import { LAYERS, type LayerName } from "./style";
import { Swatch } from "./Swatch";

interface Props {
  /** The county; while it is on its way, what stands beside the map is there already. */
  data: CountyData | null;
  planId?: number | string | null;
  against?: Against | null;
  /** What colours the map until somebody chooses. */
  first?: ColourBy;
  point?: [number, number] | null;
  /** An area to outline, such as that of a postcode, when nothing else is chosen. */
  pointArea?: string | null;
  hoveredZone?: number | null;
  onHoverZone?: (zone: number | null) => void;
  onLive?: (map: LiveMap | null) => void;
  /** What replaces a click on an area: choosing it and its sheet, unless a tool takes it. */
  onArea?: (areaId: string | null) => void;
  label?: string;
  /** Beside the map, above the legend. */
  children?: ComponentChildren;
  /** Below what is chosen. */
  below?: ComponentChildren;
}

const HIDDEN = "hide";

/** One frame before and after the county has come, so that nothing typed beside the map is lost when the map appears. */
export function MapPanel({ data, children, ...rest }: Props) {
  return (
    <div class="map-panel">
      <div class="side">{children}</div>
      {data !== null && <Drawn {...rest} data={data} />}
    </div>
  );
}

function Drawn(props: Omit<Props, "data" | "children"> & { data: CountyData }) {
  const { data, planId, against = null, first = "band", point = null, pointArea = null } = props;
  const [query, change] = useQuery();
  const [ownHover, setOwnHover] = useState<number | null>(null);
  const hover = props.onHoverZone ?? setOwnHover;
  const figures = useZoneFigures(data, planId);
  const offered = choices(data, against);
  const wanted = query["colour"] as ColourBy | undefined;
  const by = wanted && offered.includes(wanted) ? wanted : offered.includes(first) ? first : "band";
  const colours = useMemo(() => colouringOf(by, data, against), [by, data, against]);
  const hidden = (query[HIDDEN] ?? "districts").split(".");
  const layers = Object.fromEntries((Object.keys(LAYERS) as LayerName[]).map((name) => [name, !hidden.includes(name)])) as Record<LayerName, boolean>;
  const patterns = !hidden.includes("patterns");
  const zone = query["zone"] ? Number(query["zone"]) : null;
  const area = query["area"] ?? null;
  const toggle = (name: string, shown: boolean): void => {
    const next = hidden.filter((one) => one !== name && one !== "");
    if (!shown) next.push(name);
    change({ [HIDDEN]: next.length === 0 ? "nothing" : next.join(".") }, true);
  };
  const choose = (areaId: string | null): void => (props.onArea ? props.onArea(areaId) : change({ area: areaId, zone: null }));
  const chooseZone = (number: number | null): void => change({ zone: number, area: null });
  const zoneOfArea = (id: string | null): number | null => (id === null ? null : (data.zoneOf.get(id) ?? null));

  return (
    <>
      <section class="panel map-key" id="key-panel" aria-labelledby="legend-title">
        <div class="field">
          <label for="colour-by">Colour the map by</label>
          <select id="colour-by" value={by} onChange={(event) => change({ colour: event.currentTarget.value }, true)}>
            {offered.map((one) => (
              <option key={one} value={one}>
                {COLOUR_NAMES[one]}
              </option>
            ))}
          </select>
        </div>
        <h2 id="legend-title">{colours.title}</h2>
        <ul class={`legend legend-${by}`} id="legend">
          {colours.legend.map((row) => (
            <li key={row.name}>
              <Swatch look={patterns ? row.look : { ...row.look, pattern: "none" }} />
              <div>
                <div class="legend-name">
                  {row.zone === undefined ? (
                    row.name
                  ) : (
                    <button type="button" class="link" aria-pressed={row.zone === zone} onClick={() => chooseZone(row.zone === zone ? null : (row.zone as number))} onMouseEnter={() => hover(row.zone as number)} onMouseLeave={() => hover(null)}>
                      {row.name}
                    </button>
                  )}
                  {row.figure && <span class="figure">{row.figure}</span>}
                </div>
                {row.words && <p>{row.words}</p>}
              </div>
            </li>
          ))}
        </ul>
        <fieldset class="choice-row" id="layers">
          <legend>Show</legend>
          {(Object.keys(LAYERS) as LayerName[]).filter((name) => name !== "roads" || data.ground.roads_version !== null).map((name) => (
            <label key={name}>
              <input type="checkbox" checked={layers[name]} onChange={(event) => toggle(name, event.currentTarget.checked)} /> {LAYERS[name].words}
            </label>
          ))}
          <label>
            <input type="checkbox" checked={patterns} disabled={colours.patterns === null} onChange={(event) => toggle("patterns", event.currentTarget.checked)} /> Patterns
          </label>
        </fieldset>
      </section>
      <section class="map-section" aria-label={props.label ?? "Map"}>
        <figure>
          <CountyMap
            data={data}
            planId={planId ?? null}
            colouring={colours}
            layers={layers}
            patterns={patterns}
            area={area ?? pointArea}
            zone={zone}
            hoveredZone={props.hoveredZone ?? ownHover}
            point={area === null && zone === null ? point : null}
            goTo={`${zone ?? ""}|${area ?? ""}|${query["whole"] ?? ""}`}
            onHover={(id) => hover(zoneOfArea(id))}
            onArea={choose}
            onZone={chooseZone}
            speakZone={(number) => speakZone(data, figures, number)}
            speakArea={(id) => speakArea(data, id)}
            {...(props.onLive ? { onLive: props.onLive } : {})}
            label={props.label ?? "Map of zones and bands"}
            synthetic={data.meta.synthetic ? SYNTHETIC_NOTE : ""}
          />
          <figcaption>
            <button type="button" class="link" id="whole-county" onClick={() => change({ zone: null, area: null, whole: query["whole"] ? null : "1" }, true)}>
              Show the whole county
            </button>
            <span class="hint">Alt and an arrow key go to a neighbour.</span>
            <span>{data.meta.attribution}</span>
          </figcaption>
        </figure>
        {area !== null && <AreaSheet data={data} areaId={area} onClose={() => change({ area: null })} />}
        {area === null && zone !== null && <ZoneSheet data={data} figures={figures} number={zone} onZone={chooseZone} onClose={() => chooseZone(null)} {...(planId ? { planId } : {})} />}
        {props.below}
      </section>
    </>
  );
}
