/** The session that computes calls of few rows, where a large runtime takes most of the time for the call itself. */
import {
  functionInputs,
  type MultipliedFunction,
  multiplyFixedTables,
  stateOf,
  type GraphFunction,
  stateBytes,
  type StateVariable,
} from "../../../compiler/graph/index.js";
import { opRefusals } from "../../../compiler/targets/target.js";
import { type Engine, type HostTensor, isLarge } from "../../engine/engine.js";
import { zeroTensor } from "../../engine/feeds.js";
import type { Session } from "../../engine/index.js";
import { blockRows, createSimdEngine } from "../../engine/simd/engine.js";
import { rowFlops } from "./row-flops.js";

/**
 * From so many floating-point operations on, a runtime computes faster by more than its call takes: `npm run bench -- predict`. The MMoE
 * of Census-Income has 140,000 a row.
 */
const mostFlops = 4e6;

/** Rows of a call at most where another runtime has no more operations, however few these are. */
const mostRows = 256;

/** Bytes of weights that are copied at most, once as they are and once as products read them; large tables are read where they are. */
const mostCopied = 1 << 25;

/** Numbers of products of tables with weights at most, so that they stay in the processor's caches. */
const mostMultiplied = 1 << 20;

/**
 * Where a call has so many times the operations that it has with products of tables, the session is ahead of calls of any size: those of other runtimes
 * take more numbers at once, and fuse products and sums.
 */
const leastGain = 5;

/** Calls that make the code of a session fast before the first of a user. */
const warmCalls = 200;

/** The same of calls of a block of rows. */
const warmBlocks = 20;

export interface FewRows {
  readonly session: Session;
  /** Rows of a call that it is the fastest for, at most. */
  readonly rows: number;
}

/** What a session of few rows would compute. */
export interface FewRowsPlan extends MultipliedFunction {
  readonly target: GraphFunction;
  /** The state that is read, what is derived included. */
  readonly read: readonly StateVariable[];
  /** Rows of a call that it is the fastest for, at most. */
  readonly rows: number;
}

/** What the engine `simd` computes of a function; undefined where it cannot compute the function or is not faster. */
export function planFewRows(target: GraphFunction, variables: readonly StateVariable[]): FewRowsPlan | undefined {
  if (opRefusals("simd", target).length > 0) return undefined;
  const multiplied = multiplyFixedTables({ state: variables, functions: [target] }, target, mostMultiplied);
  const { fn, derived } = multiplied;
  const read = stateOf({ state: [...variables, ...derived.map(({ variable }) => variable)] }, fn);
  const [before, flops] = [rowFlops(target), rowFlops(fn)];
  const copied = read.reduce((total, variable) => total + (isLarge(variable) ? 0 : stateBytes(variable)), 0);
  if (before === undefined || flops === undefined || flops > mostFlops || copied > mostCopied) return undefined;
  const isForAll = before >= leastGain * flops;
  const rows = isForAll ? Infinity : Math.min(mostRows, Math.floor(mostFlops / flops));
  return { ...multiplied, target, read, rows };
}

/** A session of the engine `simd` with the values of state, warm; undefined where that engine is not there. */
export function openFewRows(
  { fn, derived, target, read, rows }: FewRowsPlan,
  state: ReadonlyMap<string, HostTensor>,
): (FewRows & { readonly engine: Engine }) | undefined {
  const engine = createSimdEngine();
  if ("reasons" in engine) return undefined;
  const session = engine.openNow({ state: read, functions: [fn] }, { rowsApart: true });
  const valueOf = (name: string): ArrayLike<number> => state.get(name)?.data ?? [];
  const values = new Map(state);
  for (const { variable, compute } of derived)
    values.set(variable.name, { shape: variable.type.shape.map(Number), data: compute(valueOf) });
  const names = new Set(read.map(({ name }) => name));
  session.set(new Map([...values].filter(([name]) => names.has(name))));
  warm(session, target, rows);
  return { session, rows, engine };
}

/** Calls of one row, and of a block of rows where there will be any, until their code is fast. */
function warm(session: Session, target: GraphFunction, rows: number): void {
  const one = feedsOfZeros(target, 1);
  for (let made = 0; made < warmCalls; made += 1) session.run(target.name, one);
  if (rows < blockRows) return;
  const block = feedsOfZeros(target, blockRows);
  for (let made = 0; made < warmBlocks; made += 1) session.run(target.name, block);
}

/** Zeros for some rows. */
function feedsOfZeros(target: GraphFunction, rows: number): Readonly<Record<string, HostTensor>> {
  const feeds = functionInputs(target).map(({ name, type: { dtype, shape } }): [string, HostTensor] => {
    const sizes = shape.map((size) => (size === "B" ? rows : Number(size)));
    return [name, zeroTensor(dtype, sizes)];
  });
  return Object.fromEntries(feeds);
}
