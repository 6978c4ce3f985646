// Writes the types of the API document. Its examples are left out: they help nobody who reads types, and double the file.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function without(node) {
  if (Array.isArray(node)) return node.map(without);
  if (node === null || typeof node !== "object") return node;
  const bare = Object.entries(node).filter(([name, inner]) => name !== "examples" && !(name === "example" && !inner?.type));
  return Object.fromEntries(bare.map(([name, inner]) => [name, name === "properties" || name === "schemas" ? members(inner) : without(inner)]));
}

/** Members may be called "example" or "examples": those stay. */
function members(named) {
  return Object.fromEntries(Object.entries(named).map(([name, inner]) => [name, without(inner)]));
}

const folder = mkdtempSync(join(tmpdir(), "types-"));
const document = join(folder, "openapi.json");
writeFileSync(document, JSON.stringify(without(JSON.parse(readFileSync("../docs/reference/openapi.json", "utf8")))));
const words = ["--yes", "--package", "openapi-typescript@7.13.0", "--package", "typescript@5.9.3", "openapi-typescript", document, "-o", "src/api/schema.d.ts"];
const done = spawnSync("npx", words, { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exit(done.status ?? 1);
