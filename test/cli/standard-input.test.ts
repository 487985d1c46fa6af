import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-stdin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = `model page

signals { s: P(click), t: P(buy | click) }

chain  both = s * t
rank   page = top 2 by both
`;
const rows = '{"id": "a", "s": 0.5, "t": 0.5}\n{"id": "b", "s": 1, "t": 1}\n';

beforeAll(() => {
  writeFileSync(join(folder, "page.mtl"), spec);
  writeFileSync(join(folder, "rows.jsonl"), rows);
});

describe("standard input", () => {
  it.each([
    [["rank", "page.mtl", "-"], rows, /1 {2}b +1\n/],
    [["rank", "page.mtl", "/dev/stdin"], "id,s,t\na,0.5,0.5\nb,1,1\n", /1 {2}b +1\n/],
    [["rank", "-", "rows.jsonl"], spec, /1 {2}b +1\n/],
    [["check", "-"], spec, /no problems/],
    [["explain", "-"], spec, /both += s \* t/],
    [["compile", "-", "--emit", "model"], spec, /"name": "page"/],
    [["compile", "-", "-o", "made", "--quiet"], spec, /wrote made/],
    [["predict", "made", "-"], rows, /^both\n0\.25\n1(\.0)?\n$/],
  ] as const)("%j", async (words, input, expected) => {
    const { code, out, err } = await runCli(words, { cwd: folder, input });
    expect(`${code} ${err}`).toMatch(/^0 /);
    expect(out).toMatch(expected);
  });

  it("shows where an error in it is", async () => {
    const { code, out } = await runCli(["check", "-"], { cwd: folder, input: "model page\nfusion f = x\n" });
    expect(code).toBe(1);
    expect(out).toContain("─ -:2:12");
  });

  it.each([
    ["rank", "-", "-"],
    ["check", "--fix", "-"],
    ["check", "--watch", "-"],
  ])("is refused as a store: %s %s %s", async (...words) => {
    const { code, err } = await runCli(words, { cwd: folder, input: spec });
    expect(code).toBe(2);
    expect(err).toContain("MTL8040");
    expect(existsSync(join(folder, "-"))).toBe(false);
  });
});
