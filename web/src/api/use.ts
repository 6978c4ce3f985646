/** Reading the service from a component: what is asked for, whether it is still on its way, and what went wrong. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { type Query, address, get } from "./client";

export interface Loaded<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  /** Ask again, past what is remembered. */
  again: () => void;
}

const remembered = new Map<string, unknown>();

/** Forget what was read from addresses that start so, because something changed it. */
export function forget(prefix = ""): void {
  for (const key of remembered.keys()) if (key.startsWith(prefix)) remembered.delete(key);
}

/**
 * Load something under a key; null loads nothing. What was loaded before shows at once while it is asked for anew only by
 * `again`, after {@link forget}, or under another key.
 */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ key: string | null; data: T | null; error: unknown }>({ key: null, data: null, error: null });
  useEffect(() => {
    if (key === null) return undefined;
    if (remembered.has(key)) {
      setState({ key, data: remembered.get(key) as T, error: null });
      return undefined;
    }
    const abort = new AbortController();
    load(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        remembered.set(key, data);
        setState({ key, data, error: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ key, data: null, error });
      },
    );
    return () => abort.abort();
  }, [key, turn]);
  const again = useCallback(() => {
    if (key !== null) remembered.delete(key);
    setState((old) => ({ ...old, error: null }));
    setTurn((n) => n + 1);
  }, [key]);
  const current = state.key === key;
  return {
    data: key === null ? null : current ? state.data : ((remembered.get(key) as T | undefined) ?? null),
    error: current ? state.error : null,
    loading: key !== null && (!current || (state.data === null && state.error === null)),
    again,
  };
}

/** GET an address of the service; null asks for nothing. */
export function useGet<T>(path: string | null, query: Query = {}): Loaded<T> {
  const key = path === null ? null : address(path, query);
  return useLoad<T>(key, (signal) => get<T>(key ?? "", {}, signal));
}
