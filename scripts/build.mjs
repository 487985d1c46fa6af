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
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "dist", ".built");

/** The last change of a file, or of anything in a folder (its own time shows removals). */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * Chevrotain as the one file that it ships besides its modules: loading those, and the 600 of lodash behind them, takes
 * longer than `mtlc check` itself.
 */
function bundleParser(dist) {
  const shipped = join(root, "node_modules", "chevrotain");
  mkdirSync(join(dist, "vendor"));
  copyFileSync(join(shipped, "lib", "chevrotain.min.mjs"), join(dist, "vendor", "chevrotain.mjs"));
  copyFileSync(join(shipped, "LICENSE.txt"), join(dist, "vendor", "chevrotain.LICENSE.txt"));
  const folder = join(dist, "compiler", "syntax");
  for (const name of readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js"))) {
    const text = readFileSync(join(folder, name), "utf8");
    const up = "../".repeat(name.split(/[\\/]/).length + 1);
    const bundled = text.replaceAll(' from "chevrotain";', ` from "${up}vendor/chevrotain.mjs";`);
    if (bundled !== text) writeFileSync(join(folder, name), bundled);
  }
}

/**
 * What every generated serving module carries: the code of `compiler/serving/module` as one script, and the texts of its
 * declarations, without the import of the types that each module declares for its own spec.
 */
async function bundleServingModule(dist) {
  // Set-up loads this file before any package is installed.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: join(dist, "compiler", "serving", "module", "entry.js"),
    cwd: dist,
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
    ...["src", "tsconfig.json", "package.json", "scripts/build.mjs"].map((path) => newest(join(root, path))),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= sources) return false;
  // Compiled aside, so that a program that runs meanwhile never sees half a build.
  const fresh = join(root, `dist.${process.pid}`);
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  try {
    const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json", "--outDir", fresh], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error("the sources do not compile");
    bundleParser(fresh);
    await bundleServingModule(fresh);
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
