/** A spec, a log and objectives, ready to say what parameters are worth. */
import type { Model, ServingModel } from "../../compiler/model/index.js";
import { suggest } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import type { Range } from "./box.js";
import type { LogPart } from "./log/part.js";
import { readingOf } from "../data/index.js";
import { readTuneLog, type TuneLog } from "./log/read.js";
import { type Measured, measureObjective, type MeasureView, rewardsOf } from "./measure/measure.js";
import {
  columnsOf,
  numberColumnsOf,
  type Guard,
  isProblem,
  listKinds,
  type Objective,
  type ObjectiveProblem,
  parseGuard,
  parseObjective,
} from "./measure/objective.js";
import { createRanking } from "./measure/ranking.js";
import { densityRatio, estimateOffPolicy, type JitterPolicy, type OffPolicyEstimate } from "./off-policy.js";
import type { Outcome } from "./run.js";
import { createLister } from "./scoring/lists.js";
import { createFormulaColumn, type ParamValues, scoresOf } from "./scoring/scores.js";
import { findTarget, type TuneTarget } from "./target.js";

export interface TunerRequest {
  readonly model: Model;
  readonly specPath: string;
  readonly log: readonly string[];
  readonly objectives: readonly string[];
  readonly guards: readonly string[];
  /** Column that fits learn from, and that is read with the objectives'. */
  readonly label?: string;
  readonly rank?: string;
  readonly fusion?: string;
  readonly params?: readonly string[];
  readonly request?: string;
  readonly user?: string;
  readonly time?: string;
  readonly holdout: number;
  /** Standard deviations by which the logged requests' parameters were jittered, by parameter. */
  readonly jitter?: ReadonlyMap<string, number>;
  /** Effective sample size below which an off-policy estimate is refused. */
  readonly floor: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Scores every row of the log with the network; called when the log is missing a head that the formula reads. */
  readonly predict?: () => Promise<ReadonlyMap<string, Float32Array>>;
}

/** What one set of parameters does on one slice of the log. */
export interface Evaluated {
  readonly outcome: Outcome;
  readonly objectives: readonly Measured[];
  readonly guards: readonly Measured[];
  /** Of the first off-policy objective. */
  readonly offPolicy?: OffPolicyEstimate;
}

export interface Tuner {
  readonly serving: ServingModel;
  readonly target: TuneTarget;
  readonly objectives: readonly Objective[];
  readonly guards: readonly Guard[];
  readonly log: TuneLog;
  /** Columns that are measured or learned from, each once. */
  readonly columns: readonly string[];
  /** Parameters that searches move: those of the target but the anchor. */
  readonly free: readonly (Range & { readonly name: string })[];
  /** The values in production. */
  readonly production: ParamValues;
  /** An equal order with the anchor at its value: where searches start. */
  readonly start: ParamValues;
  readonly evaluate: (slice: "train" | "holdout", params: ParamValues) => Evaluated;
}

