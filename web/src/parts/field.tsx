/** A form's fields: label above, hint below it, error in words beside the field it concerns. */

import type { ComponentChildren, TargetedEvent } from "preact";
import { useId } from "preact/hooks";
import { Problem } from "../api/problem";

interface Common {
  label: string;
  hint?: ComponentChildren;
  error?: string | null | undefined;
  class?: string;
}

/** The message a problem holds for a field of the request, by the end of the field's path. */
export function errorFor(error: unknown, field: string): string | null {
  if (!(error instanceof Problem)) return null;
  return error.errors.find(({ field: path }) => path === field || path.endsWith(`.${field}`))?.message ?? null;
}

function Frame({ label, hint, error, id, children, ...rest }: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class={`field ${rest.class ?? ""}${error ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {children}
    </div>
  );
}

const described = (id: string, hint: unknown, error: unknown): string | undefined =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;

/** What a text box takes: the attributes a form needs, and no more. */
interface BoxProps {
  id?: string;
  name?: string;
  value?: string | number;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
  spellcheck?: boolean;
  disabled?: boolean;
}

type InputProps = Common &
  BoxProps & {
    type?: "text" | "number" | "date" | "datetime-local" | "search" | "email" | "tel" | "time";
    min?: number | string;
    max?: number | string;
    step?: number | string;
    list?: string;
    inputMode?: "decimal" | "numeric" | "text";
    unit?: string;
    onInput?: (event: TargetedEvent<HTMLInputElement>) => void;
    onChange?: (event: TargetedEvent<HTMLInputElement>) => void;
  };

export function TextField({ label, hint, error, class: look, unit, id, ...input }: InputProps) {
  const made = useId();
  const name = id ?? made;
  const box = <input {...({ ...input, type: input.type ?? "text" } as object)} id={name} aria-invalid={error ? "true" : undefined} aria-describedby={described(name, hint, error)} />;
  return (
    <Frame label={label} hint={hint} error={error} id={name} {...(look ? { class: look } : {})}>
      {unit ? (
        <span class="with-unit">
          {box}
          <span aria-hidden="true">{unit}</span>
        </span>
      ) : (
        box
      )}
    </Frame>
  );
}

type SelectProps = Common & Omit<BoxProps, "placeholder"> & { options: [string, string][]; onChange?: (event: TargetedEvent<HTMLSelectElement>) => void };

export function SelectField({ label, hint, error, class: look, options, id, ...select }: SelectProps) {
  const made = useId();
  const name = id ?? made;
  return (
    <Frame label={label} hint={hint} error={error} id={name} {...(look ? { class: look } : {})}>
      <select {...(select as object)} id={name} aria-invalid={error ? "true" : undefined} aria-describedby={described(name, hint, error)}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type AreaProps = Common & BoxProps & { rows?: number; onInput?: (event: TargetedEvent<HTMLTextAreaElement>) => void };

export function TextAreaField({ label, hint, error, class: look, id, ...area }: AreaProps) {
  const made = useId();
  const name = id ?? made;
  return (
    <Frame label={label} hint={hint} error={error} id={name} {...(look ? { class: look } : {})}>
      <textarea {...(area as object)} id={name} aria-invalid={error ? "true" : undefined} aria-describedby={described(name, hint, error)} />
    </Frame>
  );
}

/** A figure as a field and a slider that move together. */
export function SliderField({
  label, hint, error, value, low, high, step, unit, onValue,
}: Common & { value: number; low: number; high: number; step: number; unit?: string; onValue: (value: number) => void }) {
  const name = useId();
  const take = (text: string): void => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number)) onValue(number);
  };
  return (
    <Frame label={label} hint={hint} error={error} id={name} class="slider">
      <span class="with-unit">
        <input type="number" id={name} min={low} step={step} value={value} inputMode="decimal" aria-invalid={error ? "true" : undefined} aria-describedby={described(name, hint, error)} onInput={(event) => take(event.currentTarget.value)} />
        {unit && <span aria-hidden="true">{unit}</span>}
      </span>
      <input type="range" min={low} max={high} step={step} value={Math.min(high, Math.max(low, value))} aria-label={`${label}, slider`} onInput={(event) => take(event.currentTarget.value)} />
    </Frame>
  );
}
