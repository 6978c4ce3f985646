/**
 * Who is looking: a key the user gave, or the short-lived viewer token the service gives where public access is allowed.
 *
 * The credential lives in sessionStorage only (gone with the tab) and never stays in the address bar, where it would
 * reach the history and shared screenshots.
 */

import type { PageSession } from "./contract";

const STORE = "patchwork.key";

export type Credential = { kind: "key" | "viewer"; token: string };

/** Take `#key=…` out of the address, if it is there, and remove it from the address bar and this history entry. */
export function takeKeyFromAddress(location: Location, history: History): string | null {
  const fragment = new URLSearchParams(location.hash.replace(/^#/, ""));
  const key = fragment.get("key");
  if (key === null) return null;
  fragment.delete("key");
  const rest = fragment.toString();
  history.replaceState(null, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  return key.trim() || null;
}

export function rememberKey(key: string): void {
  try {
    sessionStorage.setItem(STORE, key);
  } catch {
    // Storage switched off by policy: the key then lasts until the page is left.
  }
}

export function forgetKey(): void {
  try {
    sessionStorage.removeItem(STORE);
  } catch {
    // Nothing was stored.
  }
}

export function rememberedKey(): string | null {
  try {
    return sessionStorage.getItem(STORE);
  } catch {
    return null;
  }
}

/**
 * Ask the service for a viewer token.
 *
 * @returns the token, or null where this page needs a key.
 * @throws Error when the service could not be reached or failed.
 */
export async function askForViewerToken(): Promise<string | null> {
  // Needing a key is an ordinary answer: the service says so with 204 or 401.
  const response = await fetch("/page/session", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (response.status === 204 || response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error(`The service answered ${response.status} when asked whether this page is public.`);
  return ((await response.json()) as PageSession).token;
}

/** The credential to start with, in order: key in the address, key of this tab, viewer token. */
export async function startSession(): Promise<Credential | null> {
  const given = takeKeyFromAddress(window.location, window.history);
  if (given !== null) rememberKey(given);
  const key = given ?? rememberedKey();
  if (key !== null) return { kind: "key", token: key };
  const token = await askForViewerToken();
  return token === null ? null : { kind: "viewer", token };
}
