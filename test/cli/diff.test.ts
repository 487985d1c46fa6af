import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDriver } from "../../src/cli/commands/diff/driver.js";
import { runFileDiffs } from "../../src/cli/commands/diff/files.js";
import { runDiff } from "../../src/cli/commands/diff/run.js";
import { type ModelDiff, renderDiffText } from "../../src/compiler/diff/index.js";
import { loadModelSource } from "../../src/runtime/specs/model-source.js";
import { diffMarkdownView, diffView, fileDiffsMarkdownView, fileDiffsView } from "../../src/cli/commands/diff/view.js";
import { Failure } from "../../src/runtime/failure.js";
import { createTerminal } from "../../src/cli/terminal.js";

const part = (width: number): string =>
  `features { age: numeric }\nlabels { click: event }\ninput x = [age]\ntower t = mlp(x, [${width}])\n`;
const spec = 'model m\nimport "./part.mtl"\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n';

let repository = "";
const startFolder = process.cwd();

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), "mtlc-diff-"));
  const git = (...words: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...words], { cwd: repository });
  };
  mkdirSync(join(repository, "specs"));
  writeFileSync(join(repository, "specs/m.mtl"), spec);
  writeFileSync(join(repository, "specs/part.mtl"), part(8));
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  writeFileSync(join(repository, "specs/part.mtl"), part(16));
  git("commit", "-qam", "second");
  process.chdir(repository);
});

afterAll(() => {
  process.chdir(startFolder);
  rmSync(repository, { recursive: true, force: true });
});

