import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Koffi from "koffi";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import {
  giveBackMemory,
  giveBackPages,
  unwrittenMappings,
  unwrittenSegments,
} from "../../src/runtime/engine/give-back.js";
import { openLibc } from "../../src/runtime/engine/libc.js";

const isThere = openLibc() !== undefined;

/** Bytes that are in memory of a file's mappings that are run, or of all that the process has. */
function residentBytes(file?: string): number {
  if (file === undefined) return process.memoryUsage.rss();
  const mappings = readFileSync("/proc/self/smaps", "latin1").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings
    .filter((text) => text.includes(file) && text.includes(" r-xp "))
    .reduce((sum, text) => sum + 1024 * Number(/^Rss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0), 0);
}

it.skipIf(!isThere)(
  "a library whose pages were given back does its work as before (needs glibc and koffi)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "mtlc-pages-"));
    const question = "SELECT sum(a * a) FROM range(1000) AS t(a)";
    try {
      await withDatabase({ folder, signal: undefined }, async (database) => {
        const before = await database.rows(question);
        const resident = residentBytes("libduckdb");
        giveBackPages();
        expect(residentBytes("libduckdb")).toBeLessThan(0.2 * resident);
        expect(await database.rows(question)).toEqual(before);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it.skipIf(!isThere)(
  "blocks that were freed go back to the system when they are given back (needs glibc and koffi)",
  () => {
    const libc = (createRequire(import.meta.url)("koffi") as typeof Koffi).load("libc.so.6");
    const malloc = libc.func("void *malloc(size_t)");
    const memset = libc.func("void *memset(void *, int, size_t)");
    const free = libc.func("void free(void *)");
    const bytes = 1 << 16;
    const blocks = Array.from({ length: 1024 }, () => malloc(bytes) as unknown);
    for (const block of blocks) memset(block, 1, bytes);
    // The last ones stay, so that the heap does not end where the freed ones begin.
    for (const block of blocks.slice(0, -8)) free(block);
    const held = residentBytes();
    giveBackMemory();
    expect(held - residentBytes()).toBeGreaterThan(0.8 * bytes * blocks.length);
    for (const block of blocks.slice(-8)) free(block);
  },
);

describe("what is given back of a library", () => {
  /** A library whose segments are `[rights, offset, bytes]`; 4 is reading, 2 writing, 1 running. */
  function library(segments: readonly (readonly [number, number, number])[]): Buffer {
    const head = Buffer.alloc(4096);
    head.write("\x7fELF\x02\x01", "latin1");
    head.writeBigUInt64LE(64n, 32);
    head.writeUInt16LE(56, 54);
    head.writeUInt16LE(segments.length + 1, 56);
    // The first entry of the table is of another kind.
    head.writeUInt32LE(6, 64);
    for (const [i, [rights, offset, bytes]] of segments.entries()) {
      const at = 64 + 56 * (i + 1);
      head.writeUInt32LE(1, at);
      head.writeUInt32LE(rights, at + 4);
      head.writeBigUInt64LE(BigInt(offset), at + 8);
      head.writeBigUInt64LE(BigInt(bytes), at + 32);
    }
    return head;
  }

  const path = "/opt/lib/libtensorflow_cc.so.2";
  const head = library([
    [4, 0, 0x400640],
    [5, 0x400640, 0x300000],
    [6, 0x700640, 0x200000],
    [6, 0x900640, 0x100000],
  ]);
  const maps = [
    `100000000-100401000 r--p 00000000 fe:00 1 ${path}`,
    `100401000-100702000 r-xp 00400000 fe:00 1 ${path}`,
    // Where addresses were put, and which was closed then.
    `100702000-100903000 r--p 00700000 fe:00 1 ${path}`,
    `100903000-100a04000 rw-p 00900000 fe:00 1 ${path}`,
    "200000000-200800000 r-xp 00000000 fe:00 2 /usr/bin/node",
    "300000000-300800000 r--p 00000000 00:00 0 ",
    "400000000-400001000 r--p 00000000 fe:00 3 /opt/libduckdb.so",
    "",
  ].join("\n");

  it("are its mappings of segments that nobody writes to", () => {
    expect(unwrittenMappings(maps, (file) => (file === path ? unwrittenSegments(head) : []))).toEqual([
      { begin: 0x100000000, bytes: 0x401000 },
      { begin: 0x100401000, bytes: 0x301000 },
    ]);
  });

  it("is nothing of a file of another kind, or whose table is elsewhere", () => {
    expect(unwrittenSegments(Buffer.alloc(4096))).toEqual([]);
    const far = Buffer.from(head);
    far.writeBigUInt64LE(4090n, 32);
    expect(unwrittenSegments(far)).toEqual([]);
    expect(unwrittenMappings(maps, () => [])).toEqual([]);
  });
});
