/**
 * The one way to the service: reads, writes and files, with the credential of whoever is signed in.
 *
 * Somebody signed in is known by a cookie that this code cannot read; a write then carries the session's token as well.
 * Where the page is open to all, a short-lived viewer token goes with each read and is renewed when it runs out.
 */

import { Problem, problemOf } from "./problem";
import type { components, paths } from "./schema";

/** Shapes of the service's OpenAPI document by name. */
export type Schemas = components["schemas"];

type Responses<O> = O extends { responses: infer R } ? R : never;
type Json<R> = R extends { content: { "application/json": infer T } } ? T : never;
/** What a GET of a path answers, from the OpenAPI document. */
export type Answer<P extends keyof paths> = Json<Responses<paths[P]["get"]>[200 & keyof Responses<paths[P]["get"]>]>;

export type Credential = { kind: "cookie"; writeToken: string } | { kind: "viewer"; token: string } | { kind: "none" };

let credential: Credential = { kind: "none" };
let onSignedOut: (problem: Problem) => void = () => undefined;

export function setCredential(next: Credential): void {
  credential = next;
}

export const signedInWithCookie = (): boolean => credential.kind === "cookie";

/** Told when the service no longer accepts who is signed in. */
export function whenSignedOut(tell: (problem: Problem) => void): void {
  onSignedOut = tell;
}

export type Query = Record<string, string | number | boolean | null | undefined | (string | number)[]>;

/** A path with its query; what is absent or empty is left out. */
export function address(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.append(name, String(one));
  }
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

/** What a request that the map library makes itself has to carry. */
export const credentialHeaders = (): Record<string, string> => (credential.kind === "viewer" ? { Authorization: `Bearer ${credential.token}` } : {});

interface Options {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

async function send(path: string, { method = "GET", body, headers = {}, signal }: Options): Promise<Response> {
  const sent: Record<string, string> = { Accept: "application/json, application/problem+json, */*;q=0.5", ...headers };
  // A key on its way to become a session goes in place of what the page holds.
  if (credential.kind === "viewer" && !sent["Authorization"]) sent["Authorization"] = `Bearer ${credential.token}`;
  if (credential.kind === "cookie" && method !== "GET") sent["X-CSRF-Token"] = credential.writeToken;
  const isForm = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !isForm) sent["Content-Type"] = "application/json";
  return fetch(path, {
    method,
    headers: sent,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

/** Ask for a viewer token; null where this page needs somebody signed in. */
export async function viewerToken(): Promise<string | null> {
  const response = await fetch("/page/session", { headers: { Accept: "application/json" }, cache: "no-store" });
  if ([204, 401, 403].includes(response.status)) return null;
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as { token: string }).token;
}

/** Send a request and return the answer. Throws {@link Problem} for an error, TypeError where the service cannot be reached. */
export async function call(path: string, options: Options = {}): Promise<Response> {
  let response = await send(path, options);
  if (response.status === 401 && credential.kind === "viewer" && !options.headers?.["Authorization"]) {
    const token = await viewerToken();
    if (token !== null) {
      credential = { kind: "viewer", token };
      response = await send(path, options);
    }
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.status === 401) onSignedOut(problem);
  throw problem;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await (await call(address(path, query), signal ? { signal } : {})).json()) as T;
}

/** 128 random bits; unlike `crypto.randomUUID` there on pages served without encryption too. */
function uniqueKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Change something. A key of its own goes with each, so that a request sent twice by a poor connection has one effect.
 *
 * @returns the answer's JSON; undefined where the answer has no body.
 */
export async function write<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers = { "Idempotency-Key": uniqueKey() };
  const response = await call(path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Ask something that needs a body but changes nothing: prices, looking up a list. */
export async function ask<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await call(path, { method: "POST", body, ...(signal ? { signal } : {}) })).json()) as T;
}

export async function blob(path: string, options: Options = {}): Promise<Blob> {
  return (await call(path, options)).blob();
}

/** Every item of a paginated list, page by page, up to a number that no view should exceed. */
export async function everyItem<T>(path: string, query: Query = {}, most = 2000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; next_cursor?: string | null } = await get(path, { ...query, cursor });
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null && items.length < most);
  return items;
}
