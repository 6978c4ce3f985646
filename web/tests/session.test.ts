import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem";
import { takeKeyFromAddress } from "../src/shell/session";
import { sum } from "../src/parts/table";

function visit(hash: string): { key: string | null; address: string | null } {
  let address: string | null = null;
  const location = { hash, pathname: "/", search: "?a=1" } as Location;
  const history = { replaceState: (_state: unknown, _title: string, url: string) => (address = url) } as unknown as History;
  return { key: takeKeyFromAddress(location, history), address };
}

test("a key in the address is taken and removed at once", () => {
  assert.deepEqual(visit("#key=abc.def"), { key: "abc.def", address: "/?a=1" });
});

test("the rest of the fragment stays", () => {
  assert.deepEqual(visit("#key=abc&view=zone"), { key: "abc", address: "/?a=1#view=zone" });
});

test("an address without a key is left alone", () => {
  assert.deepEqual(visit("#totals-title"), { key: null, address: null });
  assert.deepEqual(visit(""), { key: null, address: null });
});

test("an empty key is none, and leaves the address too", () => {
  assert.deepEqual(visit("#key="), { key: null, address: "/?a=1" });
});

test("a problem carries its kind, its words and suggestions of either shape", () => {
  const problem = new Problem({ type: "/problems/postcode-terminated", title: "T", status: 404, detail: "D", suggestions: ["A1 1AA", { postcode: "B2 2BB" }, 7] });
  assert.equal(problem.kind, "postcode-terminated");
  assert.equal(problem.message, "D");
  assert.deepEqual(problem.suggestions, ["A1 1AA", "B2 2BB"]);
});

test("a total over a withheld figure is withheld with it", () => {
  assert.equal(sum([1, "2.5", 3]), 6.5);
  assert.equal(sum([1, null]), null);
  assert.equal(sum([]), 0);
});
