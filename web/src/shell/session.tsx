/**
 * Who is looking, and what they may see.
 *
 * A key, typed in or given as `#key=…`, is exchanged at once for a session cookie that no script can read, and is then
 * forgotten: it never stays in the address bar, in storage or in this page's memory.
 */

import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import { type Schemas, call, get, setCredential, viewerToken, whenSignedOut } from "../api/client";
import { Problem } from "../api/problem";
import { forget } from "../api/use";

export type Who = Schemas["WhoIsSignedIn"];
export type Permission = Who["permissions"][number];

export interface Session {
  /** Starting; nobody, with the reason where there is one; somebody; or the service cannot be reached. */
  state: "starting" | "nobody" | "somebody" | "unreachable";
  who: Who | null;
  /** Whether somebody signed in, rather than a visitor of a page that is open to all. */
  signedIn: boolean;
  reason: string;
  singleSignOn: string | null;
  /** What follows "Sign in with". */
  singleSignOnName: string | null;
  error: unknown;
  may: (permission: Permission) => boolean;
  signIn: (key: string) => Promise<void>;
  signOut: () => Promise<void>;
  again: () => void;
}

const Context = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(Context);
  if (session === null) throw new Error("There is no session above this component");
  return session;
}

/** Take `#key=…` out of the address, if it is there, and remove it from the address bar and this history entry. */
export function takeKeyFromAddress(location: Location, history: History): string | null {
  const fragment = new URLSearchParams(location.hash.replace(/^#/, ""));
  const key = fragment.get("key");
  if (key === null) return null;
  fragment.delete("key");
  const rest = fragment.toString();
  history.replaceState(null, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  return key.trim() || null;
}

/** Exchange a key for a session cookie. */
async function openSession(key: string): Promise<Who> {
  const response = await call("/v1/session", { method: "POST", headers: { Authorization: `Bearer ${key}` } });
  return (await response.json()) as Who;
}

async function standingSession(): Promise<Who | null> {
  try {
    return await get<Who>("/v1/session");
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) return null;
    throw thrown;
  }
}

interface Ways {
  single_sign_on: string | null;
  single_sign_on_name: string | null;
  open_to_all: boolean;
  session_stands: boolean;
}
type Inner = Pick<Session, "state" | "who" | "signedIn" | "reason" | "singleSignOn" | "singleSignOnName" | "error">;
const START: Inner = { state: "starting", who: null, signedIn: false, reason: "", singleSignOn: null, singleSignOnName: null, error: null };

export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [inner, setInner] = useState<Inner>(START);

  const become = useCallback((who: Who, signedIn: boolean): void => {
    if (signedIn) setCredential({ kind: "cookie", writeToken: who.csrf_token ?? "" });
    forget();
    setInner((old) => ({ ...old, state: "somebody", who, signedIn, reason: "", error: null }));
  }, []);

  /** As a visitor where the page is open to all; else nobody. */
  const visit = useCallback(async (reason: string, open: boolean): Promise<void> => {
    const token = open ? await viewerToken() : null;
    setCredential(token === null ? { kind: "none" } : { kind: "viewer", token });
    if (token === null) setInner((old) => ({ ...old, state: "nobody", who: null, signedIn: false, reason }));
    else become(await get<Who>("/v1/session"), false);
  }, []);

  const start = useCallback(async (): Promise<void> => {
    setInner((old) => ({ ...START, singleSignOn: old.singleSignOn, singleSignOnName: old.singleSignOnName }));
    try {
      const ways = await get<Ways>("/page/sign-in");
      setInner((old) => ({ ...old, singleSignOn: ways.single_sign_on, singleSignOnName: ways.single_sign_on_name }));
      const key = takeKeyFromAddress(window.location, window.history);
      if (key !== null) {
        try {
          become(await openSession(key), true);
        } catch (thrown) {
          if (!(thrown instanceof Problem) || thrown.status !== 401) throw thrown;
          await visit(`That key was not accepted. ${thrown.message}`, ways.open_to_all);
        }
        return;
      }
      // Asked only where it stands: what is refused shows as an error in the browser's console.
      const who = ways.session_stands ? await standingSession() : null;
      if (who !== null) become(who, true);
      else await visit("", ways.open_to_all);
    } catch (error) {
      setInner((old) => ({ ...old, state: "unreachable", error }));
    }
  }, []);

  useEffect(() => {
    void start();
    const keyGiven = (): void => {
      if (window.location.hash.includes("key=")) void start();
    };
    window.addEventListener("hashchange", keyGiven);
    return () => window.removeEventListener("hashchange", keyGiven);
  }, []);

  useEffect(() => {
    // Only a session that stood can run out; a first look without one is no news.
    whenSignedOut(() => {
      setInner((old) => {
        if (!old.signedIn) return old;
        setCredential({ kind: "none" });
        forget();
        return { ...old, state: "nobody", who: null, signedIn: false, reason: "You were signed out because the session ended. Sign in again to go on." };
      });
    });
  }, []);

  const session = useMemo<Session>(
    () => ({
      ...inner,
      may: (permission) => inner.who?.permissions.includes(permission) ?? false,
      signIn: async (key) => become(await openSession(key), true),
      signOut: async () => {
        await call("/v1/session", { method: "DELETE" });
        // Signed out of here, but not yet of the council account.
        if (inner.who?.sign_out_address) {
          window.location.assign(inner.who.sign_out_address);
          return;
        }
        setCredential({ kind: "none" });
        forget();
        await visit("", (await get<Ways>("/page/sign-in")).open_to_all);
      },
      again: () => void start(),
    }),
    [inner],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}
