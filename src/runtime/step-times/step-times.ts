/** Where the time of a training step goes, by declarations of the spec and by kinds of ops. */
import type { StepPart, StepPhase } from "../../compiler/cost/index.js";
import type { TraceSpan } from "../engine/engine.js";
import { attribute } from "./attribute.js";

/** Milliseconds of a step. */
export interface PartTime extends Pick<StepPart, "name" | "kind"> {
  readonly forward: number;
  readonly gradient: number;
  readonly update: number;
  readonly total: number;
}

export interface OpTime {
  /** In the runtime's words, such as `MatMul`. */
  readonly op: string;
  readonly total: number;
  /** Times that it runs in a step. */
  readonly count: number;
}

export interface StepTimes {
  /** Rows of a batch, and batches of a step. */
  readonly batch: number;
  readonly batches: number;
  /** Steps that were traced. */
  readonly steps: number;
  /** One line: engine, version, threads. */
  readonly engine: string;
  /** Milliseconds of a step that nobody watches, and of one that is traced, whose parts follow. */
  readonly step: number;
  readonly traced: number;
  /** Of a traced step: reading rows, encoding and feeding them, before the engine is called. */
  readonly feeding: number;
  /** Of a traced step: the engine runs no op, since it gets ops to run or threads wake up. */
  readonly between: number;
  /** The longest first. */
  readonly parts: readonly PartTime[];
  readonly ops: readonly OpTime[];
}

/** What was watched of some steps. */
export interface WatchedSteps {
  readonly steps: number;
  readonly spans: readonly TraceSpan[];
  /** Milliseconds of all steps within the engine, and before it. */
  readonly running: number;
  readonly feeding: number;
}

export type TimedParts = Pick<StepTimes, "traced" | "feeding" | "between" | "parts" | "ops">;

/** Sums the spans of some steps by parts of the spec and by ops, for one step. */
export function timeParts(
  { steps, spans, running, feeding }: WatchedSteps,
  partOf: (label: string | undefined) => StepPart,
): TimedParts {
  const { ops, between } = attribute(spans, 1e6 * running);
  const perStep = (nanoseconds: number): number => nanoseconds / 1e6 / steps;
  const parts = new Map<string, Pick<StepPart, "name" | "kind"> & Record<StepPhase, number>>();
  const kinds = new Map<string, { total: number; count: number }>();
  for (const { op = "other", label, nanoseconds, count } of ops) {
    const { name, kind, phase } = partOf(label);
    const key = `${kind} ${name}`;
    const part = parts.get(key) ?? { name, kind, forward: 0, gradient: 0, update: 0 };
    part[phase] += perStep(nanoseconds);
    parts.set(key, part);
    const found = kinds.get(op) ?? { total: 0, count: 0 };
    kinds.set(op, { total: found.total + perStep(nanoseconds), count: found.count + count / steps });
  }
  return {
    traced: (running + feeding) / steps,
    feeding: feeding / steps,
    between: perStep(between),
    parts: longestFirst(
      [...parts.values()].map((part) => ({ ...part, total: part.forward + part.gradient + part.update })),
    ),
    ops: longestFirst([...kinds].map(([op, times]) => ({ op, ...times }))),
  };
}

function longestFirst<T extends { readonly total: number }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => b.total - a.total);
}
