import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root as repository, runCli } from "./run-cli.js";

const sound = "model a\nsignals { ctr: P(click) }\nfusion score = ctr\nrank page = top 10 by score\n";
const commaMissing = sound.replace("fusion score = ctr", "fusion score = max(ctr 0.1)");
const unknown = sound.replace("by score", "by scor");

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-check-"));
  mkdirSync(join(root, "specs/deep/node_modules"), { recursive: true });
  mkdirSync(join(root, "empty"));
  writeFileSync(join(root, "specs/sound.mtl"), sound);
  writeFileSync(join(root, "specs/deep/unknown.mtl"), unknown);
  writeFileSync(join(root, "specs/deep/notes.txt"), "no spec");
  writeFileSync(join(root, "specs/deep/node_modules/other.mtl"), "nonsense");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const check = (...words: string[]) => runCli(["check", ...words], { cwd: root });

describe("mtlc check", () => {
  it("takes files, folders and globs, each spec once", async () => {
    const result = await check("specs", "specs/**/*.mtl", "specs/sound.mtl");
    expect(result).toMatchObject({ code: 1, err: "" });
    expect(result.out).toContain("did you mean `score`?");
    expect(result.out.trimEnd().split("\n").at(-1)).toBe("1 error in 1 file");
    expect(result.out.match(/error\[/g)).toHaveLength(1);
    expect((await check("specs/sound.mtl", "specs/s*.mtl")).out).toBe("no problems in 1 spec\n");
  });

  it("says what it does not find", async () => {
    expect(await check("empty")).toMatchObject({ code: 1, out: "" });
    expect((await check("empty")).err).toContain("there is no `.mtl` file in `empty`");
    expect((await check("specs/*.spec")).err).toContain("no `.mtl` file matches `specs/*.spec`");
    expect((await check("nowhere.mtl")).out).toContain("`nowhere.mtl` cannot be read");
  });

  it("writes what it says for programs, code scanning and GitHub", async () => {
    const json = JSON.parse((await check("specs", "--format", "json")).out) as { errors: number };
    expect(json.errors).toBe(1);
    const sarif = JSON.parse((await check("specs", "--format", "sarif")).out) as { version: string };
    expect(sarif.version).toBe("2.1.0");
    const github = await check("specs", "--format", "github");
    expect(github.out).toMatch(/^::error file=specs\/deep\/unknown\.mtl,line=4,.*title=MTL2001::/);
    expect(github.code).toBe(1);
  });

  it("applies safe fixes and no guesses", async () => {
    writeFileSync(join(root, "fix.mtl"), commaMissing);
    const fixed = await check("fix.mtl", "--fix");
    expect(fixed).toMatchObject({ code: 0, out: "fixed fix.mtl\nno problems in 1 spec\n" });
    expect(readFileSync(join(root, "fix.mtl"), "utf8")).toBe(commaMissing.replace("ctr 0.1", "ctr, 0.1"));
    writeFileSync(join(root, "foreign.mtl"), sound.replace("= ctr", "= ctr ** 2 × 3"));
    expect((await check("foreign.mtl", "--fix")).code).toBe(0);
    expect(readFileSync(join(root, "foreign.mtl"), "utf8")).toBe(sound.replace("= ctr", "= ctr ^ 2 * 3"));
    expect((await check("specs", "--fix")).code).toBe(1);
    expect(readFileSync(join(root, "specs/deep/unknown.mtl"), "utf8")).toBe(unknown);
  });

  it("checks again when a file changes, until Ctrl-C", async () => {
    const file = join(root, "watched.mtl");
    writeFileSync(file, unknown);
    const child = spawn(process.execPath, [join(repository, "bin/mtlc.js"), "check", "-w", "watched.mtl"], {
      cwd: root,
    });
    let out = "";
    let waiting = 0;
    const changed = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on("data", () => {
        waiting += 1;
        if (waiting === 1) setTimeout(() => writeFileSync(file, sound), 300);
        if (waiting === 2) resolve();
      });
    });
    await changed;
    const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
    child.kill("SIGINT");
    expect(await exit).toBe(0);
    expect(out).toMatch(/1 error in 1 file[\s\S]*no problems in 1 spec/);
  });

  it("loads nothing heavy for a small spec", () => {
    // What is compiled, required and imported; how long a check takes is measured by `npm run bench -- start`.
    writeFileSync(
      join(root, "hook.mjs"),
      'import { writeSync } from "node:fs";\n' +
        'export const load = (url, context, next) => (writeSync(2, url + "\\n"), next(url, context));\n',
    );
    writeFileSync(
      join(root, "register.mjs"),
      'import { writeSync } from "node:fs";\nimport Module from "node:module";\nimport vm from "node:vm";\n' +
        "const say = (name) => writeSync(2, `${name}\\n`);\n" +
        "const { _load } = Module;\nModule._load = (name, ...rest) => (say(name), _load(name, ...rest));\n" +
        "const { Script } = vm;\nvm.Script = class extends Script {\n" +
        "  constructor(code, options) {\n    super(code, options);\n    say(options.filename);\n  }\n};\n" +
        'Module.register("./hook.mjs", import.meta.url);\n',
    );
    const words = ["--import", "./register.mjs", join(repository, "bin/mtlc.js"), "check", "specs/sound.mtl"];
    const { status: code, stderr: err } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
    const files = err.split("\n").filter((line) => line !== "");
    expect(code).toBe(0);
    const program = join(repository, "dist/");
    const isOwn = (name: string): boolean =>
      name.startsWith(program) || name.startsWith(join(repository, "bin/")) || name === "./program.js";
    const foreign = files.filter((name) => !/^(?:node|file):/.test(name) && !isOwn(name));
    expect(foreign.filter((name) => !isBuiltin(name))).toEqual([]);
    expect(files.filter((name) => name.includes("/node_modules/"))).toEqual([]);
    const modules = JSON.parse(readFileSync(join(repository, "dist/modules.json"), "utf8")) as Record<string, string[]>;
    const loaded = files.flatMap((name) =>
      name.startsWith(program) ? (modules[name.slice(program.length)] ?? []) : [],
    );
    expect(loaded).toContain("compiler/compile.js");
    expect(loaded.filter((name) => /^runtime\/(?:engine|train|data|jobs)\/|^server\//.test(name))).toEqual([]);
  });

  it("runs the same with compiled code in a cache, with a damaged cache, and where none can be kept", async () => {
    const cache = join(root, "code-cache");
    const check = (place: string) =>
      runCli(["check", "specs/sound.mtl"], { cwd: root, environment: { MTLC_CACHE: place }, ownProcess: true });
    const first = await check(cache);
    expect(first).toMatchObject({ code: 0, err: "" });
    const kept = () =>
      readdirSync(join(cache, "code"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const names = kept().map(({ name }) => name);
    expect(names.some((name) => name.startsWith("main-cjs-"))).toBe(true);
    expect(await check(cache)).toEqual(first);
    const bytes = kept().map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
    for (const { parentPath, name } of kept()) writeFileSync(join(parentPath, name), "damaged");
    expect(await check(cache)).toEqual(first);
    // Written again, as it was.
    expect(kept().map(({ name }) => name)).toEqual(names);
    expect(kept().map(({ parentPath, name }) => readFileSync(join(parentPath, name)).length > 1000)).toEqual(
      bytes.map((each) => each.length > 1000),
    );
    expect(await check(join(root, "specs/sound.mtl"))).toEqual(first);
  });
});
