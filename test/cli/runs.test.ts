import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-runs-"));
const mtlc = (...words: readonly string[]): ReturnType<typeof runCli> => runCli(words, { cwd: folder });

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  expect((await mtlc("init", "shop")).code).toBe(0);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("mtlc train --runs", () => {
  const train = ["train", "shop/model.mtl", "--engine", "cpu", "--steps", "3"];
  const weights = (output: string): Buffer => readFileSync(join(folder, output, "weights.safetensors"));

  it("trains side by side what it trains one by one", { timeout: 300_000 }, async () => {
    const many = await mtlc(...train, "-o", "many", "--runs", "3", "--workers", "2", "--keep", "all", "--seed", "7");
    expect(many.err).toMatch(/^run \d\/3, seed 7/m);
    expect([many.code, many.out]).toEqual([0, expect.stringMatching(/^3 runs, seeds 7 to 9, test data\nmetric /)]);
    expect(many.out).toMatch(/best: run \d, seed \d: \w+\(\w+\) [\d.]+\nwrote many\/runs\.json and 3 artifacts\n$/);
    expect(readdirSync(join(folder, "many")).sort()).toEqual(["run-1", "run-2", "run-3", "runs.json"]);
    expect((await mtlc(...train, "-o", "single", "-q", "--seed", "9")).code).toBe(0);
    expect(weights("many/run-3")).toEqual(weights("single"));
    expect(weights("many/run-2")).not.toEqual(weights("single"));
    const again = await mtlc(...train, "-o", "many", "--runs", "3", "--keep", "all", "--seed", "7", "--resume");
    expect([again.code, again.err, again.out]).toEqual([0, expect.not.stringContaining("run 1/3"), many.out]);
  });

  it("says a worker's mistake once, without a trace", { timeout: 300_000 }, async () => {
    const { code, err } = await mtlc(...train, "-o", "none", "--runs", "2", "--vary", "lr=-1,1");
    expect([code, err]).toEqual([2, expect.stringContaining("`lr` cannot be -1: it must be at least 0")]);
    expect(err).not.toMatch(/^ {4}at /m);
  });
});
