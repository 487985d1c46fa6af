import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const script = resolve(import.meta.dirname, "../../scripts/check-commits.mjs");
const folder = mkdtempSync(join(tmpdir(), "mtlc-commits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the script says of a message, without the file's name. */
function problemsOf(message: string): readonly string[] {
  const file = join(folder, "message");
  writeFileSync(file, message);
  const { status, stderr } = spawnSync(process.execPath, [script, "--message", file], { encoding: "utf8" });
  const lines = stderr.split("\n").filter((line) => line !== "");
  expect(status).toBe(lines.length === 0 ? 0 : 1);
  const start = `${file} ${message.split("\n", 1)[0]}: `;
  return lines.map((line) => line.replace(start, ""));
}

describe("a commit's message", () => {
  it.each([
    ["tune: a share of the users is held out\n\nOne user decided both sides.\n"],
    ["data, init: numbers stay on their line\n\nBecause.\n# a line of git's own\n"],
    ["Merge branch 'main' into loss\n"],
    ['Revert "loss: poisson"\n\nThis reverts commit 1234.\n'],
  ])("%j is fine", (message) => {
    expect(problemsOf(message)).toEqual([]);
  });

  it.each([
    ["Adds a loss\n\nWhy.\n", "the subject is not `area: what`"],
    ["loss: poisson\n", "no body says why"],
    ["loss: poisson\n# only a comment\n", "no body says why"],
    ["loss: poisson\nWhy.\n\nMore.\n", "the second line is not empty"],
    ["loss: poisson.\n\nWhy.\n", "the subject ends with a full stop"],
    [`loss: ${"x".repeat(66)}\n\nWhy.\n`, "the subject has 72 characters, it may have 71"],
  ])("%j is not", (message, problem) => {
    expect(problemsOf(message)).toEqual([problem]);
  });

  it("of a range that does not exist is a wrong command line", () => {
    expect(spawnSync(process.execPath, [script, "no-such-name..HEAD"]).status).toBe(2);
  });
});
