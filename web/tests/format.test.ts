import assert from "node:assert/strict";
import { test } from "node:test";
import { date, hours, hoursDifference, money, moneyDifference, moneyMillions, numberOf, sentence, setAsideNote, shareDifference } from "../src/parts/format";

test("a withheld figure stays visibly withheld and is never nought", () => {
  assert.equal(hours(null), "withheld");
  assert.equal(hoursDifference(null), "withheld");
  assert.equal(shareDifference(undefined), "withheld");
  assert.equal(numberOf(""), null);
  assert.equal(numberOf("not a number"), null);
});

test("what is in no total is told, exactly to those who see exact figures", () => {
  const aside = { any: true, packages: 3, hours_per_week: 21.5, without_hours: 0, reasons: [{ reason: "no-fixed-abode", packages: 3, hours_per_week: 21.5, without_hours: 0 }] };
  assert.equal(setAsideNote(aside), "Set aside and in no total: 3 packages of 21.5 hours a week (3 no fixed abode).");
  assert.equal(setAsideNote({ any: true, packages: null, hours_per_week: null, without_hours: null, reasons: null }), "Some packages of the file were set aside and are in no total.");
  assert.equal(setAsideNote({ ...aside, any: false }), "");
  assert.equal(setAsideNote(null), "");
});

test("exact decimals that come as text are read as numbers", () => {
  assert.equal(money("18.75"), "£18.75");
  assert.equal(money(23), "£23.00");
  assert.equal(moneyMillions("18312000.00"), "£18.3m");
});

test("a difference says its direction, with a true minus", () => {
  assert.equal(hoursDifference(3), "+3");
  assert.equal(hoursDifference(-3.25), "−3.3");
  assert.equal(moneyDifference(0.01), "+£0.01");
  assert.equal(moneyDifference(-0.01), "−£0.01");
  assert.equal(shareDifference(0.0123), "+1.2%");
});

test("what rounds to nought has no sign", () => {
  assert.equal(hoursDifference(-0.0001), "0");
  assert.equal(hoursDifference(0.0001), "0");
  assert.equal(shareDifference(-0.00001), "0.0%");
  assert.equal(moneyDifference(0.0001), "£0.00");
});

test("dates are British, and what is no date is shown as it came", () => {
  assert.equal(date("2026-11-20T23:30:00Z"), "20 November 2026");
  assert.equal(date("soon"), "soon");
  assert.equal(date(null), "");
});

test("words from the service begin as a sentence does", () => {
  assert.equal(sentence("small town"), "Small town");
  assert.equal(sentence("rural_free"), "Rural free");
  assert.equal(sentence(null), "");
});
