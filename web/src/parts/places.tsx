/** Places chosen by name or from the map: what a rule names. */

import { useEffect, useId, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

interface Props {
  label: string;
  hint?: ComponentChildren;
  /** Every place there is; null while they are on their way. */
  known: string[] | null;
  value: string[];
  /** A place chosen on the map, offered to be added. */
  onMap?: string | null;
  onValue: (value: string[]) => void;
  error?: string | null;
}

export function PlacesField({ label, hint, known, value, onMap, onValue, error }: Props) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [missing, setMissing] = useState("");
  const [waiting, setWaiting] = useState<string | null>(null);
  const add = (name: string): void => {
    setWaiting(known === null ? name : null);
    if (known === null) return;
    const wanted = known.find((one) => one.toLowerCase() === name.trim().toLowerCase());
    if (wanted === undefined) {
      setMissing(`No place here is called “${name.trim()}”.`);
      return;
    }
    setMissing("");
    setTyped("");
    if (!value.includes(wanted)) onValue([...value, wanted]);
  };
  // What was entered before the places had come is looked up once they have.
  useEffect(() => {
    if (known !== null && waiting !== null) add(waiting);
  }, [known === null]);
  const wrong = error || missing;
  return (
    <div class={`field${wrong ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="field-error" role="alert">
          {wrong}
        </p>
      )}
      <span class="with-unit">
        <input
          id={id}
          list={`${id}-known`}
          value={typed}
          autocomplete="off"
          aria-describedby={hint ? `${id}-hint` : undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || typed.trim() === "") return;
            event.preventDefault();
            add(typed);
          }}
        />
        <button type="button" class="secondary" disabled={typed.trim() === ""} onClick={() => add(typed)} aria-label={`Add to ${label.toLowerCase()}`}>
          Add
        </button>
      </span>
      <datalist id={`${id}-known`}>
        {known?.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {waiting !== null && <p class="hint">Looking up “{waiting.trim()}”…</p>}
      {onMap && !value.includes(onMap) && (
        <p>
          <button type="button" class="link" onClick={() => add(onMap)}>
            Add {onMap}, chosen on the map
          </button>
        </p>
      )}
      {value.length > 0 && (
        <ul class="chosen" aria-label={`Chosen: ${label.toLowerCase()}`}>
          {value.map((name) => (
            <li key={name}>
              {name}{" "}
              <button type="button" class="link" aria-label={`Remove ${name}`} onClick={() => onValue(value.filter((one) => one !== name))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
