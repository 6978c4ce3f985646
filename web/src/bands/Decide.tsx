/** A decision that a place has another band than the rules give, with its reason and the day it is looked at again. */

import { useState } from "preact/hooks";
import { write } from "../api/client";
import { forget } from "../api/use";
import { SelectField, TextAreaField, TextField, errorFor } from "../parts/field";
import { sentence } from "../parts/format";
import { Failure } from "../parts/notice";
import { announce } from "../shell/announce";

const today = (years = 0): string => {
  const day = new Date();
  day.setFullYear(day.getFullYear() + years);
  return day.toISOString().slice(0, 10);
};

export function Decide({ area, bands, done }: { area: string; bands: string[]; done: () => void }) {
  const [band, setBand] = useState(bands[0] ?? "");
  const [reason, setReason] = useState("");
  const [author, setAuthor] = useState("");
  const [review, setReview] = useState(today(1));
  const [error, setError] = useState<unknown>(null);
  const [kept, setKept] = useState(false);
  const decide = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    try {
      await write("POST", "/v1/bands/overrides", { kind: "area", target: area, band, reason: reason.trim(), author: author.trim(), decided_on: today(), review_on: review });
      forget("/v1/bands/overrides");
      announce(`The decision on area ${area} is recorded.`);
      setKept(true);
      done();
    } catch (thrown) {
      setError(thrown);
    }
  };
  if (kept) return <p class="notice" role="status">Recorded. It counts from the next classification on.</p>;
  return (
    <details class="panel">
      <summary>Decide another band for area {area}</summary>
      <form aria-label="Decide another band" onSubmit={(event) => void decide(event)}>
        <SelectField label="Band" value={band} options={bands.map((name): [string, string] => [name, sentence(name)])} onChange={(event) => setBand(event.currentTarget.value)} />
        <TextAreaField label="Reason" required value={reason} maxLength={2000} rows={3} error={errorFor(error, "reason")} onInput={(event) => setReason(event.currentTarget.value)} />
        <TextField label="Decided by" required value={author} maxLength={120} error={errorFor(error, "author")} onInput={(event) => setAuthor(event.currentTarget.value)} />
        <TextField label="Look at it again on" type="date" required value={review} error={errorFor(error, "review_on")} onInput={(event) => setReview(event.currentTarget.value)} />
        {error !== null && <Failure what="The decision was not recorded." error={error} />}
        <button type="submit">Record the decision</button>
      </form>
    </details>
  );
}
