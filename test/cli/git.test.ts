import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { root as source, runCli } from "./run-cli.js";

/** A real repository with `mtlc` as its diff: imports that change apart from their specs, twins, odd names, broken specs. */
const program = `"${process.execPath}" "${join(source, "bin", "mtlc.js")}"`;
let folder: string;
let template: string;

function git(...words: readonly string[]): string {
  const settings = ["user.name=t", "user.email=t@example.org", "commit.gpgsign=false", "core.quotePath=true"];
  return execFileSync("git", [...settings.flatMap((each) => ["-c", each]), ...words], {
    cwd: folder,
    encoding: "utf8",
  });
}
const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
const driver = (...words: readonly string[]): string =>
  git("-c", `diff.mtl.command=${program} diff --driver`, "--no-pager", ...words);
const textconv = (words: string, ...rest: readonly string[]): string =>
  git("-c", `diff.mtl.textconv=${program} ${words}`, "--no-pager", ...rest);

const spec = (loss: string): string =>
  `model m\nimport "./common.mtl"\ntask t: P(c) = sigmoid(logit(u))\nloss { t: ${loss} }\n`;
const common = (embed: number): string => `features { u: categorical(embed: ${embed}) }\nlabels { c: event }\n`;
/** Names with a space and with letters that git quotes. */
const odd = "sp ec/\u6A21\u578B.mtl";

beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), "mtlc-git-"));
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

// 1: everything with embed 4. 2: the parts have embed 64. 3: the specs have focal, the parts embed 128.
beforeEach(() => {
  folder = mkdtempSync(join(template, "repository-"));
  git("init", "-q");
  write(".gitattributes", "*.mtl diff=mtl\n");
  for (const place of ["a", "b", "sp ec"]) mkdirSync(join(folder, place));
  const all = (loss: string, embed: number): void => {
    write("a/m.mtl", spec(loss));
    write(odd, spec(loss));
    write("a/common.mtl", common(embed));
    write("sp ec/common.mtl", common(embed));
  };
  all("bce", 4);
  write("b/m.mtl", spec("bce"));
  write("b/common.mtl", common(512));
  git("add", "-A");
  git("commit", "-qm", "one");
  all("bce", 64);
  git("commit", "-qam", "two");
  all("focal", 128);
  git("commit", "-qam", "three");
});

describe("git diff through mtlc diff --driver", () => {
  it("compares the working tree with the index, its imports included", () => {
    write("a/m.mtl", spec("huber"));
    write("a/m.mtl", spec("bce"));
    const out = driver("diff", "--", "a/m.mtl");
    expect(out).toContain("mtlc diff a/m.mtl (index → working tree)");
    expect(out).toContain("loss: focal → bce");
    expect(out).not.toContain("embed");
  });

  it("takes each of two folders' own imports for the same text", () => {
    write("b/m.mtl", spec("focal"));
    const out = driver("diff", "--", "b/m.mtl");
    expect(out).toContain("loss: bce → focal");
    expect(out).not.toContain("embed");
  });

  it.each(["a/m.mtl", odd])("shows what a commit made of %s and of its imports", (path) => {
    const out = driver("show", "--ext-diff", "--format=", "HEAD", "--", path);
    expect(out).toContain("loss: bce → focal");
    expect(out).toMatch(/embed: 64 → 128/);
    const log = driver("log", "-p", "--ext-diff", "--format=", "--", path);
    expect(log).toMatch(/embed: 64 → 128/);
  });

  it("says so when the revisions matter and git does not tell them", () => {
    const out = driver("diff", "HEAD~2", "HEAD", "--", "a/m.mtl");
    expect(out).toContain("git does not say the revisions");
    const same = driver("diff", "HEAD~2", "HEAD", "--", "a/common.mtl");
    expect(same).toContain("a part that other specs import");
    expect(same).toContain("-features { u: categorical(embed: 4) }");
  });

  it("compares the index with the last commit for --cached", () => {
    write("a/common.mtl", common(256));
    write("a/m.mtl", spec("bce"));
    git("add", "-A");
    const out = driver("diff", "--cached", "--", "a/m.mtl");
    expect(out).toContain("(HEAD → index)");
    expect(out).toContain("loss: focal → bce");
    expect(out).toMatch(/embed: 128 → 256/);
  });

  it("shows the text where a side is broken, and goes on with the next file", () => {
    write("a/m.mtl", "model m\ntower t = mlp(\n");
    write("b/m.mtl", spec("focal"));
    const out = driver("diff");
    expect(out).toMatch(/a\/m\.mtl: MTL\d+: /);
    expect(out).toContain("+tower t = mlp(");
    expect(out).toContain("mtlc diff b/m.mtl (index → working tree)");
  });

  it("shows a spec that has another name now", () => {
    git("mv", "a/m.mtl", "a/n.mtl");
    write("a/n.mtl", `${spec("focal")}// more\nmetrics { t: [auc] }\n`);
    git("add", "-A");
    const out = driver("diff", "--cached", "-M30");
    expect(out).toContain("mtlc diff a/m.mtl → a/n.mtl (HEAD → index)");
  });
});

