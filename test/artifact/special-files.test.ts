import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRunNote } from "../../src/runtime/artifact/load.js";
import { readArtifact } from "../../src/runtime/artifact/read.js";
import { compile } from "../../src/runtime/jobs/compile.js";
import { loadModelSource } from "../../src/runtime/specs/model-source.js";
import { runCli } from "../cli/run-cli.js";

/** Parts of an artifact are looked at before they are read: what is not a plain file of the right size is refused at once. */
let root: string;
let whole: string;
let copy: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-special-"));
  whole = join(root, "whole");
  copy = join(root, "copy");
  const spec = join(root, "m.mtl");
  writeFileSync(
    spec,
    "model m\nfeatures { id: categorical(hash: 10, embed: 2) }\nlabels { click: event }\n" +
      "task ctr: P(click) = sigmoid(logit(id))\nloss { ctr: bce }\nfusion score = ctr\nrank page = top 3 by score\n",
  );
  await compile({ spec, output: whole });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  cpSync(whole, copy, { recursive: true });
});

const replace = (part: string, make: (path: string) => void): void => {
  rmSync(join(copy, part), { recursive: true });
  make(join(copy, part));
};
const pipe = (path: string): void => void execFileSync("mkfifo", [path]);

describe.skipIf(process.platform === "win32")("a part that is not a plain file", () => {
  it.each(["weights.safetensors", "model.json", "spec.mtl"])("a device, as %s", async (part) => {
    replace(part, (path) => symlinkSync("/dev/zero", path));
    await expect(readArtifact(copy)).rejects.toThrow(/MTL7203.*link that leads out/);
  });

  it.each(["weights.safetensors", "graph.txt"])("a pipe, as %s", async (part) => {
    replace(part, pipe);
    await expect(readArtifact(copy)).rejects.toThrow(/MTL7203.*pipe, a socket or a device/);
    await expect(loadModelSource(copy, root)).rejects.toThrow("MTL7203");
  });

  it("the manifest", async () => {
    replace("manifest.json", pipe);
    await expect(readArtifact(copy)).rejects.toThrow(/MTL7201.*pipe/);
    rmSync(join(copy, "manifest.json"));
    symlinkSync("/dev/zero", join(copy, "manifest.json"));
    await expect(readArtifact(copy)).rejects.toThrow(/MTL7201.*link that leads out/);
  });

  it("a link out of the directory, though the bytes are the right ones", async () => {
    const aside = join(root, "aside.json");
    cpSync(join(copy, "model.json"), aside);
    replace("model.json", (path) => symlinkSync(aside, path));
    await expect(readArtifact(copy)).rejects.toThrow("link that leads out");
  });

  it("a folder that is a link out of the directory", async () => {
    const aside = join(root, "aside");
    renameSync(join(copy, "tfjs"), aside);
    symlinkSync(aside, join(copy, "tfjs"));
    await expect(readArtifact(copy)).rejects.toThrow("link that leads out");
  });

  it("a directory", async () => {
    replace("graph.txt", mkdirSync);
    await expect(readArtifact(copy)).rejects.toThrow(/MTL7203.*directory/);
  });

  it("the note of a run, which then is not there", async () => {
    pipe(join(copy, "run.json"));
    expect(await readRunNote(copy)).toBeUndefined();
  });

  it("in every command that takes an artifact", async () => {
    replace("weights.safetensors", pipe);
    writeFileSync(join(root, "d.csv"), "id,click\n1,0\n");
    const words = [
      ["explain", copy],
      ["doc", copy],
      ["graph", copy],
      ["cost", copy],
      ["diff", copy, join(root, "m.mtl")],
      ["predict", copy, join(root, "d.csv")],
      ["eval", copy, "--test", join(root, "d.csv")],
      ["rank", copy, join(root, "d.csv")],
      ["train", join(root, "m.mtl"), "--train", join(root, "d.csv"), "-o", join(root, "new"), "--warm-start", copy],
    ];
    for (const call of words) {
      const result = await runCli(call);
      expect([call[0], result.code, result.err]).toEqual([call[0], 1, expect.stringContaining("[MTL7203]")]);
    }
  }, 60_000);
});

describe("what is still read", () => {
  it("links inside the directory, as volumes of a cluster have them", async () => {
    mkdirSync(join(copy, "..data"));
    renameSync(join(copy, "model.json"), join(copy, "..data/model.json"));
    symlinkSync("..data/model.json", join(copy, "model.json"));
    expect((await readArtifact(copy)).text("model.json")).toBe(readFileSync(join(whole, "model.json"), "utf8"));
  });

  it("a directory that is itself named by a link", async () => {
    symlinkSync(copy, join(root, "current"));
    expect((await readArtifact(join(root, "current"))).manifest.name).toBe("m");
  });
});

describe.skipIf(process.platform === "win32")("data", () => {
  it("is neither a pipe nor a device", async () => {
    pipe(join(root, "rows.csv"));
    for (const file of [join(root, "rows.csv"), "/dev/zero"]) {
      const result = await runCli(["train", join(root, "m.mtl"), "--train", file, "-o", join(root, "never")]);
      expect([result.code, result.err]).toEqual([1, expect.stringContaining("it is a pipe or a device, not a file")]);
    }
  }, 30_000);
});
