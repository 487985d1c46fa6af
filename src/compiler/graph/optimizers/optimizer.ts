/**
 * What an optimizer is: one elementwise rule. It is written once and applied to whole tensors, and to the touched rows of
 * embedding tables, by `train-step.ts`.
 */
import type { Aging } from "../../editions/index.js";
import type { OpBuilder } from "../op-builder.js";
import type { ValueId } from "../graph.js";
import type { Settings, SettingSpec } from "../settings.js";

export interface Optimizer extends Aging {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly summary: string;
  /** Authors, title, year. */
  readonly paper: string;
  /** The first is `lr`, the learning rate that a schedule scales. */
  readonly settings: readonly SettingSpec[];
  /** What it remembers for each element of a parameter. */
  readonly slots: (settings: Settings) => readonly Slot[];
  readonly rule: (context: RuleContext) => RuleResult;
}

export interface Slot {
  readonly name: string;
  /** What each element starts at. */
  readonly initial: number;
}

/** `parameter`, `gradient` and `slots` are of one shape, [.., …]. */
export interface RuleContext {
  readonly builder: OpBuilder;
  readonly parameter: ValueId;
  readonly gradient: ValueId;
  /** In the order of {@link Optimizer.slots}. */
  readonly slots: readonly ValueId[];
  /** float32[]: `lr` times the schedule's factor. */
  readonly rate: ValueId;
  /** float32[]: 1 in the first step. */
  readonly time: ValueId;
  readonly settings: Settings;
}

export interface RuleResult {
  readonly parameter: ValueId;
  readonly slots: readonly ValueId[];
}

/** The learning rate's setting. */
export function learningRate(value: number): SettingSpec {
  return {
    name: "lr",
    type: { kind: "number", min: 0 },
    default: value,
    doc: "Learning rate: how far a step moves the parameters.",
  };
}

/** A decay rate of a moving average, in [0, 1). */
export function decayRate(name: string, value: number, doc: string): SettingSpec {
  return { name, type: { kind: "number", min: 0, max: 1, maxOpen: true }, default: value, doc };
}
