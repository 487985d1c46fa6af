/** Measuring an artifact on data. */
import { omitUndefined } from "../../compiler/text/index.js";
import { type LoadedArtifact, readRunNote } from "../artifact/index.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { type Dataset, openData } from "../data/index.js";
import type { Engine, EngineName, Session } from "../engine/index.js";
import { fillSession, heldReader } from "../engine/state.js";
import { type GraphFunction, stateOf, type StateVariable } from "../../compiler/graph/index.js";
import { openTrees } from "../trees/session.js";
import { createFailure } from "../failure.js";
import { loadWeights } from "../artifact/load-weights.js";
import { functionOf, measuredProgram } from "../engine/create-program.js";
import type { EvaluationRole, TrainEvent } from "../events.js";
import { warnOfUnseen } from "../train/inspect/inspect.js";
import { measureHeads } from "../measure/measure.js";
import type { EvaluationResult } from "../train/result.js";
import { createDataWarnings } from "./data-warnings.js";
import { type DataFiles, dataFiles } from "./train-options.js";

export interface EvaluateOptions {
  /** Directory of the artifact. */
  readonly artifact: string;
  /** Files to measure on. Default: the test data (else the validation data) that training was given. */
  readonly test?: readonly string[];
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

/** Metrics of every head that the spec names some for, each over its sample space. Throws a {@link Failure}. */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  return withMeasuredData(options, ({ session, target, data, artifact: { model }, role }) =>
    measureHeads(session, target, data, model, role, options.signal),
  );
}

/** An artifact with the data that it is measured on. */
export interface MeasuredData extends OpenedFunction {
  readonly artifact: LoadedArtifact;
  readonly role: EvaluationRole;
  readonly data: Dataset;
}

/** Opens an artifact and the data that it is measured on for some work, and closes both. Throws a {@link Failure}. */
export async function withMeasuredData<T>(
  options: EvaluateOptions,
  work: (opened: MeasuredData) => Promise<T>,
): Promise<T> {
  const { test, signal, onEvent = () => undefined } = options;
  const artifact = await loadWeights(options.artifact, "measure", { onEvent, signal });
  const { model, fitted } = artifact;
  const { specPath, files } = await dataPlace(artifact, test);
  const warnings = createDataWarnings(specPath, onEvent);
  const hasTest =
    files.test !== undefined || model.data.test !== undefined || (model.data.split?.rest ?? "validation") === "test";
  const role: EvaluationRole = hasTest ? "test" : "validation";
  const opened = await openData(model, {
    ...files,
    specPath,
    fitted,
    roles: [role],
    ...omitUndefined({ signal }),
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  const data = opened[role];
  if (data === undefined) throw createFailure("MTL7302", { role: "test", option: "--test" });
  try {
    warnings.tell(opened.warnings);
    if (data.rows === 0) throw createFailure("MTL7309", { role });
    warnings.tell(warnOfUnseen(model, role, data, undefined));
    onEvent({ kind: "encoded", role, report: data.report });
    const trained = await openTrained(artifact, () => chooseEngine(options.engine, onEvent, "evaluation"), "evaluate");
    try {
      onEvent({ kind: "evaluating", role, rows: data.rows });
      return await work({ ...trained, artifact, role, data });
    } finally {
      trained.session.close();
    }
  } finally {
    data.close();
  }
}

/** A function of an artifact, with its weights or its trees. */
export interface OpenedFunction {
  readonly target: GraphFunction;
  readonly session: Session;
  /** The state that the function reads; none where it has trees. */
  readonly variables: readonly StateVariable[];
}

/** `engine`: asked for only where the artifact has a network. */
export async function openTrained(
  { program, state, model, fitted, ensembles }: LoadedArtifact,
  engine: () => Promise<Engine>,
  name: "evaluate" | "predict",
): Promise<OpenedFunction> {
  const target = functionOf(measuredProgram(program), name);
  if (ensembles !== undefined) return { ...openTrees({ model, fitted, ensembles }, target), variables: [] };
  const variables = stateOf(program, target);
  const chosen = await engine();
  const session = await chosen.open({ state: variables, functions: [target] });
  await fillSession(session, variables, heldReader(state));
  return { target, session, variables };
}

/** Where the paths of an artifact's spec start, and the files in place of them: what `--test` says, else what training was given. */
export async function dataPlace(
  { directory }: LoadedArtifact,
  test: readonly string[] | undefined,
): Promise<{ readonly specPath: string; readonly files: DataFiles }> {
  const note = await readRunNote(directory);
  const specPath = note?.spec ?? `${directory}/spec.mtl`;
  if (test !== undefined) return { specPath, files: { test } };
  if (note === undefined) throw createFailure("MTL7312", { directory });
  return { specPath, files: dataFiles(note) };
}
