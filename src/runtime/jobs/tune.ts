/** The job of `mtlc tune`: a spec, a log and objectives in, a proposal with its evidence out. */
import { omitUndefined } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import { predictColumns } from "./predict/predict.js";
import { fitParams, type ParamFit } from "../tune/fit-params.js";
import { type PatchedFile, patchParams } from "../tune/patch.js";
import {
  compareWithProduction,
  frontResult,
  kneeTrial,
  paramResults,
  proposalOf,
  sensitivityOf,
  summaryOf,
} from "../tune/report.js";
import type { TuneMethod, TuneResult } from "../tune/result.js";
import { bestTrial, frontOf, runSearch, type SearchRun, type Trial } from "../tune/run.js";
import type { ParamValues } from "../tune/scoring/scores.js";
import { loadTunableSpec, type TunableSpec } from "../tune/tunable-spec.js";
import { createTuner, type Tuner, type TunerRequest } from "../tune/tuner.js";

export interface TuneOptions extends Omit<TunerRequest, "model" | "specPath" | "predict"> {
  /** A spec, or an artifact's directory. */
  readonly spec: string;
  /** Default: `nsga2` for several objectives, else `cma-es`. */
  readonly method?: TuneMethod;
  /** Formulas to evaluate, at least 2. */
  readonly budget: number;
  /** Which point of the front to propose, from 1; default: the knee. */
  readonly pick?: number;
  /** Gives a spec its canonical layout. */
  readonly format: (text: string) => Promise<string>;
  readonly onEvent?: (event: TuneEvent) => void;
}

export type TuneEvent =
  | { readonly kind: "reading" }
  | { readonly kind: "log"; readonly rows: number; readonly requests: number; readonly leftOut: number }
  | { readonly kind: "trial"; readonly done: number; readonly budget: number; readonly best: readonly number[] }
  | { readonly kind: "fitted"; readonly observations: number; readonly of: "rows" | "pairs" }
  | { readonly kind: "reporting" };

/** A proposal, and what to do with it. */
export interface Tuned {
  readonly result: Omit<TuneResult, "patch" | "written" | "files">;
  /** The spec's files with the proposed values, those that change. */
  readonly patched: readonly PatchedFile[];
}

/** Tunes. When the signal fires, the best so far is the proposal. Throws a {@link Failure} for what the user can fix. */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const started = performance.now();
  const { onEvent = () => undefined, signal } = options;
  const method = options.method ?? (options.objectives.length > 1 ? "nsga2" : "cma-es");
  checkMethod(method, options);
  const spec = await loadTunableSpec(options.spec);
  onEvent({ kind: "reading" });
  const tuner = await createTuner(requestOf(options, spec));
  const { rows } = tuner.log.train;
  onEvent({ kind: "log", rows: rows.rows, requests: rows.starts.length - 1, leftOut: tuner.log.train.leftOut });
  if (method === "stacking" || method === "survey") {
    const fit = fitParams(tuner, method, options.label ?? "");
    onEvent({ kind: "fitted", observations: fit.observations, of: method === "survey" ? "pairs" : "rows" });
    return finish(tuner, spec, options, { method, started, ...proposalOfFit(tuner, fit) });
  }
  const run = await search(tuner, method, options, signal);
  const chosen = chooseTrial(run.trials, tuner, options.pick);
  return finish(tuner, spec, options, {
    method,
    started,
    run,
    chosen,
    proposal: proposalOf(tuner, valuesOf(tuner, chosen)),
    outside: new Map(),
  });
}

/** The log through the network of an artifact, where it has no scores yet. */
export function requestOf(options: TuneOptions, { model, path, artifact }: TunableSpec): TunerRequest {
  const { signal } = options;
  if (artifact === undefined) return { ...options, model, specPath: path };
  const predict = async (): Promise<ReadonlyMap<string, Float32Array>> => {
    const found = await predictColumns({ artifact, files: options.log, ...omitUndefined({ signal }) });
    return found.heads;
  };
  return { ...options, model, specPath: path, predict };
}

function checkMethod(method: TuneMethod, { objectives, label, jitter }: TuneOptions): void {
  if ((method === "stacking" || method === "survey") && label === undefined)
    throw createFailure("MTL7557", { method, needs: "`--label COLUMN`: the label to learn from" });
  if (objectives.length === 0)
    throw createFailure("MTL7557", { method, needs: '`--objective`, such as `--objective "gauc(click)"`' });
  if (method === "cma-es" && objectives.length > 1)
    throw createFailure("MTL7557", { method, needs: "one objective; `--method nsga2` takes several" });
  if (method === "nsga2" && objectives.length < 2)
    throw createFailure("MTL7557", { method, needs: "several objectives; `--method cma-es` takes one" });
  if (jitter !== undefined && [...jitter.values()].some((deviation) => !(deviation > 0)))
    throw createFailure("MTL7557", { method, needs: "deviations above 0 in `--jitter`" });
}

