/** The first page: sign in, load what is published, show it, and say plainly what is missing or wrong. */

import { Problem, Service } from "./api";
import { bandSwatches, zoneColours } from "./colours";
import type { AreaProperties, Areas, Band, Meta, Report, Zones } from "./contract";
import { byId, definitions, h } from "./dom";
import { SYNTHETIC_NOTE, date, money, sentence } from "./format";
import { zoneNeighbours } from "./geometry";
import { bandLegend, legendTitle, zoneLegend } from "./legend";
import { CountyMap, canDrawMap } from "./map";
import type { ColourBy } from "./map-style";
import { CountyPicture } from "./picture";
import { wirePostcodeBox } from "./postcode";
import { askForViewerToken, forgetKey, rememberKey, startSession } from "./session";
import { totals } from "./totals";

interface County {
  meta: Meta;
  bands: Band[];
  areas: Areas;
  zones: Zones | null;
}

let service: Service | null = null;
let map: CountyMap | null = null;
let meta: Meta | null = null;

const clearPostcode = wirePostcodeBox({
  service: () => service,
  found: ({ longitude, latitude, area_id }) => {
    if (longitude !== null && latitude !== null) map?.showPlace(longitude, latitude, area_id);
  },
  refused: () => askForKey("Your sign-in has run out. Sign in again."),
  note: () => (meta?.synthetic ? SYNTHETIC_NOTE : ""),
});

function say(content: string | Node, bad: boolean): void {
  const status = byId("status");
  status.className = bad ? "notice bad" : "notice";
  status.replaceChildren(content);
}

