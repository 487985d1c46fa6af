import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../../src/runtime/make-folder.js";
import { root as packageRoot, sourceFiles } from "../architecture/source-imports.js";

const root = mkdtempSync(join(tmpdir(), "mtlc-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a folder is made with those above it", () => {
  it("where there are none, and stays where it is", () => {
    const folder = join(root, "a", "b", "c");
    makeFolder(folder);
    makeFolder(folder);
    makeFolder(join(root, "a"));
    makeFolder(relative(process.cwd(), join(root, "a", "d")));
    expect([folder, join(root, "a", "d")].every((path) => statSync(path).isDirectory())).toBe(true);
    makeFolder("/");
  });

  it("by way of a link", () => {
    makeFolder(join(root, "real"));
    symlinkSync("real", join(root, "link"));
    makeFolder(join(root, "link", "in"));
    expect(statSync(join(root, "real", "in")).isDirectory()).toBe(true);
  });

  it("and what is in the way is said", () => {
    writeFileSync(join(root, "file"), "");
    symlinkSync("nowhere", join(root, "dangling"));
    expect(() => makeFolder(join(root, "file"))).toThrow("EEXIST");
    expect(() => makeFolder(join(root, "dangling"))).toThrow("EEXIST");
    expect(() => makeFolder(join(root, "file", "in", "it"))).toThrow("ENOTDIR");
  });
});

describe.runIf(process.platform === "linux")("where nothing can be made", () => {
  const run = (words: readonly string[], environment: Readonly<Record<string, string>>) => {
    const { status, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin", "mtlc.js"), ...words], {
      cwd: root,
      env: { ...process.env, ...environment },
      encoding: "utf8",
      timeout: 60_000,
      killSignal: "SIGKILL",
    });
    return { status, stderr };
  };

  it("is an error, and nothing that is waited for", { timeout: 120_000 }, () => {
    expect(run(["init", "/proc/none/shop"], {})).toEqual({
      status: 1,
      stderr: "error[MTL8008]: `/proc/none/shop` cannot be written: there is no such file or directory\n",
    });
    expect(run(["init", "shop"], { MTLC_CACHE: "/proc/none/cache" }).status).toBe(0);
    const { status, stderr } = run(["train", "shop/model.mtl"], { MTLC_CACHE_DIR: "/proc/none" });
    expect(status).toBe(1);
    expect(stderr).toContain("error[MTL7114]: the cache folder `/proc/none` cannot be written");
  });

  it("whoever makes folders", () => {
    const recursive = sourceFiles(join(packageRoot, "src")).filter((file) =>
      /\bmkdir(Sync)?\([^;]*\brecursive:/.test(readFileSync(file, "utf8")),
    );
    expect(recursive).toEqual([]);
  });
});
