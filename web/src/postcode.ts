/** The postcode box: ask, answer, explain what is wrong, and offer the nearest sensible postcodes. */

import { Problem, type Service } from "./api";
import type { PostcodeAnswer } from "./contract";
import { byId, definitions, h } from "./dom";
import { money, sentence } from "./format";

const FLAG_WORDS: Record<string, string> = {
  "band-overridden": "The band was set by a recorded decision, not by the rule.",
  "area-by-nearest-postcode": "The area is that of the nearest postcode, because this one is not in the area lookup.",
  "approximate-position": "Its place on the map is approximate.",
  "no-published-plan": "No zone plan is published yet.",
  "no-published-bands": "No bands are published yet.",
  "no-rate-card-in-force": "No rates are in force today.",
  // The yellow note says this already.
  "synthetic-demand": "",
};

/** Title to show for each kind of problem; what to do stands in the service's own detail. */
const PROBLEM_TITLES: Record<string, string> = {
  "postcode-invalid": "That is not a postcode",
  "postcode-terminated": "That postcode is no longer in use",
  "postcode-out-of-county": "That postcode is outside the county",
  "postcode-unknown": "That postcode is not in the directory",
};

/** What the suggestions are, for kinds of problem where they are not other readings of what was typed. */
const SUGGESTION_TITLES: Record<string, string> = {
  "postcode-terminated": "Live postcodes close by",
  "postcode-out-of-county": "Nearest inside the county",
};

function flagText(flag: unknown): string {
  if (typeof flag === "string") return FLAG_WORDS[flag] ?? `${sentence(flag.replaceAll("-", " "))}.`;
  if (typeof flag === "object" && flag !== null)
    for (const name of ["detail", "text", "label", "flag", "code"])
      if (name in flag) return flagText((flag as Record<string, unknown>)[name]);
  return "";
}

export interface PostcodeBox {
  service: () => Service | null;
  /** Called with each answer, to move the map there. */
  found: (answer: PostcodeAnswer) => void;
  /** Called when the service no longer accepts the credential. */
  refused: (problem: Problem) => void;
  /** What must stand with figures while demand is synthetic, else empty. */
  note: () => string;
}

/** What a visit of each length pays, where the rate card prices lengths. */
function visitRates({ visit_rates: rates = [] }: PostcodeAnswer): HTMLElement | null {
  if (rates.length === 0) return null;
  const head = ["Visit", "An hour", "A visit"].map((text, at) => h("th", { scope: "col", class: at > 0 && "figure" }, text));
  const rows = rates.map(({ minutes, pounds_per_hour, pounds_per_visit }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, `${minutes} minutes`),
      h("td", { class: "figure" }, money(pounds_per_hour)),
      h("td", { class: "figure" }, money(pounds_per_visit)),
    ),
  );
  return h(
    "details",
    {},
    h("summary", {}, "Rates by length of visit"),
    h("table", { class: "visits" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
  );
}

function answerCard(answer: PostcodeAnswer, note: string): HTMLElement {
  const { zone, band, band_label, district, easting, northing } = answer;
  const flags = answer.flags.map(flagText).filter((text) => text !== "");
  return h(
    "div",
    { class: "answer" },
    h("h3", {}, answer.postcode),
    answer.repaired.length > 0 && h("p", { class: "hint" }, `Put right: ${answer.repaired.map(String).join("; ")}.`),
    h("p", { class: "rate" }, h("strong", {}, money(answer.pounds_per_hour, "No rate yet")), answer.pounds_per_hour !== null && " an hour of care"),
    definitions([
      ["Zone", zone ? zone.name : "No zone plan is published yet"],
      ["Zone type", zone ? sentence(zone.tier) : null],
      ["Band", band_label ? sentence(band_label) : band ? sentence(band) : "Not classified yet"],
      ["District", district?.name ?? null],
      ["Area", answer.area_id],
      ["Grid reference", easting !== null && northing !== null ? `${easting} E, ${northing} N` : null],
    ]),
    flags.length > 0 && h("ul", { class: "flags", "aria-label": "Worth knowing" }, ...flags.map((text) => h("li", {}, text))),
    visitRates(answer),
    note !== "" && h("p", { class: "synthetic-note" }, note),
  );
}

/** Wire the form that stands in the page's skeleton. Returns a function that clears it. */
export function wirePostcodeBox(box: PostcodeBox): () => void {
  const form = byId<HTMLFormElement>("postcode-form");
  const input = byId<HTMLInputElement>("postcode");
  const error = byId("postcode-error");
  const answer = byId("postcode-answer");
  let asking: AbortController | null = null;

  const clear = (): void => {
    error.replaceChildren();
    answer.replaceChildren();
    input.removeAttribute("aria-invalid");
  };

  const fail = (title: string, detail: string, suggestions: string[] = [], offer = "Did you mean"): void => {
    input.setAttribute("aria-invalid", "true");
    const choices = suggestions.map((text) =>
      h("li", {}, h("button", { type: "button", class: "choice", onclick: () => void ask(text) }, text)),
    );
    error.replaceChildren(
      h("strong", {}, title),
      h("p", {}, detail),
      ...(choices.length > 0 ? [h("p", { id: "suggestions" }, offer), h("ul", { class: "choices", "aria-labelledby": "suggestions" }, ...choices)] : []),
    );
  };

  const ask = async (text: string): Promise<void> => {
    const service = box.service();
    if (service === null) return;
    input.value = text;
    asking?.abort();
    clear();
    if (text.trim() === "") {
      fail("Enter a postcode", "Capitals and spaces do not matter.");
      input.focus();
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    answer.replaceChildren(h("p", { class: "hint" }, "Looking up…"));
    try {
      const found = await service.json<PostcodeAnswer>(`/v1/postcodes/${encodeURIComponent(text.trim())}`, signal);
      input.value = found.postcode;
      answer.replaceChildren(answerCard(found, box.note()));
      box.found(found);
    } catch (thrown) {
      if (signal.aborted) return;
      answer.replaceChildren();
      if (thrown instanceof Problem) {
        if (thrown.status === 401) box.refused(thrown);
        fail(PROBLEM_TITLES[thrown.kind] ?? thrown.title, thrown.message, thrown.suggestions, SUGGESTION_TITLES[thrown.kind]);
      } else fail("The service cannot be reached", "Check the connection and try again.");
      input.focus();
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(input.value);
  });
  return () => {
    asking?.abort();
    input.value = "";
    clear();
  };
}
