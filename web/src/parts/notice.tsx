/** What a view says while it has nothing to show: loading, failed, or empty with the job that fills it. */

import type { ComponentChildren } from "preact";
import { Problem, explain, forReaders } from "../api/problem";

export function Loading({ what }: { what: string }) {
  return (
    <p class="notice" role="status">
      Loading {what}…
    </p>
  );
}

/** What went wrong, in the service's own words, with what is wrong field by field and a button that tries again. */
export function Failure({ what, error, again }: { what: string; error: unknown; again?: () => void }) {
  const fields = error instanceof Problem ? error.errors : [];
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{what}</strong> {explain(error)}
      </p>
      {fields.length > 1 && (
        <ul class="bullets">
          {fields.map(({ field, message }) => (
            <li key={field + message}>{forReaders(`${field}: ${message}`)}</li>
          ))}
        </ul>
      )}
      {again && (
        <button type="button" class="action" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What an address names by its number, shown where it is a number; else that there is no such page. */
export function Numbered({ id, what, back, children }: { id: string; what: string; back: string; children: (id: string) => ComponentChildren }) {
  if (/^[1-9]\d{0,14}$/.test(id)) return <>{children(id)}</>;
  return (
    <>
      <h1>There is no such {what}</h1>
      <p class="notice">
        The address of this page ends in something other than the number of a {what}. <a href={back}>Look at the list</a>.
      </p>
    </>
  );
}

/** Nothing is here yet: say so, and offer what begins the job. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** Words that warn, each on a line. */
export function Warnings({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <div class="notice warn">
      <p>
        <strong>{title}</strong>
      </p>
      <ul class="bullets">
        {items.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

/** Terms and their values; pairs without a value are left out. */
export function Definitions({ pairs, wide }: { pairs: [string, ComponentChildren][]; wide?: boolean }) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return (
    <dl class={wide ? "definitions wide-terms" : "definitions"}>
      {shown.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
