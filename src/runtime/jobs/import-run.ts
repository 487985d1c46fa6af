/** Weights that another program trained, as an artifact. */
import { join } from "node:path";
import { printProgram } from "../../compiler/graph/index.js";
import { checkOutputDirectory, writeArtifact } from "../artifact/index.js";
import { heldOrInitialReader } from "../engine/state.js";
import type { TrainEvent } from "../events.js";
import { artifactBytes, checkDisk } from "../memory.js";
import { checkWritable } from "../outputs.js";
import type { CompileResult } from "./compile.js";
import { findTargets, refuseTargets } from "../targets/choose.js";
import { readTorchRun } from "../targets/torch-run.js";

export interface ImportRunOptions {
  /** The folder that `train.py` of a package for PyTorch wrote, its `--output`. */
  readonly run: string;
  /** Of the artifact. Default: `out/MODEL`. */
  readonly output?: string;
  /** Names of targets that are added to the artifact. */
  readonly targets?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

export type ImportRunResult = CompileResult;

/**
 * Makes an artifact of what a package trained: it serves, ranks and exports like one of `mtlc train`. Throws a {@link Failure}:
 * MTL7504 for a folder that is no such run, MTL7505 where a file of it is damaged, MTL7207 where the weights do not fit.
 */
export async function importRun(options: ImportRunOptions): Promise<ImportRunResult> {
  const { run, signal, onEvent = () => undefined } = options;
  const targets = findTargets(options.targets ?? []);
  const { spec, fitted, program, state } = await readTorchRun(run);
  const { model, sources } = spec;
  const output = options.output ?? join("out", model.name);
  await checkOutputDirectory(output);
  await checkWritable(output);
  refuseTargets(targets, { model, sources });
  await checkDisk(output, artifactBytes(program));
  const content = {
    sources,
    model,
    fitted,
    program,
    graphText: printProgram(program, { origins: false }),
    state: heldOrInitialReader(state, model.train.seed),
    trained: true,
    targets,
  };
  const manifest = await writeArtifact(output, content, signal);
  onEvent({ kind: "saved", directory: output });
  return { artifact: output, manifest };
}
