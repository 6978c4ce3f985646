/** A value of a CSV file written anew, and every other byte of it left as it is. */

export interface Correction {
  /** Row of the file as findings count them: the first line is row 1. */
  row: number;
  column: string;
  value: string;
}

interface Cell {
  from: number;
  to: number;
  text: string;
}

const DELIMITERS = [",", ";", "\t", "|"];

/** Cells of each line of a CSV text, with where they stand in it; quotes as in RFC 4180. */
export function cells(text: string, delimiter: string): Cell[][] {
  const lines: Cell[][] = [[]];
  let at = 0;
  while (at <= text.length) {
    const from = at;
    let value = "";
    if (text[at] === '"') {
      at++;
      while (at < text.length) {
        if (text[at] === '"' && text[at + 1] === '"') at++;
        else if (text[at] === '"') break;
        value += text[at++];
      }
      at++;
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") value += text[at++];
    lines.at(-1)?.push({ from, to: at, text: value });
    if (at >= text.length) break;
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    if (text[at] !== delimiter) lines.push([]);
    at++;
  }
  return lines;
}

const plain = (name: string): string => name.replace(/^\uFEFF/, "").trim().toLowerCase();

/**
 * The file with one value written anew.
 *
 * @throws Error where the row or the column is not there.
 */
export async function corrected(file: File, { row, column, value }: Correction): Promise<File> {
  const text = await file.text();
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [...DELIMITERS].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ",";
  const lines = cells(text, delimiter);
  const header = lines.find((line) => line.some((cell) => plain(cell.text) === plain(column)));
  const place = header?.findIndex((cell) => plain(cell.text) === plain(column)) ?? -1;
  const cell = lines[row - 1]?.[place];
  if (cell === undefined) throw new Error(`Row ${row} of the file has no column “${column}”. Mend it in the file itself.`);
  const written = /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;
  return new File([text.slice(0, cell.from) + written + text.slice(cell.to)], file.name, { type: file.type });
}
