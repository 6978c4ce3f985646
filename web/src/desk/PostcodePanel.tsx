/** A postcode's answer: zone, band and why, and the rate of the visit asked for. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PostcodeAnswer } from "../api/contract";
import { get } from "../api/client";
import { Problem, explain } from "../api/problem";
import { type Loaded, useGet, useLoad } from "../api/use";
import { SYNTHETIC_NOTE, counted, money, numberOf, sentence } from "../parts/format";
import { Definitions } from "../parts/notice";
import { useFragment } from "../shell/address";
import { useMeta } from "../shell/county";
import { useSession } from "../shell/session";
import { PlaceForm } from "./place";
import { type Visit, PatternFields, readPattern, weeklyCost, writePattern } from "./pattern";

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

/** Ask for a postcode; the empty text asks nothing. */
export function usePostcode(asked: string): Loaded<PostcodeAnswer> {
  const text = asked.trim();
  const path = text === "" ? null : `/v1/postcodes/${encodeURIComponent(text)}`;
  return useLoad<PostcodeAnswer>(path, (signal) => get<PostcodeAnswer>(path ?? "", {}, signal));
}

function flagText(flag: unknown): string {
  if (typeof flag === "string") return FLAG_WORDS[flag] ?? `${sentence(flag.replaceAll("-", " "))}.`;
  if (typeof flag === "object" && flag !== null)
    for (const name of ["detail", "text", "label", "flag", "code"]) if (name in flag) return flagText((flag as Record<string, unknown>)[name]);
  return "";
}

interface Props {
  asked: string;
  answer: Loaded<PostcodeAnswer>;
  ask: (text: string) => void;
  children?: ComponentChildren;
}

