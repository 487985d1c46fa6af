/** What a learning-rate schedule is: the factor of the optimizer's `lr` as a function of the step. */
import type { Aging } from "../../editions/index.js";
import type { OpBuilder } from "../op-builder.js";
import type { ValueId } from "../graph.js";
import type { Settings, SettingSpec } from "../settings.js";

export interface Schedule extends Aging {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly summary: string;
  readonly settings: readonly SettingSpec[];
  /** Whether evaluations change the rate: what they have made of it is `level`. */
  readonly watches?: true;
  readonly factor: (context: ScheduleContext) => ValueId;
}

export interface ScheduleContext {
  readonly builder: OpBuilder;
  /** float32[]: steps done, 0 in the first. */
  readonly steps: ValueId;
  readonly settings: Settings;
  /** float32[]: what evaluations have made of the rate, 1 at first; of a schedule that `watches`. */
  readonly level: () => ValueId;
}

/** A number of steps ≥ 1 that must be given. */
export function stepCount(name: string, doc: string): SettingSpec {
  return { name, type: { kind: "number", min: 1, integer: true }, doc };
}

/** A factor in [0, 1]. */
export function factorSetting(name: string, value: number, doc: string): SettingSpec {
  return { name, type: { kind: "number", min: 0, max: 1 }, default: value, doc };
}

/** The factor under which a decay that never ends does not fall. */
export const floorSetting: SettingSpec = {
  name: "end",
  type: { kind: "number", min: 0, max: 1 },
  default: null,
  doc: "The lowest factor of `lr`; without it the rate falls on and on.",
};

/** The setting that lets a decay begin after a linear rise. */
export const warmupSetting: SettingSpec = {
  name: "warmup",
  type: { kind: "number", min: 0, integer: true },
  default: 0,
  doc: "Steps over which the rate first rises from near 0 to `lr`; the decay is counted from there.",
};
