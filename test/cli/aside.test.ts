/** A training whose session is opened while a thread encodes the rows: the bytes are those of one that finds them encoded. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fusedMissing, nativeMissing } from "../engine/engines.js";
import { root, runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-aside-"));
const mtlc = (...words: readonly string[]): ReturnType<typeof runCli> =>
  runCli(words, { cwd: folder, ownProcess: true });

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = "i % 977 AS id, CAST(sin(i) AS FLOAT) AS x, CAST(hash(i) % 3 = 0 AS TINYINT) AS y";
  for (const [name, from, to] of [["train", 0, 120_000] as const, ["test", 200_000, 201_000] as const])
    await connection.run(`COPY (SELECT ${rows} FROM range(${from}, ${to}) t(i)) TO '${join(folder, name)}.parquet'`);
  connection.closeSync();
  instance.closeSync();
  writeFileSync(
    join(folder, "spec.mtl"),
    `model rows

data {
  train: "train.parquet"
  test:  "test.parquet"
}

features {
  id: categorical(embed: 4)
  x:  numeric
}

labels {
  y: event
}

input both = [id, x]

tower t = mlp(both, [4])

task held: P(y) = sigmoid(logit(t))

loss {
  held: bce
}

train {
  batch: 512
  steps: 40
}
`,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(name: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(join(folder, name), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.toSorted().map((path) => [path.slice(join(folder, name).length), readFileSync(path)]));
}

const engines = [
  ["native", nativeMissing],
  ["fused", fusedMissing],
] as const;

it.each(engines)("trains the same on %s, whoever encodes the rows", { timeout: 300_000 }, async (engine, missing) => {
  if (missing !== undefined) return;
  rmSync(join(folder, ".mtlc"), { recursive: true, force: true });
  const cold = await mtlc("train", "spec.mtl", "-o", "out", "--force", "--engine", engine);
  expect([cold.code, cold.err]).toEqual([0, expect.not.stringContaining("compiling the step")]);
  const first = filesOf("out");
  const entries = readdirSync(join(folder, ".mtlc", "cache"));
  expect(entries.filter((name) => name.startsWith("."))).toEqual([]);
  const warm = await mtlc("train", "spec.mtl", "-o", "out", "--force", "--engine", engine);
  expect([warm.code, warm.err]).toEqual([0, expect.any(String)]);
  // Only the native engine compiles, which the cold one does while a thread encodes.
  expect(warm.err.includes("compiling the step")).toBe(engine === "native");
  expect(filesOf("out")).toEqual(first);
  expect(readdirSync(join(folder, ".mtlc", "cache"))).toEqual(entries);
});
