/**
 * Training steps free and take the same large blocks again and again. glibc returns such blocks to the system, which hands out
 * pages that it zeroes first: of a step with long sequences that is a quarter of the processor time.
 */
import { createRequire } from "node:module";
import type Koffi from "koffi";

/** Parameters of `mallopt` and what they are set to: blocks come from a few heaps, which keep 2 GiB of what is freed. */
const settings = [
  { name: "M_MMAP_MAX", code: -4, value: 0 },
  { name: "M_TRIM_THRESHOLD", code: -1, value: 2 ** 31 - 1 },
  { name: "M_TOP_PAD", code: -2, value: 2 ** 28 },
  // Threads share heaps: each heap keeps what it once held, and a training opens threads for its data.
  { name: "M_ARENA_MAX", code: -8, value: 4 },
] as const;

let isKept = false;

/**
 * Lets the process keep the memory that it frees, from the first call on. Numbers stay the same; what is resident grows by what a step
 * needs for the moment. Does nothing where the C library is not glibc, or koffi is not installed.
 */
export function keepMemory(): void {
  if (isKept || process.platform !== "linux") return;
  isKept = true;
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
    const mallopt = koffi.load("libc.so.6").func("int mallopt(int, int)");
    for (const { code, value } of settings) mallopt(code, value);
  } catch {
    // Slower, and the same.
  }
}
