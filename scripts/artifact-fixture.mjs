// Writes an artifact of one version as a fixture that later versions must load: `node scripts/artifact-fixture.mjs 0.1.0`, at a
// release; the program of another checkout as a second argument, `…/bin/mtlc.js`, makes one of that. On the cpu engine, from
// test/fixtures/artifacts/shop.mtl and its data: an artifact.zip, and beside it what it answers.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const fixtures = join(root, "test/fixtures/artifacts");
const [name, program = join(root, "bin/mtlc.js")] = process.argv.slice(2);
if (name === undefined) {
  console.error("usage: node scripts/artifact-fixture.mjs VERSION [PROGRAM]");
  process.exit(2);
}

function mtlc(...words) {
  const environment = { ...process.env, MTLC_ENGINE: "cpu" };
  return execFileSync(process.execPath, [program, ...words], { cwd: fixtures, env: environment, encoding: "utf8" });
}

function filesIn(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((entry) => {
      const path = join(folder, entry);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    });
}

const folder = mkdtempSync(join(tmpdir(), "mtlc-fixture-"));
try {
  const artifact = join(folder, "artifact");
  mtlc("train", "shop.mtl", "-o", artifact, "--quiet");
  const { heads } = JSON.parse(mtlc("eval", artifact, "--test", "test.csv", "--format", "json"));
  const at = "2026-11-27T00:00:00Z";
  const answer = mtlc("rank", artifact, "candidates.jsonl", "--id", "item", "--at", at, "--format", "json");
  const { items } = JSON.parse(answer);
  // run.json says where and when: it is not part of the artifact.
  const files = filesIn(artifact).filter((path) => !path.endsWith("run.json"));
  const entries = files.map((path) => [relative(artifact, path).replaceAll("\\", "/"), readFileSync(path)]);
  const target = join(fixtures, name);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "artifact.zip"), zipSync(Object.fromEntries(entries), { level: 9, mtime: "1980-01-01" }));
  writeFileSync(join(target, "expected.json"), `${JSON.stringify({ heads, items }, undefined, 2)}\n`);
  rmSync(join(fixtures, ".mtlc"), { recursive: true, force: true });
  console.log(`wrote ${relative(process.cwd(), target)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
