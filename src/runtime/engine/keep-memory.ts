/**
 * Training steps free and take the same large blocks again and again. glibc returns such blocks to the system, which hands out
 * pages that it zeroes first: of a step with long sequences that is a quarter of the processor time.
 */
import { giveBackMemory } from "./give-back.js";
import { openLibc } from "./libc.js";

/** Parameters of `mallopt` and what they are set to: blocks come from the heaps, which keep 2 GiB of what is freed. */
const settings = [
  { name: "M_MMAP_MAX", code: -4, value: 0 },
  { name: "M_TRIM_THRESHOLD", code: -1, value: 2 ** 31 - 1 },
  { name: "M_TOP_PAD", code: -2, value: 2 ** 28 },
] as const;

/** `M_ARENA_MAX` */
const mostHeaps = { code: -8, value: 4 } as const;

let areShared = false;
let isKept = false;

/**
 * Has threads share four heaps, from the first call on: each heap keeps what it once held, and a training opens threads for its data. It counts for
 * threads that come later. Does nothing where the C library is not glibc, or koffi is not installed.
 */
export function shareHeaps(): void {
  if (areShared) return;
  areShared = true;
  openLibc()?.mallopt(mostHeaps.code, mostHeaps.value);
}

/**
 * Lets the process keep the memory that it frees, from the first call on, which gives back what was freed before: loading and compiling take large
 * blocks once. Numbers stay the same; what is resident grows by what a step needs for the moment. Does nothing where the C library is not glibc, or
 * koffi is not installed.
 */
export function keepMemory(): void {
  if (isKept) return;
  isKept = true;
  giveBackMemory();
  const libc = openLibc();
  for (const { code, value } of settings) libc?.mallopt(code, value);
}
