/** What parameters do on a slice of the log: objectives, guards and off-policy estimates. */
import type { ServingModel } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import type { LogPart } from "./log/part.js";
import { type Measured, measureObjective, type MeasureView, rewardsOf } from "./measure/measure.js";
import { type Guard, type Measure, type Objective, readsList } from "./measure/objective.js";
import { createRanking } from "./measure/ranking.js";
import { densityRatio, estimateOffPolicy, type JitterPolicy, type OffPolicyEstimate } from "./off-policy.js";
import type { Outcome } from "./run.js";
import { createLister } from "./scoring/lists.js";
import { createFormulaColumn, type ParamValues, scoresOf } from "./scoring/scores.js";
import type { TuneTarget } from "./target.js";

/** What one set of parameters does on one slice of the log. */
export interface Evaluated {
  readonly outcome: Outcome;
  readonly objectives: readonly Measured[];
  readonly guards: readonly Measured[];
  /** Of the first off-policy objective. */
  readonly offPolicy?: OffPolicyEstimate;
}

/** What parameters are evaluated by. */
export interface EvaluationPlan {
  readonly serving: ServingModel;
  readonly target: TuneTarget;
  readonly objectives: readonly Objective[];
  readonly guards: readonly Guard[];
  /** The values in production, of all parameters of the target. */
  readonly production: ParamValues;
  /** Standard deviations by which the logged requests' parameters were jittered, by parameter. */
  readonly jitter: ReadonlyMap<string, number>;
  /** Effective sample size below which an off-policy estimate is refused. */
  readonly floor: number;
  readonly seed: number;
}

/** The first measure that estimates off-policy. */
export function offPolicyMeasure(objectives: readonly Objective[]): Measure | undefined {
  return measuresOf(objectives).find(({ kind }) => kind.endsWith("ips"));
}

function measuresOf(objectives: readonly Objective[]): readonly Measure[] {
  return objectives.flatMap(({ terms }) => terms.map(({ measure }) => measure));
}

/** Evaluates parameters on a slice. Throws a {@link Failure} (MTL7570) when no row of it knows a column that is measured. */
export function createEvaluation(
  plan: EvaluationPlan,
  slice: LogPart,
  isHeldOut: boolean,
): (params: ParamValues) => Evaluated {
  const measures = measuresOf([...plan.objectives, ...plan.guards]);
  const partOf = (column: string): LogPart => {
    const part = slice.known(column);
    if (part === undefined) throw createFailure("MTL7570", { column, rows: slice.rows.rows, isHeldOut });
    return part;
  };
  const parts = new Map(measures.map(({ column }) => [column, partOf(column)]));
  const viewers = new Map(
    [...new Set(parts.values())].map((part) => {
      const readsLists = measures.some((measure) => readsList(measure) && parts.get(measure.column) === part);
      return [part, createViewer(plan, part, readsLists)];
    }),
  );
  return (params) => {
    const views = new Map([...viewers].map(([part, view]) => [part, view(params)]));
    return measureAll(plan, (column) => {
      const part = parts.get(column);
      const view = part === undefined ? undefined : views.get(part);
      if (view === undefined) throw new Error(`nothing measures ${column}`);
      return view;
    });
  };
}

/** Ranks the rows of a part; lists are made where a measure of the column reads them. */
function createViewer(
  { serving, target, objectives, production, jitter, seed }: EvaluationPlan,
  part: LogPart,
  readsLists: boolean,
): (params: ParamValues) => MeasureView {
  const moving = new Set(production.keys());
  const formula = createFormulaColumn(target.formula, part, serving, moving);
  const lister =
    target.rank === undefined || !readsLists ? undefined : createLister(serving, target.rank, part, moving, seed);
  const isOffPolicy = offPolicyMeasure(objectives) !== undefined;
  return (params) => {
    const policyWeights = isOffPolicy ? policyOf(part, jitter, target, production, params) : undefined;
    return {
      context: { log: part.rows, column: part.column, ...omitUndefined({ policyWeights }) },
      ranking: createRanking(part.rows, scoresOf(formula(params)), lister?.(params)),
    };
  };
}

function measureAll({ objectives, guards, floor }: EvaluationPlan, viewOf: (column: string) => MeasureView): Evaluated {
  const measured = objectives.map((objective) => measureObjective(objective, viewOf));
  const guarded = guards.map((guard) => measureObjective(guard, viewOf));
  const rewarded = offPolicyMeasure(objectives);
  const offPolicy = rewarded === undefined ? undefined : estimateOf(viewOf(rewarded.column), rewarded.column);
  const missing = offPolicy === undefined ? 0 : Math.max(0, 1 - offPolicy.effectiveSampleSize / Math.max(floor, 1e-9));
  return {
    outcome: {
      objectives: measured.map(({ value }) => value),
      guards: guarded.map(({ value }) => value),
      violation: guards.reduce((sum, guard, i) => sum + broken(guard, guarded[i]?.value ?? 0), missing),
    },
    objectives: measured,
    guards: guarded,
    ...omitUndefined({ offPolicy }),
  };
}

function estimateOf({ context }: MeasureView, column: string): OffPolicyEstimate | undefined {
  const { log, policyWeights } = context;
  return policyWeights === undefined
    ? undefined
    : estimateOffPolicy(policyWeights, rewardsOf(log, context.column(column)));
}

/** By how much a guard is broken, relative to its bound. */
function broken({ operator, bound }: Guard, value: number): number {
  const missing = operator === ">=" ? bound - value : value - bound;
  return Math.max(0, missing) / Math.max(Math.abs(bound), 1e-9);
}

/** Density ratio of each request's logged parameters: jittered around `params` against around production. */
function policyOf(
  part: LogPart,
  jitter: ReadonlyMap<string, number>,
  { params: all }: TuneTarget,
  production: ParamValues,
  params: ParamValues,
): Float64Array {
  const jittered = all.filter(({ name }) => jitter.has(name));
  const around = (center: ParamValues): JitterPolicy => ({
    center: Float64Array.from(jittered, ({ name }) => center.get(name) ?? 0),
    deviation: Float64Array.from(jittered, ({ name }) => jitter.get(name) ?? 1),
    low: Float64Array.from(jittered, ({ low }) => low),
    high: Float64Array.from(jittered, ({ high }) => high),
  });
  const [candidate, logging] = [around(params), around(production)];
  const columns = jittered.map(({ name }) => part.column(name).numbers);
  const { starts } = part.rows;
  return Float64Array.from({ length: starts.length - 1 }, (_, g) => {
    const row = starts[g]!;
    return densityRatio(
      Float64Array.from(columns, (column) => column[row]!),
      candidate,
      logging,
    );
  });
}
