import { useEffect, useRef } from "preact/hooks";
import type { Swatch as Look } from "./colours";
import { paintSwatch } from "./patterns";

/** A legend's swatch, hidden from screen readers because its name stands beside it. */
export function Swatch({ look }: { look: Look }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) paintSwatch(canvas.current, look);
  }, [look.colour, look.pattern]);
  return <canvas ref={canvas} class="swatch" width={68} height={44} aria-hidden="true" />;
}
