/** Set next year's rates: what is decided as fields and sliders, what follows from it at once, kept as a draft when it is right. */

import { useLocation } from "preact-iso/router";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Schemas, write } from "../api/client";
import { forget, useGet } from "../api/use";
import { SelectField, SliderField, TextField, errorFor } from "../parts/field";
import { money, moneyMillions, sentence } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";
import { type Proposal, ProposalView } from "./proposal";

type Year = Schemas["StatutoryYearAnswer"];

const WAGES: [string, string][] = [
  ["real-living", "The real living wage"],
  ["national-living", "The national living wage"],
  ["real-living-london", "The real living wage, London"],
  ["own", "A wage of our own"],
];
/** Long enough that a slider in motion asks once, short enough that the answer feels at once. */
const PAUSE_MS = 150;
const OVERHEADS = "business.pounds_per_contact_hour";

interface Asked {
  financial_year: string;
  wage: string | { pounds_per_hour: number };
  uplift?: Record<string, number>;
  pence_per_mile?: number;
}

/** The year that begins on 1 April next, or has begun, as `2026-27`. */
export function yearOf(day: Date): string {
  const first = day.getMonth() >= 3 ? day.getFullYear() : day.getFullYear() - 1;
  return `${first}-${String((first + 1) % 100).padStart(2, "0")}`;
}

function askedFrom(query: Record<string, string>, years: string[]): Asked {
  const wage = query["wage"] ?? "real-living";
  const uplift: Record<string, number> = {};
  if (query["uplift"] !== undefined) uplift["all"] = Number(query["uplift"]) / 100;
  if (query["overheads"] !== undefined) uplift[OVERHEADS] = Number(query["overheads"]) / 100;
  const fallback = years.includes(yearOf(new Date())) ? yearOf(new Date()) : (years.at(-1) ?? yearOf(new Date()));
  return {
    financial_year: query["year"] ?? fallback,
    wage: wage === "own" ? { pounds_per_hour: Number(query["pounds"] ?? 13.5) } : wage,
    ...(Object.keys(uplift).length > 0 ? { uplift } : {}),
    ...(query["mile"] !== undefined ? { pence_per_mile: Number(query["mile"]) } : {}),
  };
}

