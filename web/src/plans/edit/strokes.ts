/** Strokes on a draft: shown at once, tried while they go on, kept one after the other, undone as often as need be. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Schemas, ask, get, write } from "../../api/client";
import { forget } from "../../api/use";
import { counted } from "../../parts/format";
import { announce } from "../../shell/announce";

export type Outcome = Schemas["EditOutcome"];
export type Operation = Record<string, unknown> & { do: string };
export interface Edit {
  number: number;
  status: string;
  areas_moved: number;
  operations: Operation[];
}

export interface Strokes {
  /** Where areas are that the plan read last does not know of yet. */
  moved: Map<string, number>;
  outcome: Outcome | null;
  /** How long the last answer took. */
  milliseconds: number | null;
  error: unknown;
  busy: boolean;
  edits: Edit[];
  /** Show areas in a zone and try what that does, without keeping it. */
  attempt: (areas: string[], zone: number) => void;
  /** Keep steps; `shown` are the areas they move, as far as that is known here. */
  keep: (operations: Operation[], said: string, shown?: [string[], number]) => Promise<Outcome | null>;
  step: (back: boolean, times?: number) => Promise<void>;
}

/**
 * Edit a draft.
 *
 * @param planId which.
 * @param zoneOf the zones of its areas as they were read last.
 * @param changed called when the plan's zones are to be read again.
 */
export function useStrokes(planId: number, zoneOf: Map<string, number> | null, changed: () => void): Strokes {
  const path = `/v1/plans/${planId}/edits`;
  const [moved, setMoved] = useState(new Map<string, number>());
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [milliseconds, setMilliseconds] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [waiting, setWaiting] = useState(0);
  const [edits, setEdits] = useState<Edit[]>([]);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const trying = useRef<{ areas: string[]; zone: number } | null>(null);
  const underWay = useRef(false);
  /** Counts what is kept and undone: an answer to what was only tried before that is out of date. */
  const turn = useRef(0);
  const readings = useRef(0);

  const readEdits = useCallback(() => {
    const reading = ++readings.current;
    void get<Edit[]>(path).then(
      (found) => {
        if (reading === readings.current) setEdits(found);
      },
      () => undefined,
    );
  }, [path]);
  useEffect(readEdits, [readEdits]);
  // What the plan read anew says itself need not be remembered here.
  useEffect(() => {
    setMoved((old) => {
      const left = [...old].filter(([area, zone]) => zoneOf?.get(area) !== zone);
      return left.length === old.size ? old : new Map(left);
    });
  }, [zoneOf]);

  const timed = async (run: () => Promise<Outcome>, stillWanted = (): boolean => true): Promise<Outcome> => {
    const began = performance.now();
    const found = await run();
    if (stillWanted()) {
      setMilliseconds(Math.round(performance.now() - began));
      setOutcome(found);
    }
    return found;
  };

  const attempt = (areas: string[], zone: number): void => {
    setMoved((old) => new Map([...old, ...areas.map((area): [string, number] => [area, zone])]));
    trying.current = { areas, zone };
    if (underWay.current) return;
    underWay.current = true;
    void (async () => {
      while (trying.current !== null) {
        const asked = trying.current;
        const before = turn.current;
        trying.current = null;
        try {
          await timed(
            () => ask<Outcome>(path, { keep: false, operations: [{ do: "move", areas: asked.areas, to: asked.zone }] }),
            () => turn.current === before,
          );
        } catch {
          // The stroke itself is kept or refused when it ends, and says why.
        }
      }
      underWay.current = false;
    })();
  };

  const inTurn = <T,>(run: () => Promise<T>): Promise<T> => {
    const next = queue.current.then(run, run);
    queue.current = next.catch(() => undefined);
    return next;
  };
  const after = (): void => {
    forget(`/v1/plans/${planId}`);
    readEdits();
    changed();
  };

  const keep = (operations: Operation[], said: string, shown?: [string[], number]): Promise<Outcome | null> => {
    trying.current = null;
    turn.current++;
    if (shown) setMoved((old) => new Map([...old, ...shown[0].map((area): [string, number] => [area, shown[1]])]));
    setError(null);
    setWaiting((n) => n + 1);
    return inTurn(async () => {
      try {
        const found = await timed(() => write<Outcome>("POST", path, { operations }));
        announce(`${said} ${counted(found.areas_moved, "area")} moved. ${counted(found.broken_rules.length, "rule")} broken.`);
        after();
        return found;
      } catch (thrown) {
        setError(thrown);
        if (shown) setMoved((old) => new Map([...old].filter(([area]) => !shown[0].includes(area))));
        return null;
      } finally {
        setWaiting((n) => n - 1);
      }
    });
  };

  const step = (back: boolean, times = 1): Promise<void> => {
    trying.current = null;
    turn.current++;
    setError(null);
    setWaiting((n) => n + 1);
    return inTurn(async () => {
      try {
        for (let i = 0; i < times; i++) await timed(() => write<Outcome>("POST", `${path}/${back ? "undo" : "redo"}`));
        announce(back ? `Undone${times > 1 ? `, ${times} edits` : ""}.` : "Done again.");
        setMoved(new Map());
        after();
      } catch (thrown) {
        setError(thrown);
      } finally {
        setWaiting((n) => n - 1);
      }
    });
  };
  return { moved, outcome, milliseconds, error, busy: waiting > 0, edits, attempt, keep, step };
}
