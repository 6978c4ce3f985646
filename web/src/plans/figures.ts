/** The figures of a plan that its views show, with their words and how each is written. */

import { decimal, hours, moneyWhole } from "../parts/format";

export interface FigureOf {
  key: string;
  words: string;
  write: (value: unknown) => string;
}

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

export const FIGURES: FigureOf[] = [
  { key: "travel_pounds_per_year", words: "Travel, pounds a year", write: (value) => moneyWhole(number(value), "not known") },
  { key: "decided_by_the_plan_pounds_per_year", words: "Of which the plan decides", write: (value) => moneyWhole(number(value), "not known") },
  { key: "travel_and_waiting_pounds_per_year", words: "Travel and waiting, pounds a year", write: (value) => moneyWhole(number(value), "not known") },
  { key: "miles_per_year", words: "Miles a year", write: (value) => hours(number(value), "not known") },
  { key: "paid_travel_minutes_per_visit", words: "Paid travel, minutes a visit", write: (value) => decimal(number(value), "not known") },
  { key: "kg_co2_per_year", words: "Carbon, kg a year", write: (value) => hours(number(value), "not known") },
  { key: "least_possible_pounds_per_year", words: "Proven bound, pounds a year", write: (value) => moneyWhole(number(value), "not proven") },
  { key: "gap_pounds_per_year", words: "At most so far from the best, pounds a year", write: (value) => moneyWhole(number(value), "not proven") },
  { key: "imbalance_share", words: "Furthest from its hours", write: (value) => (number(value) === null ? "no targets" : `${decimal((number(value) ?? 0) * 100)}%`) },
  { key: "natural_areas_cut", words: "Settlements cut", write: (value) => hours(number(value), "not known") },
];
