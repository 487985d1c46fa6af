// Compiles the sources into dist when they are newer than the last build. `node scripts/build.mjs`, or `build()`.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleWebModule } from "./bundle-web-module.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "dist", ".built");

/** The last change of a file, or of anything in a folder (its own time shows removals). */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** What others import: the package's exports, the program, and what set-up calls. */
function entries() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const exported = Object.values(exports).flatMap(
    (each) => (each.default ?? "").match(/(?<=^\.\/dist\/).+(?=\.js$)/) ?? [],
  );
  return [
    ...exported,
    "runtime/engine/fused/addon",
    "runtime/engine/native-setup",
    "runtime/trees/setup",
    "runtime/data/files/remote/setup",
  ];
}

/** The files that the program begins with: the command line and its threads, which threads of the library are as well. */
const programEntries = {
  main: "cli/main",
  "pool-thread": "runtime/pool/worker",
  "data-thread": "runtime/jobs/training-data/thread",
  "windows-thread": "runtime/data/batches/windows-thread",
  "lines-thread": "runtime/data/encode/texts/lines-thread",
  "beside-thread": "runtime/jobs/predict/beside-thread",
};

/**
 * The compiled modules as few files: loading 300 of them takes as long as `mtlc check` itself. A file is loaded when one of its
 * modules is, as before. What is imported is a set of ES modules; the program is a set of its own, in the form that code caches
 * are made of (see `bin/program.js`).
 */
async function bundleModules(compiled, dist) {
  await putLookahead(compiled);
  await putManifestCheck(compiled);
  const imported = await bundleSet(compiled, Object.fromEntries(entries().map((name) => [name, name])), {
    dir: dist,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
  });
  const program = await bundleSet(compiled, programEntries, {
    dir: join(dist, "program"),
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
  });
  for (const [file] of program) {
    const path = join(dist, "program", file);
    writeFileSync(path, programScript(readFileSync(path, "utf8")));
  }
  // Which modules a file holds, for whoever looks at what is loaded when.
  const modules = [...imported, ...program.map(([file, ids]) => [`program/${file}`, ids])];
  writeFileSync(join(dist, "modules.json"), `${JSON.stringify(Object.fromEntries(modules), undefined, 1)}\n`);
  const licences = { chevrotain: ["chevrotain", "LICENSE.txt"], duckdb: ["@duckdb", "node-api", "LICENSE"] };
  for (const folder of ["chunks", "program"])
    for (const [name, path] of Object.entries(licences))
      copyFileSync(join(root, "node_modules", ...path), join(dist, folder, `${name}.LICENSE.txt`));
}

/** Works the lookahead of the grammar out, once, so that no program that starts has to (see `compiler/syntax/known-lookahead.ts`). */
async function putLookahead(compiled) {
  const syntax = join(compiled, "compiler", "syntax");
  const { lookaheadTable } = await import(pathToFileURL(join(syntax, "strict-parser.js")).href);
  const text = JSON.stringify(JSON.stringify(lookaheadTable()));
  writeFileSync(join(syntax, "known-lookahead.js"), `export const knownLookahead = JSON.parse(${text});\n`);
}

/** Has Ajv write the check of manifests, once, so that no program that reads or writes an artifact has to (see `runtime/artifact/known-manifest-check.ts`). */
async function putManifestCheck(compiled) {
  const artifact = join(compiled, "runtime", "artifact");
  const { manifestCheckCode } = await import(pathToFileURL(join(artifact, "manifest-check-code.js")).href);
  writeFileSync(join(artifact, "known-manifest-check.js"), manifestCheckCode());
}

/** What a file of the program is a function of: what CommonJS gives a module, and `import()`, which a script of its own has not. */
const given = ["exports", "require", "module", "__filename", "__dirname", "importPackage"];

