// All that CI checks beside the tests, two checks at a time, the fast ones first: `npm run check`. Every check runs even after one has failed, so that one
// run shows all there is to do. `npm run check -- types words` runs the named ones only.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** A script of package.json, without npm's own half second. */
const script = (name) => scripts[name];

/** Tests that compare what is generated with what it is generated from: `npm run accept` renews it. */
const generated = [
  "test/syntax/grammar.test.ts",
  "test/syntax/textmate.test.ts",
  "test/std/std.test.ts",
  "test/diagnostics/pages.test.ts",
];

const checks = [
  { name: "package", says: "versions and lock file agree", run: "node scripts/check-package.mjs" },
  { name: "commits", says: "subjects of commits since main", run: "node scripts/check-commits.mjs" },
  { name: "lint", says: "oxlint", run: script("lint") },
  ...("lint:words" in scripts
    ? [{ name: "words", says: "words of messages and pages", run: script("lint:words") }]
    : []),
  { name: "types", says: "tsc, sources, tests and the extension", run: script("types") },
  {
    name: "generated",
    says: "grammar, standard library and pages of codes are current",
    run: `vitest run --reporter=dot ${generated.join(" ")}`,
  },
  {
    name: "format",
    says: "prettier",
    run: "prettier --check . --cache --cache-location .mtlc/prettier",
  },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no check is called ${unknown.join(", ")}; there are ${checks.map(({ name }) => name).join(", ")}\n`,
  );
  process.exit(2);
}
if (!existsSync(join(root, "node_modules", "typescript"))) {
  process.stderr.write("packages are missing: run `npm run setup` first\n");
  process.exit(2);
}

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const path = `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"]}`;
const failed = [];

/** Runs one check and prints its line when it is done, with its output when it failed. */
async function perform({ name, says, run }) {
  const from = performance.now();
  const child = spawn(run, { cwd: root, shell: true, env: { ...process.env, PATH: path } });
  const parts = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(part));
  const [status] = await once(child, "close");
  const passed = status === 0;
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${name.padEnd(10)} ${seconds(from).padStart(7)}  ${says}\n`);
  if (passed) return;
  failed.push(name);
  process.stdout.write(`${Buffer.concat(parts).toString("utf8").trimEnd().replace(/^/gm, "       ")}\n`);
}

// Two at a time: one takes the quick checks in order, the other begins with the slowest.
const queue = checks.filter((check) => wanted.length === 0 || wanted.includes(check.name));
const lane = async (next) => {
  for (let check = next(); check !== undefined; check = next()) await perform(check);
};
await Promise.all([lane(() => queue.shift()), lane(() => queue.pop())]);
process.stdout.write(
  failed.length === 0
    ? `all checks passed in ${seconds(started)}\n`
    : `${failed.join(", ")} failed (${seconds(started)}); \`npm run format\` and \`npm run accept\` renew what is written by programs\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
