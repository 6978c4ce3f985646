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
    super(forReaders(body.detail ?? body.title));
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

/** A sentence that begins with a field's path, as clients read it, begins with its words: `visits.0.per_week: …` is "Visits, row 1, per week: …". */
export function forReaders(detail: string): string {
  return detail.replace(/^(?:(?:body|query|path)\.)?([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*): /, (_, path: string) => {
    const words = path.split(".").map((part) => (/^\d+$/.test(part) ? `row ${Number(part) + 1}` : part.replaceAll("_", " ")));
    const text = words.join(", ");
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}: `;
  });
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
