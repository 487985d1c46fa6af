import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withFolderLock } from "../../src/runtime/engine/folder-lock.js";

describe("a folder lock", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mtlc-lock-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("lets one piece of work in at a time, and is gone afterwards", async () => {
    const path = join(folder, "one");
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      expect(await readFile(path, "utf8")).toBe(String(process.pid));
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([withFolderLock(path, work), withFolderLock(path, work), withFolderLock(path, work)]);
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it("is freed when the work fails", async () => {
    const path = join(folder, "two");
    const failing = withFolderLock(path, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await withFolderLock(path, async () => "again")).toBe("again");
  });

  it("is taken over from a process that has ended", async () => {
    const path = join(folder, "three");
    // Above the largest process id of Linux.
    await writeFile(path, "4194305");
    expect(await withFolderLock(path, async () => "mine")).toBe("mine");
  });
});
