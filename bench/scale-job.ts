/** One run of the benchmark of scale, in a process whose peak memory is its own: the path of a spec in, a line of JSON out. */
import { dirname, join } from "node:path";
import { train } from "../src/runtime/jobs/train.js";

/** Time by the clock, and of the processor. */
export interface Spent {
  readonly clock: number;
  readonly processor: number;
}

/** What a run took. */
export interface ScaleResult {
  readonly parameters: number;
  /** Bytes: the largest part of this process that was in memory at once. */
  readonly peak: number;
  /** Seconds from the start of the process until the first steps are done. */
  readonly ready: Spent;
  /** Milliseconds, over all steps behind the first ones; NaN where there are none. */
  readonly step: Spent;
  /** From the start of the process to the artifact. */
  readonly seconds: number;
}

/** Milliseconds since the process began. */
interface Reached extends Spent {
  readonly step: number;
}

function now(): Spent {
  const { user, system } = process.cpuUsage();
  return { clock: performance.now(), processor: (user + system) / 1000 };
}

const [spec] = process.argv.slice(2);
// Benchmarks are listed by loading their files.
if (spec !== undefined && process.argv[1] === import.meta.filename) {
  let parameters = 0;
  let first: Reached | undefined;
  let last: Reached | undefined;
  await train({
    spec,
    output: join(dirname(spec), "out"),
    onEvent: (event) => {
      if (event.kind === "started") ({ parameters } = event);
      if (event.kind !== "progress") return;
      last = { ...now(), step: event.step };
      first ??= last;
    },
  });
  if (first === undefined || last === undefined) throw new Error("the training took no step");
  const steps = last.step - first.step;
  const result: ScaleResult = {
    parameters,
    peak: process.resourceUsage().maxRSS * 1024,
    ready: { clock: first.clock / 1000, processor: first.processor / 1000 },
    step: { clock: (last.clock - first.clock) / steps, processor: (last.processor - first.processor) / steps },
    seconds: performance.now() / 1000,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
