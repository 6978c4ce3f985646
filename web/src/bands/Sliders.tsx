/** The thresholds of the rules as sliders: hours and pounds that move from band to band, while they move. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type Schemas, ask } from "../api/client";
import { useGet } from "../api/use";
import { SliderField } from "../parts/field";
import { counted, hours, moneyWholeDifference, numberOf, sentence } from "../parts/format";
import { Failure } from "../parts/notice";
import { DataTable } from "../parts/table";
import { useQuery } from "../shell/address";

type Threshold = Schemas["ThresholdView"];
export type Shift = Schemas["ThresholdShift"];

const key = ({ rule, condition }: Threshold): string => `t${rule}.${condition}`;

/** A step that a hand can hit: about a hundredth of the range, one, two or five times a power of ten. */
export function stepOf(least: number, most: number): number {
  const raw = Math.max((most - least) / 100, 1e-6);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((times) => times * power >= raw) ?? 10) * power;
}

/** What other thresholds move; null while none differs. */
export function useShift(): { thresholds: Threshold[]; shift: Shift | null; error: unknown; changed: boolean } {
  const [query] = useQuery();
  const known = useGet<Schemas["Thresholds"]>("/v1/bands/thresholds");
  const [shift, setShift] = useState<Shift | null>(null);
  const [error, setError] = useState<unknown>(null);
  const thresholds = known.data?.items ?? [];
  const asked = thresholds.flatMap((one) => {
    const value = query[key(one)];
    return value === undefined || Number(value) === one.value ? [] : [{ rule: one.rule, condition: one.condition, value: Number(value) }];
  });
  const wanted = JSON.stringify(asked);
  const latest = useRef("");
  const underWay = useRef(false);
  useEffect(() => {
    latest.current = wanted;
    if (asked.length === 0) {
      setShift(null);
      setError(null);
      return;
    }
    if (underWay.current) return;
    underWay.current = true;
    void (async () => {
      // One question at a time: the next is the newest, so that a slider moved fast is followed and not chased.
      let done = "";
      while (latest.current !== done && latest.current !== "[]") {
        done = latest.current;
        try {
          const found = await ask<Shift>("/v1/bands/thresholds", { thresholds: JSON.parse(done) });
          if (latest.current !== "[]") setShift(found);
          setError(null);
        } catch (thrown) {
          setError(thrown);
        }
      }
      underWay.current = false;
    })();
  }, [wanted]);
  return { thresholds, shift, error: error ?? known.error, changed: asked.length > 0 };
}

export function Sliders({ thresholds, shift, error, changed }: ReturnType<typeof useShift>) {
  const [query, change] = useQuery();
  if (thresholds.length === 0) return error === null ? null : <Failure what="The thresholds cannot be shown." error={error} />;
  const moves = (shift?.items ?? []).filter(({ from_band, to_band }) => from_band !== to_band);
  const pounds = moves.reduce<number | null>((total, move) => (total === null || numberOf(move.pounds_per_year ?? null) === null ? null : total + Number(move.pounds_per_year)), 0);
  return (
    <section class="panel" aria-labelledby="thresholds">
      <h2 id="thresholds">Thresholds</h2>
      <p class="hint">Move one to see what shifts. Nothing is kept.</p>
      {thresholds.map((one) => (
        <SliderField
          key={key(one)}
          label={`${sentence(one.band)}: ${one.title}, ${one.test === "at_least" ? "at least" : "below"}`}
          hint={one.says}
          value={Number(query[key(one)] ?? one.value)}
          low={Math.floor(one.least)}
          high={Math.ceil(one.most)}
          step={stepOf(one.least, one.most)}
          unit={one.unit}
          onValue={(value) => change({ [key(one)]: value === one.value ? null : value }, true)}
        />
      ))}
      {changed && (
        <p>
          <button type="button" class="link" onClick={() => change(Object.fromEntries(thresholds.map((one) => [key(one), null])), true)}>
            Back to the thresholds in force
          </button>
        </p>
      )}
      {error !== null && <Failure what="What shifts is not known." error={error} />}
      <div aria-live="polite" id="shift">
        {changed && shift && (
          <>
            <p>
              <strong>{counted(Object.keys(shift.areas).length, "area changes", "areas change")} band.</strong> {pounds === null ? "Pounds are withheld, or no rates are in force." : `${moneyWholeDifference(pounds)} a year at the rates in force.`}
            </p>
            {moves.length > 0 && (
              <DataTable
                caption="What shifts"
                rows={moves}
                rowKey={({ from_band, to_band }) => `${from_band}>${to_band}`}
                columns={[
                  { key: "from", head: "From", cell: ({ from_band }) => sentence(from_band) },
                  { key: "to", head: "To", cell: ({ to_band }) => sentence(to_band) },
                  { key: "areas", head: "Areas", figure: true, cell: ({ areas }) => hours(areas) },
                  { key: "hours", head: "Hours a week", figure: true, cell: ({ hours_per_week_after }) => hours(hours_per_week_after) },
                  { key: "pounds", head: "Pounds a year", figure: true, cell: ({ pounds_per_year }) => moneyWholeDifference(pounds_per_year ?? null) },
                ]}
              />
            )}
          </>
        )}
      </div>
    </section>
  );
}
