import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { root as repository, runCli } from "./run-cli.js";

const wild = "model   a\n\n\nsignals{ctr:P( click )} // the click rate\nfusion score=ctr^2\n";
const canonical = "model a\n\nsignals { ctr: P(click) } // the click rate\nfusion score = ctr^2\n";

const root = mkdtempSync(join(tmpdir(), "mtlc-fmt-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  mkdirSync(join(root, "specs/deep"), { recursive: true });
  writeFileSync(join(root, "specs/wild.mtl"), wild);
  writeFileSync(join(root, "specs/deep/done.mtl"), "model a\n");
  rmSync(join(root, "specs/broken.mtl"), { force: true });
});

const fmt = (words: readonly string[], input?: string) =>
  runCli(["fmt", ...words], { cwd: root, ...(input === undefined ? {} : { input }) });
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("mtlc fmt", () => {
  it("formats files, folders and globs in place, once", async () => {
    const first = await fmt(["specs"]);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toBe("formatted specs/wild.mtl\n1 file already in canonical layout\n");
    const once = read("specs/wild.mtl");
    expect(once).toContain("fusion score = ctr^2");
    expect(once).toContain("// the click rate");
    expect((await fmt(["specs/**/*.mtl"])).out).toBe("2 files already in canonical layout\n");
    expect(read("specs/wild.mtl")).toBe(once);
  });

  it("with --check writes nothing and fails where something would change", async () => {
    expect(await fmt(["--check", "specs"])).toMatchObject({
      code: 1,
      out: "would change specs/wild.mtl\n1 file already in canonical layout\n",
    });
    expect(read("specs/wild.mtl")).toBe(wild);
    expect((await fmt(["--check", "specs/deep"])).code).toBe(0);
  });

  it("lets line ends be what a checkout has made them", async () => {
    const windows = canonical.replaceAll("\n", "\r\n");
    writeFileSync(join(root, "specs/wild.mtl"), windows);
    expect((await fmt(["--check", "specs"])).code).toBe(0);
    writeFileSync(join(root, "specs/wild.mtl"), wild.replaceAll("\n", "\r\n"));
    expect((await fmt(["specs"])).code).toBe(0);
    expect(read("specs/wild.mtl")).toBe(windows);
  });

  it("with --diff shows a patch that makes the change, and writes nothing", async () => {
    const { code, out } = await fmt(["--diff", "specs"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^--- a\/specs\/wild\.mtl\n\+\+\+ b\/specs\/wild\.mtl\n@@ /);
    expect(read("specs/wild.mtl")).toBe(wild);
    execFileSync("git", ["apply", "-"], { cwd: root, input: out });
    expect((await fmt(["--check", "specs"])).code).toBe(0);
    const both = await fmt(["--diff", "--check", "--format", "json", "specs"]);
    expect(JSON.parse(both.out)).toMatchObject({ written: false, files: [{ changed: false }, { diff: "" }] });
  });

  it("reads standard input and writes standard output", async () => {
    const { code, out, err } = await fmt(["-"], wild);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect((await fmt(["-"], out)).out).toBe(out);
    expect(await fmt(["-", "--check"], wild)).toMatchObject({ code: 1, out: "" });
    expect((await fmt(["-", "--diff"], wild)).out).toContain("+fusion score = ctr^2\n");
  });

  it("leaves a text that does not parse unchanged and shows where", async () => {
    writeFileSync(join(root, "specs/broken.mtl"), "model a\ninput x = [a b]\n");
    const result = await fmt(["specs"]);
    expect(result.code).toBe(1);
    expect(result.err).toContain("specs/broken.mtl:2:14");
    expect(result.out).toContain("formatted specs/wild.mtl");
    expect(read("specs/broken.mtl")).toBe("model a\ninput x = [a b]\n");
    const input = await fmt(["-"], "input x = [a b]\n");
    expect(input).toMatchObject({ code: 1, out: "" });
    expect(input.err).toContain("1│ input x = [a b]");
  });
});

describe("the package's `./prettier` in another project", () => {
  it("formats .mtl files under plain prettier", () => {
    const project = join(root, "project");
    const modules = join(project, "node_modules");
    mkdirSync(modules, { recursive: true });
    symlinkSync(repository, join(modules, "mtlc"));
    symlinkSync(join(repository, "node_modules/prettier"), join(modules, "prettier"));
    writeFileSync(join(project, "package.json"), '{ "private": true }\n');
    writeFileSync(join(project, ".prettierrc.json"), '{ "plugins": ["mtlc/prettier"], "printWidth": 100 }\n');
    writeFileSync(join(project, "model.mtl"), wild);
    const prettier = (...words: string[]): string =>
      execFileSync(process.execPath, [join(modules, "prettier/bin/prettier.cjs"), ...words], {
        cwd: project,
        encoding: "utf8",
      });
    prettier("--write", ".");
    expect(readFileSync(join(project, "model.mtl"), "utf8")).toBe(canonical);
    expect(prettier("--check", ".")).toContain("All matched files use Prettier code style!");
  });
});
