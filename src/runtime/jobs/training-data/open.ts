/** Opens the data of a training, beside what else comes before the first step. */
import type { Worker } from "node:worker_threads";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Model } from "../../../compiler/model/model.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import { rememberHash } from "../../data/encode/fitted.js";
import type { DataProgress, FittedRows, OpenDataOptions, OpenedData } from "../../data/index.js";
import { openSharedDataset, type SharedDataset } from "../../data/batches/stored-dataset.js";
import { type SingleAuc, singleAucs } from "../../train/inspect/giveaway.js";
import { inspectData } from "../../train/inspect/inspect.js";
import { type CarriedError, raisedError } from "../../pool/service.js";
import { type CarriedFit, receiveFit } from "./carried-fit.js";
import { takeDataThread } from "./data-thread.js";
import { claimLook, type DataEvent, type DataWork, openAndLook, receiveRows, type SharedData } from "./look.js";

export interface LookedAtData {
  readonly data: OpenedData;
  /** What `inspectData` says of it. */
  readonly oddities: readonly Diagnostic[];
}

export interface OpeningData {
  /** Before rows are encoded or read; undefined where opening ends before that. */
  readonly fitted: Promise<FittedRows | undefined>;
  /** Rejects with a `Failure` for what the user can fix, and with the signal's reason. */
  readonly opened: Promise<LookedAtData>;
  /** Hands progress over, with what there was before. */
  readonly tell: (onProgress: (progress: DataProgress) => void) => void;
  /** Ends what is under way. Data that is open stays so. */
  readonly close: () => Promise<void>;
}

/** How a thread ends. */
export type DataAnswer =
  { readonly kind: "opened"; readonly data: SharedData } | { readonly kind: "failed"; readonly error: CarriedError };

/** What a thread tells of the fit. */
export interface CarriedEvent extends Pick<Extract<DataEvent, { kind: "fitted" }>, "hash"> {
  readonly kind: "carried";
  readonly found: Omit<FittedRows, "fitted"> & { readonly fitted: CarriedFit };
}

/**
 * Begins to open data in another thread, whose rows lie in memory that threads share; where there is no such thread, in this one. What is
 * found is that of `openData` and `inspectData`.
 */
export function startOpening(
  model: Model,
  { signal, ...options }: DataWork["options"] & Pick<OpenDataOptions, "signal">,
): OpeningData {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const early: DataProgress[] = [];
  let tell = (progress: DataProgress): void => void early.push(progress);
  let know: (found: FittedRows | undefined) => void = () => undefined;
  const fitted = new Promise<FittedRows | undefined>((resolve) => (know = resolve));
  let aucs: Promise<readonly SingleAuc[]> | undefined;
  const onEvent = (event: DataEvent): void => {
    if (event.kind === "progress") return tell(event.progress);
    if (event.kind === "training-rows") {
      if (either.aborted || !claimLook(event.claim)) return;
      aucs = Promise.resolve().then(() => aucsOf(model, event.rows));
      aucs.catch(() => undefined);
      return;
    }
    rememberHash(event.found.fitted, event.hash);
    know(event.found);
  };
  const work = { model, options };
  either.throwIfAborted();
  const thread = takeDataThread();
  const shared = thread === undefined ? openAndLook(work, onEvent, either) : openAside(thread, work, onEvent, either);
  const opened = shared.then(async (found): Promise<LookedAtData> => {
    const before = await fitted;
    if (before === undefined) throw new Error("data was opened and nothing said what is fitted");
    const known = { ...found.looks, ...omitUndefined({ aucs: await aucs }) };
    const data = { fitted: before.fitted, ...found.rest, ...receiveRows(found) };
    return { data, oddities: inspectData(model, data, known) };
  });
  // Whoever waits for it hears of a failure; until then nobody may.
  opened.catch(() => know(undefined));
  return {
    fitted,
    opened,
    tell: (onProgress) => {
      tell = onProgress;
      for (const progress of early.splice(0)) onProgress(progress);
    },
    close: async () => {
      stop.abort();
      await shared.catch(() => undefined);
    },
  };
}

/** How well single features tell a label of rows that another thread has opened. */
function aucsOf(model: Model, shared: SharedDataset): readonly SingleAuc[] {
  const rows = openSharedDataset(shared, () => undefined);
  try {
    return singleAucs(model, rows);
  } finally {
    rows.close();
  }
}

/** Has a thread do it; settles when the thread has ended. */
function openAside(
  thread: Worker,
  work: DataWork,
  onEvent: (event: DataEvent) => void,
  signal: AbortSignal,
): Promise<SharedData> {
  thread.postMessage(work);
  const stop = (): void => thread.postMessage("stop");
  signal.addEventListener("abort", stop, { once: true });
  let answer: DataAnswer | undefined;
  let broken: unknown;
  thread.on("message", (message: DataEvent | CarriedEvent | DataAnswer) => {
    if (message.kind === "progress" || message.kind === "fitted" || message.kind === "training-rows") onEvent(message);
    else if (message.kind === "carried")
      onEvent({ ...message, kind: "fitted", found: { ...message.found, fitted: receiveFit(message.found.fitted) } });
    else answer = message;
  });
  thread.on("error", (error) => (broken = error));
  return new Promise((resolve, reject) => {
    thread.on("exit", (code) => {
      signal.removeEventListener("abort", stop);
      if (answer?.kind === "opened") resolve(answer.data);
      else if (answer?.kind === "failed") reject(raisedError(answer.error, signal.reason) as Error);
      else reject((broken ?? new Error(`the thread that opens data ended with ${code}`)) as Error);
    });
  });
}
