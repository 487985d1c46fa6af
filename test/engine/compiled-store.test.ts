/** What XLA has compiled, from one process to the next: whole or not at all. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openCompiledStore, removeLeftFolders, storeOf } from "../../src/runtime/engine/compiled-store.js";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mtl-store-"));
  made.push(folder);
  return folder;
}

const program = Uint8Array.of(1, 2, 3);

function folders(): { readonly kept: string; readonly process: () => string } {
  const root = temporaryFolder();
  const kept = join(root, "kept");
  mkdirSync(kept);
  let count = 0;
  return {
    kept,
    process: () => {
      const folder = join(root, `process-${count++}`);
      mkdirSync(folder);
      return folder;
    },
  };
}

/** A process that compiles `text`. */
function compile(folder: string, kept: string, text: string): void {
  const entry = storeOf(folder, kept).offer(program);
  writeFileSync(join(folder, "code.pb"), text);
  writeFileSync(join(folder, "code.pb.being-written.tmp"), "half");
  entry.keep();
}

describe("what is compiled", () => {
  it("is there for the next process with that program, and for no other program", () => {
    const { kept, process } = folders();
    compile(process(), kept, "code");
    const [next, other] = [process(), process()];
    storeOf(next, kept).offer(program);
    storeOf(other, kept).offer(Uint8Array.of(1, 2));
    expect(readdirSync(next)).toEqual(["code.pb"]);
    expect(readFileSync(join(next, "code.pb"), "utf8")).toBe("code");
    expect(readdirSync(other)).toEqual([]);
  });

  it("is kept once, and not where nothing was compiled", () => {
    const { kept, process } = folders();
    const folder = process();
    const entry = storeOf(folder, kept).offer(program);
    entry.keep();
    expect(readdirSync(kept)).toEqual([]);
    writeFileSync(join(folder, "code.pb"), "code");
    entry.keep();
    entry.keep();
    expect(readdirSync(kept)).toHaveLength(1);
  });

  it.each([
    ["cut off", (file: string) => writeFileSync(file, "co")],
    ["changed", (file: string) => writeFileSync(file, "cope")],
  ])("is compiled again where it is %s", (_, damage) => {
    const { kept, process } = folders();
    compile(process(), kept, "code");
    const [entry = ""] = readdirSync(kept);
    damage(join(kept, entry, "code.pb"));
    const next = process();
    storeOf(next, kept).offer(program);
    expect([readdirSync(next), readdirSync(kept)]).toEqual([[], []]);
    compile(next, kept, "new code");
    const last = process();
    storeOf(last, kept).offer(program);
    expect(readFileSync(join(last, "code.pb"), "utf8")).toBe("new code");
  });

  it("is of the programs that were used last", () => {
    const { kept, process } = folders();
    for (let i = 0; i < 70; i++) {
      const folder = process();
      const entry = storeOf(folder, kept).offer(Uint8Array.of(i));
      writeFileSync(join(folder, "code.pb"), String(i));
      entry.keep();
    }
    expect(readdirSync(kept)).toHaveLength(64);
    const next = process();
    storeOf(next, kept).offer(Uint8Array.of(69));
    expect(readdirSync(next)).toEqual(["code.pb"]);
  });

  it("costs only time where it cannot be kept", () => {
    const { process } = folders();
    const folder = process();
    const entry = storeOf(folder, join(folder, "missing")).offer(program);
    writeFileSync(join(folder, "code.pb"), "code");
    expect(() => {
      entry.keep();
    }).not.toThrow();
    storeOf(join(folder, "gone"), folder).offer(program).keep();
  });
});

describe("the store of a process", () => {
  it("is not opened where XLA writes its modules elsewhere, or has a folder of the user's", () => {
    const root = temporaryFolder();
    const library = join(root, "library");
    writeFileSync(library, "");
    const open = (environment: NodeJS.ProcessEnv): boolean =>
      openCompiledStore(join(root, "cache"), library, environment) !== undefined;
    expect(open({ XLA_FLAGS: "--xla_dump_to=x" })).toBe(false);
    expect(open({ TF_XLA_FLAGS: "--tf_xla_persistent_cache_directory=/x" })).toBe(false);
  });

  it("tells TensorFlow of its folder", () => {
    const root = temporaryFolder();
    const library = join(root, "library");
    writeFileSync(library, "");
    const environment: NodeJS.ProcessEnv = { TF_XLA_FLAGS: "--other" };
    expect(openCompiledStore(join(root, "cache"), library, environment)).toBeDefined();
    const [, folder = ""] =
      /^--other --tf_xla_persistent_cache_directory=(\S+)$/.exec(environment["TF_XLA_FLAGS"] ?? "") ?? [];
    expect(existsSync(folder)).toBe(true);
    // Threads of an op are part of what is compiled.
    openCompiledStore(join(root, "cache"), library, { MTLC_THREADS: "1" });
    expect(readdirSync(join(root, "cache", "compiled"))).toHaveLength(2);
  });

  it("is none where no folder can be made", () => {
    const root = temporaryFolder();
    const library = join(root, "library");
    writeFileSync(library, "");
    const environment: NodeJS.ProcessEnv = {};
    expect(openCompiledStore(join(library, "cache"), library, environment)).toBeUndefined();
    expect(environment["TF_XLA_FLAGS"]).toBeUndefined();
  });

  it("removes the folders that killed processes left, those of a day ago and no others", () => {
    const parent = temporaryFolder();
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const left = `mtlc-compiled-${gone}-abc`;
    const others = [`mtlc-compiled-${process.pid}-abc`, "mtlc-compiled-1x2y3z", `other-${gone}-abc`];
    for (const name of [left, ...others]) mkdirSync(join(parent, name));
    removeLeftFolders(parent);
    expect(readdirSync(parent).toSorted()).toEqual([left, ...others].toSorted());
    removeLeftFolders(parent, Date.now() + 2 * 86_400_000);
    expect(readdirSync(parent).toSorted()).toEqual(others.toSorted());
  });
});
