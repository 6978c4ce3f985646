/** Many postcodes at once: typed, pasted or dropped, answered in a table; and a spreadsheet that comes back with columns added. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ask, blob } from "../api/client";
import { explain } from "../api/problem";
import type { PostcodeAnswer } from "../api/contract";
import { saveFile } from "../parts/download";
import { SelectField, TextAreaField } from "../parts/field";
import { SYNTHETIC_NOTE, money, sentence } from "../parts/format";
import { Failure } from "../parts/notice";
import { DataTable } from "../parts/table";
import { postcodeAddress, useQuery } from "../shell/address";
import { useMeta } from "../shell/county";

interface BulkItem {
  query: string;
  answer: PostcodeAnswer | null;
  problem: { title: string; detail?: string } | null;
}

const LENGTHS: [string, string][] = [
  ["15", "15 minutes"],
  ["30", "30 minutes"],
  ["45", "45 minutes"],
  ["60", "60 minutes"],
];
/** A pasted list waits here while the view changes; it is never put into the address. */
const PASTED = "patchwork.list";

/** The entries of a list, one a line or parted by commas, semicolons or tabs. */
export const entries = (text: string): string[] =>
  text
    .split(/[\n\r\t,;]+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

export function List() {
  const [query, change] = useQuery();
  const meta = useMeta();
  const minutes = query["minutes"] ?? "30";
  const [text, setText] = useState("");
  const [items, setItems] = useState<(BulkItem & { at: number })[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState("");
  const [over, setOver] = useState(false);
  const [fileSaid, setFileSaid] = useState("");
  const file = useRef<HTMLInputElement>(null);

  const lookUp = async (list: string): Promise<void> => {
    const postcodes = entries(list).slice(0, 10_000);
    if (postcodes.length === 0) {
      setError(new Error("Give at least one postcode."));
      return;
    }
    setBusy("Looking up…");
    setError(null);
    try {
      const found = await ask<{ items: BulkItem[] }>("/v1/postcodes/lookup", { postcodes });
      setItems(found.items.map((item, at) => ({ ...item, at })));
    } catch (thrown) {
      setError(thrown);
    }
    setBusy("");
  };
  useEffect(() => {
    const pasted = sessionStorage.getItem(PASTED);
    if (pasted === null) return;
    sessionStorage.removeItem(PASTED);
    setText(pasted);
    void lookUp(pasted);
  }, []);

  const fill = async (chosen: File): Promise<void> => {
    setBusy("Filling in the spreadsheet…");
    setError(null);
    setFileSaid("");
    const form = new FormData();
    form.append("file", chosen);
    try {
      const filled = await blob(`/v1/postcodes/lookup/file?minutes=${minutes}`, { method: "POST", body: form });
      const [stem = "list", kind = "csv"] = [chosen.name.replace(/\.[^.]+$/, ""), chosen.name.split(".").pop()?.toLowerCase()];
      const name = `${stem} with zones.${kind === "xlsx" ? "xlsx" : "csv"}`;
      saveFile(filled, name);
      setFileSaid(`“${name}” is among your downloads: the same rows, with zone, band, rate and remarks added.`);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy("");
  };
  const take = (chosen: File | undefined): void => {
    if (chosen === undefined) return;
    if (/\.(txt|list)$/i.test(chosen.name))
      void chosen.text().then((content) => {
        setText(content);
        return lookUp(content);
      });
    else void fill(chosen);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer?.files[0];
    if (dropped) take(dropped);
    else {
      const words = event.dataTransfer?.getData("text") ?? "";
      setText(words);
      void lookUp(words);
    }
  };
  const rateOf = (answer: PostcodeAnswer | null) => (answer?.visit_rates ?? []).find((rate) => rate.minutes === Number(minutes));
  const copy = (): void => {
    const head = ["Asked", "Postcode", "Zone", "Band", `Pounds an hour, ${minutes} minutes`, "Pounds a visit", "Remark"];
    const lines = (items ?? []).map(({ query: asked, answer, problem }) => {
      const rate = rateOf(answer);
      return [asked, answer?.postcode ?? "", answer?.zone?.name ?? "", answer?.band ?? "", rate?.pounds_per_hour ?? "", rate?.pounds_per_visit ?? "", problem?.detail ?? problem?.title ?? ""].join("\t");
    });
    navigator.clipboard.writeText([head.join("\t"), ...lines].join("\n")).then(
      () => setFileSaid("Copied. Paste it into a spreadsheet."),
      (thrown: unknown) => setFileSaid(explain(thrown)),
    );
  };

  return (
    <>
      <h1>A list of postcodes</h1>
      <div class="two">
        <form
          class={over ? "panel over" : "panel"}
          onSubmit={(event) => {
            event.preventDefault();
            void lookUp(text);
          }}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <TextAreaField label="Postcodes" hint="One a line, or parted by commas. Paste from a spreadsheet, or drop a file here." rows={7} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
          <SelectField label="Rate for a visit of" value={minutes} options={LENGTHS} onChange={(event) => change({ minutes: event.currentTarget.value }, true)} />
          <div class="buttons">
            <button type="submit" disabled={busy !== ""}>
              Look up
            </button>
          </div>
        </form>
        <section class="panel" aria-labelledby="sheet-in">
          <h2 id="sheet-in">Or a spreadsheet</h2>
          <p>Give a CSV or Excel file with a column of postcodes. The same file comes back with columns added: zone, band, rate and remarks. Nothing of it is kept.</p>
          <label class="secondary file">
            Choose a file
            <input ref={file} type="file" accept=".csv,.xlsx,.txt" onChange={(event) => take(event.currentTarget.files?.[0])} />
          </label>
          <p role="status">{busy || fileSaid}</p>
        </section>
      </div>
      {error !== null && <Failure what="The list was not answered." error={error} />}
      {items && (
        <>
          <div class="buttons">
            <button type="button" class="secondary" onClick={copy}>
              Copy as text
            </button>
            <span class="hint">
              {items.filter(({ answer }) => answer !== null).length} answered, {items.filter(({ answer }) => answer === null).length} with a problem.
            </span>
          </div>
          <DataTable
            caption="Answers, in the order given"
            note={meta.data?.synthetic ? SYNTHETIC_NOTE : ""}
            rows={items}
            rowKey={({ at }) => at}
            text={({ query: asked, answer }) => `${asked} ${answer?.zone?.name ?? ""} ${answer?.band ?? ""}`}
            columns={[
              { key: "asked", head: "Postcode", cell: ({ query: asked, answer }) => (answer ? <a href={postcodeAddress(answer.postcode)}>{answer.postcode}</a> : asked), sort: ({ query: asked }) => asked },
              { key: "zone", head: "Zone", cell: ({ answer }) => answer?.zone?.name ?? "", sort: ({ answer }) => answer?.zone?.name ?? null },
              { key: "band", head: "Band", cell: ({ answer }) => sentence(answer?.band), sort: ({ answer }) => answer?.band ?? null },
              { key: "hour", head: `An hour, ${minutes}-minute visit`, figure: true, cell: ({ answer }) => (answer ? money(rateOf(answer)?.pounds_per_hour) : ""), sort: ({ answer }) => Number(rateOf(answer)?.pounds_per_hour ?? 0) },
              { key: "visit", head: "A visit", figure: true, cell: ({ answer }) => (answer ? money(rateOf(answer)?.pounds_per_visit) : "") },
              { key: "remark", head: "Remark", cell: ({ problem }) => (problem ? `${problem.title}. ${problem.detail ?? ""}` : "") },
            ]}
          />
        </>
      )}
    </>
  );
}
