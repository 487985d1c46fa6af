/** What a worker of a pool does, and what goes between it and the thread that gives out the jobs: values that can be cloned. */
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import type { SourceFile } from "../../compiler/text/index.js";
import { Failure } from "../failure.js";

/** A kind of work, in any thread. A worker opens it once and then does one job at a time. */
export interface Service<Setup, Job, Result, Event> {
  readonly open: (setup: Setup, signal: AbortSignal) => Promise<OpenService<Job, Result, Event>>;
}

export interface OpenService<Job, Result, Event> {
  /** Rejects with a {@link Failure} for what the user can fix. When the signal fires it ends soon, in whichever way. */
  readonly work: (job: Job, onEvent: (event: Event) => void, signal: AbortSignal) => Promise<Result>;
  readonly close: () => void | Promise<void>;
}

/** To a worker. */
export type Request =
  | { readonly kind: "load"; readonly service: string }
  | { readonly kind: "open"; readonly service: string; readonly setup: unknown }
  | { readonly kind: "job"; readonly job: unknown }
  | { readonly kind: "abort" }
  | { readonly kind: "close" };

/** From a worker. */
export type Answer =
  | { readonly kind: "opened" }
  | { readonly kind: "event"; readonly event: unknown }
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly error: CarriedError };

/** An error as data: of a failure its diagnostics, of a bug its trace. */
export type CarriedError =
  | { readonly kind: "failure"; readonly diagnostics: readonly Diagnostic[]; readonly sources: readonly SourceEntry[] }
  | { readonly kind: "aborted" }
  | { readonly kind: "bug"; readonly message: string; readonly stack: string | undefined };

type SourceEntry = readonly [string, SourceFile];

/** Why work ended in a worker whose pool was told to end. */
export class Aborted extends Error {
  override readonly name = "Aborted";
}

export function carryError(error: unknown): CarriedError {
  if (error instanceof Failure) return { kind: "failure", diagnostics: error.diagnostics, sources: [...error.sources] };
  if (error instanceof Aborted) return { kind: "aborted" };
  return error instanceof Error
    ? { kind: "bug", message: error.message, stack: error.stack }
    : { kind: "bug", message: String(error), stack: undefined };
}

/** The error again; `reason` is why the pool was told to end. */
export function raisedError(carried: CarriedError, reason: unknown): unknown {
  switch (carried.kind) {
    case "failure":
      return new Failure(carried.diagnostics, new Map(carried.sources));
    case "aborted":
      return reason;
    case "bug": {
      const error = new Error(carried.message);
      if (carried.stack !== undefined) error.stack = carried.stack;
      return error;
    }
  }
}
