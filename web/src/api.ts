/** Reading the service: one credential, problem details as errors, viewer tokens renewed when they run out. */

import type { ProblemBody } from "./contract";
import { type Credential, askForViewerToken } from "./session";

/** An answer that says no, carrying what the service wrote for the reader. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly suggestions: string[];

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.status = body.status;
    this.type = body.type;
    this.title = body.title;
    this.suggestions = (body.suggestions ?? []).map(suggestionText).filter((text) => text !== "");
  }

  /** The last part of the problem type: `postcode-terminated` for `/problems/postcode-terminated`. */
  get kind(): string {
    return this.type.split("/").pop() ?? "";
  }
}

function suggestionText(suggestion: unknown): string {
  if (typeof suggestion === "string") return suggestion;
  if (typeof suggestion === "object" && suggestion !== null && "postcode" in suggestion) return String(suggestion.postcode);
  return "";
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: ProblemBody = {
    type: "about:blank",
    title: `The service answered ${response.status}`,
    status: response.status,
    detail: `The service answered ${response.status} ${response.statusText}`.trim() + ".",
  };
  if (!(response.headers.get("content-type") ?? "").includes("json")) return new Problem(fallback);
  try {
    return new Problem({ ...fallback, ...((await response.json()) as Partial<ProblemBody>) });
  } catch {
    return new Problem(fallback);
  }
}

export class Service {
  #credential: Credential;

  constructor(credential: Credential) {
    this.#credential = credential;
  }

  get signedInWithKey(): boolean {
    return this.#credential.kind === "key";
  }

  /** Read JSON. Throws {@link Problem} for an error answer, TypeError where the service cannot be reached. */
  async json<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.#get(path, signal)).json()) as T;
  }

  /** Read a binary body, such as the server-drawn picture. */
  async blob(path: string): Promise<Blob> {
    return await (await this.#get(path)).blob();
  }

  async #get(path: string, signal?: AbortSignal): Promise<Response> {
    let response = await this.#send(path, signal);
    if (response.status === 401 && this.#credential.kind === "viewer") {
      const token = await askForViewerToken();
      if (token !== null) {
        this.#credential = { kind: "viewer", token };
        response = await this.#send(path, signal);
      }
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  #send(path: string, signal?: AbortSignal): Promise<Response> {
    return fetch(path, {
      headers: { Authorization: `Bearer ${this.#credential.token}`, Accept: "application/json, image/png" },
      ...(signal ? { signal } : {}),
    });
  }
}