export function PostcodePanel({ asked, answer, ask }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(asked);
  const [blank, setBlank] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const byHand = useRef(false);
  useEffect(() => setText(answer.data?.postcode ?? asked), [asked, answer.data]);
  useEffect(() => {
    if (answer.data && byHand.current) heading.current?.focus();
    if (answer.error !== null && byHand.current) input.current?.focus();
    if (answer.data !== null || answer.error !== null) byHand.current = false;
  }, [answer.data, answer.error]);

  const submit = (event: Event): void => {
    event.preventDefault();
    setBlank(text.trim() === "");
    if (text.trim() === "") {
      ask("");
      input.current?.focus();
      return;
    }
    byHand.current = true;
    if (text.trim() === asked) {
      answer.again();
      if (answer.data) heading.current?.focus();
    } else ask(text.trim());
  };
  const problem = blank ? { title: "Enter a postcode", detail: "Capitals and spaces do not matter.", suggestions: [], offer: "" } : asked === "" ? null : problemOf(answer.error);

  return (
    <section class="panel" aria-labelledby="postcode-title">
      <h2 id="postcode-title">Find a postcode</h2>
      <form id="postcode-form" autocomplete="off" noValidate onSubmit={submit}>
        <label for="postcode">Postcode</label>
        <p class="hint" id="postcode-hint">
          Capitals and spaces do not matter. For many at once, <a href="/desk/list">give a list</a>.
        </p>
        <div class="ask">
          <input
            id="postcode"
            name="postcode"
            ref={input}
            type="text"
            maxLength={20}
            autoCapitalize="characters"
            autocomplete="off"
            spellcheck={false}
            value={text}
            aria-invalid={problem ? "true" : undefined}
            aria-describedby="postcode-hint postcode-error"
            onInput={(event) => setText(event.currentTarget.value)}
            onPaste={(event) => {
              // More than one postcode pasted is a list.
              const pasted = event.clipboardData?.getData("text") ?? "";
              if (pasted.trim().split(/[\n\t,;]+/).length < 2) return;
              event.preventDefault();
              sessionStorage.setItem("patchwork.list", pasted);
              window.history.pushState(null, "", "/desk/list");
              window.dispatchEvent(new PopStateEvent("popstate"));
            }}
          />
          <button type="submit">Look up</button>
        </div>
        <div id="postcode-error" class="error" role="alert">
          {problem && (
            <>
              <strong>{problem.title}</strong>
              <p>{problem.detail}</p>
              {problem.suggestions.length > 0 && (
                <>
                  <p id="suggestions">{problem.offer}</p>
                  <ul class="choices" aria-labelledby="suggestions">
                    {problem.suggestions.map((one) => (
                      <li key={one}>
                        <button
                          type="button"
                          class="choice"
                          onClick={() => {
                            byHand.current = true;
                            ask(one);
                          }}
                        >
                          {one}
                        </button>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </>
          )}
        </div>
      </form>
      <div id="postcode-answer" role="status" aria-live="polite">
        {answer.loading && <p class="hint">Looking up…</p>}
        {answer.data && asked !== "" && !blank && <Answer answer={answer.data} heading={heading} />}
      </div>
    </section>
  );
}

function problemOf(error: unknown): { title: string; detail: string; suggestions: string[]; offer: string } | null {
  if (error === null) return null;
  if (!(error instanceof Problem)) return { title: "The service cannot be reached", detail: "Check the connection and try again.", suggestions: [], offer: "" };
  return {
    title: PROBLEM_TITLES[error.kind] ?? error.title,
    detail: explain(error),
    suggestions: error.suggestions,
    offer: SUGGESTION_TITLES[error.kind] ?? "Did you mean",
  };
}

function Answer({ answer, heading }: { answer: PostcodeAnswer; heading: { current: HTMLHeadingElement | null } }) {
  const meta = useMeta();
  const { may } = useSession();
  const [fragment, change] = useFragment();
  const pattern = readPattern(fragment["visits"]);
  const why = useGet<{ why: string }>(answer.area_id ? `/v1/bands/postcodes/${encodeURIComponent(answer.postcode)}` : null);
  const { zone, band, band_label, district, easting, northing } = answer;
  const flags = answer.flags.map(flagText).filter((text) => text !== "");
  const first = pattern[0];
  const priced = (answer.visit_rates ?? []).find(({ minutes }) => minutes === first?.minutes);
  const cost = weeklyCost(pattern, answer.visit_rates ?? []);
  const setPattern = (next: Visit[]): void => change({ visits: writePattern(next) }, true);
  return (
    <div class="answer">
      <h3 tabIndex={-1} ref={heading}>
        {answer.postcode}
      </h3>
      {answer.repaired.length > 0 && <p class="hint">Put right: {answer.repaired.map(String).join("; ")}.</p>}
      <p class="rate">
        {priced ? (
          <>
            <strong>{money(priced.pounds_per_hour)}</strong> an hour for a {priced.minutes}-minute visit ({money(priced.pounds_per_visit)} a visit)
          </>
        ) : (
          <>
            <strong>{money(answer.pounds_per_hour, "No rate yet")}</strong>
            {answer.pounds_per_hour !== null && " an hour of care, all visit lengths together"}
          </>
        )}
      </p>
      <Definitions
        pairs={[
          ["Zone", zone ? <a href={`/?colour=zone&zone=${zone.number}#postcode=${encodeURIComponent(answer.postcode)}`}>{zone.name}</a> : "No zone plan is published yet"],
          ["Band", band_label ? sentence(band_label) : band ? sentence(band) : "Not classified yet"],
          ["Why", why.data?.why],
          ["Band rate", priced && answer.pounds_per_hour !== null ? `${money(answer.pounds_per_hour)} an hour, all visit lengths together` : null],
          ["Zone type", zone ? sentence(zone.tier) : null],
          ["District", district?.name],
          ["Area", answer.area_id],
          ["Grid reference", easting !== null && northing !== null ? `${easting} E, ${northing} N` : null],
        ]}
      />
      {flags.length > 0 && (
        <ul class="flags" aria-label="Worth knowing">
          {flags.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <PatternFields pattern={pattern} rates={answer.visit_rates ?? []} onPattern={setPattern} />
      <p class="weekly" id="weekly-cost">
        {cost === null ? "No weekly cost: a visit of this length has no rate on the card." : <><strong>{money(cost)}</strong> a week for this pattern</>}
      </p>
      {may("requests:place") && <PlaceForm postcode={answer.postcode} pattern={pattern} />}
      <CopyAnswer answer={answer} pattern={pattern} cost={cost} why={why.data?.why ?? ""} />
      {meta.data?.synthetic && <p class="synthetic-note">{SYNTHETIC_NOTE}</p>}
    </div>
  );
}

/** The answer as lines of text, for a case note or a mail. */
export function answerText(answer: PostcodeAnswer, pattern: Visit[], cost: number | null, why: string): string {
  const rate = (answer.visit_rates ?? []).find(({ minutes }) => minutes === pattern[0]?.minutes);
  return [
    `Postcode: ${answer.postcode}`,
    `Zone: ${answer.zone ? `${answer.zone.name} (zone ${answer.zone.number})` : "none"}`,
    `Band: ${answer.band_label ?? answer.band ?? "none"}${why ? `. ${why}` : ""}`,
    rate ? `Rate for a ${rate.minutes}-minute visit: ${money(rate.pounds_per_hour)} an hour, ${money(rate.pounds_per_visit)} a visit` : `Rate: ${money(answer.pounds_per_hour)} an hour`,
    ...pattern.map(({ minutes, perWeek, carers }) => `Visits: ${perWeek} a week of ${minutes} minutes with ${counted(carers, "carer")}`),
    ...(cost === null || numberOf(cost) === null ? [] : [`Weekly cost: ${money(cost)}`]),
  ].join("\n");
}

function CopyAnswer({ answer, pattern, cost, why }: { answer: PostcodeAnswer; pattern: Visit[]; cost: number | null; why: string }) {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    const text = answerText(answer, pattern, cost, why);
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      // Without leave for the clipboard the text is shown to be copied by hand.
      setSaid(text);
    }
  };
  return (
    <p class="copy">
      <button type="button" class="secondary" onClick={() => void copy()}>
        Copy as text
      </button>{" "}
      <span role="status" class="copied">
        {said}
      </span>
    </p>
  );
}