describe("git diff through mtlc explain", () => {
  it.each(["explain", "explain --textconv"])("shows parts, with `%s`", (words) => {
    write("a/common.mtl", common(256));
    const out = textconv(words, "diff");
    expect(out).toMatch(/^- +u: categorical\(embed: 128\)$/m);
    expect(out).toMatch(/^\+ +u: categorical\(embed: 256\)$/m);
  });

  it("shows specs written out where all revisions agree on what is imported", () => {
    write("b/m.mtl", spec("focal"));
    const out = textconv("explain --textconv", "diff", "--", "b/m.mtl");
    expect(out).toMatch(/^\+ .*focal/m);
  });

  it("shows the text as it is where they do not, or where it is broken, and never ends git", () => {
    write("a/m.mtl", "model m\ntower t = mlp(\n");
    writeFileSync(join(folder, "b/m.mtl"), Buffer.from("model m // caf\xE9\n", "latin1"));
    write("a/common.mtl", common(256));
    const out = textconv("explain --textconv", "diff");
    expect(out).toContain("+// unchanged: MTL1");
    expect(out).toContain("+tower t = mlp(");
    expect(out).toContain("embed: 256");
    const log = textconv("explain --textconv", "log", "-p", "--format=");
    expect(log).toContain("// unchanged: imports are other ones in other revisions");
  });
});

