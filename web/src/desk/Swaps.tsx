/** Packages that providers could exchange so that everybody drives less, in a table and on the map. */

import type { GeoJSONSource, Map as LibreMap } from "maplibre-gl";
import { useEffect, useState } from "preact/hooks";
import { everyItem, type Schemas } from "../api/client";
import { useLoad } from "../api/use";
import { MapPanel } from "../map/MapPanel";
import { useCounty } from "../map/data";
import type { LiveMap } from "../map/live-map";
import { SYNTHETIC_NOTE, decimal, moneyWhole } from "../parts/format";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";

type Swap = Schemas["SwapView"];

/** The packages of a swap as points with the words of their move, and a line round them. */
function drawn(swap: Swap | undefined): GeoJSON.FeatureCollection {
  const moves = swap?.moves ?? [];
  const ring = moves.map(({ longitude, latitude }) => [longitude, latitude]);
  return {
    type: "FeatureCollection",
    features: [
      ...(ring.length > 1 ? [{ type: "Feature" as const, geometry: { type: "LineString" as const, coordinates: [...ring, ring[0] as number[]] }, properties: {} }] : []),
      ...moves.map(({ longitude, latitude, package: name, to_provider }) => ({ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [longitude, latitude] }, properties: { words: `${name} to ${to_provider}` } })),
    ],
  };
}

function addLayers(libre: LibreMap, swap: Swap | undefined): void {
  const source = libre.getSource<GeoJSONSource>("swap");
  if (source) {
    void source.setData(drawn(swap));
    return;
  }
  libre.addSource("swap", { type: "geojson", data: drawn(swap) });
  libre.addLayer({ id: "swap-lines", type: "line", source: "swap", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#b3123f", "line-width": 3, "line-dasharray": [2, 1.5] } });
  libre.addLayer({ id: "swap-points", type: "circle", source: "swap", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 8, "circle-color": "#b3123f", "circle-stroke-color": "#fff", "circle-stroke-width": 3 } });
  libre.addLayer({
    id: "swap-words",
    type: "symbol",
    source: "swap",
    filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["get", "words"], "text-font": ["Arial Bold", "Arial"], "text-size": 13, "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": 1 },
    paint: { "text-color": "#b3123f", "text-halo-color": "#fff", "text-halo-width": 2.5 },
  });
}

export function Swaps() {
  const [query, change] = useQuery();
  const county = useCounty();
  const { data, error, again } = useLoad("/v1/swaps?all", () => everyItem<Swap>("/v1/swaps", { limit: 200 }, 400));
  const [live, setLive] = useState<LiveMap | null>(null);
  const chosen = data?.find(({ packages }) => packages.join(".") === query["swap"]);

  useEffect(() => {
    if (live === null) return;
    const { libre } = live;
    if (libre.isStyleLoaded()) addLayers(libre, chosen);
    else void libre.once("idle", () => addLayers(libre, chosen));
    const points = (chosen?.moves ?? []).map(({ longitude, latitude }): [number, number] => [longitude, latitude]);
    if (points.length === 0) return;
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    libre.fitBounds([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], { padding: 90, maxZoom: 12 });
  }, [live, chosen]);

  return (
    <>
      <h1>Swaps that save driving</h1>
      <p>Each lets two or three providers exchange packages. Nobody drives more or has fewer hours, and each person keeps their times of day. Every party, and every person, must agree.</p>
      {error !== null && <Failure what="The swaps cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="swaps; working them out takes some seconds" />}
      {data?.length === 0 && <Empty title="No swap would save driving now." />}
      {data && data.length > 0 && county.data && (
        <MapPanel data={county.data} onLive={setLive} first="zone" label="Map of swaps" below={null}>
          <section class="panel" aria-labelledby="moves-title">
            <h2 id="moves-title">{chosen ? "This swap" : "Choose a swap"}</h2>
            {chosen ? (
              <ul class="bullets">
                {chosen.moves.map((move) => (
                  <li key={move.package}>
                    {move.package} ({move.postcode}): from {move.from_provider} to {move.to_provider}. Driving a visit: {decimal(move.minutes_per_visit_before)} minutes now, {decimal(move.minutes_per_visit_after)} then.
                  </li>
                ))}
              </ul>
            ) : (
              <p>Press one in the table below to see it on the map.</p>
            )}
          </section>
        </MapPanel>
      )}
      {data && data.length > 0 && (
        <DataTable
          caption="Swaps, the most miles first"
          note={county.data?.meta.synthetic ? SYNTHETIC_NOTE : ""}
          rows={data}
          rowKey={({ packages }) => packages.join(".")}
          selected={query["swap"] ?? null}
          text={({ packages, providers }) => [...packages, ...providers].join(" ")}
          columns={[
            {
              key: "packages",
              head: "Packages",
              cell: ({ packages }) => (
                <button type="button" class="link" onClick={() => change({ swap: packages.join(".") })}>
                  {packages.join(", ")}
                </button>
              ),
            },
            { key: "providers", head: "Providers", cell: ({ providers }) => providers.join(", ") },
            { key: "miles", head: "Miles a week", figure: true, cell: ({ miles_saved_per_week }) => decimal(miles_saved_per_week), sort: ({ miles_saved_per_week }) => miles_saved_per_week },
            { key: "minutes", head: "Minutes a week", figure: true, cell: ({ minutes_saved_per_week }) => decimal(minutes_saved_per_week), sort: ({ minutes_saved_per_week }) => minutes_saved_per_week },
            { key: "pounds", head: "Pounds a year", figure: true, cell: ({ pounds_saved_per_year }) => moneyWhole(pounds_saved_per_year), sort: ({ pounds_saved_per_year }) => Number(pounds_saved_per_year) },
          ]}
        />
      )}
    </>
  );
}
