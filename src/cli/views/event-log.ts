/** What a run tells while it goes, as JSON, a line per event. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { toDiagnosticJson } from "../../compiler/diagnostics/index.js";
import type { RunsEvent } from "../../runtime/runs/types.js";
import { writeFailure } from "../../runtime/artifact/directory.js";
import { createFailure } from "../../runtime/failure.js";
import { statOf } from "../../runtime/stat-of.js";
import { sourcesOf } from "../show-diagnostics.js";

export interface EventLog {
  readonly write: (event: RunsEvent) => void;
  readonly close: () => void;
}

/** Milliseconds between two lines of progress. */
const progressMilliseconds = 1000;

/** What each line begins with: `time` is its first member. */
const beginning = '{"time":"';

/**
 * Adds to a file; each line is on disk, as far as the process is concerned, when the event is over. Throws a {@link Failure}
 * (MTL8008) when the file cannot be written, or holds something else: a spec or data that is named by mistake stays as it is.
 */
export function createEventLog(path: string): EventLog {
  if (statOf(path)?.isFile() === true && !isLog(path))
    throw createFailure("MTL8008", {
      file: path,
      problem: "what is in it was not written by `--log`; name another file",
    });
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

/** Whether a file has nothing in it, or a line of an event. */
function isLog(path: string): boolean {
  return guarded(path, () => {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(beginning.length);
      const length = readSync(file, bytes);
      return length === 0 || bytes.toString("latin1", 0, length) === beginning;
    } finally {
      closeSync(file);
    }
  });
}

function guarded<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw writeFailure(error, path);
  }
}
