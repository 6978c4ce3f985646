import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, forReaders } from "../src/api/problem";

test("a reader sees words where a client reads a field's path", () => {
  assert.equal(forReaders("body.needed_from: found 0001-01-01, expected a later day."), "Needed from: found 0001-01-01, expected a later day.");
  assert.equal(forReaders("visits.0.per_week: too many"), "Visits, row 1, per week: too many");
  const problem = new Problem({ type: "/problems/invalid-input", title: "Invalid input", status: 422, detail: "service_type: found x." });
  assert.equal(problem.message, "Service type: found x.");
});

test("a sentence stays as it is", () => {
  for (const text of ["Card 3 is retired.", "LE67 3AB was terminated: the nearest is LE67 3AP.", "Request 7: it stands already."]) assert.equal(forReaders(text), text);
});
