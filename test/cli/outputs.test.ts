import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replaceFile } from "../../src/runtime/artifact/directory.js";
import { loadModelSource } from "../../src/runtime/specs/model-source.js";
import { predict } from "../../src/runtime/jobs/predict/predict.js";
import { runCli } from "./run-cli.js";

/** What a command writes is none of what it reads, and is known to be writable before the work. */
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-outputs-"));
  await runCli(["init", "shop"], { cwd: root });
  const trained = await runCli(["train", "shop/model.mtl", "-o", "out", "--epochs", "1", "-q"], { cwd: root });
  expect(trained.code).toBe(0);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const environment = { MTLC_ENGINE: "cpu" };
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("an output that is an input is refused and left unchanged", () => {
  const names = (): readonly string[] => {
    copyFileSync(join(root, "shop/test.csv"), join(root, "day.csv"));
    for (const path of ["soft.csv", "hard.csv"]) rmSync(join(root, path), { force: true });
    symlinkSync("day.csv", join(root, "soft.csv"));
    linkSync(join(root, "day.csv"), join(root, "hard.csv"));
    return ["day.csv", "./shop/../day.csv", "soft.csv", "hard.csv"];
  };

  it("by predict, under every name of the file", async () => {
    for (const output of names()) {
      const before = read("day.csv");
      const result = await runCli(["predict", "out", "day.csv", "-o", output], { cwd: root, environment });
      expect([result.code, result.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
      expect(read("day.csv")).toBe(before);
    }
  }, 60_000);

  it("by predict, where a glob or one of many files names it", async () => {
    names();
    const before = read("day.csv");
    const glob = await runCli(["predict", "out", "shop/test.csv", "da*.csv", "-o", "day.csv"], {
      cwd: root,
      environment,
    });
    expect([glob.code, glob.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
    expect(read("day.csv")).toBe(before);
  }, 60_000);

  it("by predict in the library", async () => {
    names();
    const call = { artifact: join(root, "out"), files: [join(root, "day.csv")], engine: "cpu", format: "csv" } as const;
    await expect(predict({ ...call, output: join(root, "hard.csv") })).rejects.toThrow("MTL8013");
  });

  it.each([
    ["doc", "shop/model.mtl"],
    ["graph", "shop/model.mtl"],
  ])("by %s, over its spec", async (verb, spec) => {
    const before = read(spec);
    const result = await runCli([verb, spec, "-o", spec], { cwd: root });
    expect([result.code, result.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
    expect(read(spec)).toBe(before);
  });

  it("by doc, over a part that the spec imports and over a part of an artifact", async () => {
    writeFileSync(join(root, "part.mtl"), "signals { ctr: P(click) }\n");
    writeFileSync(join(root, "whole.mtl"), 'model m\nimport "./part.mtl"\nfusion f = ctr\nrank r = top 3 by f\n');
    const part = await runCli(["doc", "whole.mtl", "-o", "part.mtl"], { cwd: root });
    expect([part.code, part.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
    const artifact = await runCli(["doc", "out", "-o", "out/spec.mtl"], { cwd: root });
    expect([artifact.code, artifact.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
  });

  it.each(["shop/model.mtl", "shop/train.csv"])(
    "by train, with its trace or its log over %s",
    async (file) => {
      const before = read(file);
      const trace = await runCli(["train", "shop/model.mtl", "--profile", file], { cwd: root });
      expect([trace.code, trace.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
      const log = await runCli(["train", "shop/model.mtl", "-o", "logged", "--log", file], { cwd: root, environment });
      expect([log.code, log.err]).toEqual([1, expect.stringContaining("[MTL8008]")]);
      expect(read(file)).toBe(before);
      expect(existsSync(join(root, "logged"))).toBe(false);
    },
    60_000,
  );

  it("by train, over its own warm start or spec, and by compile over its spec", async () => {
    const before = read("out/manifest.json");
    symlinkSync("out", join(root, "alias"));
    for (const words of [
      ["train", "shop/model.mtl", "-o", "out", "--warm-start", "out"],
      ["train", "shop/model.mtl", "-o", "alias", "--warm-start", "out"],
      ["train", "out/spec.mtl", "-o", "out"],
      ["compile", "out/spec.mtl", "-o", "out"],
    ]) {
      const result = await runCli(words, { cwd: root, environment });
      expect([result.code, result.err]).toEqual([1, expect.stringContaining("[MTL8013]")]);
      expect(read("out/manifest.json")).toBe(before);
    }
    rmSync(join(root, "alias"));
  }, 60_000);
});

describe("a place that cannot be written is found before the work", () => {
  it("where a file is in the way", async () => {
    writeFileSync(join(root, "file"), "");
    for (const words of [
      ["train", "shop/model.mtl", "-o", "file/out"],
      ["compile", "shop/model.mtl", "-o", "file/out"],
      ["predict", "out", "shop/test.csv", "-o", "file/scores.csv"],
      ["search", "shop/model.mtl", "-o", "file/search"],
      ["search", "shop/model.mtl", "-o", "file"],
      ["tune", "shop/model.mtl", "--log", "shop/test.csv", "--objective", "auc(click)", "--plot", "file/charts"],
      ["train", "shop/model.mtl", "--profile", "file/trace.json"],
    ]) {
      const result = await runCli(words, { cwd: root, environment });
      expect([result.code, result.err]).toEqual([1, expect.stringContaining("[MTL8008]")]);
      expect(result.err).toContain("is a file, not a directory");
    }
  });

  // Nothing is forbidden to the superuser.
  it.skipIf(process.getuid?.() === 0)("where permission is missing", async () => {
    mkdirSync(join(root, "locked"));
    chmodSync(join(root, "locked"), 0o500);
    const result = await runCli(["train", "shop/model.mtl", "-o", "locked/out"], { cwd: root, environment });
    expect([result.code, result.err]).toEqual([1, expect.stringContaining("permission is missing")]);
  });
});

it("what others put into an artifact's directory stays when the artifact is written again", async () => {
  writeFileSync(join(root, "out/notes.txt"), "mine\n");
  mkdirSync(join(root, "out/board"), { recursive: true });
  const result = await runCli(
    ["train", "shop/model.mtl", "-o", "out", "--epochs", "1", "-q", "--tensorboard", "out/events"],
    { cwd: root, environment },
  );
  expect(result.code).toBe(0);
  expect(read("out/notes.txt")).toBe("mine\n");
  expect(existsSync(join(root, "out/board"))).toBe(true);
  expect(existsSync(join(root, "out/events"))).toBe(true);
  expect((await loadModelSource(join(root, "out"), root)).model.name).not.toBe("");
}, 60_000);

it("paths of which the system says nothing are no bugs", async () => {
  symlinkSync("round.csv", join(root, "round.csv"));
  const long = "x".repeat(300);
  for (const path of ["round.csv", `${long}.csv`])
    for (const words of [
      ["predict", "out", path, "-o", "p.csv"],
      ["rank", "out", path],
      ["data", path],
      ["serve", path],
      ["tune", path, "--method", "sort", "--log", path],
      ["train", "shop/model.mtl", "-o", path],
      ["train", "shop/model.mtl", "--train", path, "-o", "none"],
    ]) {
      const { code, err } = await runCli(words, { cwd: root, environment });
      expect(err.replaceAll(long, "long")).not.toContain("MTL9001");
      expect(err).toContain("error[MTL");
      expect(code).toBeGreaterThan(0);
    }
}, 60_000);

it("a link stays a link and a mode a mode when a file is replaced", async () => {
  writeFileSync(join(root, "real.txt"), "old", { mode: 0o600 });
  symlinkSync("real.txt", join(root, "link.txt"));
  await replaceFile(join(root, "link.txt"), "new");
  expect(read("real.txt")).toBe("new");
  chmodSync(join(root, "real.txt"), 0o640);
  writeFileSync(join(root, "real.txt"), "old");
  await replaceFile(join(root, "link.txt"), "newer");
  expect(read("real.txt")).toBe("newer");
});
