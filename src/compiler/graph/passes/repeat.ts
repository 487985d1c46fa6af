/** Steps that a compiler can do as a whole, updates included, so that several of them may be one compiled loop. */
import { isStatic } from "../dims.js";
import type { GraphFunction, GraphNode } from "../graph.js";
import type { WatchPass } from "../step-passes.js";
import { liveValues } from "./eliminate-dead-code.js";
import { mergeProducts } from "./products/merge-products.js";
import { multiplyDefaults, multiplyTables } from "./products/multiply-tables.js";
import { narrowProducts } from "./products/narrow-products.js";
import { type DistinctIds, distinctIdsOf, padDistinct } from "./pad-distinct.js";
import { isCompilable } from "./partition.js";

/** A step as a compiled loop takes it. */
export interface RepeatedStep {
  /** All of whose sizes are known. */
  readonly fn: GraphFunction;
  readonly distinct: readonly DistinctIds[];
}

/** What whoever runs the loop makes of it. */
export interface LoopRunner {
  /** Whether it computes reads of tables again for each reader. */
  readonly readsAgain: boolean;
  /** Ids of a list that are worth being made distinct in a list as long, at most. */
  readonly mostIds: number;
}

/**
 * XLA computes the rows of all ids, however few are distinct, and adds them up one by one. With 100,000 ids its loop was 1.2 times as fast as one that counts them even
 * where 100 were distinct, with 256,000 as fast where all were and 0.6 times where 100 were.
 */
const xla: LoopRunner = { readsAgain: true, mostIds: 1 << 17 };

/**
 * The step for a loop that is compiled as a whole; undefined where a compiler cannot do all of it: sizes that a batch decides, such as those of lists,
 * what depends on how many ids are distinct, or outputs other than numbers; or where it would not pay. Bind the batch first (`bindDims`).
 */
export function repeatedStep(
  fn: GraphFunction,
  watch: WatchPass = () => undefined,
  { readsAgain, mostIds }: LoopRunner = xla,
): RepeatedStep | undefined {
  const known = padDistinct(fn);
  const whole = known === undefined ? undefined : productPasses(known, watch, readsAgain);
  const distinct = whole === undefined ? undefined : distinctIdsOf(whole);
  if (whole === undefined || distinct === undefined) return undefined;
  const live = liveValues(whole);
  const isWhole =
    distinct.every(({ ids }) => Number(whole.nodes[ids]?.type.shape[0]) <= mostIds) &&
    whole.outputs.length > 0 &&
    whole.updates.length > 0 &&
    whole.updates.every((update) => update.kind === "assign" || whole.nodes[update.ids]?.op === "unique") &&
    whole.outputs.every(({ value }) => whole.nodes[value]?.type.dtype === "float32") &&
    whole.nodes.every((node, id) => !live.has(id) || isRepeated(whole, node));
  return isWhole ? { fn: whole, distinct } : undefined;
}

function productPasses(fn: GraphFunction, watch: WatchPass, readsAgain: boolean): GraphFunction {
  const multiplied = multiplyTables(fn, { ...multiplyDefaults, readsAgain });
  watch("multiplied", fn, multiplied);
  const merged = mergeProducts(multiplied);
  watch("merged", multiplied, merged);
  const narrowed = narrowProducts(merged);
  watch("narrowed", merged, narrowed);
  return narrowed;
}

/** Beside what is compilable anywhere: tables, their rows and sums, and random numbers, which cost nothing to hand over in a loop. */
function isRepeated(fn: GraphFunction, node: GraphNode): boolean {
  switch (node.op) {
    case "input":
    case "state":
    case "constant":
    case "random":
    case "gather":
    case "segmentSum":
    case "unique":
    case "uniqueIndex":
      return isStatic(node.type.shape);
    default:
      return isCompilable(fn, node);
  }
}
