/** Long work: how far it is, a button that stops it, and what to do when it failed. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get, write } from "../api/client";
import { explain } from "../api/problem";

export interface JobState {
  id: string;
  kind: string;
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  stage: string;
  progress_share: number;
  result: Record<string, unknown> | null;
  problem: unknown;
}

const PATIENCE_MS = 700;

/** Follow a job until it has ended; null follows nothing. */
export function useJob(id: string | null, onEnd?: (job: JobState) => void): { job: JobState | null; error: unknown } {
  const [job, setJob] = useState<JobState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    setJob(null);
    setError(null);
    if (id === null) return undefined;
    let timer = 0;
    let stopped = false;
    const look = async (): Promise<void> => {
      try {
        const found = await get<JobState>(`/v1/jobs/${encodeURIComponent(id)}`);
        if (stopped) return;
        setJob(found);
        setError(null);
        if (["succeeded", "failed", "cancelled"].includes(found.status)) {
          ended.current?.(found);
          return;
        }
      } catch (thrown) {
        if (stopped) return;
        setError(thrown);
      }
      timer = window.setTimeout(() => void look(), PATIENCE_MS);
    };
    void look();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [id]);
  return { job, error };
}

const WORDS: Record<JobState["status"], string> = {
  queued: "Waiting for its turn",
  running: "At work",
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Stopped",
};

function failureText(error: unknown): string {
  if (typeof error === "string") return error;
  if (typeof error === "object" && error !== null)
    for (const name of ["detail", "message", "title"]) if (name in error) return String((error as Record<string, unknown>)[name]);
  return "No reason was given.";
}

export function JobProgress({ job, error, what }: { job: JobState | null; error: unknown; what: string }) {
  const [stopError, setStopError] = useState<unknown>(null);
  const [stopping, setStopping] = useState(false);
  if (job === null) return error ? <p class="notice bad">{explain(error)}</p> : null;
  const active = job.status === "queued" || job.status === "running";
  const stop = async (): Promise<void> => {
    setStopping(true);
    try {
      await write("POST", `/v1/jobs/${encodeURIComponent(job.id)}/cancel`);
    } catch (thrown) {
      setStopError(thrown);
      setStopping(false);
    }
  };
  return (
    <div class={job.status === "failed" ? "notice bad" : "notice"} role="status">
      <p>
        <strong>
          {what}: {WORDS[job.status].toLowerCase()}.
        </strong>{" "}
        {active && job.stage ? `${job.stage}. ` : ""}{job.status === "failed" && failureText(job.problem)}
      </p>
      {active && (
        <p class="progress-row">
          <progress aria-label={`${what}, progress`} {...(job.progress_share > 0 ? { value: job.progress_share, max: 1 } : {})} />
          <button type="button" class="secondary" onClick={() => void stop()} disabled={stopping}>
            {stopping ? "Stopping…" : "Stop"}
          </button>
        </p>
      )}
      {stopError !== null && <p class="field-error">{explain(stopError)}</p>}
    </div>
  );
}
