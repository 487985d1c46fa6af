// The package as its users get it: packs, installs the tarball in an empty project, runs `init`, `check`, `train`, `rank` there, and compiles and
// runs a probe of the types. `npm run try-pack` on the Node that runs it; packages come from the registry. `--keep` leaves the folder.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "mtlc-pack-"));
const app = join(work, "app");
// A user's machine has no native engine yet, unless the caller wants to try it.
const engine = process.env["MTLC_ENGINE"] || "wasm";
// `npx` and npm start the Node that runs this script.
const env = {
  ...process.env,
  MTLC_ENGINE: engine,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
};

/** Runs a command line; throws with all that it printed when it fails, or when `expected` is missing from its output. */
function run(title, line, { cwd = app, expected } = {}) {
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(line, { cwd, env, shell: true, encoding: "utf8", maxBuffer: 1 << 28 });
  const output = `${stdout}${stderr}`;
  if (status !== 0) throw new Error(`${title}: \`${line}\` exited with ${status}\n${output}`);
  if (expected !== undefined && !expected.test(output))
    throw new Error(`${title}: \`${line}\` printed nothing like ${expected}\n${output}`);
  process.stdout.write(`ok  ${title} (${((performance.now() - from) / 1000).toFixed(1)} s)\n`);
  return stdout;
}

/** What a package must not hold, and what it must. */
function checkFiles({ files, size, unpackedSize, entryCount }) {
  const paths = files.map(({ path }) => path);
  const unwanted = paths.filter((path) =>
    /^(test|src|editors|bench)\/|\.map$|\.built$|\.gz$|(^|\/)(\.mtlc|node_modules)\//.test(path),
  );
  if (unwanted.length > 0) throw new Error(`the package holds ${unwanted.slice(0, 5).join(", ")}`);
  const wanted = [
    "bin/mtlc.js",
    "dist/index.js",
    "dist/index.d.ts",
    "docs/diagnostics/MTL1001.md",
    "grammar/mtl.tmLanguage.json",
    "LICENSE",
  ];
  const missing = wanted.filter((path) => !paths.includes(path));
  if (missing.length > 0) throw new Error(`the package has no ${missing.join(", ")}`);
  const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
  process.stdout.write(`    ${entryCount} files, ${mebibytes(size)} packed, ${mebibytes(unpackedSize)} unpacked\n`);
}

const probe = `import * as prettier from "prettier";
import { check, createRanker, type Diagnostic, type Model, train, version } from "mtlc";
import * as plugin from "mtlc/prettier";
import { createClient, type RankAnswer } from "mtlc/client";
import { completionsAt, specTests, type SpecTestsOptions } from "mtlc/testing";

const { model, diagnostics } = check({ text: "model m\\nfeatures { x: numeric }\\n" });
const found: readonly Diagnostic[] = diagnostics;
const typed: Model | undefined = model;
const jobs: readonly [typeof train, typeof createRanker] = [train, createRanker];
const options: SpecTestsOptions = { allowWarnings: true };
const shown: (page: RankAnswer) => number = ({ items }) => items.length;
const ready: Promise<boolean> = createClient({ url: "http://127.0.0.1:1" }).isReady();
if (await ready) throw new Error("nobody listens there");
const declare: (path: string) => void = (path) => specTests(path, options);
if (!completionsAt("model m\\n\\n<|>").includes("tower")) throw new Error("completion offers no tower");
// @ts-expect-error a version is a text
const wrong: number = version;
const pretty: string = await prettier.format("model   m", { parser: "mtl", plugins: [plugin] });
if (!pretty.startsWith("model m")) throw new Error(pretty);
console.log("probe", version, typed?.name, found.length, jobs.length, typeof wrong, typeof declare, typeof shown);
`;

/** Compiles the probe as a project with one of TypeScript's module resolutions; writes JavaScript for nodenext. */
function writeProject(resolution) {
  const module = resolution === "bundler" ? "esnext" : "nodenext";
  const config = {
    compilerOptions: {
      strict: true,
      target: "es2023",
      module,
      moduleResolution: resolution,
      exactOptionalPropertyTypes: true,
      types: ["node"],
      outDir: `out-${resolution}`,
      skipLibCheck: true,
    },
    files: ["probe.ts"],
  };
  writeFileSync(join(app, `tsconfig.${resolution}.json`), JSON.stringify(config, undefined, 2));
}

try {
  process.stdout.write(`Node ${process.version} on ${process.platform}, engine ${engine}\n`);
  const [packed] = JSON.parse(run("pack", `npm pack --json --pack-destination "${work}"`, { cwd: root }));
  checkFiles(packed);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), '{ "name": "app", "private": true, "type": "module" }\n');
  const { typescript, vitest, "@types/node": types } = manifest.devDependencies;
  const packages = [
    join(work, packed.filename),
    `typescript@${typescript}`,
    `vitest@${vitest}`,
    `@types/node@${types}`,
  ];
  run("install", `npm install --ignore-scripts --no-audit --no-fund ${packages.map((each) => `"${each}"`).join(" ")}`);
  run("npx mtlc --version", "npx mtlc --version", { expected: new RegExp(manifest.version.replaceAll(".", "\\.")) });
  run("npx mtlc init", "npx mtlc init shop");
  run("npx mtlc check", "npx mtlc check shop/model.mtl");
  run("npx mtlc explain", "npx mtlc explain MTL2001", { expected: /MTL2001/ });
  run("npx mtlc train", "npx mtlc train shop/model.mtl -o shop/out", { expected: /wrote shop.out/ });
  run("npx mtlc init --from", "npx mtlc init --from shop/train.csv first");
  run("npx mtlc train, the guessed spec", "npx mtlc train first/model.mtl -o first/out");
  const ranked = "npx mtlc rank first/out first/candidates.jsonl --id item_id --duplicates first --format json";
  run("npx mtlc rank", ranked, { expected: /"items"/ });
  writeFileSync(join(app, "probe.ts"), probe);
  for (const resolution of ["bundler", "nodenext"]) {
    writeProject(resolution);
    run(`types under ${resolution}`, `npx tsc -p tsconfig.${resolution}.json`);
  }
  run("the compiled probe", "node out-nodenext/probe.js", { expected: /^probe /m });
  writeFileSync(join(app, "specs.test.js"), 'import { specTests } from "mtlc/testing";\nspecTests("shop");\n');
  run("specs under vitest", "npx vitest run specs.test.js", { expected: /is clean|1 passed/ });
  process.stdout.write("the package works\n");
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  if (process.argv.includes("--keep")) process.stdout.write(`${work}\n`);
  else rmSync(work, { recursive: true, force: true });
}
