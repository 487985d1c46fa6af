import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionsAt } from "../../src/server/features/code-actions.js";
import { applyEdits } from "../../src/compiler/diagnostics/index.js";
import { buildServer } from "./client.js";
import { analyze, sample, sampleWith } from "./marked.js";

const root = resolve(import.meta.dirname, "../..");
let folder = "";

beforeAll(() => {
  buildServer();
  folder = mkdtempSync(join(tmpdir(), "mtl-fix-"));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What `mtlc check --fix` makes of a spec. */
function fixedByCommand(text: string): string {
  const file = join(folder, "m.mtl");
  writeFileSync(file, text);
  spawnSync(process.execPath, [join(root, "bin", "mtlc.js"), "check", "--fix", file]);
  return readFileSync(file, "utf8");
}

/** What `source.fixAll` makes of it. */
function fixedInEditor(text: string): string {
  const all = actionsAt(analyze(text), { start: 0, end: 0 }).find(({ kind }) => kind === "source.fixAll");
  return applyEdits(text, "m.mtl", all?.edits ?? []);
}

describe("safe fixes in an editor and on the command line", () => {
  it.each([
    ["nothing to fix", sample, sample],
    ["one comma", sampleWith("mlp(g, [16])", "mlp(g [16])"), sample],
    ["a guess only", sampleWith("over pool", "over pol"), sampleWith("over pool", "over pol")],
    [
      "a comma beside a guess",
      sampleWith("mlp(g, [16])", "mlp(g [16])").replace("over pool", "over pol"),
      sampleWith("over pool", "over pol"),
    ],
    [
      "a second round: the unused comment is seen when the spec parses",
      sampleWith("mlp(g, [16])", "mlp(g [16])").replace("chain ctcvr", "// mtlc-ignore MTL6002: x\nchain ctcvr"),
      sample,
    ],
  ])("are the same: %s", (_, text, expected) => {
    expect([fixedByCommand(text), fixedInEditor(text)]).toEqual([expected, expected]);
  });
});
