import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entriesOf, replaceDirectory, replaceFile, type WrittenFile } from "../../src/runtime/artifact/directory.js";
import { sha256 } from "../../src/runtime/artifact/hash.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-directory-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("replaceDirectory", () => {
  it("makes the directory and its parents with exactly the files", async () => {
    const target = join(root, "a/b");
    await replaceDirectory(target, [
      { path: "one.txt", content: "1" },
      { path: "deep/two.bin", content: Uint8Array.of(1, 2) },
    ]);
    expect(readdirSync(target).sort()).toEqual(["deep", "one.txt"]);
    expect(readFileSync(join(target, "one.txt"), "utf8")).toBe("1");
    expect([...readFileSync(join(target, "deep/two.bin"))]).toEqual([1, 2]);
    expect(readdirSync(join(root, "a"))).toEqual(["b"]);
  });

  it("writes pieces of any size, whose memory is used again, and says what became of them", async () => {
    const target = join(root, "pieces");
    const length = fc.oneof(fc.nat(40), fc.nat(40_000), fc.constantFrom(0, 65_535, 65_536, 65_537, 150_000));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(length, { maxLength: 6 }), { maxLength: 24 }), async (files) => {
        const byteAt = (file: number, piece: number, at: number): number => (file * 31 + piece * 7 + at) % 251;
        const whole = files.map((pieces, file) =>
          Buffer.concat(
            pieces.map((count, piece) => Uint8Array.from({ length: count }, (_, at) => byteAt(file, piece, at))),
          ),
        );
        let written: readonly WrittenFile[] = [];
        const memory = new Uint8Array(150_000);
        await replaceDirectory(
          target,
          files.map((pieces, file) => ({
            path: `f${file}`,
            content: function* () {
              for (const [piece, count] of pieces.entries()) {
                for (let at = 0; at < count; at++) memory[at] = byteAt(file, piece, at);
                yield memory.subarray(0, count);
              }
            },
          })),
          {
            last: (all) => {
              written = [...all];
              return { path: "last", content: "" };
            },
          },
        );
        expect(written).toEqual(
          whole.map((bytes, file) => ({ path: `f${file}`, bytes: bytes.length, sha256: sha256(bytes) })),
        );
        whole.forEach((bytes, file) => expect(readFileSync(join(target, `f${file}`)).equals(bytes)).toBe(true));
      }),
      { numRuns: 6 },
    );
  });

  it("leaves nothing of what was there, nor of a write that was killed", async () => {
    const target = join(root, "out");
    mkdirSync(target);
    writeFileSync(join(target, "old.txt"), "old");
    mkdirSync(join(root, ".out.new-killed"));
    writeFileSync(join(root, ".out.new-killed", "half.txt"), "half");
    await replaceDirectory(target, [{ path: "new.txt", content: "new" }]);
    expect(readdirSync(target)).toEqual(["new.txt"]);
    expect(readdirSync(root)).toEqual(["out"]);
  });

  it.skipIf(process.platform === "win32")(
    "may be read by whom the umask lets, and keeps a mode that was set",
    async () => {
      const target = join(root, "out");
      const mode = (): number => statSync(target).mode & 0o777;
      await replaceDirectory(target, [{ path: "x", content: "1" }]);
      expect(mode()).toBe(0o777 & ~process.umask());
      chmodSync(target, 0o700);
      await replaceDirectory(target, [{ path: "x", content: "2" }]);
      expect(mode()).toBe(0o700);
    },
  );

  it("keeps the old content when a file cannot be written", async () => {
    const target = join(root, "out");
    await replaceDirectory(target, [{ path: "old.txt", content: "old" }]);
    const clash = [
      { path: "x", content: "a file" },
      { path: "x/y", content: "needs x to be a folder" },
    ];
    await expect(replaceDirectory(target, clash)).rejects.toThrow(/MTL8008: `.*out` cannot be written/);
    expect(readdirSync(target)).toEqual(["old.txt"]);
    expect(readdirSync(root)).toEqual(["out"]);
  });
});

describe("replaceFile", () => {
  it("replaces the content and leaves no temporary file", async () => {
    const target = join(root, "file.json");
    await replaceFile(target, "1");
    await replaceFile(target, "2");
    expect(readFileSync(target, "utf8")).toBe("2");
    expect(readdirSync(root)).toEqual(["file.json"]);
  });

  it("names the place when its folder is a file", async () => {
    await replaceFile(join(root, "file"), "1");
    await expect(replaceFile(join(root, "file/below"), "1")).rejects.toThrow(/MTL8008: `.*below` cannot be written/);
  });
});

describe("entriesOf", () => {
  it("is empty for what does not exist, and refuses a file", async () => {
    expect(await entriesOf(join(root, "none"))).toEqual([]);
    await replaceFile(join(root, "file"), "1");
    await expect(entriesOf(join(root, "file"))).rejects.toThrow("it is a file, not a directory");
  });
});
