// Bundle the page into a folder of files whose names carry their hash, with a manifest and compressed twins beside them.
// Use: node build.mjs [output folder]

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../app/web/static"));
const maplibre = join(here, "node_modules/maplibre-gl");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** Write a file under a name that carries its hash. */
function place(stem, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const name = `${stem}-${hash}.${extension}`;
  writeFileSync(join(out, name), content);
  return name;
}

const withoutSourceMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
const worker = place("map-worker", "mjs", withoutSourceMap(readFileSync(join(maplibre, "dist/maplibre-gl-worker.mjs"), "utf8")));
const icon = place("icon", "svg", readFileSync(join(here, "src/icon.svg")));
const bundled = ["maplibre-gl/LICENSE.txt", "preact/LICENSE", "preact-iso/LICENSE", "@github/combobox-nav/LICENSE", "d3-scale/LICENSE", "d3-shape/LICENSE"];
const licences = place("licences", "txt", bundled.map((path) => `${path}\n\n${readFileSync(join(here, "node_modules", path), "utf8")}`).join("\n\n"));

// The API page: Swagger UI as published, and our few lines that start it.
const swagger = join(here, "node_modules/swagger-ui-dist");
const docsBundle = place("docs-bundle", "js", withoutSourceMap(readFileSync(join(swagger, "swagger-ui-bundle.js"), "utf8")));
const docsStyle = place("docs-style", "css", withoutSourceMap(readFileSync(join(swagger, "swagger-ui.css"), "utf8")));
const docsStart = place("docs-start", "js", readFileSync(join(here, "src/docs-start.js")));
const docsNav = place("docs-nav", "css", readFileSync(join(here, "src/docs-nav.css")));
const docsLicence = place("docs-licence", "txt", readFileSync(join(swagger, "LICENSE")));

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { main: "src/main.tsx", style: "src/style.css" },
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  splitting: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "inline",
  define: { WORKER_ADDRESS: JSON.stringify(`/static/${worker}`) },
  metafile: true,
  logLevel: "warning",
});
const outputs = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
const built = (entry) => basename(outputs.find(([, output]) => output.entryPoint === entry)[0]);
const docs = { docsBundle, docsStyle, docsNav, docsStart, docsLicence };
const manifest = { ...docs, main: built("src/main.tsx"), style: built("src/style.css"), worker, icon, licences };

for (const source of ["index.html", "docs.html", "guide.html"]) {
  let page = readFileSync(join(here, "src", source), "utf8");
  for (const [name, file] of Object.entries(manifest)) page = page.replaceAll(`{{${name}}}`, `/static/${file}`);
  if (page.includes("{{")) throw new Error(`src/${source} names an asset that the build does not make`);
  writeFileSync(join(out, source), page);
}

for (const name of readdirSync(out)) {
  const content = readFileSync(join(out, name));
  writeFileSync(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}
// Last, so that a manifest means a whole build.
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(Object.values(manifest).map((name) => `${name} ${Math.round(readFileSync(join(out, name)).length / 1024)} KB`).join("\n"));
