/** One box that finds anything: a postcode, place, zone, area, provider or package. Suggestions as one types; keyboard first. */

import Combobox from "@github/combobox-nav";
import { useLocation } from "preact-iso/router";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api/client";
import { useGet } from "../api/use";
import { postcodeAddress } from "./address";
import { useAreas, useGround, useMeta, useZones } from "./county";
import { useSession } from "./session";

interface Found {
  kind: string;
  text: string;
  href: string;
}

const MOST_OF_A_KIND = 4;
const TYPING_PAUSE_MS = 120;
/** The beginning of a postcode, with or without its space, as people type it. */
const POSTCODE_START = /^[a-z]{1,2}\d[a-z\d]?\s*\d?[a-z]{0,2}$/i;
const WHOLE_POSTCODE = /^[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}$/i;

interface Named {
  id: number | string;
  name: string;
}

/** What there is to find besides postcodes, as far as the caller may see it. */
function useKnown(wanted: boolean): Found[] {
  const { may } = useSession();
  const meta = useMeta();
  const ground = useGround();
  const areas = useAreas();
  const zones = useZones(meta.data?.plan?.id);
  const broker = may("requests:place");
  const providers = useGet<{ items: Named[] }>(wanted && broker ? "/v1/providers" : null, { limit: 1000 });
  const requests = useGet<{ items: { id: number; reference?: string | null; postcode?: string | null }[] }>(wanted && broker ? "/v1/requests" : null, { limit: 500 });
  return [
    ...(zones.data?.features ?? []).map(({ properties }) => ({ kind: "Zone", text: `${properties.name}, zone ${properties.number}`, href: `/?colour=zone&zone=${properties.number}` })),
    ...(ground.data?.settlements ?? []).map(({ name }) => ({ kind: "Place", text: name, href: `/?place=${encodeURIComponent(name)}` })),
    ...(providers.data?.items ?? []).map(({ id, name }) => ({ kind: "Provider", text: name, href: `/desk/providers/${id}` })),
    ...(requests.data?.items ?? []).map(({ id, reference, postcode }) => ({ kind: "Package", text: [`Request ${id}`, reference, postcode].filter(Boolean).join(", "), href: `/desk/requests/${id}` })),
    ...(areas.data?.features ?? []).map(({ properties }) => ({ kind: "Area", text: properties.area_id, href: `/?area=${properties.area_id}` })),
  ];
}

function matching(known: Found[], typed: string): Found[] {
  const needle = typed.trim().toLowerCase();
  if (needle === "") return [];
  const counts = new Map<string, number>();
  const rank = ({ text }: Found): number => (text.toLowerCase().startsWith(needle) ? 0 : 1);
  return known
    .filter(({ text, kind }) => text.toLowerCase().includes(needle) && (kind !== "Area" || needle.length >= 4))
    .sort((a, b) => rank(a) - rank(b))
    .filter(({ kind }) => {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return (counts.get(kind) ?? 0) <= MOST_OF_A_KIND;
    });
}

export function Find() {
  const { route } = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const box = useRef<Combobox | null>(null);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [postcodes, setPostcodes] = useState<Found[]>([]);
  const [missing, setMissing] = useState("");
  const known = useKnown(typed !== "");
  const found = [...postcodes, ...matching(known, typed)].slice(0, 12);

  useEffect(() => {
    if (!POSTCODE_START.test(typed.trim())) {
      setPostcodes([]);
      return undefined;
    }
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      get<{ items: string[] }>("/v1/postcodes", { starts_with: typed.trim(), limit: 6 }, abort.signal).then(
        ({ items }) => setPostcodes(items.map((postcode) => ({ kind: "Postcode", text: postcode, href: postcodeAddress(postcode) }))),
        () => setPostcodes([]),
      );
    }, TYPING_PAUSE_MS);
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [typed]);

  useEffect(() => {
    if (!input.current || !list.current) return undefined;
    const made = new Combobox(input.current, list.current, { tabInsertsSuggestions: false });
    box.current = made;
    return () => made.destroy();
  }, []);
  const showing = open && found.length > 0;
  useEffect(() => {
    if (showing) box.current?.start();
    else box.current?.stop();
  }, [showing]);
  useEffect(() => box.current?.clearSelection(), [typed]);

  // "/" goes to the box from anywhere that is not being typed into.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const go = (href: string): void => {
    setOpen(false);
    setTyped("");
    setMissing("");
    route(href);
    // The router tells of paths and queries; a postcode lies in the fragment.
    window.dispatchEvent(new Event("hashchange"));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = typed.trim();
    if (text === "") return;
    if (WHOLE_POSTCODE.test(text)) go(postcodeAddress(text));
    else if (found[0]) go(found[0].href);
    else if (/\d/.test(text) && text.replace(/\s/g, "").length <= 8) go(postcodeAddress(text));
    else setMissing(`Nothing here is called “${text}”. Try a postcode, place, zone, area, provider or package.`);
  };

  return (
    <form class="find" role="search" onSubmit={submit} autocomplete="off">
      <label for="find">Find</label>
      <input
        ref={input}
        id="find"
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={showing}
        aria-controls="find-list"
        aria-describedby="find-missing"
        placeholder="Postcode, place, zone, provider…"
        spellcheck={false}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setMissing("");
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => window.setTimeout(() => setOpen(false), 150)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false);
        }}
      />
      <ul ref={list} id="find-list" role="listbox" aria-label="Suggestions" hidden={!showing}>
        {found.map(({ kind, text, href }, at) => (
          <li key={href} id={`find-${at}`} role="option" data-href={href} ref={(element) => element?.addEventListener("combobox-commit", () => go(href), { once: true })}>
            <span>{text}</span> <span class="kind">{kind}</span>
          </li>
        ))}
      </ul>
      <p id="find-missing" class="find-missing" role="status">
        {missing}
      </p>
    </form>
  );
}
