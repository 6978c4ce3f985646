/** Zones split, merged, or brought to another number. */

import { useState } from "preact/hooks";
import { SelectField, TextField } from "../../parts/field";
import type { ZoneName } from "./Edit";
import type { Operation, Outcome, Strokes } from "./strokes";

interface Props {
  strokes: Strokes;
  zones: ZoneName[];
  /** Which zones touch, as the plan stands by now. */
  neighbours: () => Promise<Map<number, number[]>>;
}

const MOST_STEPS = 10;

function freeName(base: string, taken: string[]): string {
  for (let n = 2; ; n++) if (!taken.includes(`${base} ${n}`)) return `${base} ${n}`.slice(0, 120);
}

/** The step that brings a plan one zone nearer to a number: the largest is halved, or the smallest joins its smallest neighbour. */
export function stepTowards(wanted: number, zones: { number: number; name: string; hours_per_week: number }[], neighbours: Map<number, number[]>): Operation | null {
  const bySize = [...zones].sort((a, b) => a.hours_per_week - b.hours_per_week);
  const [smallest, largest] = [bySize[0], bySize.at(-1)];
  if (smallest === undefined || largest === undefined || wanted === zones.length) return null;
  if (wanted > zones.length) return { do: "split", zone: largest.number, name: freeName(largest.name, zones.map(({ name }) => name)) };
  const beside = bySize.find(({ number }) => number !== smallest.number && (neighbours.get(smallest.number) ?? []).includes(number)) ?? bySize[1];
  return beside === undefined ? null : { do: "merge", zones: [beside.number, smallest.number] };
}

export function Structure({ strokes, zones, neighbours }: Props) {
  const options = zones.map(({ number, name }): [string, string] => [String(number), name]);
  const [split, setSplit] = useState("");
  const [name, setName] = useState("");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [wanted, setWanted] = useState("");
  const chosen = split || options[0]?.[0] || "";
  const one = first || options[0]?.[0] || "";
  const two = second || options.find(([number]) => number !== one)?.[0] || "";
  const rename = zones.find(({ number }) => String(number) === chosen)?.name ?? "";
  const number = Number(wanted);
  const toNumber = async (): Promise<void> => {
    // Each step is an edit of its own, so that each can be undone.
    let held = zones.map((zone) => ({ ...zone, hours_per_week: zone.hours_per_week ?? 0 }));
    for (let turn = 0; turn < MOST_STEPS; turn++) {
      const step = stepTowards(number, held, await neighbours());
      if (step === null) return;
      const found: Outcome | null = await strokes.keep([step], step.do === "split" ? "Split." : "Merged.");
      if (found === null) return;
      held = found.zones;
    }
  };
  return (
    <details>
      <summary>Split, merge, or change the number of zones</summary>
      <form
        aria-label="Split a zone"
        onSubmit={(event) => {
          event.preventDefault();
          void strokes.keep([{ do: "split", zone: Number(chosen), name: name.trim() || freeName(rename, zones.map((zone) => zone.name)) }], "Split.").then((done) => done && setName(""));
        }}
      >
        <SelectField label="Zone to split" value={chosen} options={options} onChange={(event) => setSplit(event.currentTarget.value)} />
        <TextField label="Name of the new zone" hint="It gets half of the hours." value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
        <button type="submit" class="secondary" disabled={strokes.busy}>
          Split
        </button>
      </form>
      <form
        aria-label="Merge two zones"
        onSubmit={(event) => {
          event.preventDefault();
          void strokes.keep([{ do: "merge", zones: [Number(one), Number(two)] }], "Merged.");
        }}
      >
        <SelectField label="Zone that stays" value={one} options={options} onChange={(event) => setFirst(event.currentTarget.value)} />
        <SelectField label="Zone that joins it" value={two} options={options.filter(([value]) => value !== one)} onChange={(event) => setSecond(event.currentTarget.value)} />
        <button type="submit" class="secondary" disabled={strokes.busy || two === ""}>
          Merge
        </button>
      </form>
      <form
        aria-label="Change the number of zones"
        onSubmit={(event) => {
          event.preventDefault();
          void toNumber();
        }}
      >
        <TextField label="Number of zones" type="number" min={2} max={60} hint="The largest are halved, or the smallest join a neighbour, one edit at a time." value={wanted || String(zones.length)} onInput={(event) => setWanted(event.currentTarget.value)} />
        <button type="submit" class="secondary" disabled={strokes.busy || !(number >= 2) || number === zones.length || Math.abs(number - zones.length) > MOST_STEPS}>
          Change
        </button>
      </form>
    </details>
  );
}
