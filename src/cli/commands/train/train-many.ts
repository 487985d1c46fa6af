/** `mtlc train --runs`: glue from the options to the job, and from its result to the terminal. */
import { omitUndefined } from "../../../compiler/text/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { trainRuns } from "../../../runtime/jobs/train-runs.js";
import type { RunsEvent } from "../../../runtime/runs/types.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import type { ExitCode } from "../../command.js";
import { interruptCode, Interrupted, withInterrupt } from "../../interrupt.js";
import type { OptionValues } from "../../option.js";
import { show } from "../../show.js";
import type { Terminal } from "../../terminal.js";
import { createEventLog } from "../../views/event-log.js";
import { createRunsProgress } from "../../views/runs-progress.js";
import type { trainOptions } from "./options.js";
import { planRuns, readVaried } from "./many-runs.js";
import { runsView } from "./runs-view.js";

type Options = OptionValues<typeof trainOptions>;

/** Options that mean one run. */
const ofOneRun = ["continue", "tensorboard", "checkpoint-steps"] as const;

export async function trainMany(spec: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const own = ofOneRun.find((name) => options[name] !== undefined);
  if (own !== undefined) throw createFailure("MTL7400", { what: `\`--${own}\`` });
  const varied = readVaried(options.vary ?? []);
  const { model } = await loadModelSource(spec, ".");
  const runs = planRuns(options.seed ?? model.train.seed, options.runs ?? 1, varied);
  const progress = createRunsProgress(terminal, options.quiet);
  const log = options.log === undefined ? undefined : createEventLog(options.log);
  try {
    const outcome = await withInterrupt(async (signal) => {
      const result = await trainRuns({
        spec,
        output: options.output ?? `out/${model.name}-runs`,
        runs,
        ...omitUndefined({
          keep: options.keep,
          train: options.train,
          validation: options.validation,
          test: options.test,
          epochs: options.epochs,
          steps: options.steps,
          engine: options.engine,
          products: options.products,
          workers: options.workers,
          targets: options.target,
          warmStart: options["warm-start"],
        }),
        resume: options.resume,
        force: options.force,
        signal,
        onEvent: (event: RunsEvent) => {
          progress.onEvent(event);
          log?.write(event);
        },
      });
      const failed = result.runs.some((run) => "failure" in run);
      return { result, exitCode: result.ended === "interrupted" ? interruptCode(signal) : failed ? 1 : 0 } as const;
    });
    progress.close();
    if (!(outcome instanceof Interrupted)) return show(terminal, options.format, runsView, outcome);
    terminal.err("interrupted before there was a result\n");
    return outcome.exitCode;
  } finally {
    progress.close();
    log?.close();
  }
}