function explain(thrown: unknown): string {
  if (thrown instanceof Problem) return thrown.message;
  if (thrown instanceof TypeError) return "The service cannot be reached. Check the connection and try again.";
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A message with a button that tries again. */
function failure(what: string, thrown: unknown, again: () => void): HTMLElement {
  return h("div", {}, h("p", {}, h("strong", {}, what), " ", explain(thrown)), h("button", { type: "button", class: "action", onclick: again }, "Try again"));
}

function askForKey(error: string): void {
  byId("content").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-open").hidden = true;
  say("", false);
  byId("key-error").textContent = error;
  byId("key").focus();
}

function showMeta({ council, synthetic, label, plan, snapshot, rate_card, attribution, code_version }: Meta): void {
  byId("council").textContent = council.name;
  byId("title").textContent = `${council.name}: home-care zones and rates`;
  document.title = `${council.name}: home-care zones and rates · Patchwork`;
  byId("banner").hidden = !synthetic;
  // The service's label says more after the colon; the skeleton holds the plain words already.
  const words = label.replace(/^synthetic demand:\s*/i, "");
  byId("banner-words").textContent = SYNTHETIC_NOTE.endsWith(words) ? "" : sentence(words);
  byId("map-label").hidden = !synthetic;
  byId("map-label").textContent = SYNTHETIC_NOTE;
  byId("foot-label").textContent = synthetic ? `· ${SYNTHETIC_NOTE}` : "";
  byId("attribution").textContent = attribution;
  byId("version").textContent = `Patchwork ${code_version}`;
  const parts = [
    plan ? `Zone plan “${plan.name}”${plan.published_at ? `, published ${date(plan.published_at)}` : ""}` : "No zone plan is published yet",
    rate_card ? `rates “${rate_card.name}”${rate_card.effective_from ? ` from ${date(rate_card.effective_from)}` : ""}` : "no rates are published yet",
    snapshot ? `demand taken on ${date(snapshot.taken_on)}` : "no demand is loaded yet",
  ];
  byId("about").textContent = `${parts.join("; ")}.`;
}

function describeArea({ area_id, band, zone, pounds_per_hour, live_postcodes, settlement, why }: AreaProperties): HTMLElement {
  return h(
    "div",
    { class: "card-body", role: "status" },
    h("h3", {}, settlement ? `${settlement}, area ${area_id}` : `Area ${area_id}`),
    definitions([
      ["Zone", zone ?? "None yet"],
      ["Band", band ? sentence(band) : "Not classified yet"],
      ["Rate", money(pounds_per_hour, "Not set yet") + (pounds_per_hour === null ? "" : " an hour")],
      ["Postcodes", live_postcodes === null ? null : String(live_postcodes)],
    ]),
    why && h("p", { class: "why" }, h("strong", {}, "Why: "), why),
  );
}

function pictureAlt({ meta: { council, synthetic }, bands, zones }: County, by: ColourBy): string {
  const names = by === "band" ? bands.map(({ label: name }) => name) : (zones?.features ?? []).map(({ properties }) => properties.name);
  const what = by === "band" ? "price band" : "zone";
  return `Map of ${council.name} coloured by ${what}: ${names.join(", ")}. The tables below give the same figures.${synthetic ? ` ${SYNTHETIC_NOTE}.` : ""}`;
}

/** What is on show now, wired to the controls that stand in the skeleton. */
function showCounty(county: County, reader: Service): void {
  const { bands, areas, zones } = county;
  const swatches = bandSwatches(bands);
  const colours = zoneColours(zoneNeighbours(areas));
  const container = byId("map");
  let by: ColourBy = "band";
  let picture: CountyPicture | null = null;

  map?.remove();
  map = null;
  container.querySelectorAll("img.picture, .notice").forEach((old) => old.remove());
  const zonesBox = byId<HTMLInputElement>("show-zones");
  const patternsBox = byId<HTMLInputElement>("show-patterns");

  const drawLegend = (): void => {
    const show = map && ((number: number) => map?.showZone(number));
    byId("legend-title").textContent = legendTitle(by);
    byId("legend").replaceChildren(
      by === "zone" && zones ? zoneLegend(zones, colours, show) : bandLegend(bands, swatches, areas, picture !== null || patternsBox.checked),
    );
  };
  const showPicture = async (): Promise<void> => {
    picture ??= new CountyPicture(container, reader, (chosen) => pictureAlt(county, chosen));
    for (const id of ["layers", "whole-county"]) byId(id).hidden = true;
    try {
      await picture.show(by);
    } catch (thrown) {
      container.append(h("p", { class: "notice bad" }, "The map cannot be drawn in this browser, and the picture in its place failed. ", explain(thrown)));
    }
    drawLegend();
  };
  const startMap = (): void => {
    const drawn = new CountyMap(container, { areas, zones, bands: swatches, zoneColours: colours, basemapUrl: county.meta.basemap_url, describeArea });
    map = drawn;
    drawn.onLost(() => {
      drawn.remove();
      map = null;
      void showPicture();
    });
    // For styles, tests and screen readers alike: whether what is on the map is what was asked for.
    drawn.onRest((atRest) => container.setAttribute("aria-busy", String(!atRest)));
  };

  byId("colour-by").onchange = (event) => {
    by = (event.target as HTMLInputElement).value as ColourBy;
    map?.colourBy(by);
    patternsBox.disabled = by === "zone";
    if (picture !== null) void showPicture();
    drawLegend();
  };
  zonesBox.onchange = () => map?.showZones(zonesBox.checked);
  patternsBox.onchange = () => {
    map?.showPatterns(patternsBox.checked);
    drawLegend();
  };
  byId("whole-county").onclick = () => {
    map?.showCounty();
    clearPostcode();
  };
  byId("colour-by").hidden = zones === null;

  if (areas.features.length === 0) {
    container.append(h("p", { class: "notice" }, "No areas are loaded yet, so there is no map to show. An administrator can load the county's postcodes."));
    return;
  }
  if (canDrawMap()) {
    try {
      startMap();
    } catch {
      void showPicture();
    }
  } else void showPicture();
  drawLegend();
}

async function showTotals(reader: Service): Promise<void> {
  const place = byId("totals");
  place.replaceChildren(h("p", { class: "notice" }, "Loading the totals…"));
  try {
    place.replaceChildren(...totals(await reader.json<Report>("/v1/report")));
  } catch (thrown) {
    const message = failure("The totals cannot be shown.", thrown, () => void showTotals(reader));
    message.className = "notice bad";
    place.replaceChildren(message);
  }
}

async function load(reader: Service): Promise<void> {
  say("Loading the county…", false);
  try {
    meta = await reader.json<Meta>("/v1/meta");
    showMeta(meta);
    const [bands, areas, zones] = await Promise.all([
      reader.json<{ items: Band[] }>("/v1/bands"),
      reader.json<Areas>("/v1/areas.geojson"),
      meta.plan ? reader.json<Zones>(`/v1/plans/${encodeURIComponent(String(meta.plan.id))}/zones.geojson`) : null,
    ]);
    byId("sign-in").hidden = true;
    byId("content").hidden = false;
    byId("sign-in-open").hidden = reader.signedInWithKey;
    byId("sign-out").hidden = !reader.signedInWithKey;
    say(meta.plan ? "" : "No zone plan is published yet. The map shows bands; zones appear once a commissioner publishes a plan.", false);
    showCounty({ meta, bands: bands.items, areas, zones }, reader);
    await showTotals(reader);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) {
      forgetKey();
      askForKey(reader.signedInWithKey ? `That key was not accepted. ${thrown.message}` : "");
      return;
    }
    say(failure("The county cannot be shown.", thrown, () => void load(reader)), true);
  }
}

async function start(): Promise<void> {
  try {
    const credential = await startSession();
    if (credential === null) {
      askForKey("");
      return;
    }
    service = new Service(credential);
    await load(service);
  } catch (thrown) {
    say(failure("The service cannot be reached.", thrown, () => void start()), true);
  }
}

byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId<HTMLInputElement>("key");
  const key = input.value.trim();
  if (key === "") {
    askForKey("Enter your key.");
    return;
  }
  input.value = "";
  byId("key-error").textContent = "";
  rememberKey(key);
  service = new Service({ kind: "key", token: key });
  void load(service);
});
byId("sign-in-open").addEventListener("click", () => askForKey(""));
byId("sign-out").addEventListener("click", () => {
  forgetKey();
  service = null;
  void askForViewerToken()
    .then((token) => (token === null ? askForKey("") : load((service = new Service({ kind: "viewer", token })))))
    .catch((thrown: unknown) => say(explain(thrown), true));
});
window.addEventListener("hashchange", () => {
  if (window.location.hash.includes("key=")) void start();
});

void start();
