/** Load an extract: how its columns are read, every wrong row in its place, mended or set aside, then loaded whole. */

import { useEffect, useState } from "preact/hooks";
import { type Schemas, call } from "../api/client";
import { Problem } from "../api/problem";
import { forget } from "../api/use";
import { SelectField, TextAreaField, TextField } from "../parts/field";
import { counted, decimal, sentence } from "../parts/format";
import { JobProgress, useJob } from "../parts/job";
import { Empty, Failure, Loading } from "../parts/notice";
import { DataTable } from "../parts/table";
import { announce } from "../shell/announce";
import { useQuery } from "../shell/address";
import { type Correction, corrected } from "./mend";

type Suggested = Schemas["MappingSuggested"];
type Checked = Schemas["FileChecked"];
type Finding = Schemas["FindingView"];

/** What stops a file and may be set aside, with its codes; the first two can be mended too. */
const REASONS: { name: string; words: string; codes: string[]; mendable?: boolean }[] = [
  { name: "terminated", words: "Postcodes no longer in use", codes: ["postcode_terminated"], mendable: true },
  { name: "unknown", words: "Postcodes that are not known", codes: ["postcode_unknown", "postcode_malformed"], mendable: true },
  { name: "no-fixed-abode", words: "No fixed abode", codes: ["postcode_no_fixed_abode"] },
  { name: "out-of-county", words: "Postcodes outside the council", codes: ["postcode_out_of_county"] },
  { name: "no-postcode", words: "No postcode", codes: ["postcode_missing"] },
  { name: "no-hours", words: "No hours", codes: ["hours_missing", "hours_not_told"] },
];

const CHECK_PAUSE_MS = 500;

interface Asked {
  file: File;
  taken: string;
  toml: string;
  choices: Record<string, string>;
}

/** What the service is told of a file, for its check and for its load alike. */
function form({ file, taken, toml, choices }: Asked): FormData {
  const chosen = (what: string): string => Object.entries(choices).filter(([, choice]) => choice === what).map(([name]) => name).join(",");
  const parts = new FormData();
  parts.append("file", file);
  parts.append("taken_on", taken);
  parts.append("set_aside", chosen("set-aside"));
  parts.append("mend", chosen("mend"));
  if (toml.trim()) parts.append("mapping_file", new Blob([toml], { type: "application/toml" }), "mapping.toml");
  return parts;
}

async function post<T>(path: string, body: FormData): Promise<{ status: number; answer: T }> {
  const response = await call(path, { method: "POST", body });
  return { status: response.status, answer: (await response.json()) as T };
}

export function Load({ loaded }: { loaded: () => void }) {
  const [query, change] = useQuery();
  const [file, setFile] = useState<File | null>(null);
  const [corrections, setCorrections] = useState<Correction[]>([]);
  const [taken, setTaken] = useState("");
  const [label, setLabel] = useState("");
  const [suggested, setSuggested] = useState<Suggested | null>(null);
  const [toml, setToml] = useState("");
  const [choices, setChoices] = useState<Record<string, string>>({});
  const [checked, setChecked] = useState<Checked | null>(null);
  const [checking, setChecking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { job, error: lost } = useJob(query["job"] ?? null, () => {
    forget();
    loaded();
  });

  const take = async (given: File | undefined): Promise<void> => {
    if (given === undefined) return;
    setFile(given);
    setCorrections([]);
    setChecked(null);
    setSuggested(null);
    setChoices({});
    setError(null);
    try {
      const body = new FormData();
      body.append("file", given);
      const { answer } = await post<Suggested>("/v1/demand/mappings/suggestions", body);
      setSuggested(answer);
      setToml(answer.template === null && answer.mapping !== null ? answer.toml : "");
    } catch (thrown) {
      setError(thrown);
    }
  };
  const asked: Asked | null = file !== null && suggested !== null && taken !== "" ? { file, taken, toml, choices } : null;

  useEffect(() => {
    if (asked === null) return undefined;
    let gone = false;
    const timer = window.setTimeout(() => {
      setChecking(true);
      post<Checked>("/v1/demand/checks", form(asked)).then(
        ({ answer }) => {
          if (gone) return;
          setChecked(answer);
          setError(null);
          setChecking(false);
          announce(answer.loads ? `${counted(answer.packages, "package")} can be loaded.` : `${counted(answer.errors_total, "error stops", "errors stop")} the file.`);
        },
        (thrown: unknown) => {
          if (gone) return;
          setError(thrown);
          setChecking(false);
        },
      );
    }, CHECK_PAUSE_MS);
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [file, taken, toml, choices, suggested]);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (asked === null) {
      setError(new Error(file === null ? "Choose a file." : "Say which day the file describes."));
      return;
    }
    const body = form(asked);
    if (label.trim()) body.append("label", label.trim());
    setBusy(true);
    setError(null);
    try {
      const { status, answer } = await post<{ job_id?: string; packages?: number }>("/v1/demand/snapshots", body);
      if (status === 202) change({ job: answer.job_id ?? null }, true);
      else announce(`${counted(answer.packages ?? 0, "package is", "packages are")} loaded.`);
      forget();
      loaded();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const correct = async (correction: Correction): Promise<void> => {
    if (file === null) return;
    try {
      setFile(await corrected(file, correction));
      setCorrections([...corrections, correction]);
    } catch (thrown) {
      setError(thrown);
    }
  };
  const findings = checked?.findings ?? [];
  const present = REASONS.filter(({ codes, name }) => name in choices || findings.some(({ code, severity }) => severity === "error" && codes.includes(code)));
  const refused = error instanceof Problem ? ((error.body["errors"] ?? []) as Finding[]).filter(({ row }) => row !== undefined) : [];
  return (
    <form class="panel" aria-label="Load an extract" onSubmit={(event) => void send(event)} onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); void take(event.dataTransfer?.files[0]); }}>
      <h2>Load an extract</h2>
      <p>Drop a CSV, Excel or Parquet file here, one row a care package, or choose it. Nothing is loaded while a row is wrong.</p>
      <label class="secondary file">
        {file ? file.name : "Choose a file"}
        <input type="file" accept=".csv,.xlsx,.parquet" onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </label>
      <div class="fields short">
        <TextField label="Taken on" type="date" value={taken} required onInput={(event) => setTaken(event.currentTarget.value)} />
        <TextField label="Name" value={label} maxLength={120} onInput={(event) => setLabel(event.currentTarget.value)} />
      </div>
      {suggested && <Columns suggested={suggested} toml={toml} setToml={setToml} />}
      {present.length > 0 && (
        <div class="fields">
          {present.map(({ name, words, mendable }) => (
            <SelectField key={name} label={words} value={choices[name] ?? ""} options={[["", "Stop the file"], ["set-aside", "Set the rows aside"], ...(mendable ? [["mend", "Take the suggestion"] as [string, string]] : [])]} onChange={(event) => setChoices({ ...choices, [name]: event.currentTarget.value })} />
          ))}
        </div>
      )}
      {checking && checked === null && <Loading what="the check of every row" />}
      {error !== null && <Failure what="The extract was not loaded." error={error} />}
      {checked && (
        <div class={checked.loads ? "notice" : "notice warn"} role="status">
          <p>
            <strong>{checked.loads ? `${counted(checked.packages, "package")} of ${counted(checked.rows, "row")} can be loaded.` : `${counted(checked.errors_total, "error")} in ${counted(checked.rows, "row")} ${checked.errors_total === 1 ? "stops" : "stop"} the file.`}</strong>
            {checked.warnings_total > 0 && ` ${counted(checked.warnings_total, "warning")}.`}
            {checked.set_aside.any && ` ${counted(checked.set_aside.packages, "package is", "packages are")} set aside.`}
            {corrections.length > 0 && ` ${corrections.length} corrected here.`}
          </p>
        </div>
      )}
      {findings.length > 0 && file && <Findings findings={findings} editable={file.name.toLowerCase().endsWith(".csv")} correct={correct} />}
      {checked === null && refused.length > 0 && <Findings findings={refused} editable={false} correct={correct} />}
      <button type="submit" disabled={busy}>
        Load
      </button>
      <JobProgress job={job} error={lost} what="Loading" />
    </form>
  );
}

