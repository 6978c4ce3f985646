/** A file as a link. Where nobody is signed in with a cookie the link fetches the file with the credential it needs. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { blob, signedInWithCookie } from "../api/client";
import { explain } from "../api/problem";

/** Hand a file made here or fetched to the browser's downloads. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

interface Props {
  href: string;
  name: string;
  children: ComponentChildren;
  class?: string;
  /** Looks, sounds and is pressed like a button; it is a link all the same, so that its address can be copied. */
  button?: boolean;
}

/** A button is pressed with the space bar too; a link by itself is not. */
function pressWithSpace(event: KeyboardEvent): void {
  if (event.key !== " ") return;
  event.preventDefault();
  (event.currentTarget as HTMLAnchorElement).click();
}

export function Download({ href, name, children, class: look = "", button }: Props) {
  const [error, setError] = useState("");
  const fetched = async (event: Event): Promise<void> => {
    if (signedInWithCookie()) return;
    event.preventDefault();
    try {
      saveFile(await blob(href), name);
    } catch (thrown) {
      setError(explain(thrown));
    }
  };
  return (
    <>
      <a href={href} download={name} class={button ? `action ${look}` : look} {...(button ? { role: "button" as const, onKeyDown: pressWithSpace } : {})} onClick={(event) => void fetched(event)}>
        {children}
      </a>
      {error && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
    </>
  );
}
