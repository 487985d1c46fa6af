/**
 * State of any size: read, made and copied a chunk of rows at a time, so that a session's state is never in memory twice. Small
 * variables are taken whole and together: a call into an engine costs more than they do.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { StateVariable } from "../../compiler/graph/graph.js";
import { initializeRows, rowsOf } from "../../compiler/graph/initialize.js";
import { fastDraws } from "./fused/draws.js";
import { chunkBytes, type HostTensor, isLarge, type Session } from "./engine.js";

/** Values of state variables, some rows at a time. */
export interface StateReader {
  /** Rows [first, first + count), row-major. */
  readonly rows: (variable: StateVariable, first: number, count: number) => Float32Array | Int32Array;
}

/** State as training starts, a function of the seed. */
export function initialReader(seed: number): StateReader {
  return { rows: (variable, first, count) => initializeRows(variable, seed, first, count, fastDraws()) };
}

/** State that is held in memory. Throws for a variable that it does not hold. */
export function heldReader(state: ReadonlyMap<string, HostTensor>): StateReader {
  return {
    rows: (variable, first, count) => {
      const held = state.get(variable.name);
      if (held === undefined) throw new Error(`there is no value of the state variable ${variable.name}`);
      const { width } = rowsOf(variable);
      return held.data.subarray(first * width, (first + count) * width);
    },
  };
}

/** State that is held in memory; what is not held, such as slots of the optimizer, as training starts. */
export function heldOrInitialReader(state: ReadonlyMap<string, HostTensor>, seed: number): StateReader {
  const [held, fresh] = [heldReader(state), initialReader(seed)];
  return {
    rows: (variable, first, count) => (state.has(variable.name) ? held : fresh).rows(variable, first, count),
  };
}

/** The state of a session as it is now; good until the session's next step. */
export function sessionReader(session: Session, variables: readonly StateVariable[]): StateReader {
  const small = variables.filter((variable) => !isLarge(variable)).map(({ name }) => name);
  const held = heldReader(small.length === 0 ? new Map() : session.get(small));
  return {
    rows: (variable, first, count) =>
      isLarge(variable) ? session.readRows(variable.name, first, count) : held.rows(variable, first, count),
  };
}

/** Runs of rows [first, first + count) that cover [from, to), each of about `chunkBytes`. */
export function* rowChunks(
  variable: StateVariable,
  from: number,
  to: number,
): IterableIterator<{ readonly first: number; readonly count: number }> {
  const { width } = rowsOf(variable);
  const size = Math.max(1, Math.floor(chunkBytes / (4 * Math.max(1, width))));
  for (let first = from; first < to; first += size) yield { first, count: Math.min(size, to - first) };
}

/** Puts values into a session; rejects with the signal's reason when it fires. */
export async function fillSession(
  session: Session,
  variables: readonly StateVariable[],
  reader: StateReader,
  signal?: AbortSignal,
): Promise<void> {
  const small = variables.filter((variable) => !isLarge(variable));
  if (small.length > 0) session.set(holdState(small, reader));
  for (const variable of variables.filter(isLarge))
    for (const { first, count } of rowChunks(variable, 0, rowsOf(variable).rows)) {
      session.writeRows(variable.name, first, reader.rows(variable, first, count));
      await nextTurn();
      signal?.throwIfAborted();
    }
}

/** Copies values into memory: into the arrays of an earlier copy where one is given. */
export function holdState(
  variables: readonly StateVariable[],
  reader: StateReader,
  into?: ReadonlyMap<string, HostTensor>,
): ReadonlyMap<string, HostTensor> {
  return new Map(
    variables.map((variable): [string, HostTensor] => {
      const { rows, width } = rowsOf(variable);
      const shape = variable.type.shape.map(Number);
      const make = variable.type.dtype === "float32" ? Float32Array : Int32Array;
      const data = into?.get(variable.name)?.data ?? new make(rows * width);
      for (const { first, count } of rowChunks(variable, 0, rows))
        data.set(reader.rows(variable, first, count), first * width);
      return [variable.name, { shape, data }];
    }),
  );
}
