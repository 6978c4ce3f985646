/** One live region for the whole page: what a screen reader should say that nothing on the page moved focus to. */

import { useEffect, useState } from "preact/hooks";

const EVENT = "patchwork:announce";

export function announce(text: string): void {
  window.dispatchEvent(new CustomEvent(EVENT, { detail: text }));
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    const hear = (event: Event): void => setText((event as CustomEvent<string>).detail);
    window.addEventListener(EVENT, hear);
    return () => window.removeEventListener(EVENT, hear);
  }, []);
  return (
    <div class="unseen" role="status" aria-live="polite" id="announcer">
      {text}
    </div>
  );
}
