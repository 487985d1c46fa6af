/** The thread that puts windows in order: it is opened with what it reads, and answers each job with the rows of its window. */
import { parentPort, workerData } from "node:worker_threads";
import { createArrange, type WindowJob, type WindowsSetup } from "./windows.js";

const arrange = createArrange(workerData as WindowsSetup);
parentPort?.on("message", (job: WindowJob) => parentPort?.postMessage(arrange(job)));