async function failureOf(request: Parameters<typeof runDiff>[0]): Promise<string> {
  try {
    await runDiff(request);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("mtlc diff as git's external diff", () => {
  const copy = (revision: string): string => {
    // As git names them: six letters after the dash.
    const folder = mkdtempSync(join(tmpdir(), "git-blob-"));
    const file = join(folder, "m.mtl");
    writeFileSync(file, execFileSync("git", ["show", `${revision}:specs/m.mtl`]));
    return file;
  };
  const show = (diff: ModelDiff): string => renderDiffText(diff);

  it("finds where git's copy comes from, and the imports there", async () => {
    writeFileSync("specs/m.mtl", spec.replace("model m", "model other"));
    const old = copy("HEAD");
    const text = await runDriver(["specs/m.mtl", old, "1", "100644", "specs/m.mtl", "0", "100644"], show);
    writeFileSync("specs/m.mtl", spec);
    expect(text).toContain("mtlc diff specs/m.mtl");
    expect(text).toContain("name: m → other");
    // Without a path and a revision, it is not known which of the two imports is meant.
    await expect(loadModelSource(old, process.cwd())).rejects.toThrow("MTL8014");
  });

  it("says what it cannot compare in a line, because git ends when its diff does", async () => {
    const [file, none] = ["specs/m.mtl", "/dev/null"];
    expect(await runDriver([file, none, "0", "0", file, "1", "100644"], show)).toContain("a new spec");
    expect(await runDriver([file, file, "1", "100644", none, "0", "0"], show)).toContain("the spec is gone");
    writeFileSync("specs/broken.mtl", "model m\ntower t = mlp(x, [8])\n");
    expect(await runDriver([file, file, "1", "100644", "specs/broken.mtl", "0", "0"], show)).toContain("MTL2");
  });

  it("is what git calls", () => {
    writeFileSync(".gitattributes", "*.mtl diff=mtl\n");
    writeFileSync("echo.sh", '#!/bin/sh\necho "$# arguments for $1"\n', { mode: 0o755 });
    writeFileSync("specs/m.mtl", `${spec}\n// more\n`);
    const out = execFileSync("git", ["-c", "diff.mtl.command=./echo.sh", "diff", "--ext-diff"], { encoding: "utf8" });
    writeFileSync("specs/m.mtl", spec);
    expect(out).toBe("7 arguments for specs/m.mtl\n");
  });
});

describe("mtlc diff", () => {
  it.each([
    ["two revisions", { models: ["HEAD~1:specs/m.mtl", "HEAD:specs/m.mtl"] }],
    ["a revision and a file", { models: ["HEAD~1:./specs/m.mtl", "specs/m.mtl"] }],
    ["a file and a revision of it", { models: ["specs/m.mtl"], revision: "HEAD~1" }],
  ])("reads the imports of %s from there", async (_, request) => {
    const { result, exitCode } = await runDiff(request);
    expect(diffView.human(result, createTerminal({ NO_COLOR: "1" }))).toContain("widths: [8] → [16]");
    expect(diffMarkdownView.human(result, createTerminal({}))).toContain("`widths: [8] → [16]`");
    expect(exitCode).toBe(0);
  });

  it("exits with 1 when a change is as far as was asked", async () => {
    const models = ["HEAD~1:specs/m.mtl", "specs/m.mtl"];
    expect((await runDiff({ models, failOn: "serving" })).exitCode).toBe(0);
    expect((await runDiff({ models, failOn: "checkpoint" })).exitCode).toBe(1);
    expect((await runDiff({ models, failOn: "report" })).exitCode).toBe(1);
    expect((await runDiff({ models: ["specs/m.mtl", "specs/m.mtl"], failOn: "report" })).exitCode).toBe(0);
  });

  it("says what it cannot find", async () => {
    expect(await failureOf({ models: ["HEAD:specs/none.mtl", "specs/m.mtl"] })).toContain("MTL8007");
    expect(await failureOf({ models: ["nowhere:specs/m.mtl", "specs/m.mtl"] })).toContain("MTL8021");
    expect(await failureOf({ models: ["none.mtl", "specs/m.mtl"] })).toContain("`none.mtl` cannot be read");
    expect(await failureOf({ models: ["specs/m.mtl"] })).toContain("MTL8023");
    expect(await failureOf({ models: ["specs/m.mtl", "specs/m.mtl"], revision: "HEAD" })).toContain("MTL8023");
    expect(await failureOf({ models: ["specs/m.mtl"], revision: "--output=x" })).toContain("MTL8021");
  });

  it("compares many specs with themselves, and a change in an import shows in each model", async () => {
    writeFileSync("specs/new.mtl", spec.replace("model m", "model fresh"));
    const files = ["specs/m.mtl", "specs/part.mtl", "specs/new.mtl"];
    const before = await runFileDiffs(files, "HEAD~1", { failOn: "checkpoint" });
    expect(before.exitCode).toBe(1);
    expect(before.result.map(({ state }) => state)).toEqual(["compared", "part", "new"]);
    const text = fileDiffsView.human(before.result, createTerminal({ NO_COLOR: "1" }));
    expect(text).toContain("widths: [8] → [16]");
    expect(text).toContain("specs/new.mtl\n\na new spec");
    expect(text).toContain("no change in 0 specs");
    expect(fileDiffsMarkdownView.human(before.result, createTerminal({}))).toContain("## `specs/m.mtl`");
    const now = await runFileDiffs(files, "HEAD", { failOn: "report" });
    expect(now.exitCode).toBe(0);
    expect(fileDiffsView.human(now.result, createTerminal({ NO_COLOR: "1" }))).toContain("no change in 1 spec\n");
    const broken = await runFileDiffs(["specs/broken.mtl", "specs/m.mtl"], "HEAD", {});
    expect([broken.exitCode, broken.result.map(({ state }) => state)]).toEqual([1, ["failed", "compared"]]);
    expect(fileDiffsView.human(broken.result, createTerminal({ NO_COLOR: "1" }))).toMatch(
      /specs\/broken\.mtl\n\nerror\[MTL2\d+\][^]*no change in 1 spec\n$/,
    );
  });

  it("takes numbers of ids for features that have any", async () => {
    const models = ["specs/m.mtl", "specs/m.mtl"];
    expect(await failureOf({ models, ids: ["age=3"] })).toContain("MTL8022");
    expect(await failureOf({ models, ids: ["age"] })).toContain("MTL8020");
  });
});