function Columns({ suggested, toml, setToml }: { suggested: Suggested; toml: string; setToml: (toml: string) => void }) {
  return (
    <section aria-label="How the columns are read">
      <DataTable
        caption="How the columns are read"
        rows={suggested.placed}
        rowKey={({ column }) => column}
        empty={<Empty title="No column could be told." />}
        columns={[
          { key: "field", head: "Field", cell: ({ field }) => sentence(field) },
          { key: "column", head: "Column of the file", cell: ({ column }) => column },
          { key: "why", head: "Why", cell: ({ why }) => why },
          { key: "sure", head: "Sure", figure: true, cell: ({ sure }) => `${decimal(sure * 100)}%` },
        ]}
      />
      {suggested.missing.length > 0 && <p class="field-error">Not found: {suggested.missing.join(", ")}. Write it into the mapping below.</p>}
      {suggested.unused.length > 0 && <p class="hint">Not read: {suggested.unused.join(", ")}.</p>}
      {suggested.notes.map((note) => (
        <p key={note} class="hint">
          {note}
        </p>
      ))}
      <details open={suggested.mapping === null}>
        <summary>Change how it is read</summary>
        <TextAreaField label="Mapping, as TOML" hint="The reasons stand beside each line. Empty takes the template that fits." rows={14} spellcheck={false} value={toml || (suggested.template === null ? toml : "")} onInput={(event) => setToml(event.currentTarget.value)} />
        {suggested.template !== null && toml === "" && (
          <button type="button" class="link" onClick={() => setToml(suggested.toml)}>
            Begin from the template {suggested.template}
          </button>
        )}
      </details>
    </section>
  );
}

function Findings({ findings, editable, correct }: { findings: Finding[]; editable: boolean; correct: (correction: Correction) => Promise<void> }) {
  return (
    <DataTable
      caption="Wrong rows"
      rows={findings}
      rowKey={({ row, column, code }) => `${row}${column}${code}`}
      text={({ message, column }) => `${column} ${message}`}
      columns={[
        { key: "row", head: "Row", figure: true, cell: ({ row }) => row, sort: ({ row }) => row },
        { key: "column", head: "Column", cell: ({ column }) => column, sort: ({ column }) => column },
        { key: "message", head: "What is wrong", cell: ({ message, severity }) => `${severity === "error" ? "" : "Warning: "}${message}` },
        { key: "mend", head: "Instead", cell: (finding) => (editable && finding.column ? <Mend key={`${finding.row}${finding.column}${finding.found}`} finding={finding} correct={correct} /> : (finding.suggestion ?? "")) },
      ]}
    />
  );
}

/** The wrong value in its place, to be written anew. */
function Mend({ finding, correct }: { finding: Finding; correct: (correction: Correction) => Promise<void> }) {
  const [value, setValue] = useState(finding.suggestion ?? finding.found);
  const mend = (): void => void correct({ row: finding.row, column: finding.column, value });
  return (
    <span class="with-unit">
      <input aria-label={`Row ${finding.row}, ${finding.column}`} value={value} onInput={(event) => setValue(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); mend(); } }} />
      <button type="button" class="link" disabled={value === finding.found} onClick={mend}>
        Mend
      </button>
    </span>
  );
}
