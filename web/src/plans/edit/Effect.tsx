/** What the last stroke does: hours of the zones it touches, pounds, miles, rules and the bound. */

import { counted, decimal, hours, hoursDifference, moneyWhole, moneyWholeDifference, numberOf, shareDifference } from "../../parts/format";
import { Definitions } from "../../parts/notice";
import type { Outcome } from "./strokes";

interface Props {
  outcome: Outcome;
  milliseconds: number | null;
  busy: boolean;
  gather: (zone: number) => void;
}

export function Effect({ outcome, milliseconds, busy, gather }: Props) {
  const change = (outcome.change ?? {}) as Record<string, number>;
  const after = outcome.after as Record<string, number | null>;
  const of = (key: string): number | null => numberOf(change[key] ?? null);
  const { bound } = outcome;
  const least = bound.least_possible_pounds_per_year;
  const off = outcome.zones.filter(({ deviation_share }) => deviation_share !== null && Math.abs(deviation_share ?? 0) > 1e-6);
  return (
    <section aria-labelledby="effect-title" class="effect" data-milliseconds={milliseconds ?? undefined}>
      <h3 id="effect-title">
        {counted(outcome.areas_moved, "area")} {outcome.kept ? "moved" : "would move"}
      </h3>
      <Definitions
        pairs={[
          ["Travel", `${moneyWhole(after["travel_pounds_per_year"] ?? null, "not known")} a year (${moneyWholeDifference(of("travel_pounds_per_year"))})`],
          ["Miles", `${hours(after["miles_per_year"] ?? null, "not known")} a year (${hoursDifference(of("miles_per_year"))})`],
          ["Hours", off.length === 0 ? "every zone has its hours" : off.sort((a, b) => Math.abs(b.deviation_share ?? 0) - Math.abs(a.deviation_share ?? 0)).slice(0, 4).map((zone) => <div key={zone.number}>{zone.name}: {hours(zone.hours_per_week)} ({shareDifference(zone.deviation_share)})</div>)],
          ["Bound", least === null ? "nothing is proven for zones of these hours" : `${moneyWhole(least)} a year is the least for a plan that keeps its rules; this is ${moneyWhole(bound.above_it_pounds_per_year)} over it${bound.gap_share === null ? "" : `, at most ${decimal(bound.gap_share * 100)}% too much`}`],
          ["Rules", outcome.broken_rules.length === 0 ? "all kept" : `${outcome.broken_rules.length} broken`],
        ]}
      />
      {outcome.broken_rules.length > 0 && (
        <ul class="flags">
          {outcome.broken_rules.map(({ rule, zone_number, detail }) => (
            <li key={detail}>
              {detail}{" "}
              {rule === "contiguity" && zone_number !== null && outcome.kept && (
                <button type="button" class="link" disabled={busy} onClick={() => gather(zone_number)}>
                  Put back in one piece
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {milliseconds !== null && <p class="hint">Answered in {milliseconds} ms.</p>}
    </section>
  );
}
