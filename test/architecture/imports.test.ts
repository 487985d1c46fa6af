import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root, sourceFiles } from "./source-imports.js";

/**
 * Who may import whom. A folder may import itself and what is in its row; a row is complete: what is not named is
 * forbidden. `docs/architecture.md` tells the same in words.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  text: [],
  // Where the package is on the disk.
  "package-root": [],
  // Texts of the language, bundled.
  std: [],
  // Editions: what a row says of its past. Every table may use it.
  editions: [],
  // Functions of formulas, and what is known of numbers: evaluators and generated code carry it.
  functions: [],
  // Formats of data files, as data.
  formats: [],
  diagnostics: ["text"],
  // The verbs of rules, as data.
  rules: ["model"],
  syntax: ["editions", "diagnostics", "rules", "text"],
  graph: ["editions", "text"],
  model: ["formats", "functions", "text"],
  // Metrics: a row each, with what it computes.
  metrics: ["editions", "model", "text"],
  // WebAssembly, written.
  wasm: [],
  // Ensembles of trees: a text in, sums out.
  trees: [],
  // Only types of the model: the standalone module carries these files with it.
  ranking: ["wasm", "model"],
  formulas: ["functions", "model", "text"],
  builtins: ["editions", "graph", "model", "text"],
  semantics: [
    "editions",
    "formats",
    "functions",
    "builtins",
    "metrics",
    "rules",
    "model",
    "syntax",
    "diagnostics",
    "text",
    "std",
  ],
  lower: ["builtins", "graph", "model", "text"],
  targets: ["wasm", "describe", "formulas", "lower", "graph", "model", "text"],
  format: ["syntax", "diagnostics", "text"],
  // What there is to say about a typed model: none of these sees syntax.
  describe: ["formats", "semantics", "builtins", "metrics", "rules", "model", "text"],
  cost: ["lower", "builtins", "graph", "targets", "model", "text"],
  page: ["cost", "describe", "metrics", "model", "text"],
  diagram: ["cost", "describe", "builtins", "model", "text"],
  diff: ["cost", "describe", "lower", "builtins", "graph", "metrics", "model", "text"],
  serving: ["formulas", "ranking", "model", "text"],
  // The one file that knows the order of the compiler's stages, and what it asks of the outside.
  compile: [
    "editions",
    "semantics",
    "lower",
    "model",
    "graph",
    "builtins",
    "syntax",
    "diagnostics",
    "text",
    "host",
    "std",
  ],
  host: ["text"],
  // What `mtlc.json` says: texts in, settings out.
  project: ["semantics", "host", "diagnostics", "text"],
  // The plugin that Prettier loads.
  prettier: ["runtime", "format", "syntax"],
  runtime: [
    "project",
    "package-root",
    "describe",
    "format",
    "std",
    "diff",
    "cost",
    "compile",
    "host",
    "targets",
    "wasm",
    "lower",
    "builtins",
    "metrics",
    "graph",
    "serving",
    "formulas",
    "formats",
    "functions",
    "ranking",
    "model",
    "trees",
    "semantics",
    "syntax",
    "diagnostics",
    "text",
  ],
  index: [
    "runtime",
    "page",
    "diagram",
    "diff",
    "cost",
    "describe",
    "compile",
    "host",
    "format",
    "targets",
    "lower",
    "builtins",
    "metrics",
    "graph",
    "serving",
    "formulas",
    "ranking",
    "model",
    "semantics",
    "syntax",
    "diagnostics",
    "text",
  ],
  // Editors: what the compiler finds out and the one printer; no data, no engine.
  server: [
    "project",
    "package-root",
    "std",
    "compile",
    "host",
    "format",
    "diagram",
    "cost",
    "serving",
    "formats",
    "functions",
    "builtins",
    "metrics",
    "rules",
    "model",
    "semantics",
    "syntax",
    "diagnostics",
    "text",
  ],
  cli: [
    "project",
    "package-root",
    "index",
    "server",
    "runtime",
    "page",
    "diagram",
    "diff",
    "cost",
    "describe",
    "compile",
    "host",
    "format",
    "targets",
    "lower",
    "builtins",
    "metrics",
    "graph",
    "serving",
    "formulas",
    "ranking",
    "model",
    "semantics",
    "syntax",
    "diagnostics",
    "text",
  ],
  // `mtlc/client`: what runs in a page as well.
  client: [],
  // `mtlc/testing`: what the command line and the editor say of specs, as tests of a user's project.
  testing: ["cli", "server", "runtime", "compile", "host", "semantics", "diagnostics", "text"],
};

/** Where a package may be imported; packages that are not named may not be imported at all. */
const packages: readonly { readonly name: RegExp; readonly in: RegExp }[] = [
  { name: /^node:/, in: /^src\/(package-root\.ts$|(runtime|cli|server\/node|testing)\/)/ },
  { name: /^vscode-languageserver/, in: /^src\/(server|testing)\// },
  { name: /^vitest$/, in: /^src\/testing\// },
  { name: /^chevrotain$/, in: /^src\/compiler\/syntax\// },
  { name: /^@dagrejs\/dagre$/, in: /^src\/compiler\/diagram\// },
  { name: /^prettier/, in: /^src\/(compiler\/format\/|prettier\.ts)/ },
  { name: /^@tensorflow\//, in: /^src\/runtime\/(engine|web)\// },
  { name: /^@duckdb\//, in: /^src\/runtime\/data\// },
  { name: /^koffi/, in: /^src\/runtime\/(trees|engine)\// },
  { name: /^(libsql|@redis\/client)/, in: /^src\/runtime\/flow\// },
  { name: /^ajv/, in: /^src\/(runtime\/(artifact|specs)|project|server)\// },
  { name: /^jsonc-parser$/, in: /^src\/(runtime\/specs|project|server)\// },
  { name: /^(fastify|prom-client)$/, in: /^src\/runtime\/serve\// },
  { name: /^diff$/, in: /^src\/cli\/unified-diff\.ts$/ },
  { name: /^yauzl$/, in: /^src\/runtime\/engine\/zip\.ts$/ },
  { name: /^tinyglobby$/, in: /^src\/runtime\/specs\/spec-files\.ts$/ },
  { name: /^ml-matrix$/, in: /^src\/runtime\/tune\// },
  { name: /^vega$/, in: /^src\/runtime\/tune\/chart\// },
];

/** The unit of the table above that a source file belongs to. */
function unitOf(file: string): string {
  const path = relative(join(root, "src"), file).split("/");
  if (path[0] === "compiler") return (path[1] ?? "").replace(/\.ts$/, "");
  return (path[0] ?? "").replace(/\.ts$/, "");
}

function violations(): string[] {
  const found: string[] = [];
  for (const file of sourceFiles(join(root, "src"))) {
    const unit = unitOf(file);
    const shown = relative(root, file);
    for (const name of importsOf(readFileSync(file, "utf8"))) {
      if (name.startsWith(".")) {
        const target = unitOf(resolve(dirname(file), name.replace(/\.js$/, ".ts")));
        if (target !== unit && !(allowed[unit] ?? []).includes(target))
          found.push(`${shown}: ${unit} → ${target} (${name})`);
      } else {
        const rule = packages.find((candidate) => candidate.name.test(name));
        if (rule === undefined) found.push(`${shown}: package ${name} has no place in the table`);
        else if (!rule.in.test(shown))
          found.push(`${shown}: package ${name} may be imported only in ${rule.in.source}`);
      }
    }
  }
  return found;
}

describe("imports go one way", () => {
  it("has a row for every unit", () => {
    const units = new Set(sourceFiles(join(root, "src")).map(unitOf));
    expect([...units].filter((unit) => allowed[unit] === undefined)).toEqual([]);
  });

  it("has no edge that the table does not name", () => {
    expect(violations()).toEqual([]);
  });

  it("has no cycle in the table itself", () => {
    const visiting = new Set<string>();
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (unit: string, path: readonly string[]): void => {
      if (done.has(unit)) return;
      if (visiting.has(unit)) {
        cycles.push([...path, unit].join(" → "));
        return;
      }
      visiting.add(unit);
      for (const next of allowed[unit] ?? []) visit(next, [...path, unit]);
      visiting.delete(unit);
      done.add(unit);
    };
    for (const unit of Object.keys(allowed)) visit(unit, []);
    expect(cycles).toEqual([]);
  });

  it("sees static, re-exporting and dynamic imports", () => {
    const text =
      'import { a } from "./a.js";\nexport * from "./b.js";\nconst c = await import("./c.js");\nimport "./d.js";\n// import "./e.js"\n';
    expect(importsOf(text)).toEqual(["./a.js", "./b.js", "./c.js", "./d.js"]);
  });

  it("takes the word in quotes for a word", () => {
    const text = 'const words = ["import", "model", "export", "from"];\nconst other = [\'import\', \'def\'];\n';
    expect(importsOf(text)).toEqual([]);
    expect(importsOf(`${text}const late = import("./late.js");\n`)).toEqual(["./late.js"]);
  });
});
