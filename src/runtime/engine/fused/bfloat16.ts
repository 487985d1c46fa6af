/** What products of bfloat16 are made of, where a training asks for them. */
import { createFailure } from "../../failure.js";
import type { Bfloat16Kind, StepsAddon } from "./steps-addon.js";

const problems = {
  processor:
    "the processor has neither AMX (Intel, from Sapphire Rapids on) nor fast AVX-512 BF16 (AMD, from Zen 4 on)",
  compiler: "the C++ compiler at the set-up was too old for them (GCC 11 and Clang 13 know them)",
} as const;

/** The kind of instructions. Throws a {@link Failure} (MTL7441) where there are none, or float32 would be faster. */
export function bfloat16Kind(addon: Pick<StepsAddon, "bfloat16">): Bfloat16Kind {
  const kind = addon.bfloat16();
  if (kind === "tiles" || kind === "dots") return kind;
  throw createFailure("MTL7441", { problem: problems[kind] });
}