function search(
  tuner: Tuner,
  method: "grid" | "cma-es" | "nsga2",
  { seed, budget, onEvent = () => undefined }: TuneOptions,
  signal: AbortSignal | undefined,
): Promise<SearchRun> {
  const least = 2 ** tuner.free.length + 1;
  if (method === "grid" && budget < least)
    throw createFailure("MTL7557", {
      method,
      needs: `\`--budget ${least}\` or more for ${tuner.free.length} parameters; \`--params\` chooses among them`,
    });
  let best: Trial | undefined;
  return runSearch(
    {
      ranges: tuner.free,
      start: Float64Array.from(tuner.free, ({ name }) => tuner.start.get(name) ?? 0),
      objectives: tuner.objectives.length,
      evaluate: (values) => tuner.evaluate("train", namesOf(tuner, values)).outcome,
    },
    {
      method,
      seed,
      budget,
      ...omitUndefined({ signal }),
      onTrial: (trial, done) => {
        best = best === undefined ? trial : bestTrial([best, trial]);
        onEvent({ kind: "trial", done, budget, best: best.outcome.objectives });
      },
    },
  );
}

/** Values of the free parameters by name. */
export function namesOf({ free }: Tuner, values: Float64Array): ParamValues {
  return new Map(free.map(({ name }, i) => [name, values[i]!]));
}

function valuesOf(tuner: Tuner, trial: Trial): ParamValues {
  return namesOf(tuner, trial.values);
}

/** What to propose: the best of one objective, the knee of several or the point that was asked for. */
export function chooseTrial(trials: readonly Trial[], tuner: Tuner, pick: number | undefined): Trial {
  const best = bestTrial(trials);
  if (tuner.objectives.length < 2) return best;
  const front = frontOf(trials);
  return (pick === undefined ? kneeTrial(front, trials[0] ?? best) : front[Math.min(pick, front.length) - 1]) ?? best;
}

interface Found {
  readonly method: TuneResult["method"];
  readonly started: number;
  readonly proposal: ParamValues;
  readonly outside: ReadonlyMap<string, number>;
  readonly run?: SearchRun;
  readonly chosen?: Trial;
}

function proposalOfFit(tuner: Tuner, { params }: ParamFit): Pick<Found, "proposal" | "outside"> {
  return {
    proposal: proposalOf(tuner, new Map(params.map(({ name, value }) => [name, value]))),
    outside: new Map(params.flatMap(({ name, outside }) => (outside === undefined ? [] : [[name, outside]]))),
  };
}

/** The evidence for a proposal, and the patch. */
export async function finish(
  tuner: Tuner,
  spec: TunableSpec,
  options: Pick<TuneOptions, "log" | "seed" | "floor" | "format" | "onEvent">,
  found: Found,
): Promise<Tuned> {
  const { proposal, run, chosen } = found;
  options.onEvent?.({ kind: "reporting" });
  const judged = tuner.evaluate(tuner.log.holdout === undefined ? "train" : "holdout", proposal);
  if (judged.offPolicy !== undefined && judged.offPolicy.effectiveSampleSize < options.floor)
    throw createFailure("MTL7559", {
      effective: judged.offPolicy.effectiveSampleSize,
      requests: judged.offPolicy.requests,
      floor: options.floor,
      isHeldOut: tuner.log.holdout !== undefined,
    });
  const changes = tuner.target.params.map(({ name, span, value }) => ({
    name,
    span,
    value: proposal.get(name) ?? value,
  }));
  const patched = await patchParams(spec.files, changes, options.format);
  const { anchor, kind, name } = tuner.target;
  const front =
    run === undefined || chosen === undefined || tuner.objectives.length < 2
      ? undefined
      : frontResult(tuner, run.trials, chosen, kneeTrial(frontOf(run.trials), run.trials[0] ?? chosen), (trial) =>
          valuesOf(tuner, trial),
        );
  return {
    patched,
    result: {
      spec: spec.name,
      target: { kind, name },
      method: found.method,
      seed: options.seed,
      trials: run?.trials.length ?? 0,
      interrupted: run?.interrupted ?? false,
      log: summaryOf(tuner, options.log),
      params: paramResults(tuner, proposal, found.outside),
      ...omitUndefined({ anchor }),
      ...compareWithProduction(tuner, proposal, options.seed),
      ...omitUndefined({ front }),
      sensitivity: sensitivityOf(tuner, proposal),
      ...omitUndefined({ offPolicy: judged.offPolicy }),
      seconds: (performance.now() - found.started) / 1000,
    },
  };
}
