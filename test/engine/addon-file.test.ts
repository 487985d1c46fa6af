import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadStepsAddon, noteUse, removeUnused, setUpSteps } from "../../src/runtime/engine/fused/addon.js";
import { cacheDirectory } from "../../src/runtime/engine/native-binding.js";

/** Files of the addon in the user's cache: those that are used stay, those that do not load are made again. */
const root = mkdtempSync(join(tmpdir(), "mtlc-addon-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const day = 86_400_000;
const now = Date.now();

function aged(folder: string, name: string, days: number): string {
  const file = join(folder, name);
  writeFileSync(file, "");
  utimesSync(file, now / 1000, (now - days * day) / 1000);
  return file;
}

describe("an addon of former sources", () => {
  it("goes when no program has loaded it for thirty days", () => {
    const folder = mkdtempSync(join(root, "f-"));
    for (const [name, days] of [
      ["steps-x86-64-v3-0123456789ab.node", 31],
      ["steps-x86-64-v4-0123456789ab.node", 29],
      ["notes.txt", 31],
      ["steps-of-mine.txt", 31],
    ] as const)
      aged(folder, name, days);
    removeUnused(folder, now);
    expect(readdirSync(folder).toSorted()).toEqual([
      "notes.txt",
      "steps-of-mine.txt",
      "steps-x86-64-v4-0123456789ab.node",
    ]);
    removeUnused(folder, now + 2 * day);
    expect(existsSync(join(folder, "steps-x86-64-v4-0123456789ab.node"))).toBe(false);
  });

  it("stays while one does, which is noted once a day", () => {
    const folder = mkdtempSync(join(root, "f-"));
    const old = aged(folder, "steps-x86-64-v4-0123456789ab.node", 40);
    const fresh = aged(folder, "steps-x86-64-v3-0123456789ab.node", 0.5);
    const before = statSync(fresh).mtimeMs;
    noteUse(old, now);
    noteUse(fresh, now);
    noteUse(join(folder, "none.node"), now);
    removeUnused(folder, now);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(Math.abs(statSync(old).mtimeMs - now)).toBeLessThan(1000);
    expect(statSync(fresh).mtimeMs).toBe(before);
  });
});

const isThere = loadStepsAddon() !== undefined;

describe.runIf(isThere)("the set-up", () => {
  /** A compiler that takes no time: it gives what the real one made before. */
  function cacheWith(made: string): NodeJS.ProcessEnv {
    const cache = mkdtempSync(join(root, "c-"));
    const compiler = join(cache, "compiler");
    const script = `#!/bin/sh\nwhile [ $# -gt 0 ]; do if [ "$1" = -o ]; then cp '${made}' "$2"; fi; shift; done\n`;
    writeFileSync(compiler, script, { mode: 0o755 });
    mkdirSync(join(cache, "fused"));
    return { ...process.env, MTLC_CACHE: cache, CXX: compiler };
  }
  const own = join(cacheDirectory(), "fused");
  /** Of the file that this program uses: it was noted last. */
  const name = isThere
    ? readdirSync(own)
        .filter((each) => each.endsWith(".node"))
        .toSorted((a, b) => statSync(join(own, b)).mtimeMs - statSync(join(own, a)).mtimeMs)[0]!
    : "";

  it("compiles again what does not load, and removes what nobody uses", { timeout: 60_000 }, async () => {
    const environment = cacheWith(join(own, name));
    const folder = join(environment["MTLC_CACHE"]!, "fused");
    const lines: string[] = [];
    expect(await setUpSteps((line) => lines.push(line), environment)).toBeUndefined();
    const [made = ""] = readdirSync(folder);
    aged(folder, "steps-x86-64-v3-000000000000.node", 31);
    expect(await setUpSteps((line) => lines.push(line), environment)).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([made]);
    // In a cache of its own, since what is loaded stays loaded.
    const other = cacheWith(join(own, name));
    writeFileSync(join(other["MTLC_CACHE"]!, "fused", made), "half of it");
    expect(await setUpSteps((line) => lines.push(line), other)).toBeUndefined();
    expect(lines).toHaveLength(2);
    expect(statSync(join(other["MTLC_CACHE"]!, "fused", made)).size).toBeGreaterThan(100_000);
  });

  it("says when what it compiled does not load", { timeout: 60_000 }, async () => {
    const broken = join(root, "broken");
    copyFileSync(join(import.meta.dirname, "addon-file.test.ts"), broken);
    expect(await setUpSteps(() => undefined, cacheWith(broken))).toMatch(/invalid ELF header|file too short/);
  });
});
