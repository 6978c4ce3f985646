/** Band patterns, drawn once on a canvas: the same picture for the map's fills and the legend's swatches. */

import type { PatternKind, Swatch } from "./colours";

const TILE = 16;

function inkFor(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 120 ? "rgba(13, 43, 69, 0.38)" : "rgba(255, 255, 255, 0.38)";
}

function draw(context: CanvasRenderingContext2D, kind: PatternKind, size: number): void {
  const step = size / 2;
  if (kind === "dots") {
    for (const [x, y] of [[0.25, 0.25], [0.75, 0.75]] as const) {
      context.beginPath();
      context.arc(x * size, y * size, size / 13, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.beginPath();
  for (let at = -size; at <= size; at += step) {
    if (kind === "lines" || kind === "cross") {
      context.moveTo(at - 2, size + 2);
      context.lineTo(at + size + 2, -2);
    }
    if (kind === "back" || kind === "cross") {
      context.moveTo(at - 2, -2);
      context.lineTo(at + size + 2, size + 2);
    }
    if (kind === "across") {
      context.moveTo(-2, at + step / 2);
      context.lineTo(size + 2, at + step / 2);
    }
    if (kind === "upright") {
      context.moveTo(at + step / 2, -2);
      context.lineTo(at + step / 2, size + 2);
    }
  }
  context.stroke();
}

function context2d(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("This browser cannot draw on a canvas");
  return context;
}

/** A seamless tile of the pattern's ink on nothing, for the map to lay over the colour. */
export function patternTile({ colour, pattern }: Swatch, pixelRatio: number): ImageData {
  const size = TILE * pixelRatio;
  const context = context2d(size, size);
  context.fillStyle = context.strokeStyle = inkFor(colour);
  context.lineWidth = pixelRatio;
  draw(context, pattern, size);
  return context.getImageData(0, 0, size, size);
}

/** Paint a legend's swatch: colour with pattern. */
export function paintSwatch(canvas: HTMLCanvasElement, swatch: Swatch): void {
  const ratio = 2;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = swatch.colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const tile = context2d(TILE * ratio, TILE * ratio);
  tile.putImageData(patternTile(swatch, ratio), 0, 0);
  const fill = context.createPattern(tile.canvas, "repeat");
  if (fill === null) return;
  context.fillStyle = fill;
  context.fillRect(0, 0, canvas.width, canvas.height);
}
