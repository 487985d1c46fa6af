import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servingFiles } from "../targets/serving-files.js";
import { compileText } from "../semantics/compile.js";
import { pageCalled, readPages, root } from "./pages.js";

/** Programs of the pages: each compiles against the package, and those of pages about serving run as given there. */
const pages = readPages();
const folder = mkdtempSync(join(tmpdir(), "mtlc-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = pages.flatMap(({ path, fences }) =>
  fences.flatMap((fence) =>
    fence.language === "ts" && fence.text.includes('from "mtlc"')
      ? [{ path, name: `${path}:${fence.line}`, fence }]
      : [],
  ),
);

beforeAll(() => {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  if (status !== 0) throw new Error("mtlc cannot be built");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/mtlc"));
  // What the pages call `feed.mtl`, and the module that they say was compiled from it.
  const feed = pageCalled(pages, "docs/flow.md").fences.find(({ language }) => language === "mtl")?.text ?? "";
  writeFileSync(join(folder, "feed.mtl"), feed);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { model } = compileText(feed);
  if (model === undefined) throw new Error("docs/flow.md has no spec");
  for (const { path, content } of servingFiles(model)) {
    mkdirSync(dirname(join(folder, "out", path)), { recursive: true });
    writeFileSync(join(folder, "out", path), content);
  }
}, 120_000);

describe("programs of the pages", () => {
  it("are there", () => {
    expect(new Set(programs.map(({ path }) => path))).toEqual(
      new Set(["README.md", "docs/flow.md", "docs/requests.md"]),
    );
  });

  it("compile", () => {
    const files = programs.map(({ fence }, i) => {
      writeFileSync(join(folder, `program${i}.ts`), fence.text);
      return `program${i}.ts`;
    });
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2023"];
    const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
    const { stdout } = spawnSync(process.execPath, [compiler, ...options, ...types, ...files], { cwd: folder });
    expect(stdout.toString()).toBe("");
  }, 60_000);

  it.each(programs.filter(({ path }) => path !== "README.md"))("$name runs", ({ fence }) => {
    // The programs are written without types of their own.
    writeFileSync(join(folder, "program.mjs"), fence.text);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["program.mjs"], { cwd: folder });
    expect(`${status} ${stderr.toString()}`).toBe("0 ");
    // What a list under caps holds depends on how long the store takes.
    expect(stdout.toString()).toMatch(
      fence.text.includes("createFlowControl") || fence.text.includes("flow:") ? /\[/ : /lamp|\ba\b/,
    );
  });
});
