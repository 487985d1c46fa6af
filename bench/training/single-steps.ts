/** A session stepped one call at a time, encoding and feeding included: for engines side by side in one process. */
import type { createProgram } from "../../src/runtime/engine/create-program.js";
import { functionOf } from "../../src/runtime/engine/create-program.js";
import type { Dataset } from "../../src/runtime/data/index.js";
import type { Engine } from "../../src/runtime/engine/index.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";

/** Steps over shuffled epochs for some seconds, after a few that do not count; the last loss of the first head. */
export function trainSteps(
  session: Awaited<ReturnType<Engine["open"]>>,
  program: ReturnType<typeof createProgram>,
  dataset: Dataset,
  batch: number,
  seconds: number,
): { readonly rowsPerSecond: number; readonly loss: number } {
  const feeds = createFeeds(functionOf(program, "train"), dataset.layout);
  const warmup = 5;
  let [steps, loss, started] = [0, NaN, NaN];
  for (let epoch = 0; ; epoch++)
    for (const rows of dataset.batches({ size: batch, pad: true, shuffle: { seed: 1, epoch } })) {
      loss = session.run("train", feeds(rows))["loss"]?.data[0] ?? NaN;
      steps += 1;
      if (steps === warmup) started = performance.now();
      const took = (performance.now() - started) / 1000;
      if (took > seconds) return { rowsPerSecond: ((steps - warmup) * batch) / took, loss };
    }
}
