import { createRequire } from "node:module";
import type Koffi from "koffi";
import { expect, it } from "vitest";
import { keepMemory } from "../../src/runtime/engine/keep-memory.js";

const pages = 16_384;
const bytes = pages * 4096;

interface Library {
  readonly malloc: (bytes: number) => unknown;
  readonly memset: (block: unknown, value: number, bytes: number) => unknown;
  readonly free: (block: unknown) => void;
}

const library = openLibrary();

function openLibrary(): Library | undefined {
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
    const libc = koffi.load("libc.so.6");
    return {
      malloc: libc.func("void *malloc(size_t)"),
      memset: libc.func("void *memset(void *, int, size_t)"),
      free: libc.func("void free(void *)"),
    };
  } catch {
    return undefined;
  }
}

/** Pages that the system has handed out for a block of 64 MiB that is taken, written and freed. */
function pagesOfBlock({ malloc, memset, free }: Library): number {
  const before = process.resourceUsage().minorPageFault;
  const block = malloc(bytes);
  memset(block, 1, bytes);
  free(block);
  return process.resourceUsage().minorPageFault - before;
}

it.skipIf(library === undefined)("blocks that a step has freed stay with the process (needs glibc and koffi)", () => {
  if (library === undefined) return;
  expect(pagesOfBlock(library)).toBeGreaterThan(0.9 * pages);
  keepMemory();
  pagesOfBlock(library);
  expect(pagesOfBlock(library)).toBeLessThan(0.1 * pages);
});
