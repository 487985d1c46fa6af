/** What a run tells while it goes, as JSON, a line per event. */
import { closeSync, openSync, writeSync } from "node:fs";
import { toDiagnosticJson } from "../../compiler/diagnostics/index.js";
import type { RunsEvent } from "../../runtime/runs/types.js";
import { describeSystemError, isSystemError } from "../../runtime/artifact/directory.js";
import { createFailure } from "../../runtime/failure.js";
import { sourcesOf } from "../show-diagnostics.js";

export interface EventLog {
  readonly write: (event: RunsEvent) => void;
  readonly close: () => void;
}

/** Milliseconds between two lines of progress. */
const progressMilliseconds = 1000;

/**
 * Adds to a file; each line is on disk, as far as the process is concerned, when the event is over. Throws a {@link Failure}
 * (MTL8008) when the file cannot be written.
 */
export function createEventLog(path: string): EventLog {
  const file = guarded(path, () => openSync(path, "a"));
  let last = -Infinity;
  return {
    write: (event) => {
      const now = performance.now();
      if (event.kind === "progress" || (event.kind === "run" && event.event.kind === "progress")) {
        if (now - last < progressMilliseconds) return;
        last = now;
      }
      const line = `${JSON.stringify({ time: new Date().toISOString(), ...eventJson(event) })}\n`;
      guarded(path, () => writeSync(file, line));
    },
    close: () => closeSync(file),
  };
}

/** The members of a line: `event` says which it is, the others are those of the event. Numbers that are not finite are null. */
export function eventJson(event: RunsEvent): object {
  if (event.kind === "run") return { run: event.run, seed: event.seed, ...eventJson(event.event) };
  if (event.kind === "warning") {
    const { kind, diagnostic } = event;
    return { event: kind, diagnostic: toDiagnosticJson(diagnostic, sourcesOf([diagnostic])) };
  }
  const { kind, ...rest } = event;
  return { event: kind, ...rest };
}

function guarded<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (isSystemError(error)) throw createFailure("MTL8008", { file: path, problem: describeSystemError(error) });
    throw error;
  }
}
