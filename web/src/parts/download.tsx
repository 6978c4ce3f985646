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
}

export function Download({ href, name, children, class: look = "" }: Props) {
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
      <a href={href} download={name} class={look} onClick={(event) => void fetched(event)}>
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
