/** Where the addon of the fused engine lies: in the user's cache, by its sources and the vectors of the processor. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../package-root.js";
import { cacheDirectory } from "../native-binding.js";

/** Widths of vectors that the addon is compiled for, widest first, with what a processor says that it has. */
const targets = [
  { name: "AVX-512", march: "x86-64-v4", flags: ["avx512f", "avx512dq", "avx512vl", "avx512bw", "avx512cd"] },
  { name: "AVX2", march: "x86-64-v3", flags: ["avx2", "fma", "bmi2"] },
] as const;

const sources = [
  "steps.cc",
  "draws.h",
  "instruction.h",
  "instructions.h",
  "instructions-bf16.h",
  "numbers.h",
  "products.h",
  "products-bf16.h",
  "rows.h",
  "threads.h",
] as const;

/** What the addon is compiled for on this machine. */
export function targetOf(): (typeof targets)[number] | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const has = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" "));
  return targets.find(({ flags }) => flags.every((flag) => has.has(flag)));
}

/** Where it is put, compiled for these vectors. */
export function fileOf(march: string, environment: NodeJS.ProcessEnv): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(join(packageRoot, "native", source)));
  return join(cacheDirectory(environment), "fused", `steps-${march}-${hash.digest("hex").slice(0, 12)}.node`);
}

/** The addon's file for some vectors, else for those of the processor, where it has been compiled. */
export function stepsFile(march = targetOf()?.march, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (march === undefined || !existsSync(join(packageRoot, "native", "steps.cc"))) return undefined;
  const file = fileOf(march, environment);
  return existsSync(file) ? file : undefined;
}