describe("mtlc diff --git", () => {
  const mtlc = (...words: readonly string[]) => runCli(words, { cwd: folder });

  it("shows every spec, though one is broken now and another was", async () => {
    write("b/broken.mtl", "model x\ntower t = mlp(\n");
    git("add", "-A");
    git("commit", "-qm", "four");
    write("b/broken.mtl", "// one\n// two\nmodel x\nsignals { p: P(click) }\nfusion f = p\nrank r = top 3 by f\n");
    write("a/m.mtl", "model m\nloss {\n");
    write("b/m.mtl", spec("focal"));
    const { code, out } = await mtlc("diff", "--git", "HEAD", "a/m.mtl", "b/broken.mtl", "b/m.mtl", "b/common.mtl");
    expect(code).toBe(1);
    expect(out).toMatch(/a\/m\.mtl\n\nerror\[MTL/);
    expect(out).toContain("HEAD:b/broken.mtl:2:");
    expect(out).toContain("2│ tower t = mlp(");
    expect(out).toContain("loss: bce → focal");
    const json = await mtlc("diff", "--git", "HEAD", "a/m.mtl", "b/m.mtl", "--format", "json");
    expect(JSON.parse(json.out)).toMatchObject({ files: [{ state: "failed" }, { state: "compared" }] });
  });

  it("shows an error of a revision with the revision's path, text and caret", async () => {
    write("b/m.mtl", spec("nothing_known"));
    git("commit", "-qam", "broken");
    write("b/m.mtl", `// a\n// b\n${spec("focal")}`);
    for (const words of [
      ["--git", "HEAD", "b/m.mtl"],
      ["HEAD:./b/m.mtl", "b/m.mtl"],
    ]) {
      const { code, err } = await mtlc("diff", ...words);
      expect(code).toBe(1);
      expect(err).toContain("HEAD:b/m.mtl:4:11");
      expect(err).toContain("4│ loss { t: nothing_known }");
      expect(err).toMatch(/\n +│ {11}\^+/);
    }
    const json = await mtlc("diff", "--git", "HEAD", "b/m.mtl", "--format", "json");
    expect(json.out).toContain('"HEAD:b/m.mtl"');
    expect(json.out).toContain('"line": 4');
  });

  it("has nothing against parts", async () => {
    expect(await mtlc("diff", "--git", "HEAD", "a/common.mtl")).toMatchObject({ code: 0, err: "" });
    write("a/common.mtl", common(3));
    expect((await mtlc("diff", "--git", "HEAD", "a/common.mtl")).out).toContain("a part that changed");
    expect((await mtlc("diff", "--git", "HEAD", "a/m.mtl")).out).toMatch(/embed: 128 → 3/);
  });

  it("reads names with spaces and letters of other scripts, of revisions as well", async () => {
    const { code, out } = await mtlc("diff", "--git", "HEAD~1", odd);
    expect([code, out]).toEqual([0, expect.stringMatching(/embed: 64 → 128/)]);
    expect((await mtlc("diff", `HEAD~1:${odd}`, `HEAD:${odd}`)).out).toMatch(/embed: 64 → 128/);
  });
});

describe("project files of revisions", () => {
  const mtlc = (...words: readonly string[]) => runCli(words, { cwd: folder });
  const shared = (loss: string): string => spec(loss).replace("./common.mtl", "shared.mtl");
  const project = (path: string, paths: readonly string[]): void => write(path, JSON.stringify({ paths }));
  const commit = (message: string): void => {
    git("add", "-A");
    git("commit", "-qm", message);
  };

  // HEAD~2: imports from `lib`. HEAD~1: the loss is another. HEAD: imports from `parts`, where the same name is another part.
  beforeEach(() => {
    for (const place of ["lib", "parts", "c", "c/d"]) mkdirSync(join(folder, place));
    write("lib/shared.mtl", common(4));
    write("parts/shared.mtl", common(8));
    project("mtlc.json", ["lib"]);
    write("c/d/m.mtl", shared("bce"));
    commit("four");
    write("c/d/m.mtl", shared("focal"));
    commit("five");
    project("mtlc.json", ["parts"]);
    commit("six");
  });

  it("say where a revision's imports are", async () => {
    expect(await mtlc("diff", "HEAD~2:c/d/m.mtl", "HEAD~1:c/d/m.mtl")).toMatchObject({ code: 0, err: "" });
    const { code, out } = await mtlc("diff", "--git", "HEAD~1", "c/d/m.mtl");
    expect(code).toBe(0);
    expect(out).toMatch(/embed: 4 → 8/);
  });

  it("are the nearest of the revision, with folders that start at the file", async () => {
    project("c/mtlc.json", ["../lib"]);
    commit("seven");
    rmSync(join(folder, "c/mtlc.json"));
    commit("eight");
    expect((await mtlc("diff", "HEAD~1:c/d/m.mtl", "HEAD:c/d/m.mtl")).out).toMatch(/embed: 4 → 8/);
  });

  it("have severities that hold for the revision", async () => {
    write("mtlc.json", JSON.stringify({ paths: ["parts"], severities: { MTL6001: "error" } }));
    write("c/d/m.mtl", `${shared("focal")}features { unread: numeric }\n`);
    commit("seven");
    write("mtlc.json", JSON.stringify({ paths: ["parts"] }));
    const { code, err } = await mtlc("diff", "HEAD:c/d/m.mtl", "c/d/m.mtl");
    expect(code).toBe(1);
    expect(err).toContain("error[MTL6001]");
  });

  it("that are wrong are one error with the revision's line", async () => {
    write("mtlc.json", '{\n  "paths": 3\n}\n');
    commit("seven");
    project("mtlc.json", ["parts"]);
    const { code, err } = await mtlc("diff", "HEAD:c/d/m.mtl", "c/d/m.mtl");
    expect(code).toBe(1);
    expect(err).toContain("MTL8051");
    expect(err).toContain("HEAD:mtlc.json:2:3");
    expect(err).toContain('2│   "paths": 3');
  });

  it("are read for a copy of git's, and count among what revisions have to agree on", () => {
    const before = textconv("explain --textconv", "diff", "HEAD~3", "HEAD~2", "--", "c/d/m.mtl");
    expect(before).toMatch(/^\+ .*embed: 4,/m);
    const after = textconv("explain --textconv", "show", "--format=", "HEAD~1", "--", "c/d/m.mtl");
    expect(after).toContain("+// unchanged: imports are other ones in other revisions");
    expect(after).toMatch(/^- .*embed: 4,/m);
  });
});
