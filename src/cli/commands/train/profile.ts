/** `mtlc train --profile`: glue from the options to the job, and from its result to the terminal. */
import { omitUndefined } from "../../../compiler/text/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { profileSteps } from "../../../runtime/jobs/profile-steps.js";
import type { ExitCode } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import type { OptionValues } from "../../option.js";
import { show } from "../../show.js";
import type { Terminal } from "../../terminal.js";
import { createProgressView } from "../../views/progress.js";
import type { trainOptions } from "./options.js";
import { profileView } from "./profile-view.js";

type Options = OptionValues<typeof trainOptions>;

/** Options of a training that is over or goes on somewhere. */
const ofTraining = [
  "output",
  "validation",
  "test",
  "epochs",
  "steps",
  "runs",
  "vary",
  "keep",
  "workers",
  "resume",
  "warm-start",
  "continue",
  "force",
  "checkpoint-steps",
  "target",
  "tensorboard",
  "log",
] as const satisfies readonly (keyof Options)[];

/** @param options `profile` is the file of the trace */
export async function profile(
  spec: string,
  options: Options & { readonly profile: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const given = ofTraining.find((name) => options[name] !== undefined && options[name] !== false);
  if (given !== undefined) throw createFailure("MTL8009", { first: "--profile", second: `--${given}` });
  const progress = createProgressView(terminal, options.quiet);
  try {
    const outcome = await withInterrupt(async (signal, deafness) => {
      const times = await profileSteps({
        spec,
        trace: options.profile,
        ...omitUndefined({
          train: options.train,
          seed: options.seed,
          engine: options.engine,
          products: options.products,
        }),
        signal,
        onEvent: (event) => {
          if (event.kind === "compiling") deafness.begin();
          progress.onEvent(event);
          if (event.kind === "compiled") deafness.end();
        },
      });
      return { result: { ...times, trace: options.profile }, exitCode: 0 } as const;
    });
    progress.close();
    if (!(outcome instanceof Interrupted)) return show(terminal, options.format, profileView, outcome);
    terminal.err("interrupted before there was a result\n");
    return outcome.exitCode;
  } finally {
    progress.close();
  }
}
