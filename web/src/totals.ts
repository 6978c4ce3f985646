/** The totals beside the published report: headline figures and the tables behind them. */

import type { CostRange, Figure, Report } from "./contract";
import { h } from "./dom";
import { SYNTHETIC_NOTE, WITHHELD, hours, hoursDifference, money, moneyDifference, moneyMillions, numberOf, sentence, shareDifference } from "./format";

interface Column<Row> {
  head: string;
  cell: (row: Row) => string;
  /** Figures are set right and in tabular numerals. */
  figure?: boolean;
}

function table<Row>(caption: string, note: string, columns: Column<Row>[], rows: Row[], total?: string[]): HTMLElement {
  const cell = (tag: "td" | "th", text: string, column: Column<Row>, scope?: string): HTMLElement =>
    h(tag, { class: column.figure ? "figure" : null, scope }, text);
  return h(
    "div",
    { class: "table", role: "region", tabindex: 0, "aria-label": caption },
    h(
      "table",
      {},
      h("caption", {}, caption, note !== "" && h("span", { class: "synthetic-note" }, note)),
      h("thead", {}, h("tr", {}, ...columns.map((column) => cell("th", column.head, column, "col")))),
      h(
        "tbody",
        {},
        ...rows.map((row) =>
          h("tr", {}, ...columns.map((column, at) => cell(at === 0 ? "th" : "td", column.cell(row), column, at === 0 ? "row" : undefined))),
        ),
      ),
      total && h("tfoot", {}, h("tr", {}, ...columns.map((column, at) => cell(at === 0 ? "th" : "td", total[at] ?? "", column, at === 0 ? "row" : undefined)))),
    ),
  );
}

/** The sum of a column, or null where a withheld figure would make the sum give it away. */
export function sum(figures: Figure[]): number | null {
  let total = 0;
  for (const figure of figures) {
    const value = numberOf(figure);
    if (value === null) return null;
    total += value;
  }
  return total;
}

const minus = (a: Figure, b: Figure): number | null => {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === null || right === null ? null : left - right;
};

const range = (low: Figure, high: Figure): string =>
  numberOf(low) === null || numberOf(high) === null ? "not set" : `${moneyMillions(low)} to ${moneyMillions(high)}`;

function hoursTotals(rows: { report_hours_per_week: Figure; service_hours_per_week: Figure }[]): { report: number | null; service: number | null } {
  return {
    report: sum(rows.map((row) => row.report_hours_per_week)),
    service: sum(rows.map((row) => row.service_hours_per_week)),
  };
}

function zonesTable(report: Report, note: string): HTMLElement {
  const { report: reported, service } = hoursTotals(report.zones);
  const difference = minus(service, reported);
  const share = difference !== null && reported ? difference / reported : null;
  return table(
    "Zones: planned hours of care a week",
    note,
    [
      { head: "Zone", cell: (row) => row.name },
      { head: "Type", cell: (row) => sentence(row.tier) },
      { head: "Report", cell: (row) => hours(row.report_hours_per_week, ""), figure: true },
      { head: "Service", cell: (row) => hours(row.service_hours_per_week), figure: true },
      { head: "Difference", cell: (row) => hoursDifference(row.difference), figure: true },
      { head: "Share", cell: (row) => shareDifference(row.difference_share), figure: true },
    ],
    report.zones,
    ["All zones", "", hours(reported), hours(service), hoursDifference(difference), shareDifference(share)],
  );
}

