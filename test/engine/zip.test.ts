import { strToU8, zipSync } from "fflate";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackZip } from "../../src/runtime/engine/zip.js";

describe("zip archives", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mtlc-zip-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const text = strToU8("text ".repeat(100_000));
  const archive = zipSync(
    {
      "a/packed.txt": text,
      "stored.bin": [new Uint8Array([0, 255, 7]), { level: 0 }],
      empty: new Uint8Array(0),
      unwanted: text,
    },
    { comment: "a comment of some length" },
  );

  it("unpacks packed, stored and empty files, the wanted ones only", async () => {
    const path = join(folder, "good.zip");
    await writeFile(path, archive);
    const out = join(folder, "out");
    await unpackZip(path, (name) => (name === "unwanted" ? undefined : join(out, name)));
    expect((await readdir(out, { recursive: true })).toSorted()).toEqual(["a", "a/packed.txt", "empty", "stored.bin"]);
    expect((await readFile(join(out, "a/packed.txt"))).equals(text)).toBe(true);
    expect([...(await readFile(join(out, "stored.bin")))]).toEqual([0, 255, 7]);
    expect(await readFile(join(out, "empty"))).toHaveLength(0);
  });

  it("says that something else is not an archive", async () => {
    const path = join(folder, "text");
    await writeFile(path, "<html>not found</html>");
    await expect(unpackZip(path, () => undefined)).rejects.toThrow(/^.*\/text: /);
  });

  it.each([
    ["a cut one", archive.slice(0, archive.length - 200)],
    ["one with a flipped bit", archive.map((byte, i) => (i === 100 ? byte ^ 1 : byte))],
  ])("notices %s, and leaves no file of it", async (name, bytes) => {
    const path = join(folder, `${name}.zip`);
    await writeFile(path, bytes);
    const out = join(folder, name);
    await expect(unpackZip(path, (file) => (file === "a/packed.txt" ? join(out, file) : undefined))).rejects.toThrow();
    expect(await readdir(join(out, "a")).catch(() => [])).not.toContain("packed.txt");
  });
});
