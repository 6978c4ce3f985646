/**
 * What the address holds: the view in its path, what is chosen in its query, and a postcode, which may be that of somebody
 * cared for, in its fragment only, which browsers never send to any server.
 */

import { useLocation } from "preact-iso/router";
import { useCallback, useEffect, useState } from "preact/hooks";

type Changes = Record<string, string | number | boolean | null | undefined>;

function changed(parts: URLSearchParams, changes: Changes): string {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "" || value === false) parts.delete(name);
    else parts.set(name, value === true ? "yes" : String(value));
  }
  return parts.toString();
}

/** The query of the address, and a way to change parts of it. `replace` leaves no step for the back button. */
export function useQuery(): [Record<string, string>, (changes: Changes, replace?: boolean) => void] {
  const { query, route } = useLocation();
  const change = useCallback((changes: Changes, replace = false) => {
    const { pathname, search, hash } = window.location;
    const next = changed(new URLSearchParams(search), changes);
    route(pathname + (next ? `?${next}` : "") + hash, replace);
  }, []);
  return [query, change];
}

const FRAGMENT_EVENT = "patchwork:fragment";

const readFragment = (): Record<string, string> => Object.fromEntries(new URLSearchParams(window.location.hash.replace(/^#/, "")));

/** The fragment of the address as names and values, and a way to change parts of it. */
export function useFragment(): [Record<string, string>, (changes: Changes, replace?: boolean) => void] {
  const [fragment, setFragment] = useState(readFragment);
  useEffect(() => {
    const read = (): void => setFragment(readFragment());
    for (const name of ["hashchange", "popstate", FRAGMENT_EVENT]) window.addEventListener(name, read);
    read();
    return () => {
      for (const name of ["hashchange", "popstate", FRAGMENT_EVENT]) window.removeEventListener(name, read);
    };
  }, []);
  const change = useCallback((changes: Changes, replace = false) => {
    const { pathname, search, hash } = window.location;
    const next = changed(new URLSearchParams(hash.replace(/^#/, "")), changes);
    const url = pathname + search + (next ? `#${next}` : "");
    if (replace) window.history.replaceState(null, "", url);
    else window.history.pushState(null, "", url);
    window.dispatchEvent(new Event(FRAGMENT_EVENT));
  }, []);
  return [fragment, change];
}

/** The address of a postcode's answer. */
export const postcodeAddress = (postcode: string): string => `/#${new URLSearchParams({ postcode }).toString()}`;
