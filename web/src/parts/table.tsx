/** The one table: caption, sorting by column, a filter, totals, rows that tie to the map, and never more rows than a page holds. */

import type { ComponentChildren } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { numberOf } from "./format";

export interface Column<Row> {
  /** Names the column in the address and for sorting. */
  key: string;
  head: string;
  cell: (row: Row) => ComponentChildren;
  /** Set right, in figures of one width. */
  figure?: boolean;
  /** What the column is sorted by; columns without it are not sorted. */
  sort?: (row: Row) => number | string | null;
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  /** Cells of the last row, by key of the column. */
  totals?: Record<string, ComponentChildren>;
  note?: string;
  /** Text that a filter box looks through; without it there is no box. */
  text?: (row: Row) => string;
  selected?: string | number | null;
  hovered?: string | number | null;
  onHover?: (key: string | number | null) => void;
  empty?: ComponentChildren;
  /** Rows shown at first; more on demand. */
  shown?: number;
  sortBy?: string;
  descending?: boolean;
}

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== null && y !== null ? x - y : String(a).localeCompare(String(b), "en-GB", { numeric: true });
}

export function DataTable<Row>(props: Props<Row>) {
  const { caption, columns, rows, rowKey, totals, note, text, selected, hovered, onHover, empty, shown = 100 } = props;
  const [sort, setSort] = useState<{ key: string; down: boolean } | null>(props.sortBy ? { key: props.sortBy, down: props.descending ?? false } : null);
  const [wanted, setWanted] = useState("");
  const [most, setMost] = useState(shown);
  const filterId = useId();
  const visible = useMemo(() => {
    const needle = wanted.trim().toLowerCase();
    const kept = needle && text ? rows.filter((row) => text(row).toLowerCase().includes(needle)) : [...rows];
    const by = columns.find(({ key }) => key === sort?.key)?.sort;
    if (by && sort) kept.sort((a, b) => compare(by(a), by(b)) * (sort.down && by(a) !== null && by(b) !== null ? -1 : 1));
    return kept;
  }, [rows, wanted, sort, columns]);

  if (rows.length === 0 && empty) return <>{empty}</>;
  const cellClass = (column: Column<Row>): string | undefined => (column.figure ? "figure" : undefined);
  return (
    <div class="table-box">
      {text && rows.length > 12 && (
        <div class="filter">
          <label for={filterId}>Filter {caption.toLowerCase()}</label>
          <input id={filterId} type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </div>
      )}
      <div class="table" role="region" tabIndex={0} aria-label={caption}>
        <table>
          <caption>
            {caption}
            {note && <span class="synthetic-note">{note}</span>}
          </caption>
          <thead>
            <tr>
              {columns.map((column) => {
                const sorted = sort?.key === column.key;
                return (
                  <th key={column.key} scope="col" class={cellClass(column)} aria-sort={sorted ? (sort.down ? "descending" : "ascending") : undefined}>
                    {column.sort ? (
                      <button type="button" class="sort" onClick={() => setSort({ key: column.key, down: sorted ? !sort.down : Boolean(column.figure) })}>
                        {column.head}
                        <span aria-hidden="true">{sorted ? (sort.down ? " ▼" : " ▲") : ""}</span>
                      </button>
                    ) : (
                      column.head
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {visible.slice(0, most).map((row) => {
              const key = rowKey(row);
              const marks = [key === selected && "selected", key === hovered && "hovered"].filter(Boolean).join(" ");
              return (
                <tr key={key} class={marks || undefined} aria-current={key === selected ? "true" : undefined} onMouseEnter={onHover && (() => onHover(key))} onMouseLeave={onHover && (() => onHover(null))}>
                  {columns.map((column, at) =>
                    at === 0 ? (
                      <th key={column.key} scope="row" class={cellClass(column)}>
                        {column.cell(row)}
                      </th>
                    ) : (
                      <td key={column.key} class={cellClass(column)}>
                        {column.cell(row)}
                      </td>
                    ),
                  )}
                </tr>
              );
            })}
          </tbody>
          {totals && (
            <tfoot>
              <tr>
                {columns.map((column, at) =>
                  at === 0 ? (
                    <th key={column.key} scope="row">
                      {totals[column.key]}
                    </th>
                  ) : (
                    <td key={column.key} class={cellClass(column)}>
                      {totals[column.key]}
                    </td>
                  ),
                )}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {visible.length > most && (
        <p>
          Showing {most} of {visible.length}.{" "}
          <button type="button" class="link" onClick={() => setMost(most + 200)}>
            Show more
          </button>
        </p>
      )}
      {visible.length === 0 && <p class="hint">Nothing matches “{wanted}”.</p>}
    </div>
  );
}

/** The sum of a column, or null where a withheld figure would make the sum give it away. */
export function sum(figures: (number | string | null | undefined)[]): number | null {
  let total = 0;
  for (const figure of figures) {
    const value = numberOf(figure ?? null);
    if (value === null) return null;
    total += value;
  }
  return total;
}
