/** Draw a plan: what is asked for, then how far the drawing is, with a way to stop it. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { write } from "../api/client";
import { forget } from "../api/use";
import { SliderField, TextField, errorFor } from "../parts/field";
import { JobProgress, useJob } from "../parts/job";
import { Failure } from "../parts/notice";
import { useQuery } from "../shell/address";

export function DrawPlan() {
  const [query, change] = useQuery();
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [whole, setWhole] = useState("");
  const [error, setError] = useState<unknown>(null);
  const zones = Number(query["zones"] ?? 14);
  const tolerance = Number(query["tolerance"] ?? 5);
  const seconds = Number(query["seconds"] ?? 60);
  const { job, error: lost } = useJob(query["job"] ?? null, (ended) => {
    if (ended.status !== "succeeded") return;
    forget("/v1/plans");
    const made = ended.result?.["plan_id"];
    if (made !== undefined) route(`/plans/${String(made)}`);
  });
  const active = job !== null && ["queued", "running"].includes(job.status);
  const draw = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    const places = whole.split(",").map((part) => part.trim()).filter(Boolean);
    try {
      const asked = await write<{ id?: string; job_id?: string }>("POST", "/v1/plans", {
        name: name.trim() || `${zones} zones`,
        zones,
        tolerance_share: tolerance / 100,
        seconds,
        ...(places.length > 0 ? { whole_settlements: places } : {}),
      });
      change({ job: asked.job_id ?? asked.id ?? null }, true);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <>
      <h1>Draw a plan</h1>
      <form class="panel narrow" onSubmit={(event) => void draw(event)}>
        <TextField label="Name" value={name} maxLength={120} placeholder={`${zones} zones`} onInput={(event) => setName(event.currentTarget.value)} error={errorFor(error, "name")} />
        <SliderField label="Zones" value={zones} low={2} high={40} step={1} onValue={(value) => change({ zones: value }, true)} error={errorFor(error, "zones")} />
        <SliderField label="Hours may differ by" value={tolerance} low={1} high={25} step={0.5} unit="%" onValue={(value) => change({ tolerance: value }, true)} error={errorFor(error, "tolerance_share")} />
        <TextField label="Settlements to keep whole" hint="Names, parted by commas." value={whole} onInput={(event) => setWhole(event.currentTarget.value)} error={errorFor(error, "whole_settlements")} />
        <SliderField label="Search for" value={seconds} low={5} high={600} step={5} unit="seconds" onValue={(value) => change({ seconds: value }, true)} error={errorFor(error, "seconds")} />
        {error !== null && <Failure what="The drawing was not begun." error={error} />}
        <button type="submit" disabled={active}>
          Draw
        </button>
      </form>
      <JobProgress job={job} error={lost} what="The drawing" />
    </>
  );
}
