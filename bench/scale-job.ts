/** One run of the benchmark of scale, in a process whose peak memory is its own: the path of a spec in, a line of JSON out. */
import { dirname, join } from "node:path";
import { train } from "../src/runtime/jobs/train.js";

/** What a run took. */
export interface ScaleResult {
  readonly parameters: number;
  /** Bytes: the largest part of this process that was in memory at once. */
  readonly peak: number;
  /** From the spec to the artifact. */
  readonly seconds: number;
}

const [spec] = process.argv.slice(2);
// Benchmarks are listed by loading their files.
if (spec !== undefined && process.argv[1] === import.meta.filename) {
  const start = performance.now();
  let parameters = 0;
  await train({
    spec,
    output: join(dirname(spec), "out"),
    onEvent: (event) => {
      if (event.kind === "started") ({ parameters } = event);
    },
  });
  const result: ScaleResult = {
    parameters,
    peak: process.resourceUsage().maxRSS * 1024,
    seconds: (performance.now() - start) / 1000,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
