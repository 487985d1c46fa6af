/**
 * Turns losses into a training step: gradients of each loss that is balanced, the balance, clipping, the optimizer's rule, and
 * the updates of the state.
 */
import { type Gradient, type SparsePart, stateGradients } from "./autodiff.js";
import { accumulate as addUp, accumulated as accumulatedTargets, type Accumulated } from "./accumulate.js";
import { appendAverage } from "./average.js";
import { omitUndefined } from "../text/index.js";
import { type BalancedGradients, balancedGradients, type GradientBalance } from "./balance/balanced-gradients.js";
import type { GraphBuilder } from "./builder.js";
import { formatType, int32, sameType } from "./dims.js";
import { GraphError } from "./graph-error.js";
import type { StateVariable, Update, ValueId } from "./graph.js";
import type { Optimizer } from "./optimizers/index.js";
import type { Schedule } from "./schedules/index.js";
import { numberOf, resolveSettings, type Settings } from "./settings.js";
import { scalarSlot, slotVariable } from "./slots.js";
import type { Target } from "./target.js";

export interface TrainStepOptions {
  /** float32[]: minimised as it is. Absent: `balance` has all losses. */
  readonly loss?: ValueId;
  /** Losses besides `loss` whose gradients are combined by a rule. */
  readonly balance?: GradientBalance;
  /** The parameters to train. */
  readonly variables: readonly StateVariable[];
  /**
   * Names of tables of which a step moves only the rows that it touched, slots included ("lazy"). A table that is read
   * otherwise than by `gather` is updated whole all the same.
   */
  readonly sparse: ReadonlySet<string>;
  /**
   * For the ids of a gather, a float32 of their shape: 0 where an id is padding, else 1. A row of a sparse table that
   * only padding reads is not touched. Default: there is no padding.
   */
  readonly present?: ReadonlyMap<ValueId, ValueId>;
  readonly optimizer: OptimizerChoice;
  /** By the name of a variable, what trains it in place of `optimizer`; one object for each choice. Default: nothing else does. */
  readonly optimizers?: ReadonlyMap<string, OptimizerChoice>;
  readonly schedule: ScheduleChoice;
  readonly clip: Clip;
  /** The number of steps done, int32[]; the step adds one. */
  readonly step: StateVariable;
  /** Decay of the moving average that is kept of each parameter, in (0, 1). Absent: none is kept. */
  readonly average?: number;
  /**
   * The weight of the batch, float32[], where a step has several: gradients are added up, and {@link appendAccumulatedStep}
   * takes the step. Absent: each batch is a step.
   */
  readonly accumulate?: ValueId;
}

/**
 * What evaluations have made of the learning rate, for a schedule that watches them: whoever evaluates sets it. A part with a
 * schedule of its own has a level of its own.
 */
export function levelVariable(part?: string): StateVariable {
  return scalarSlot(part === undefined ? "schedule/level" : `schedule/level/${part}`, "float32", 1);
}

/** An optimizer with what a spec says of it, and of how its parameters are trained. */
export interface OptimizerChoice {
  readonly kind: Optimizer;
  readonly settings: Readonly<Record<string, unknown>>;
  /** In place of the step's. */
  readonly schedule?: ScheduleChoice;
  /** What the learning rate is multiplied by; default 1. */
  readonly factor?: number;
}

/** A schedule with what a spec says of it. */
export interface ScheduleChoice {
  readonly kind: Schedule;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The part whose schedule it is; absent: that of all others. */
  readonly part?: string;
}

export type Clip =
  | { readonly kind: "none" }
  /** Scales all gradients together so that the norm over all of them is at most `limit`. */
  | { readonly kind: "norm"; readonly limit: number }
  /** Each element into [−limit, limit], after equal ids have been added up. */
  | { readonly kind: "value"; readonly limit: number };

export interface TrainStep {
  /** Of parameters, slots and the step. */
  readonly updates: readonly Update[];
  /** What the optimizer remembers; part of the program's state. */
  readonly slots: readonly StateVariable[];
  /** float32[]: the learning rate of this step; absent where gradients are only added up. */
  readonly rate?: ValueId;
  /** The gradients that it moves parameters by, before they are clipped. */
  readonly targets: readonly Target[];
  /** What {@link appendAccumulatedStep} takes, where gradients are only added up. */
  readonly accumulated?: readonly Accumulated[];
  /** What the balance weights the gradients of its losses with, [K], where it does so by one number each. */
  readonly coefficients?: ValueId;
}

