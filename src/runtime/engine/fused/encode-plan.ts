/** A plan as the addon reads it: numbers in the order of `native/steps.cc`. */
import type { FusedPlan, PlanBuffer } from "../../../compiler/targets/fused/index.js";
import type { Bfloat16Kind } from "./steps-addon.js";

const kinds = { state: 0, constant: 0, input: 1, output: 1, own: 2, local: 3, perThread: 4 } as const;

function elementsOf(buffer: PlanBuffer): number {
  return buffer.kind === "own" || buffer.kind === "perThread" ? buffer.elements : 0;
}

function strideOf(buffer: PlanBuffer): number {
  if (buffer.kind === "input" || buffer.kind === "output") return buffer.elements;
  return buffer.kind === "local" ? buffer.begin : 0;
}

/** `codes`: of the addon's instructions by name. `kind`: what products of bfloat16 are made of. */
export function encodePlan(
  plan: FusedPlan,
  threads: number,
  codes: ReadonlyMap<string, number>,
  kind?: Bfloat16Kind,
): Float64Array {
  const words: number[] = [threads, plan.buffers.length];
  for (const buffer of plan.buffers) words.push(kinds[buffer.kind], elementsOf(buffer), strideOf(buffer));
  words.push(plan.local, plan.phases.length);
  for (const phase of plan.phases) {
    words.push(phase.length);
    for (const { rows, tile, counted = -1, instructions } of phase) {
      words.push(rows, tile, counted, instructions.length);
      for (const { code, operands, numbers } of instructions) {
        const known = codes.get(kind === undefined ? code : code.replace(/\.bfloat16$/, `.${kind}`));
        if (known === undefined) throw new Error(`the addon has no instruction \`${code}\``);
        words.push(known, operands.length);
        for (const { buffer, offset, rowStride } of operands) words.push(buffer, offset, rowStride);
        words.push(numbers.length, ...numbers);
      }
    }
  }
  return Float64Array.from(words);
}
