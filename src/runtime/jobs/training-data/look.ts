/** The data of a training, opened and looked at, as one thread does it for another. */
import type { Model } from "../../../compiler/model/model.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import { openSharedDataset, type SharedDataset } from "../../data/batches/stored-dataset.js";
import {
  type DataProgress,
  type DataRole,
  type Dataset,
  type FittedRows,
  hashFitted,
  type OpenDataOptions,
  type OpenedData,
  openData,
} from "../../data/index.js";
import { singleAucs } from "../../train/inspect/giveaway.js";
import { type KnownLooks, overlapsOf } from "../../train/inspect/inspect.js";

export interface DataWork {
  readonly model: Model;
  readonly options: Omit<OpenDataOptions, "onProgress" | "onFitted" | "onTrainingRows" | "signal">;
}

export type DataEvent =
  | { readonly kind: "progress"; readonly progress: DataProgress }
  /** `hash` is that of what is fitted. */
  | { readonly kind: "fitted"; readonly found: FittedRows; readonly hash: string }
  /** Who is the first to {@link claimLook} looks how well single features tell a label. */
  | { readonly kind: "training-rows"; readonly rows: SharedDataset; readonly claim: Int32Array };

/** Opened data without what is fitted, which has been told before, as one thread gives it to another. */
export interface SharedData {
  readonly rest: Omit<OpenedData, "fitted" | DataRole>;
  readonly rows: readonly (readonly [DataRole, SharedDataset])[];
  /** What was found by looking at it. */
  readonly looks: KnownLooks;
}

/** Whether the caller is the first of the threads that share `claim`. */
export function claimLook(claim: Int32Array): boolean {
  return Atomics.compareExchange(claim, 0, 0, 1) === 0;
}

/** Opens the data and looks at it. What is held of it lies in memory that threads share; files are closed again. */
export async function openAndLook(
  { model, options }: DataWork,
  onEvent: (event: DataEvent) => void,
  signal: AbortSignal,
): Promise<SharedData> {
  const claim = new Int32Array(new SharedArrayBuffer(4));
  const { fitted, train, validation, test, ...rest } = await openData(model, {
    ...options,
    signal,
    onProgress: (progress) => onEvent({ kind: "progress", progress }),
    onFitted: (found) => onEvent({ kind: "fitted", found, hash: hashFitted(found.fitted) }),
    onTrainingRows: (rows) => onEvent({ kind: "training-rows", rows: rows.share(), claim }),
  });
  const opened = Object.entries({ train, validation, test }).flatMap(([role, rows]) =>
    rows === undefined ? [] : [[role as DataRole, rows] as const],
  );
  try {
    const overlaps = overlapsOf({ fitted, ...rest, ...Object.fromEntries(opened) });
    const aucs = train === undefined || !claimLook(claim) ? undefined : singleAucs(model, train);
    const looks = { overlaps, ...omitUndefined({ aucs }) };
    return { rest, rows: opened.map(([role, rows]) => [role, rows.share()] as const), looks };
  } finally {
    for (const [, rows] of opened) rows.close();
  }
}

/** The data sets of what another thread gives. */
export function receiveRows({ rows }: SharedData): Partial<Record<DataRole, Dataset>> {
  const opened: Partial<Record<DataRole, Dataset>> = {};
  try {
    for (const [role, shared] of rows) opened[role] = openSharedDataset(shared);
    return opened;
  } catch (error) {
    for (const dataset of Object.values(opened)) dataset.close();
    throw error;
  }
}
