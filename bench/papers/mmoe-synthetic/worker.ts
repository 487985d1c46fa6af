/** A process of the experiment: runs of several models on one stream of rows, with sessions that stay open. */
import { join } from "node:path";
import { selectEngine } from "../../../src/runtime/engine/index.js";
import { loadSpec } from "../../../src/runtime/specs/load-spec.js";
import { projectRoot } from "../../report.js";
import { serveJobs } from "../side-by-side.js";
import { createDataSet } from "./generator.js";
import { type Job, specsFolder } from "./jobs.js";
import { createTrainer, type RunLosses, runTogether, type Trainer } from "./trainer.js";

const trainers = new Map<string, Promise<Trainer>>();
const specOf = (name: string): ReturnType<typeof loadSpec> => loadSpec(join(projectRoot, specsFolder, `${name}.mtl`));

serveJobs<Job, readonly RunLosses[]>(async ({ generator, correlation, seed, runs, length }) => {
  const { engine } = await selectEngine();
  const chosen = await Promise.all(
    runs.map(({ model, lr }) => {
      const key = `${model} ${lr} ${length.batch}`;
      const trainer = trainers.get(key) ?? createTrainer(engine, specOf(model).model, { batch: length.batch, lr });
      trainers.set(key, trainer);
      return trainer;
    }),
  );
  const [first] = runs;
  if (first === undefined) return [];
  const data = createDataSet(generator, correlation, seed);
  return await runTogether(chosen, specOf(first.model).model, { data, seed, length });
});
