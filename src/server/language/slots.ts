/**
 * What kind of expression is at a place of a spec. The tree of a sound file and the words before the cursor in a
 * broken one are both read as slots, so that hover, completion and references agree on what a word means there.
 */
import { rowOfKeyword, type DeclaredValue } from "../../compiler/syntax/index.js";
import type { FormulaKind } from "../../compiler/functions/index.js";
import type { ArgumentType } from "../../compiler/semantics/index.js";

export type Slot =
  /** Anything: nothing is known of it. */
  | { readonly kind: "any" }
  /** A feature, a part of the network, a layer over such, a list of such. */
  | { readonly kind: "tensor" }
  /** What a gate mixes: pools of experts and tensors. */
  | { readonly kind: "mixed" }
  /** `softmax(x)` before `over`. */
  | { readonly kind: "gate" }
  /** `sigmoid(logit(t))`. */
  | { readonly kind: "task" }
  | { readonly kind: "logit" }
  /** Products of tasks. */
  | { readonly kind: "chain" }
  /** A number, a condition or a text over scores and attributes; in a test also candidates and rankings. */
  | {
      readonly kind: "formula";
      readonly test: boolean;
      /** The kind of value that is needed; `order`: whatever has an order; `any` or absent: of every kind. */
      readonly wants?: FormulaKind | "any" | "order";
      /** Whether what may be missing needs nothing around it. */
      readonly takesMissing?: boolean;
    }
  /** A count of a rule: a number over the request and parameters. */
  | { readonly kind: "count" }
  /** An attribute or a feature that values are counted by. */
  | { readonly kind: "key" }
  /** An expression over the columns of a row. */
  | { readonly kind: "columns" }
  /** The name of one column. */
  | { readonly kind: "column" }
  /** Files, with or without a format. */
  | { readonly kind: "source" }
  | { readonly kind: "format" }
  | { readonly kind: "split" }
  | { readonly kind: "sample" }
  /** `hash(user_id)` or `rows`. */
  | { readonly kind: "splitKeys" }
  | { readonly kind: "featureType" }
  /** The loss of a head, or a penalty under a name of its own. */
  | { readonly kind: "loss"; readonly key: string }
  | { readonly kind: "balance" }
  | { readonly kind: "optimizer" }
  | { readonly kind: "schedule" }
  | { readonly kind: "clip" }
  | { readonly kind: "stop" }
  /** `auc(ctr)`. */
  | { readonly kind: "stopMetric" }
  | { readonly kind: "head" }
  /** Metrics of a head. */
  | { readonly kind: "metrics"; readonly head: string }
  | { readonly kind: "candidate" }
  /** A value of the request. */
  | { readonly kind: "request" }
  /** A share of the requests with the parameters that it sets. */
  | { readonly kind: "arm" }
  /** A plain value of a built-in's parameter. */
  | { readonly kind: "argument"; readonly type: ArgumentType };

export const anySlot: Slot = { kind: "any" };
const number: Slot = { kind: "argument", type: { kind: "number" } };
export const numberSlot = number;

/** Of `data { key: … }`. */
function dataSlot(key: string): Slot {
  switch (key) {
    case "train":
    case "validation":
    case "test":
      return { kind: "source" };
    case "format":
      return { kind: "format" };
    case "split":
      return { kind: "split" };
    case "sample":
      return { kind: "sample" };
    case "group":
    case "weight":
      return { kind: "column" };
    default:
      return anySlot;
  }
}

function trainSlot(key: string): Slot {
  switch (key) {
    case "optimizer":
    case "schedule":
    case "clip":
    case "stop":
      return { kind: key };
    case "embeddings":
      return { kind: "argument", type: { kind: "choice", values: ["auto", "sparse", "dense"] } };
    case "frozen":
      return { kind: "argument", type: { kind: "reference", to: "parameters" } };
    case "ema":
      return { kind: "argument", type: { kind: "number" } };
    case "drop_last":
    case "shuffle":
      return { kind: "argument", type: { kind: "boolean" } };
    case "batch":
    case "epochs":
    case "steps":
    case "accumulate":
    case "validate_every":
    case "checkpoint_every":
    case "evict_after":
    case "seed":
      return { kind: "argument", type: { kind: "number", integer: true } };
    default:
      return anySlot;
  }
}

/** The value of an entry `key: …` in a block of plain entries. */
export function entrySlot(block: string, key: string): Slot {
  switch (block) {
    case "data":
      return dataSlot(key);
    case "train":
      return trainSlot(key);
    case "loss":
      return key === "balance" ? { kind: "balance" } : { kind: "loss", key };
    case "metrics":
      return { kind: "metrics", head: key };
    case "params":
      return number;
    case "experiment":
      if (key === "by") return { kind: "request" };
      return key === "salt" ? { kind: "argument", type: { kind: "text" } } : { kind: "arm" };
    default:
      return anySlot;
  }
}

const declaredSlots: Readonly<Record<DeclaredValue, Slot>> = {
  columns: { kind: "columns" },
  tensor: { kind: "tensor" },
  gate: { kind: "gate" },
  task: { kind: "task" },
  chain: { kind: "chain" },
  formula: { kind: "formula", test: false, wants: "number" },
};

/** What is after `=` in a declaration of that word. */
export function valueSlot(keyword: string): Slot {
  const value = rowOfKeyword(keyword)?.value;
  return value === undefined ? anySlot : declaredSlots[value];
}

/** The slot of an argument of that type. */
export function argumentSlot(type: ArgumentType): Slot {
  return type.kind === "reference" && type.to === "head" ? { kind: "head" } : { kind: "argument", type };
}

/** The slot of a list's items, and of operands inside an expression. */
export function itemSlot(slot: Slot): Slot {
  switch (slot.kind) {
    case "mixed":
    case "tensor":
    case "metrics":
    case "formula":
      return slot;
    case "argument": {
      const { type } = slot;
      if (type.kind === "widths" || type.kind === "numbers") return number;
      if (type.kind === "strings") return { kind: "argument", type: { kind: "text" } };
      return slot;
    }
    default:
      return slot;
  }
}

/** Whether a bare word at the place is a name of the spec, and not a column or a word of a parameter. */
export function readsNames(slot: Slot): boolean {
  switch (slot.kind) {
    case "tensor":
    case "mixed":
    case "logit":
    case "task":
    case "chain":
    case "formula":
    case "count":
    case "key":
    case "head":
    case "candidate":
    case "request":
    case "any":
      return true;
    case "argument":
      return ["reference", "order", "gains"].includes(slot.type.kind);
    default:
      return false;
  }
}