function bandsTable(report: Report, note: string): HTMLElement {
  const { report: reported, service } = hoursTotals(report.bands);
  return table(
    "Bands: maintenance hours a week and pounds an hour",
    note,
    [
      { head: "Band", cell: (row) => sentence(row.band) },
      { head: "Report hours", cell: (row) => hours(row.report_hours_per_week, ""), figure: true },
      { head: "Service hours", cell: (row) => hours(row.service_hours_per_week), figure: true },
      { head: "Difference", cell: (row) => hoursDifference(row.difference), figure: true },
      { head: "Report rate", cell: (row) => money(row.report_pounds_per_hour, ""), figure: true },
      { head: "Service rate", cell: (row) => money(row.service_pounds_per_hour), figure: true },
      { head: "Difference", cell: (row) => moneyDifference(minus(row.service_pounds_per_hour, row.report_pounds_per_hour)), figure: true },
    ],
    report.bands,
    [
      "All bands",
      hours(reported),
      hours(service),
      hoursDifference(minus(service, reported)),
      money(report.mean?.report_pounds_per_hour, ""),
      money(report.mean?.service_pounds_per_hour),
      moneyDifference(minus(report.mean?.service_pounds_per_hour ?? null, report.mean?.report_pounds_per_hour ?? null)),
    ],
  );
}

function costTable(report: Report, note: string): HTMLElement | null {
  const rows: [string, CostRange][] = [];
  if (report.annual_cost?.current) rows.push(["Current rates", report.annual_cost.current]);
  if (report.annual_cost?.proposed) rows.push(["Proposed rates", report.annual_cost.proposed]);
  if (rows.length === 0) return null;
  return table(
    "Cost of maintenance care a year",
    note,
    [
      { head: "Rates", cell: ([name]) => name },
      { head: "Report", cell: ([, cost]) => range(cost.report_low_pounds, cost.report_high_pounds), figure: true },
      { head: "Service, 52 weeks", cell: ([, cost]) => moneyMillions(cost.service_52_weeks_pounds), figure: true },
      { head: "Service, 53 weeks", cell: ([, cost]) => moneyMillions(cost.service_53_weeks_pounds), figure: true },
    ],
    rows,
  );
}

function planTable(report: Report, note: string): HTMLElement | null {
  if (report.plan_zones.length === 0) return null;
  return table(
    "The published zone plan: hours a week against each zone's target",
    note,
    [
      { head: "Zone", cell: (row) => row.name },
      { head: "Target", cell: (row) => hours(row.target_hours_per_week), figure: true },
      { head: "Plan", cell: (row) => hours(row.plan_hours_per_week), figure: true },
      { head: "Difference", cell: (row) => hoursDifference(minus(row.plan_hours_per_week, row.target_hours_per_week)), figure: true },
      { head: "Share", cell: (row) => shareDifference(row.difference_share), figure: true },
    ],
    report.plan_zones,
  );
}

function tile(name: string, figure: string, beside: string): HTMLElement {
  return h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, h("strong", {}, figure), h("span", {}, beside)));
}

function tiles(report: Report): HTMLElement {
  const planned = hoursTotals(report.zones);
  const cost = report.annual_cost?.proposed;
  const bands = hoursTotals(report.bands);
  const beside = (figure: string): string => (figure === "" || figure === WITHHELD ? "" : `report: ${figure}`);
  return h(
    "dl",
    { class: "tiles" },
    tile("Planned care, hours a week", hours(planned.service), beside(hours(planned.report))),
    tile("Maintenance care, hours a week", hours(bands.service), beside(hours(bands.report))),
    tile("Mean rate an hour", money(report.mean?.service_pounds_per_hour), beside(money(report.mean?.report_pounds_per_hour, ""))),
    tile(
      "Cost of maintenance care a year",
      range(cost?.service_52_weeks_pounds ?? null, cost?.service_53_weeks_pounds ?? null),
      beside(range(cost?.report_low_pounds ?? null, cost?.report_high_pounds ?? null)),
    ),
  );
}

/** Everything of the totals section under its heading. */
export function totals(report: Report): HTMLElement[] {
  const note = report.synthetic ? SYNTHETIC_NOTE : "";
  const source = h("p", { class: "hint" }, `Report: ${report.source}. “Withheld” stands where a figure would rest on too few people.`);
  const tables = [zonesTable(report, note), bandsTable(report, note), costTable(report, note), planTable(report, note)];
  const parts = [note !== "" && h("p", { class: "synthetic-note" }, note), tiles(report), source, h("div", { class: "tables" }, ...tables)];
  return parts.filter((part) => part instanceof HTMLElement);
}