export function SetRates() {
  const [query, change] = useQuery();
  const { route } = useLocation();
  const statutory = useGet<Year[]>("/v1/pricing/statutory");
  const years = (statutory.data ?? []).map(({ financial_year }) => financial_year);
  const asked = askedFrom(query, years);
  const key = JSON.stringify(asked);
  const [found, setFound] = useState<Proposal | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [working, setWorking] = useState(false);
  const [saving, setSaving] = useState(false);
  const [name, setName] = useState("");
  const latest = useRef("");

  useEffect(() => {
    if (statutory.data === null) return undefined;
    latest.current = key;
    const abort = new AbortController();
    setWorking(true);
    const timer = window.setTimeout(() => {
      ask<Proposal>("/v1/rates/proposals", { ...asked, keep_draft: false }, abort.signal).then(
        (answer) => {
          setFound(answer);
          setError(null);
          setWorking(false);
        },
        (thrown: unknown) => {
          if (abort.signal.aborted) return;
          setError(thrown);
          setWorking(false);
        },
      );
    }, PAUSE_MS);
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [key, statutory.data === null]);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    try {
      const kept = await write<Proposal>("POST", "/v1/rates/proposals", { ...asked, ...(name.trim() ? { name: name.trim() } : {}) });
      forget("/v1/rate-cards");
      route(`/rates/cards/${kept.draft_card_id}`);
    } catch (thrown) {
      setError(thrown);
      setSaving(false);
    }
  };
  const set = (what: string) => (value: number): void => change({ [what]: value }, true);
  const own = typeof asked.wage === "object";
  const moved = [...(found?.moved ?? []), ...(found?.held ?? []), ...(found?.asked ?? [])];
  const before = (field: string): number | null => {
    const value = moved.find((move) => move.field === field)?.before;
    return typeof value === "number" ? value : null;
  };

  return (
    <>
      <h1>Set next year's rates</h1>
      {statutory.error !== null && <Failure what="The statutory years cannot be read." error={statutory.error} again={statutory.again} />}
      <div class="desk">
        <form class="panel inputs" aria-label="What is decided" onSubmit={(event) => void save(event)}>
          <SelectField label="Year" value={asked.financial_year} options={years.map((year): [string, string] => [year, year.replace("-", " to ")])} onChange={(event) => change({ year: event.currentTarget.value }, true)} error={errorFor(error, "financial_year")} />
          <SelectField label="Wage" value={own ? "own" : String(asked.wage)} options={WAGES} onChange={(event) => change({ wage: event.currentTarget.value, pounds: event.currentTarget.value === "own" && found ? Number(found.wage_pounds_per_hour) : null }, true)} error={errorFor(error, "wage")} hint={found && !own ? `${money(found.wage_pounds_per_hour)} an hour in ${found.financial_year}` : undefined} />
          {own && <SliderField label="Wage, pounds an hour" value={Number((asked.wage as { pounds_per_hour: number }).pounds_per_hour)} low={10} high={20} step={0.05} unit="£" onValue={set("pounds")} error={errorFor(error, "pounds_per_hour")} />}
          <SliderField label="Uplift of other money" hint="Raises sums of money that no wage moves." value={(asked.uplift?.["all"] ?? 0) * 100} low={0} high={15} step={0.1} unit="%" onValue={set("uplift")} error={errorFor(error, "uplift.all")} />
          <SliderField label="Uplift of overheads" hint={before(OVERHEADS) === null ? "Business costs" : `Business costs are ${money(before(OVERHEADS))} an hour of care`} value={(asked.uplift?.[OVERHEADS] ?? asked.uplift?.["all"] ?? 0) * 100} low={0} high={30} step={0.1} unit="%" onValue={set("overheads")} error={errorFor(error, OVERHEADS)} />
          <SliderField label="Mileage repaid" value={asked.pence_per_mile ?? before("travel.pence_per_mile") ?? 45} low={20} high={70} step={1} unit="pence a mile" onValue={set("mile")} error={errorFor(error, "pence_per_mile")} />
          <TextField label="Name of the card" hint="As it will stand in the list." value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} placeholder={`Rates ${asked.financial_year}`} />
          <div class="buttons">
            <button type="submit" disabled={saving || found === null || error !== null}>
              Save as a draft
            </button>
            <button type="button" class="link" onClick={() => route("/rates/set", true)}>
              Start again
            </button>
          </div>
          <p class="hint" role="status">
            {working ? "Working it out…" : found ? "Up to date." : ""}
          </p>
        </form>
        <div class="outcome" aria-busy={working}>
          {error !== null && <Failure what="These cannot be priced." error={error} />}
          {found === null && error === null && <Loading what="the proposal" />}
          {found !== null && (
            <>
              <ProposalView found={found} />
              <OtherWages asked={asked} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

/** The same year at each wage: the range that a decision on pay moves between. */
function OtherWages({ asked }: { asked: Asked }) {
  const [rows, setRows] = useState<{ name: string; found: Proposal }[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = JSON.stringify({ ...asked, wage: null });
  useEffect(() => setRows(null), [key]);
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const made = [];
      for (const [wage, name] of WAGES.filter(([known]) => known !== "own"))
        made.push({ name, found: await ask<Proposal>("/v1/rates/proposals", { ...asked, wage, keep_draft: false }) });
      setRows(made);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="range-title">
      <h2 id="range-title">Range of outcomes</h2>
      <p>
        <button type="button" class="secondary" disabled={busy} onClick={() => void run()}>
          {busy ? "Working it out…" : "Work out the same year at each wage"}
        </button>
      </p>
      {error !== null && <Failure what="The range cannot be worked out." error={error} />}
      {rows && (
        <DataTable
          caption={`${asked.financial_year} at each wage`}
          rows={rows}
          rowKey={({ name }) => name}
          columns={[
            { key: "wage", head: "Wage", cell: ({ name, found }) => `${name}, ${money(found.wage_pounds_per_hour)}` },
            ...(rows[0]?.found.bands ?? []).map(({ band }) => ({ key: band, head: sentence(band), figure: true, cell: ({ found }: { found: Proposal }) => money(found.bands.find((one) => one.band === band)?.pounds_per_hour) })),
            { key: "52", head: "A year of 52 weeks", figure: true, cell: ({ found }) => moneyMillions(found.cost?.total.proposed_pounds_per_year["52"] ?? null) },
            { key: "53", head: "A year of 53 weeks", figure: true, cell: ({ found }) => moneyMillions(found.cost?.total.proposed_pounds_per_year["53"] ?? null) },
            { key: "lawful", head: "Pay lawful", cell: ({ found }) => (found.lawful.all_lawful ? "Yes" : "Not everywhere") },
          ]}
        />
      )}
    </section>
  );
}
