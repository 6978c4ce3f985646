/** An answer that says no, carrying what the service wrote for the reader (RFC 9457 problem details). */

export interface FieldError {
  field: string;
  message: string;
}

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  suggestions?: unknown[];
  errors?: FieldError[];
}

export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly suggestions: string[];
  readonly errors: FieldError[];
  /** The whole body: problems carry members of their own. */
  readonly body: Record<string, unknown>;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.status = body.status;
    this.type = body.type;
    this.title = body.title;
    this.suggestions = (body.suggestions ?? []).map(suggestionText).filter((text) => text !== "");
    this.errors = body.errors ?? [];
    this.body = body as unknown as Record<string, unknown>;
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

export async function problemOf(response: Response): Promise<Problem> {
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

/** What to tell the reader about anything that was thrown. */
export function explain(thrown: unknown): string {
  if (thrown instanceof Problem) return thrown.message;
  if (thrown instanceof TypeError) return "The service cannot be reached. Check the connection and try again.";
  return thrown instanceof Error ? thrown.message : String(thrown);
}
