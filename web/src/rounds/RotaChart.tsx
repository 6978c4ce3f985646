/** A day as a chart: a row for each carer, visits as bars, the way between them as a line, rests hatched in words. */

import { scaleLinear } from "d3-scale";
import { counted } from "../parts/format";
import { type Route, colourOf } from "./DayPlan";
import { clock } from "./play";

const [WIDTH, ROW, LEFT, TOP] = [960, 30, 130, 24];

export function RotaChart({ routes, from, to, minute }: { routes: Route[]; from: number; to: number; minute: number }) {
  const start = Math.floor(from / 60) * 60;
  const end = Math.ceil(to / 60) * 60;
  const x = scaleLinear().domain([start, end]).range([LEFT, WIDTH - 12]);
  const height = TOP + routes.length * ROW + 8;
  const every = Math.max(1, Math.ceil((end - start) / 60 / 14));
  const ticks = Array.from({ length: Math.floor((end - start) / 60 / every) + 1 }, (_, at) => start + at * 60 * every);
  return (
    <div class="chart scroll" role="region" tabIndex={0} aria-label="Chart of the carers’ day. The table gives the same times.">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${counted(routes.length, "carer")} between ${clock(from)} and ${clock(to)}`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={x(tick)} x2={x(tick)} y1={TOP} y2={height} />
            <text x={x(tick)} y={TOP - 8} text-anchor="middle">
              {clock(tick)}
            </text>
          </g>
        ))}
        {routes.map((route, at) => {
          const y = TOP + at * ROW;
          return (
            <g key={route.carer}>
              <text x={LEFT - 8} y={y + ROW / 2 + 5} text-anchor="end">
                {route.carer.slice(0, 16)}
              </text>
              <line class="way" x1={x(route.leaves)} x2={x(route.returns)} y1={y + ROW / 2} y2={y + ROW / 2} />
              {route.stops.map((stop) => (
                <rect key={stop.visit + stop.start} class="piece" fill={colourOf(at)} x={x(stop.start)} width={Math.max(2, x(stop.end) - x(stop.start))} y={y + 5} height={ROW - 10}>
                  <title>{`${stop.visit}, ${clock(stop.start)} to ${clock(stop.end)}`}</title>
                </rect>
              ))}
              {route.breaks.map((rest) => (
                <rect key={rest.start} class="rest" x={x(rest.start)} width={Math.max(2, x(rest.end) - x(rest.start))} y={y + 9} height={ROW - 18}>
                  <title>{`Rest, ${clock(rest.start)} to ${clock(rest.end)}`}</title>
                </rect>
              ))}
            </g>
          );
        })}
        <line class="now" x1={x(minute)} x2={x(minute)} y1={TOP - 4} y2={height} />
      </svg>
    </div>
  );
}
