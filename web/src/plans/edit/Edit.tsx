/** Change a draft by hand: areas painted, lassoed, clicked or named into a zone; zones split, merged and put together; undone. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveMap } from "../../map/live-map";
import type { ToolKind } from "../../map/tools";
import { counted } from "../../parts/format";
import { SelectField, TextField } from "../../parts/field";
import { Failure } from "../../parts/notice";
import { useQuery } from "../../shell/address";
import { Effect } from "./Effect";
import type { Strokes } from "./strokes";
import { Structure } from "./Structure";

export interface ZoneName {
  number: number;
  name: string;
  hours_per_week: number | null;
}

const TOOLS: [ToolKind | "choose", string, string][] = [
  ["choose", "Choose", "A click opens an area’s sheet; Move then moves it."],
  ["click", "Click", "A click moves an area."],
  ["paint", "Paint", "Drag over areas."],
  ["lasso", "Lasso", "Drag a line around areas."],
];

interface Props {
  strokes: Strokes;
  zones: ZoneName[];
  settlements: string[];
  map: LiveMap | null;
  neighbours: () => Promise<Map<number, number[]>>;
}

export function Edit({ strokes, zones, settlements, map, neighbours }: Props) {
  const [query, change] = useQuery();
  const [place, setPlace] = useState("");
  const tool = TOOLS.find(([kind]) => kind === query["tool"])?.[0] ?? "choose";
  const to = Number(query["into"] ?? zones[0]?.number ?? 1);
  const area = query["area"];
  const nameOf = (number: number): string => zones.find((zone) => zone.number === number)?.name ?? `zone ${number}`;

  // Read when a stroke needs them: a stroke begun goes on while the plan is read anew under it.
  const latest = useRef({ strokes, to, nameOf });
  latest.current = { strokes, to, nameOf };
  useEffect(() => {
    if (map === null || tool === "choose") return undefined;
    map.tool(tool, {
      during: (areas) => latest.current.strokes.attempt(areas, latest.current.to),
      end: (areas) => {
        const { strokes: now, to: into, nameOf: named } = latest.current;
        if (areas.length > 0) void now.keep([{ do: "move", areas, to: into }], `Into ${named(into)}.`, [areas, into]);
      },
    });
    return () => map.tool(null);
  }, [map, tool]);

  const move = (event: Event): void => {
    event.preventDefault();
    const name = place.trim();
    if (name) void strokes.keep([{ do: "move", settlements: [name], to }], `${name} into ${nameOf(to)}.`).then((done) => done && setPlace(""));
    else if (area) void strokes.keep([{ do: "move", areas: [area], to }], `Into ${nameOf(to)}.`, [[area], to]);
  };
  const made = strokes.edits.filter(({ status }) => status === "made");
  return (
    <section class="panel" aria-labelledby="edit-title">
      <h2 id="edit-title">Edit</h2>
      <form aria-label="Edit this draft" onSubmit={move}>
        <fieldset class="choice-row">
          <legend>On the map</legend>
          {TOOLS.map(([kind, words, what]) => (
            <label key={kind} title={what}>
              <input type="radio" name="tool" checked={tool === kind} onChange={() => change({ tool: kind === "choose" ? null : kind }, true)} /> {words}
            </label>
          ))}
        </fieldset>
        <p class="hint">{TOOLS.find(([kind]) => kind === tool)?.[2]}</p>
        <SelectField label="Into zone" value={String(to)} options={zones.map(({ number, name }): [string, string] => [String(number), name])} onChange={(event) => change({ into: event.currentTarget.value }, true)} />
        <TextField label="Settlement" hint="Moves all of it, in place of the chosen area." value={place} list="edit-settlements" autocomplete="off" onInput={(event) => setPlace(event.currentTarget.value)} />
        <datalist id="edit-settlements">
          {settlements.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <p>{area ? `Area ${area} is chosen.` : "No area is chosen."}</p>
        <div class="buttons">
          <button type="submit" disabled={strokes.busy || (!area && !place.trim())}>
            Move
          </button>
          <button type="button" class="secondary" disabled={strokes.busy || made.length === 0} onClick={() => void strokes.step(true)}>
            Undo
          </button>
          <button type="button" class="link" disabled={strokes.busy || !strokes.edits.some(({ status }) => status === "undone")} onClick={() => void strokes.step(false)}>
            Redo
          </button>
        </div>
      </form>
      {strokes.error !== null && <Failure what="That was not done." error={strokes.error} />}
      {strokes.outcome && <Effect outcome={strokes.outcome} milliseconds={strokes.milliseconds} busy={strokes.busy} gather={(zone) => void strokes.keep([{ do: "gather", zone }], `${nameOf(zone)} is put back in one piece.`)} />}
      <Structure strokes={strokes} zones={zones} neighbours={neighbours} />
      {made.length > 0 && (
        <details>
          <summary>{counted(made.length, "edit")} made</summary>
          <ol class="numbers">
            {[...made].reverse().map((edit) => (
              <li key={edit.number}>
                {edit.operations.map((operation) => operation.do).join(", ")}, {counted(edit.areas_moved, "area")}{" "}
                <button type="button" class="link" disabled={strokes.busy} onClick={() => void strokes.step(true, made.filter(({ number }) => number >= edit.number).length)}>
                  Undo from here on
                </button>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
