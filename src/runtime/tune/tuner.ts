/** A spec, a log and objectives, ready to evaluate parameter values. */
import type { Model, ServingModel } from "../../compiler/model/index.js";
import { omitUndefined, suggest } from "../../compiler/text/index.js";
import { readingOf } from "../../compiler/model/reading.js";
import { createFailure } from "../failure.js";
import type { Range } from "./box.js";
import { createEvaluation, type Evaluated, offPolicyMeasure } from "./evaluation.js";
import { type LogRequest, readTuneLog, type TuneLog } from "./log/read.js";
import {
  columnsOf,
  type Guard,
  isProblem,
  numberColumnsOf,
  type Objective,
  type ObjectiveProblem,
  parseGuard,
  parseObjective,
} from "./measure/objective.js";
import type { ParamValues } from "./scoring/scores.js";
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
  const { model, floor, seed } = request;
  const objectives = request.objectives.map((text) => parsed("--objective", text, parseObjective(text)));
  const guards = request.guards.map((text) => parsed("--guard", text, parseGuard(text)) as Guard);
  const target = findTarget(model.serving, model.name, request);
  const { serving } = model;
  if (serving === undefined) throw new Error("a target without a serving stage");
  const jitter = checkedJitter(request, target);
  const log = await readTuneLog(serving, logRequest(request, target, [...objectives, ...guards], jitter));
  const production: ParamValues = new Map(target.params.map(({ name, value }) => [name, value]));
  if (offPolicyMeasure(objectives) !== undefined && jitter.size === 0)
    throw createFailure("MTL7557", {
      method: "off-policy",
      needs: "`--jitter PARAM=DEVIATION,…`: how the logged requests' parameters were drawn",
    });
  const plan = { serving, target, objectives, guards, production, jitter, floor, seed };
  const train = createEvaluation(plan, log.train, false);
  const holdout = log.holdout === undefined ? undefined : createEvaluation(plan, log.holdout, true);
  return {
    serving,
    target,
    objectives,
    guards,
    log,
    columns: [...new Set([...columnsOf([...objectives, ...guards]), ...learnedColumns(request)])],
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

function learnedColumns({ label }: TunerRequest): readonly string[] {
  return label === undefined ? [] : [label];
}

/** What is read of the log to measure `measured` and to learn from the label. */
function logRequest(
  request: TunerRequest,
  target: TuneTarget,
  measured: readonly Objective[],
  jitter: ReadonlyMap<string, number>,
): LogRequest {
  const { data } = request.model;
  const learned = learnedColumns(request);
  const isByRequest = measured.some(({ terms }) => terms.some(({ measure }) => measure.kind !== "auc"));
  return {
    files: request.log,
    specPath: request.specPath,
    reading: readingOf(data),
    inputs: target.inputs,
    readsClock: target.readsClock,
    labels: [...new Set([...columnsOf(measured), ...learned, ...jitter.keys()])],
    numbers: new Set([...numberColumnsOf(measured), ...learned, ...jitter.keys()]),
    required: new Set(jitter.keys()),
    requestColumns: [...(data.group === undefined ? [] : [data.group]), "request"],
    needsRequests: isByRequest || request.label !== undefined,
    holdout: request.holdout,
    seed: request.seed,
    ...omitUndefined({
      request: request.request,
      user: request.user,
      time: request.time,
      signal: request.signal,
      predict: request.predict,
    }),
  };
}

function anchorValues({ anchor }: TuneTarget): ParamValues {
  return new Map(anchor === undefined ? [] : [[anchor.name, anchor.value]]);
}

function parsed(option: string, text: string, found: Objective | ObjectiveProblem): Objective {
  if (isProblem(found)) throw createFailure("MTL7551", { text, option, ...found });
  return found;
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
