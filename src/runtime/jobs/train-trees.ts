/** Training of a model whose tasks are trees. */
import { printProgram } from "../../compiler/graph/index.js";
import { treeHeads } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { readEnsemble } from "../../compiler/trees/index.js";
import { writeArtifact } from "../artifact/index.js";
import { createProgram, functionOf, measuredProgram } from "../engine/create-program.js";
import { heldReader } from "../engine/state.js";
import { createFailure } from "../failure.js";
import { measureHeads } from "../measure/measure.js";
import { metricsFile } from "../measure/stored-measured.js";
import { finishedRun } from "../train/finished.js";
import { findTargets } from "../targets/choose.js";
import type { RunStart } from "../train/prepare-output.js";
import type { TrainResult } from "../train/result.js";
import { loadLightGbm } from "../trees/library.js";
import type { LightGbm } from "../trees/lightgbm.js";
import { openTrees } from "../trees/session.js";
import { trainTrees } from "../trees/train.js";
import { finalScores, inspectOpened, type OpenedJob, runIdentity, runNote } from "./opened-job.js";
import type { TrainOptions } from "./train-options.js";

/** What installs the library. */
const installCommand = "mtlc doctor --install";

/** LightGBM, when there is nothing that trees cannot do in the options. Throws a {@link Failure} (MTL7365, MTL7366). */
export async function treesLibrary(options: TrainOptions, start: RunStart): Promise<LightGbm> {
  const refuse = (what: string, instead: string): Error => createFailure("MTL7366", { what, instead });
  if (options.warmStart !== undefined) throw refuse("a warm start", "trees have no weights to start from");
  if (options.continues !== undefined)
    throw refuse("an artifact to continue", "trees are made of all of the data at once");
  if (start === "resume") throw refuse("a checkpoint", "they are made in one go; `--force` drops the unfinished run");
  for (const length of ["epochs", "steps"] as const)
    if (options[length] !== undefined) throw refuse(`\`--${length}\``, "the spec says their `rounds`");
  if (options.products === "bfloat16") throw refuse("`--products`", "they multiply no matrices");
  const found = await loadLightGbm();
  if (found.kind === "loaded") return found.library;
  throw createFailure("MTL7365", { problem: found.problem, command: installCommand });
}

/** Makes the trees, measures what is kept and writes it; of a run that is interrupted nothing is left. */
export async function trainTreesOn(job: OpenedJob, library: LightGbm): Promise<TrainResult> {
  const { options, spec, data, onEvent } = job;
  const { output, signal } = options;
  const { model } = spec;
  const { fitted } = data;
  const rows = inspectOpened(job);
  const identity = runIdentity(options, spec, data, rows);
  if (output !== undefined && job.start === "finished") return await finishedRun(output, identity, model);
  const program = createProgram(model, fitted);
  const evaluate = functionOf(measuredProgram(program), "evaluate");
  announceStart(job, rows.rows);
  const outcome = await trainTrees({
    model,
    fitted,
    evaluate,
    data,
    rows,
    library,
    ...omitUndefined({ tensorboard: options.tensorboard, signal }),
    onEvent,
  });
  const { summary, history, texts } = outcome;
  if (summary.ended === "interrupted") return { summary, history };
  const ensembles = new Map([...texts].map(([task, text]) => [task, readEnsemble(text)]));
  const { target, session } = openTrees({ model, fitted, ensembles }, evaluate);
  const evaluation = await finalScores(outcome.kept, data, (role, dataset) => {
    onEvent({ kind: "evaluating", role, rows: dataset.rows });
    return measureHeads(session, target, dataset, model, role, signal);
  });
  if (output !== undefined) {
    const content = {
      sources: spec.sources,
      model,
      fitted,
      program,
      graphText: printProgram(program, { origins: false }),
      state: heldReader(new Map()),
      trees: texts,
      trained: true,
      targets: findTargets(options.targets ?? []),
      ...(evaluation === undefined ? {} : { metrics: metricsFile(evaluation) }),
      run: runNote(options, identity, summary),
    };
    await writeArtifact(output, content, signal);
    onEvent({ kind: "saved", directory: output });
  }
  return { summary, history, ...omitUndefined({ evaluation, artifact: output }) };
}

function announceStart({ spec: { model }, data, onEvent }: OpenedJob, train: number): void {
  const tasks = treeHeads(model);
  onEvent({
    kind: "growing",
    rows: { train, validation: data.validation?.rows ?? 0, test: data.test?.rows ?? 0 },
    tasks: tasks.length,
    rounds: Math.max(...tasks.map(({ node }) => Number(node.arguments["rounds"]))),
  });
}
