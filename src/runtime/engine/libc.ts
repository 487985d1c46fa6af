/** What is called of glibc. */
import { createRequire } from "node:module";
import type Koffi from "koffi";

export interface Libc {
  readonly mallopt: (parameter: number, value: number) => number;
  readonly mallocTrim: (pad: number) => number;
  readonly madvise: (address: number, bytes: number, advice: number) => number;
}

let opened: Libc | undefined | "none";

/** Undefined where the C library is not glibc, or koffi is not installed. */
export function openLibc(): Libc | undefined {
  opened ??= load() ?? "none";
  return opened === "none" ? undefined : opened;
}

function load(): Libc | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const library = (createRequire(import.meta.url)("koffi") as typeof Koffi).load("libc.so.6");
    return {
      mallopt: library.func("int mallopt(int, int)"),
      mallocTrim: library.func("int malloc_trim(size_t)"),
      madvise: library.func("int madvise(uintptr_t, size_t, int)"),
    };
  } catch {
    return undefined;
  }
}
