/** Figures as people in a council read them. A withheld or absent figure stays visibly so. */

import type { Figure, SetAside } from "../api/contract";

/** What stands where a figure is withheld to protect people, or not there. */
export const WITHHELD = "withheld";

/** What stands beside figures while the demand behind them is made up. */
export const SYNTHETIC_NOTE = "Synthetic demand: not real people";

/** What stands beside totals that packages of the file are missing from; empty where none are. */
export function setAsideNote(aside: SetAside | null | undefined): string {
  if (!aside?.any) return "";
  if (aside.packages === null) return "Some packages of the file were set aside and are in no total.";
  const why = (aside.reasons ?? []).map(({ reason, packages }) => `${hours(packages)} ${reason.replaceAll("-", " ")}`).join(", ");
  return `Set aside and in no total: ${hours(aside.packages)} packages of ${decimal(aside.hours_per_week)} hours a week (${why}).`;
}

/** The number behind a figure, or null where there is none. */
export function numberOf(figure: Figure | undefined): number | null {
  if (figure === null || figure === undefined || figure === "") return null;
  const value = Number(figure);
  return Number.isFinite(value) ? value : null;
}

function written(figure: Figure | undefined, write: (value: number) => string, absent: string): string {
  const value = numberOf(figure);
  // A true minus is read as "minus" by screen readers and lines up with plus.
  return value === null ? absent : write(value).replace("-", "−");
}

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const pounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });
const millions = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/London" });

const tenths = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
/** A number with at most one decimal. */
export const decimal = (figure: Figure | undefined, absent = WITHHELD): string => written(figure, (v) => tenths.format(v), absent);
export const hours = (figure: Figure | undefined, absent = WITHHELD): string => written(figure, (v) => whole.format(v), absent);
export const money = (figure: Figure | undefined, absent = "not set"): string => written(figure, (v) => pounds.format(v), absent);
const wholePounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP", maximumFractionDigits: 0 });
/** Pounds without pence, for sums of a year. */
export const moneyWhole = (figure: Figure | undefined, absent = WITHHELD): string => written(figure, (v) => wholePounds.format(v), absent);
export const moneyMillions = (figure: Figure | undefined, absent = "not set"): string =>
  written(figure, (v) => `£${millions.format(v / 1e6)}m`, absent);

function signed(value: number, text: string): string {
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text.replace(/^-(?=[^1-9]*$)/, "");
}

export const hoursDifference = (figure: Figure | undefined): string =>
  written(figure, (v) => signed(v, new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 }).format(v)), WITHHELD);

export const moneyDifference = (figure: Figure | undefined): string => written(figure, (v) => signed(v, pounds.format(v)), "");

export const moneyWholeDifference = (figure: Figure | undefined): string => written(figure, (v) => signed(v, wholePounds.format(v)), WITHHELD);

/** A share of one as a signed percentage: 0.0123 is "+1.2%". */
export const shareDifference = (figure: Figure | undefined): string =>
  written(figure, (v) => signed(v, `${millions.format(v * 100)}%`), WITHHELD);

/** A date or time as "21 November 2026"; what cannot be read is shown as it came. */
export function date(text: string | null | undefined): string {
  if (!text) return "";
  const value = new Date(text);
  return Number.isNaN(value.getTime()) ? text : day.format(value);
}

/** "Market Harborough" is left as it is; "small town" becomes "Small town". */
export function sentence(text: string | null | undefined): string {
  return text ? text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ") : "";
}

/** A whole number of things in words: "1 area", "2 areas", "withheld areas". */
export const counted = (figure: Figure | undefined, one: string, many = `${one}s`): string => `${hours(figure)} ${numberOf(figure) === 1 ? one : many}`;
