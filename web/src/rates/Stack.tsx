/** What each price is made of, as bars of one scale: drawn as vectors, so that it prints sharply; its table says the same. */

import { scaleBand, scaleLinear } from "d3-scale";
import { stack } from "d3-shape";
import { money, sentence } from "../parts/format";
import { DataTable } from "../parts/table";
import { GROUPS, grouped } from "./lines";

export interface Priced {
  band: string;
  pounds: number;
  before: number | null;
  lines: Record<string, number>;
}

const [WIDTH, ROW, LEFT, RIGHT] = [760, 54, 90, 96];

export function Stack({ prices }: { prices: Priced[] }) {
  const parts = prices.map(({ lines }) => grouped(lines));
  const groups = [...new Set(parts.flat().map(({ group }) => group))].sort((a, b) => (GROUPS.indexOf(a) + 99) % 99 - (GROUPS.indexOf(b) + 99) % 99);
  const most = Math.max(1, ...prices.flatMap(({ pounds, before }) => [pounds, before ?? 0]));
  const x = scaleLinear([0, most * 1.02], [LEFT, WIDTH - RIGHT]);
  const y = scaleBand(prices.map(({ band }) => band), [0, ROW * prices.length]).padding(0.28);
  const series = stack<number, string>()
    .keys(groups.map(({ name }) => name))
    .value((at, key) => parts[at]?.find(({ group }) => group.name === key)?.pounds ?? 0)(prices.map((_, at) => at));
  const words = prices.map(({ band, pounds }) => `${sentence(band)} ${money(pounds)}`).join(", ");
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${ROW * prices.length + 26}`} role="img" aria-label={`What each rate is made of: ${words}. The table of lines gives every figure.`}>
        {x.ticks(6).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={0} y2={ROW * prices.length} class="grid" />
            <text x={x(tick)} y={ROW * prices.length + 18} text-anchor="middle">
              £{tick}
            </text>
          </g>
        ))}
        {series.map((layer) => {
          const group = groups.find(({ name }) => name === layer.key);
          return layer.map((piece, at) => {
            const price = prices[at] as Priced;
            return (
              <rect key={layer.key + price.band} x={x(piece[0])} width={Math.max(0, x(piece[1]) - x(piece[0]))} y={y(price.band) ?? 0} height={y.bandwidth()} fill={group?.colour ?? "#bbb"} class="piece">
                <title>
                  {sentence(price.band)}, {layer.key}: {money(piece[1] - piece[0])}
                </title>
              </rect>
            );
          });
        })}
        {prices.map(({ band, pounds, before }) => (
          <g key={band}>
            <text x={LEFT - 8} y={(y(band) ?? 0) + y.bandwidth() / 2} dy="0.35em" text-anchor="end" class="strong">
              {sentence(band)}
            </text>
            <text x={x(pounds) + 8} y={(y(band) ?? 0) + y.bandwidth() / 2} dy="0.35em" class="strong">
              {money(pounds)}
            </text>
            {before !== null && <line x1={x(before)} x2={x(before)} y1={(y(band) ?? 0) - 5} y2={(y(band) ?? 0) + y.bandwidth() + 5} class="before" />}
          </g>
        ))}
      </svg>
      <figcaption>
        <ul class="chart-key">
          {groups.map(({ name, colour }) => (
            <li key={name}>
              <svg width="18" height="14" aria-hidden="true">
                <rect width="18" height="14" fill={colour} class="piece" />
              </svg>
              {name}
            </li>
          ))}
          {prices.some(({ before }) => before !== null) && (
            <li>
              <svg width="18" height="14" aria-hidden="true">
                <line x1="9" x2="9" y1="0" y2="14" class="before" />
              </svg>
              The rate in force
            </li>
          )}
        </ul>
      </figcaption>
    </figure>
  );
}

/** Every line of every band, pounds an hour. */
export function LinesTable({ prices }: { prices: Priced[] }) {
  const names = [...new Set(prices.flatMap(({ lines }) => Object.keys(lines)))].filter((name) => prices.some(({ lines }) => Math.abs(lines[name] ?? 0) > 0.000005));
  return (
    <DataTable
      caption="Lines: pounds for each hour of care"
      rows={names}
      rowKey={(name) => name}
      columns={[
        { key: "line", head: "Line", cell: (name) => name },
        ...prices.map(({ band, lines }) => ({ key: band, head: sentence(band), figure: true, cell: (name: string) => money(lines[name] ?? 0) })),
      ]}
      totals={Object.fromEntries([["line", "Rate, rounded"], ...prices.map(({ band, pounds }) => [band, money(pounds)])])}
    />
  );
}
