import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root as source, runCli } from "./run-cli.js";

/** Output that nobody takes never looks like success. */
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-closed-"));
  await runCli(["init", "shop"], { cwd: root });
  writeFileSync(join(root, "bad.mtl"), "model m\ntower t = mlp(x, [8])\n");
  writeFileSync(join(root, "sound.mtl"), "model m\nsignals { p: P(click) }\nfusion f = p\nrank r = top 3 by f\n");
  await runCli(["train", "shop/model.mtl", "-o", "out", "--epochs", "1", "-q"], { cwd: root });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

/** Runs a command whose reader goes away at once, on both streams or on standard output. */
function unread(words: readonly string[], streams: "out" | "both"): Promise<Ended> {
  return new Promise((resolve) => {
    const program = join(source, "bin", "mtlc.js");
    const environment = { ...process.env, MTLC_ENGINE: "cpu" };
    const child = spawn(process.execPath, [program, ...words], { cwd: root, env: environment });
    child.stdout.destroy();
    let err = "";
    if (streams === "both") child.stderr.destroy();
    else child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("close", (code) => resolve({ code, err }));
    child.stdin.end();
  });
}

describe("a reader that goes away", () => {
  it("does not end what leaves files: it goes on, and its status is the true one", async () => {
    const words = ["train", "shop/model.mtl", "-o", "unread", "--epochs", "2"];
    expect((await unread(words, "both")).code).toBe(0);
    expect(existsSync(join(root, "unread/manifest.json"))).toBe(true);
    expect((await unread(["train", "bad.mtl", "-o", "never"], "both")).code).toBe(1);
  }, 60_000);

  it.each([
    ["check", "bad.mtl"],
    ["check", "bad.mtl", "--format", "json"],
    ["explain", "bad.mtl"],
    ["fmt", "nowhere.mtl"],
  ])("does not hide a failure: mtlc %s %s", async (...words) => {
    expect((await unread(words, "both")).code).toBeGreaterThan(0);
  });

  it.each([
    ["check", "sound.mtl"],
    ["explain", "sound.mtl"],
    ["doc", "sound.mtl"],
    ["graph", "sound.mtl"],
    ["cost", "shop/model.mtl"],
    ["diff", "sound.mtl", "sound.mtl"],
    ["predict", "out", "shop/test.csv"],
    ["eval", "out"],
    ["help"],
  ])("fails what was to be read: mtlc %s %s", async (...words) => {
    expect(await unread(words, "out")).toMatchObject({ code: 141, err: expect.not.stringContaining("    at ") });
  });

  it("leaves no temporary files of predictions", async () => {
    const left = (): number => readdirSync(tmpdir()).filter((name) => name.startsWith("mtlc-predict-")).length;
    const before = left();
    await unread(["predict", "out", "shop/test.csv"], "out");
    expect(left()).toBe(before);
  });
});

describe.skipIf(!existsSync("/dev/full"))("a standard output that is full", () => {
  const full = (words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const out = openSync("/dev/full", "w");
      const program = join(source, "bin", "mtlc.js");
      const environment = { ...process.env, MTLC_ENGINE: "cpu" };
      const child = spawn(process.execPath, [program, ...words], {
        cwd: root,
        env: environment,
        stdio: ["ignore", out, "pipe"],
      });
      let err = "";
      child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
      child.on("close", (code) => {
        closeSync(out);
        resolve({ code, err });
      });
    });

  it.each([
    ["predict", "out", "shop/test.csv"],
    ["explain", "sound.mtl"],
    ["check", "sound.mtl"],
    ["train", "shop/model.mtl", "-o", "full", "--epochs", "1", "-q"],
    ["eval", "out", "--format", "json"],
  ])("is one line and a failure: mtlc %s", async (...words) => {
    const { code, err } = await full(words);
    expect(code).toBe(1);
    expect(err.match(/standard output cannot be written: the disk is full/g)).toHaveLength(1);
    expect(err).not.toMatch(/^ {4}at /m);
  });
});
