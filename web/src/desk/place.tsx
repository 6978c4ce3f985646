/** Placing a request: the few fields it needs beside the visits, and the button that makes it and shows whom to ask. */

import { useLocation } from "preact-iso/router";
import { useState } from "preact/hooks";
import { type Schemas, write } from "../api/client";
import { Problem } from "../api/problem";
import { forget, useGet } from "../api/use";
import { SelectField, TextField, errorFor } from "../parts/field";
import { sentence } from "../parts/format";
import { Failure } from "../parts/notice";
import type { Visit } from "./pattern";

type RequestView = Schemas["RequestView"];

/** The services that providers have roles for, the commonest first. */
export function useServices(): string[] {
  const roles = useGet<{ items: { service_type: string }[] }>("/v1/roles", { limit: 1000 });
  const counts = new Map<string, number>();
  for (const { service_type } of roles.data?.items ?? []) if (service_type !== "any") counts.set(service_type, (counts.get(service_type) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

const isoDay = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

export function PlaceForm({ postcode, pattern }: { postcode: string; pattern: Visit[] }) {
  const { route } = useLocation();
  const services = useServices();
  const [service, setService] = useState("");
  const [urgency, setUrgency] = useState("routine");
  const [source, setSource] = useState("community");
  const [from, setFrom] = useState(isoDay(new Date(Date.now() + 86_400_000)));
  const [reference, setReference] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const chosen = service || services[0] || "home care";

  const place = async (acceptDuplicate: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const made = await write<RequestView>("POST", "/v1/requests", {
        postcode,
        service_type: chosen,
        visits: pattern.map(({ minutes, perWeek, carers }) => ({ minutes, per_week: perWeek, carers })),
        urgency,
        source,
        needed_from: from,
        ...(reference.trim() ? { reference: reference.trim() } : {}),
        ...(acceptDuplicate ? { accept_duplicate: true } : {}),
      });
      for (const prefix of ["/v1/requests", "/v1/waiting", "/v1/offers"]) forget(prefix);
      route(`/desk/requests/${made.id}`);
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  const twice = error instanceof Problem && error.status === 409;

  return (
    <form
      class="place"
      aria-label="Place a request here"
      onSubmit={(event) => {
        event.preventDefault();
        void place(false);
      }}
    >
      <h4>Place a request here</h4>
      <div class="fields tight">
        {services.length > 0 ? (
          <SelectField label="Service" value={chosen} options={services.map((name) => [name, sentence(name)])} onChange={(event) => setService(event.currentTarget.value)} error={errorFor(error, "service_type")} />
        ) : (
          <TextField label="Service" value={chosen} onInput={(event) => setService(event.currentTarget.value)} error={errorFor(error, "service_type")} />
        )}
        <TextField label="Needed from" type="date" value={from} onInput={(event) => setFrom(event.currentTarget.value)} error={errorFor(error, "needed_from")} />
        <SelectField label="Comes from" value={source} options={[["community", "Community"], ["hospital", "Hospital"]]} onChange={(event) => setSource(event.currentTarget.value)} />
        <SelectField label="Urgency" value={urgency} options={[["routine", "Routine"], ["urgent", "Urgent"]]} onChange={(event) => setUrgency(event.currentTarget.value)} />
      </div>
      <TextField label="Reference" hint="From your own system, if it has one. No name." value={reference} maxLength={60} onInput={(event) => setReference(event.currentTarget.value)} error={errorFor(error, "reference")} />
      {error !== null && <Failure what={twice ? "This may be placed already." : "The request was not placed."} error={error} />}
      <div class="buttons">
        <button type="submit" disabled={busy}>
          Place
        </button>
        {twice && (
          <button type="button" class="secondary" onClick={() => void place(true)}>
            Place it all the same
          </button>
        )}
      </div>
    </form>
  );
}