/** Reads everything that tuning needs. Throws a {@link Failure} for what the user can fix. */
export async function createTuner(request: TunerRequest): Promise<Tuner> {
  const { model } = request;
  const objectives = request.objectives.map((text) => parsed("--objective", text, parseObjective(text)));
  const guards = request.guards.map((text) => parsed("--guard", text, parseGuard(text)) as Guard);
  const target = findTarget(model.serving, model.name, request);
  const { serving } = model;
  if (serving === undefined) throw new Error("a target without a serving stage");
  const jitter = checkedJitter(request, target);
  const labels = [...columnsOf([...objectives, ...guards]), ...(request.label === undefined ? [] : [request.label])];
  const isByRequest = [...objectives, ...guards].some(({ terms }) =>
    terms.some(({ measure }) => measure.kind !== "auc"),
  );
  const log = await readTuneLog(serving, {
    files: request.log,
    specPath: request.specPath,
    reading: readingOf(model.data),
    inputs: target.inputs,
    readsClock: target.readsClock,
    labels: [...new Set([...labels, ...jitter.keys()])],
    numbers: new Set([
      ...numberColumnsOf([...objectives, ...guards]),
      ...(request.label === undefined ? [] : [request.label]),
      ...jitter.keys(),
    ]),
    required: new Set(jitter.keys()),
    ...(request.request === undefined ? {} : { request: request.request }),
    requestColumns: [...(model.data.group === undefined ? [] : [model.data.group]), "request"],
    needsRequests: isByRequest || request.label !== undefined,
    ...(request.user === undefined ? {} : { user: request.user }),
    ...(request.time === undefined ? {} : { time: request.time }),
    holdout: request.holdout,
    seed: request.seed,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(request.predict === undefined ? {} : { predict: request.predict }),
  });
  const production: ParamValues = new Map(target.params.map(({ name, value }) => [name, value]));
  const moving = new Set(production.keys());
  const isOffPolicy = objectives.some(({ terms }) => terms.some(({ measure }) => measure.kind.endsWith("ips")));
  if (isOffPolicy && jitter.size === 0)
    throw createFailure("MTL7557", {
      method: "off-policy",
      needs: "`--jitter PARAM=DEVIATION,…`: how the logged requests' parameters were drawn",
    });

  const all = [...objectives, ...guards].flatMap(({ terms }) => terms.map(({ measure }) => measure));
  const rewarded = objectives
    .flatMap(({ terms }) => terms.map(({ measure }) => measure))
    .find(({ kind }) => kind.endsWith("ips"));

  /** Ranks the rows of a part; lists are made where a measure of the column reads them. */
  const rankerOf = (part: LogPart, readsLists: boolean): ((params: ParamValues) => MeasureView) => {
    const formula = createFormulaColumn(target.formula, part, serving, moving);
    const lister =
      target.rank === undefined || !readsLists
        ? undefined
        : createLister(serving, target.rank, part, moving, request.seed);
    return (params) => {
      const weights = isOffPolicy ? policyOf(part, jitter, target, production, params) : undefined;
      return {
        context: { log: part.rows, column: part.column, ...(weights === undefined ? {} : { policyWeights: weights }) },
        ranking: createRanking(part.rows, scoresOf(formula(params)), lister?.(params)),
      };
    };
  };

  const evaluatorOf = (slice: LogPart, isHeldOut: boolean): ((params: ParamValues) => Evaluated) => {
    const partOf = (column: string): LogPart => {
      const part = slice.known(column);
      if (part === undefined) throw createFailure("MTL7570", { column, rows: slice.rows.rows, isHeldOut });
      return part;
    };
    const parts = new Map(all.map(({ column }) => [column, partOf(column)]));
    const rankers = new Map(
      [...new Set(parts.values())].map((part) => [
        part,
        rankerOf(
          part,
          all.some(({ kind, column }) => listKinds.includes(kind) && parts.get(column) === part),
        ),
      ]),
    );
    return (params) => {
      const views = new Map([...rankers].map(([part, rank]) => [part, rank(params)]));
      const viewOf = (column: string): MeasureView => {
        const part = parts.get(column);
        const view = part === undefined ? undefined : views.get(part);
        if (view === undefined) throw new Error(`nothing measures ${column}`);
        return view;
      };
      const measured = objectives.map((objective) => measureObjective(objective, viewOf));
      const guarded = guards.map((guard) => measureObjective(guard, viewOf));
      const estimate = rewarded === undefined ? undefined : estimateOf(viewOf(rewarded.column), rewarded.column);
      const missing =
        estimate === undefined ? 0 : Math.max(0, 1 - estimate.effectiveSampleSize / Math.max(request.floor, 1e-9));
      return {
        outcome: {
          objectives: measured.map(({ value }) => value),
          guards: guarded.map(({ value }) => value),
          violation: guards.reduce((sum, guard, i) => sum + broken(guard, guarded[i]?.value ?? 0), missing),
        },
        objectives: measured,
        guards: guarded,
        ...(estimate === undefined ? {} : { offPolicy: estimate }),
      };
    };
  };

  const train = evaluatorOf(log.train, false);
  const holdout = log.holdout === undefined ? undefined : evaluatorOf(log.holdout, true);
  return {
    serving,
    target,
    objectives,
    guards,
    log,
    columns: [...new Set(labels)],
    free: target.params.filter(({ name }) => name !== target.anchor?.name),
    production,
    start: scaledToAnchor(target, production),
    evaluate: (slice, params) => {
      const evaluate = slice === "train" ? train : holdout;
      if (evaluate === undefined) throw new Error("nothing is held out");
      return evaluate(new Map([...production, ...anchorValues(target), ...params]));
    },
  };
}

function estimateOf({ context }: MeasureView, column: string): OffPolicyEstimate | undefined {
  const { log, policyWeights } = context;
  return policyWeights === undefined
    ? undefined
    : estimateOffPolicy(policyWeights, rewardsOf(log, context.column(column)));
}

function anchorValues({ anchor }: TuneTarget): ParamValues {
  return new Map(anchor === undefined ? [] : [[anchor.name, anchor.value]]);
}

function parsed(option: string, text: string, found: Objective | ObjectiveProblem): Objective {
  if (isProblem(found)) throw createFailure("MTL7551", { text, option, ...found });
  return found;
}

/** By how much a guard is broken, relative to its bound. */
function broken({ operator, bound }: Guard, value: number): number {
  const missing = operator === ">=" ? bound - value : value - bound;
  return Math.max(0, missing) / Math.max(Math.abs(bound), 1e-9);
}

/** The same order with the anchor at its value, where the ranges allow it. */
function scaledToAnchor({ anchor, params }: TuneTarget, production: ParamValues): ParamValues {
  const now = anchor === undefined ? undefined : production.get(anchor.name);
  if (anchor === undefined || now === undefined || !(now > 0)) return production;
  const factor = anchor.value / now;
  return new Map(
    params.map(({ name, low, high }) => [
      name,
      name === anchor.name ? anchor.value : Math.min(high, Math.max(low, (production.get(name) ?? 0) * factor)),
    ]),
  );
}

function checkedJitter({ jitter = new Map() }: TunerRequest, { params }: TuneTarget): ReadonlyMap<string, number> {
  const known = params.map(({ name }) => name);
  for (const name of jitter.keys())
    if (!known.includes(name))
      throw createFailure("MTL7553", { kind: "parameter", name, known, suggestion: suggest(name, known) });
  return jitter;
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
