/** The thread that puts windows in order: it is opened with what it reads, and answers each job with the rows of its window. */
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { StepsAddon } from "../../engine/fused/steps-addon.js";
import { type CopyRows, createArrange, type WindowJob, type WindowsSetup } from "./windows.js";

/** Undefined where the addon does not load: one that another machine has compiled may not. */
function copyBy(file: string): CopyRows | undefined {
  try {
    const { arrange } = createRequire(import.meta.url)(file) as StepsAddon;
    return ({ words }, _, places, { ids, numbers, labels, known, weights }) =>
      arrange(words, places, [ids, numbers, labels, known, weights]);
  } catch {
    return undefined;
  }
}

const setup = workerData as WindowsSetup;
const arrange = createArrange(setup, setup.steps === undefined ? undefined : copyBy(setup.steps));
parentPort?.on("message", (job: WindowJob) => parentPort?.postMessage(arrange(job)));
