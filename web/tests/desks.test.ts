import assert from "node:assert/strict";
import { test } from "node:test";
import { readPattern, weeklyCost, writePattern } from "../src/desk/pattern";
import { entries } from "../src/desk/List";
import { classOf, quantileBreaks } from "../src/map/colours";
import { grouped } from "../src/rates/lines";
import { yearOf } from "../src/rates/SetRates";

const RATES = [
  { minutes: 30, pounds_per_hour: "19.73", pounds_per_visit: "9.87" },
  { minutes: 45, pounds_per_hour: 18.41, pounds_per_visit: 13.81 },
];

test("a pattern of visits is written to the address and read back", () => {
  const visits = [{ minutes: 30, perWeek: 14, carers: 1 }, { minutes: 45, perWeek: 3.5, carers: 2 }];
  assert.deepEqual(readPattern(writePattern(visits)), visits);
});

test("an address without a pattern, or with nonsense, has the usual one", () => {
  const usual = [{ minutes: 30, perWeek: 14, carers: 1 }];
  assert.deepEqual(readPattern(undefined), usual);
  assert.deepEqual(readPattern("a lot"), usual);
  assert.deepEqual(readPattern("30x14x9"), usual);
});

test("a week costs visits times carers times the price of a visit, to the penny", () => {
  assert.equal(weeklyCost([{ minutes: 30, perWeek: 14, carers: 1 }], RATES), 138.18);
  assert.equal(weeklyCost([{ minutes: 30, perWeek: 7, carers: 2 }, { minutes: 45, perWeek: 2, carers: 1 }], RATES), 165.8);
});

test("a length that the card does not price has no cost, rather than a wrong one", () => {
  assert.equal(weeklyCost([{ minutes: 20, perWeek: 7, carers: 1 }], RATES), null);
});

test("a list is parted by lines, commas, semicolons and tabs, and not by the space in a postcode", () => {
  assert.deepEqual(entries("LE67 3AP\r\nle16 7nb, TE1 1AA;B1 1BB\tC1 1CC\n\n"), ["LE67 3AP", "le16 7nb", "TE1 1AA", "B1 1BB", "C1 1CC"]);
});

test("classes hold about as many each, and equal values fall in one", () => {
  const breaks = quantileBreaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(breaks, [3, 5, 7, 9]);
  assert.deepEqual([1, 3, 10].map((value) => classOf(value, breaks)), [0, 1, 4]);
  assert.deepEqual(quantileBreaks([5, 5, 5, 5]), []);
  assert.deepEqual(quantileBreaks([]), []);
});

test("the groups of a price add up to its lines, those unknown too", () => {
  const parts = grouped({ "Direct care": 13.45, "Travel time": 2, Mileage: 1, "Something new": 0.5, PPE: 0 });
  assert.equal(parts.reduce((total, { pounds }) => total + pounds, 0), 16.95);
  assert.deepEqual(parts.map(({ group }) => group.name), ["Pay for the visit", "Travel and mileage", "Other"]);
});

test("the financial year begins in April", () => {
  assert.equal(yearOf(new Date(2026, 2, 31)), "2025-26");
  assert.equal(yearOf(new Date(2026, 3, 1)), "2026-27");
  assert.equal(yearOf(new Date(2099, 5, 1)), "2099-00");
});