/** Appends a whole training step to the function. Parameters that the loss does not depend on are left unchanged. */
export function appendTrainStep(builder: GraphBuilder, options: TrainStepOptions): TrainStep {
  const { variables, sparse, accumulate: weight } = options;
  const reads = variables.map((variable) => builder.state(variable));
  const asRows = new Set(reads.filter((_, i) => sparse.has(variables[i]?.name ?? "")));
  const { gradients, coefficients, ...kept } = lossGradients(builder, options, reads, asRows);

  return builder.within("update", undefined, () => {
    const targets = variables.flatMap((variable, i) => toTargets(builder, variable, gradients[i], options.present));
    const step = weight === undefined ? applyTargets(builder, options, targets) : addUp(builder, targets, weight);
    return {
      ...step,
      targets,
      updates: [...step.updates, ...kept.updates],
      slots: [...step.slots, ...kept.slots],
      ...(weight === undefined ? {} : { accumulated: targets }),
      ...omitUndefined({ coefficients }),
    };
  });
}

/** The step of the optimizer by the gradients that {@link appendTrainStep} has added up, in a function of its own. */
export function appendAccumulatedStep(
  builder: GraphBuilder,
  options: StepOptions,
  accumulated: readonly Accumulated[],
): TrainStep {
  return builder.within("update", undefined, () => {
    const { targets, updates } = accumulatedTargets(builder, accumulated);
    const step = applyTargets(builder, options, targets);
    return { ...step, targets, updates: [...step.updates, ...updates] };
  });
}

/** What the step of the optimizer is made of, besides the gradients. */
export type StepOptions = Pick<TrainStepOptions, "optimizer" | "optimizers" | "schedule" | "clip" | "step" | "average">;

/** Clips, and moves the parameters by the rule of their optimizer. */
function applyTargets(
  builder: GraphBuilder,
  options: StepOptions,
  targets: readonly Target[],
): Pick<TrainStep, "updates" | "slots" | "rate"> {
  const { step, average } = options;
  if (!sameType(step.type, int32())) throw new GraphError(`the step is int32[], not ${formatType(step.type)}`);
  const optimizer = options.optimizer.kind;
  const settings = resolveSettings(optimizer.name, optimizer.settings, options.optimizer.settings);
  const clipped = builder.within("clip", undefined, () => clipAll(builder, targets, options.clip));
  const stepsDone = builder.state(step);
  const steps = builder.cast(stepsDone, "float32");
  const rate = builder.within("rate", undefined, () => learningRateAt(builder, steps, settings, options.schedule));
  const rule = { rate, time: builder.add(steps, builder.scalar(1)), settings };
  const others = new Map(
    [...new Set(options.optimizers?.values())].map((choice): [OptimizerChoice, ChosenRule] => {
      const own = resolveSettings(choice.kind.name, choice.kind.settings, choice.settings);
      const at = builder.within("rate", undefined, () =>
        scaled(builder, learningRateAt(builder, steps, own, choice.schedule ?? options.schedule), choice.factor),
      );
      return [choice, { optimizer: choice.kind, rule: { ...rule, rate: at, settings: own } }];
    }),
  );
  const applied = clipped.map((target) => {
    const choice = options.optimizers?.get(target.variable.name);
    const chosen = (choice === undefined ? undefined : others.get(choice)) ?? { optimizer, rule };
    return builder.within(target.variable.name, undefined, () =>
      applyRule(
        builder,
        chosen.optimizer,
        chosen.rule,
        target,
        average === undefined ? undefined : { steps, decay: average },
      ),
    );
  });
  const nextStep = builder.add(stepsDone, builder.scalar(1, "int32"));
  return {
    updates: [...applied.flatMap((each) => each.updates), { kind: "assign", state: step.name, value: nextStep }],
    slots: applied.flatMap((each) => each.slots),
    rate,
  };
}

function lossGradients(
  builder: GraphBuilder,
  { loss, balance, variables }: TrainStepOptions,
  wrt: readonly ValueId[],
  sparse: ReadonlySet<ValueId>,
): BalancedGradients {
  if (balance !== undefined)
    return balancedGradients(builder, balance, { ...omitUndefined({ rest: loss }), wrt, sparse, variables });
  if (loss === undefined) throw new GraphError("a training step needs a loss");
  return { gradients: stateGradients(builder, loss, wrt, sparse), slots: [], updates: [] };
}

function learningRateAt(
  builder: GraphBuilder,
  steps: ValueId,
  optimizerSettings: Settings,
  { kind, settings, part }: ScheduleChoice,
): ValueId {
  const resolved = resolveSettings(kind.name, kind.settings, settings);
  return builder.mul(
    builder.scalar(numberOf(optimizerSettings, "lr")),
    kind.factor({ builder, steps, settings: resolved, level: () => builder.state(levelVariable(part)) }),
  );
}

function scaled(builder: GraphBuilder, rate: ValueId, factor: number | undefined): ValueId {
  return factor === undefined ? rate : builder.scale(rate, factor);
}

