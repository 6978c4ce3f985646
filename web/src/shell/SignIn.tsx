/** Signing in: with the council's own account where that is set up, or with a key. */

import { useLocation } from "preact-iso/router";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, explain } from "../api/problem";
import { useSession } from "./session";

export function SignIn({ reason }: { reason: string }) {
  const { signIn, singleSignOn, singleSignOnName } = useSession();
  const { path, route } = useLocation();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const key = input.current?.value.trim() ?? "";
    if (key === "") {
      setError("Enter your key.");
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await signIn(key);
      if (path === "/sign-in") route("/", true);
    } catch (thrown) {
      setBusy(false);
      setError(thrown instanceof Problem && thrown.status === 401 ? `That key was not accepted. ${thrown.message}` : explain(thrown));
      input.current?.focus();
    }
  };

  return (
    <>
      <h1>Sign in</h1>
      {reason && (
        <p class="notice" role="status">
          {reason}
        </p>
      )}
      <section id="sign-in" class="panel" aria-label="Sign in">
        {singleSignOn && (
          <>
            <p>
              <a class="action" href={`${singleSignOn}?then=${encodeURIComponent(path === "/sign-in" ? "/" : path)}`}>
                Sign in with {singleSignOnName ?? "your council account"}
              </a>
            </p>
            <p>Or use a key:</p>
          </>
        )}
        <p>Your administrator gives out keys. This browser stays signed in until you sign out, leave it unused, or the day is over.</p>
        <form id="key-form" autocomplete="off" onSubmit={(event) => void submit(event)}>
          <label for="key">Key</label>
          <div class="ask">
            <input id="key" name="key" ref={input} type="password" autocomplete="off" spellcheck={false} aria-describedby="key-error" aria-invalid={error ? "true" : undefined} />
            <button type="submit" disabled={busy}>
              Sign in
            </button>
          </div>
          <div id="key-error" class="error" role="alert">
            {error}
          </div>
        </form>
      </section>
    </>
  );
}
