/** The demonstration beside the published report of January 2020: nothing here changes when a plan or a card is published. */

import type { CostRange, Figure, Report as ReportAnswer } from "../api/contract";
import { useGet } from "../api/use";
import { SYNTHETIC_NOTE, WITHHELD, hours, hoursDifference, money, moneyDifference, moneyMillions, numberOf, sentence, shareDifference } from "../parts/format";
import { Failure, Loading } from "../parts/notice";
import { type Column, DataTable, sum } from "../parts/table";

const minus = (a: Figure, b: Figure): number | null => {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === null || right === null ? null : left - right;
};

const range = (low: Figure, high: Figure): string =>
  numberOf(low) === null || numberOf(high) === null ? "not set" : `${moneyMillions(low)} to ${moneyMillions(high)}`;

export function Report() {
  const { data, error, again } = useGet<ReportAnswer>("/v1/report");
  return (
    <>
      <h1>The demonstration beside the published report</h1>
      <p>
        Leicestershire's report of January 2020 names zones, hours and prices. This view sets them beside what the demonstration computes. It is not what is in force:{" "}
        <a href="/">the first page</a> shows that.
      </p>
      {error !== null && <Failure what="The report cannot be shown." error={error} again={again} />}
      {data === null && error === null && <Loading what="the report" />}
      {data && <Tables report={data} />}
    </>
  );
}

type Row<K extends "zones" | "bands" | "plan_zones"> = ReportAnswer[K][number];

function Tables({ report }: { report: ReportAnswer }) {
  const note = report.synthetic ? SYNTHETIC_NOTE : "";
  const zones = { report: sum(report.zones.map((row) => row.report_hours_per_week)), service: sum(report.zones.map((row) => row.service_hours_per_week)) };
  const bands = { report: sum(report.bands.map((row) => row.report_hours_per_week)), service: sum(report.bands.map((row) => row.service_hours_per_week)) };
  const cost = report.annual_cost?.proposed;
  const beside = (figure: string): string => (figure === "" || figure === WITHHELD ? "" : `report: ${figure}`);
  const difference = minus(zones.service, zones.report);
  const tiles: [string, string, string][] = [
    ["Planned care, hours a week", hours(zones.service), beside(hours(zones.report))],
    ["Maintenance care, hours a week", hours(bands.service), beside(hours(bands.report))],
    ["Mean rate an hour", money(report.mean?.service_pounds_per_hour), beside(money(report.mean?.report_pounds_per_hour, ""))],
    ["Cost of maintenance care a year", range(cost?.service_52_weeks_pounds ?? null, cost?.service_53_weeks_pounds ?? null), beside(range(cost?.report_low_pounds ?? null, cost?.report_high_pounds ?? null))],
  ];
  const zoneColumns: Column<Row<"zones">>[] = [
    { key: "name", head: "Zone", cell: (row) => row.name },
    { key: "tier", head: "Type", cell: (row) => sentence(row.tier) },
    { key: "report", head: "Report", figure: true, cell: (row) => hours(row.report_hours_per_week, "") },
    { key: "service", head: "Service", figure: true, cell: (row) => hours(row.service_hours_per_week) },
    { key: "difference", head: "Difference", figure: true, cell: (row) => hoursDifference(row.difference) },
    { key: "share", head: "Share", figure: true, cell: (row) => shareDifference(row.difference_share) },
  ];
  const bandColumns: Column<Row<"bands">>[] = [
    { key: "band", head: "Band", cell: (row) => sentence(row.band) },
    { key: "report", head: "Report hours", figure: true, cell: (row) => hours(row.report_hours_per_week, "") },
    { key: "service", head: "Service hours", figure: true, cell: (row) => hours(row.service_hours_per_week) },
    { key: "difference", head: "Difference", figure: true, cell: (row) => hoursDifference(row.difference) },
    { key: "rate", head: "Report rate", figure: true, cell: (row) => money(row.report_pounds_per_hour, "") },
    { key: "ours", head: "Service rate", figure: true, cell: (row) => money(row.service_pounds_per_hour) },
    { key: "off", head: "Difference", figure: true, cell: (row) => moneyDifference(minus(row.service_pounds_per_hour, row.report_pounds_per_hour)) },
  ];
  const planColumns: Column<Row<"plan_zones">>[] = [
    { key: "name", head: "Zone", cell: (row) => row.name },
    { key: "target", head: "Target", figure: true, cell: (row) => hours(row.target_hours_per_week, "") },
    { key: "plan", head: "Plan", figure: true, cell: (row) => hours(row.plan_hours_per_week) },
    { key: "share", head: "Difference", figure: true, cell: (row) => shareDifference(row.difference_share) },
  ];
  const costs = ([["Proposed rates", report.annual_cost?.proposed], ["Rates then paid", report.annual_cost?.current]] as [string, CostRange | null | undefined][]).flatMap(([name, found]) =>
    found ? [{ name, found }] : [],
  );
  return (
    <section id="totals" aria-label="Figures">
      <dl class="tiles">
        {tiles.map(([title, figure, more]) => (
          <div class="tile" key={title}>
            <dt>{title}</dt>
            <dd>
              <strong>{figure}</strong>
              <span>{more}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="hint">Report: {report.source}. “Withheld” stands where a figure would rest on too few people.</p>
      <div class="tables">
        <DataTable caption="Zones: planned hours of care a week" note={note} rows={report.zones} rowKey={(row) => row.name} columns={zoneColumns} totals={{ name: "All zones", report: hours(zones.report), service: hours(zones.service), difference: hoursDifference(difference), share: shareDifference(difference !== null && zones.report ? difference / zones.report : null) }} />
        <DataTable caption="Bands: maintenance hours a week and pounds an hour" note={note} rows={report.bands} rowKey={(row) => row.band} columns={bandColumns} totals={{ band: "All bands", report: hours(bands.report), service: hours(bands.service), difference: hoursDifference(minus(bands.service, bands.report)), rate: money(report.mean?.report_pounds_per_hour, ""), ours: money(report.mean?.service_pounds_per_hour) }} />
        <DataTable
          caption="Cost of maintenance care a year"
          note={note}
          rows={costs}
          rowKey={({ name }) => name}
          columns={[
            { key: "name", head: "Rates", cell: ({ name }) => name },
            { key: "report", head: "Report", figure: true, cell: ({ found }) => range(found.report_low_pounds, found.report_high_pounds) },
            { key: "service", head: "Service, 52 and 53 weeks", figure: true, cell: ({ found }) => range(found.service_52_weeks_pounds, found.service_53_weeks_pounds) },
          ]}
        />
        <DataTable caption="The plan's zones beside the hours aimed at" note={note} rows={report.plan_zones} rowKey={(row) => row.name} columns={planColumns} />
      </div>
    </section>
  );
}
