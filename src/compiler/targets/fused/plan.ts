/** What the fused engine runs: a function as loops over rows, of whose instructions `native/instructions.h` says what they do. */

import type { DType } from "../../graph/graph.js";

/** What the factors of products are rounded to; sums, and all else, are of float32. */
export type Products = "float32" | "bfloat16";

/**
 * Truths are numbers of 32 bits, 0 and 1.
 *
 * - `state`, `constant`: of the session, given once;
 * - `queue`: an entry a step, fed or fetched with each call;
 * - `own`: of the plan, the same for all threads; `perThread`: one for each of them;
 * - `local`: of a thread, the rows at hand.
 */
export type PlanBuffer =
  | { readonly kind: "state"; readonly name: string }
  | { readonly kind: "constant"; readonly isInt: boolean; readonly value: number | readonly number[] }
  | { readonly kind: "input" | "output"; readonly name: string; readonly elements: number; readonly dtype: DType }
  | { readonly kind: "own" | "perThread"; readonly elements: number }
  /** Where it begins in the memory of a thread, in numbers. */
  | { readonly kind: "local"; readonly begin: number };

/** Numbers of a buffer from `offset` on; a row of the loop is `rowStride` further than the one before. */
export interface PlanOperand {
  readonly buffer: number;
  readonly offset: number;
  readonly rowStride: number;
}

export interface PlanInstruction {
  readonly code: string;
  readonly operands: readonly PlanOperand[];
  /** Sizes and strides, in the order that the instruction wants. */
  readonly numbers: readonly number[];
  /** Of the node that it computes. */
  readonly label?: string;
}

/** Each thread takes its part of the rows, `tile` of them at a time, through all instructions. */
export interface PlanLoop {
  readonly rows: number;
  readonly tile: number;
  /** Buffer whose first number says how many of the rows there are; absent: all. */
  readonly counted?: number;
  readonly instructions: readonly PlanInstruction[];
}

/** Loops that do not wait for each other; all threads meet after them. */
export type PlanPhase = readonly PlanLoop[];

export interface FusedPlan {
  readonly buffers: readonly PlanBuffer[];
  /** Numbers in the memory of a thread. */
  readonly local: number;
  readonly phases: readonly PlanPhase[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}