/** Equal ids are added up: a rule that is not linear in the gradient must see each row once. */
function toTargets(
  builder: GraphBuilder,
  variable: StateVariable,
  gradient: Gradient | undefined,
  present: TrainStepOptions["present"],
): readonly Target[] {
  switch (gradient?.kind) {
    case "dense":
      return [{ variable, gradient: gradient.value }];
    case "sparse":
      return [
        builder.within(`${variable.name}/rows`, undefined, (): Target => {
          const ids = builder.concat(
            gradient.parts.map((part) => part.ids),
            0,
          );
          const rows = builder.concat(
            gradient.parts.map((part) => part.rows),
            0,
          );
          const distinct = builder.unique(ids);
          const [count = 0] = builder.shape(distinct);
          const sum = (of: ValueId): ValueId => builder.segmentSum(of, builder.uniqueIndex(ids), count);
          const counted = presentOf(builder, gradient.parts, present);
          if (counted === undefined) return { variable, rows: { ids: distinct }, gradient: sum(rows) };
          const isTouched = builder.less(builder.scalar(0), sum(counted));
          const shape = [count, ...variable.type.shape.slice(1).map(() => 1)];
          const touched = builder.reshape(isTouched, shape);
          return { variable, rows: { ids: distinct, isTouched: touched }, gradient: sum(rows) };
        }),
      ];
    case "none":
    case undefined:
      return [];
  }
}

/** [N] for all parts, one after the other; nothing when none of them has padding. */
function presentOf(
  builder: GraphBuilder,
  parts: readonly SparsePart[],
  present: TrainStepOptions["present"],
): ValueId | undefined {
  const gathers = parts.flatMap(({ gathered }) => gathered);
  if (!gathers.some((ids) => present?.has(ids))) return undefined;
  const counted = gathers.map((ids) => present?.get(ids) ?? builder.ones(builder.shape(ids)));
  return builder.concat(
    counted.map((each) => builder.flatten(each)),
    0,
  );
}

function clipAll(builder: GraphBuilder, targets: readonly Target[], clip: Clip): readonly Target[] {
  switch (clip.kind) {
    case "none":
      return targets;
    case "value": {
      const [low, high] = [builder.scalar(-clip.limit), builder.scalar(clip.limit)];
      return targets.map((target) => ({
        ...target,
        gradient: builder.maximum(builder.minimum(target.gradient, high), low),
      }));
    }
    case "norm": {
      const squares = targets.map((target) => builder.sum(builder.square(target.gradient)));
      const norm = builder.sqrt(squares.reduce((sum, square) => builder.add(sum, square), builder.scalar(0)));
      const limit = builder.scalar(clip.limit);
      const factor = builder.div(limit, builder.maximum(norm, limit));
      return targets.map((target) => ({ ...target, gradient: builder.mul(target.gradient, factor) }));
    }
  }
}

type Rule = Pick<Parameters<Optimizer["rule"]>[0], "rate" | "time" | "settings">;

interface ChosenRule {
  readonly optimizer: Optimizer;
  readonly rule: Rule;
}

function applyRule(
  builder: GraphBuilder,
  optimizer: Optimizer,
  rule: Rule,
  { variable, gradient, rows, isTouched: moves }: Target,
  average: { readonly steps: ValueId; readonly decay: number } | undefined,
): { readonly updates: readonly Update[]; readonly slots: readonly StateVariable[] } {
  const slots = optimizer.slots(rule.settings).map((slot) => slotVariable(variable, slot.name, slot.initial));
  const current = [variable, ...slots].map((each) => {
    const whole = builder.state(each);
    return rows === undefined ? whole : builder.gather(whole, rows.ids);
  });
  const [parameter = -1, ...slotValues] = current;
  const next = optimizer.rule({ ...rule, builder, parameter, gradient, slots: slotValues });
  const values = [next.parameter, ...next.slots];
  const updates = [variable, ...slots].map((each, i): Update => {
    const value = values[i];
    if (value === undefined) throw new GraphError(`\`${optimizer.name}\` gives no new value of \`${each.name}\``);
    const held = moves === undefined ? value : builder.select(moves, value, current[i] ?? -1);
    if (rows === undefined) return { kind: "assign", state: each.name, value: held };
    const { ids, isTouched } = rows;
    const kept = isTouched === undefined ? value : builder.select(isTouched, value, current[i] ?? -1);
    return { kind: "scatter", state: each.name, ids, rows: kept };
  });
  if (average === undefined) return { updates, slots };
  const [moved] = updates;
  const after = moved?.kind === "scatter" ? moved.rows : (moved?.value ?? -1);
  const averaged = { variable, before: parameter, after, ...omitUndefined({ rows }) };
  const { updates: more, slots: own } = appendAverage(builder, averaged, average.steps, average.decay);
  return { updates: [...updates, ...more], slots: [...slots, ...own] };
}