/** A file of the program as `bin/program.js` runs it: one function, in ASCII where its texts allow it, which is read faster. */
function programScript(code) {
  const ownImport = code.replaceAll(/\bimport\((?=")/g, "importPackage(");
  const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // A raw text would hold the escapes themselves.
  const text = ownImport.includes("String.raw") ? ownImport : ownImport.replaceAll(/[^\0-\x7f]/g, escape);
  return `(function (${given.join(", ")}) {${text}\n})`;
}

/**
 * Packages that go into our files, each with the file that is its entry: Chevrotain as the one that it ships besides its modules and the 600 of lodash behind them, DuckDB's
 * classes since reading and compiling their 180 files takes five times as long.
 */
const taken = {
  chevrotain: join(root, "node_modules", "chevrotain", "lib", "chevrotain.min.mjs"),
  "@duckdb/node-api": join(root, "node_modules", "@duckdb", "node-api", "lib", "index.js"),
};

/** Writes the files of these entries (name → module) and gives each with its modules. */
async function bundleSet(compiled, modules, output) {
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, join(compiled, `${module}.js`)])),
    cwd: compiled,
    platform: "node",
    resolve: { alias: taken },
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !/^[a-z]:/i.test(id) && !Object.hasOwn(taken, id),
    checks: { ineffectiveDynamicImport: false },
    logLevel: "warn",
  });
  const { output: files } = await bundle.write(output);
  await bundle.close();
  return files.map(({ fileName, moduleIds }) => [fileName, moduleIds.map((id) => relative(compiled, id))]);
}

/** The declarations of the compiled modules, as they are. */
function copyDeclarations(compiled, dist) {
  for (const name of readdirSync(compiled, { recursive: true }).filter((file) => file.endsWith(".d.ts"))) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    copyFileSync(join(compiled, name), join(dist, name));
  }
}

/**
 * What every generated serving module carries: the code of `compiler/serving/module` as one script, and the texts of its
 * declarations, without the import of the types that each module declares for its own spec.
 */
async function bundleServingModule(compiled, dist) {
  // Set-up loads this file before any package is installed.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: join(compiled, "compiler", "serving", "module", "entry.js"),
    cwd: compiled,
    platform: "neutral",
    logLevel: "warn",
  });
  const { output } = await bundle.generate({
    format: "iife",
    name: "servingRuntime",
    codeSplitting: false,
    comments: false,
    minify: false,
  });
  await bundle.close();
  if (output.length !== 1 || output[0].imports.length > 0) throw new Error("the serving module is not one script");
  mkdirSync(join(dist, "serving-module"));
  writeFileSync(join(dist, "serving-module", "runtime.js"), output[0].code);
  for (const name of ["api", "rank-api"]) {
    const source = readFileSync(join(root, "src", "compiler", "serving", "module", `${name}.ts`), "utf8");
    const declarations = source.replaceAll(/^import type \{[^}]*\} from "[^"]+";\n+/gm, "");
    if (/^import\b/m.test(declarations)) throw new Error(`${name}.ts imports more than types`);
    writeFileSync(join(dist, "serving-module", `${name}.d.ts`), declarations);
  }
}

/** Makes `dist` current and says whether anything was compiled. Throws when the sources do not compile. */
export async function build() {
  const started = new Date();
  const sources = Math.max(
    ...["src", "tsconfig.json", "package.json", "scripts/build.mjs", "scripts/bundle-web-module.mjs"].map((path) =>
      newest(join(root, path)),
    ),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= sources) return false;
  // Compiled aside, so that a program that runs meanwhile never sees half a build.
  const fresh = join(root, `dist.${process.pid}`);
  const compiled = join(fresh, "compiled");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  try {
    const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json", "--outDir", compiled], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error("the sources do not compile");
    await bundleModules(compiled, fresh);
    copyDeclarations(compiled, fresh);
    await bundleServingModule(compiled, fresh);
    await bundleWebModule(root, compiled, fresh);
    rmSync(compiled, { recursive: true });
    writeFileSync(join(fresh, ".built"), "");
    utimesSync(join(fresh, ".built"), started, started);
    const old = `${fresh}.old`;
    if (existsSync(join(root, "dist"))) renameSync(join(root, "dist"), old);
    renameSync(fresh, join(root, "dist"));
    rmSync(old, { recursive: true, force: true });
    return true;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (await build()) process.stderr.write("built dist\n");
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
