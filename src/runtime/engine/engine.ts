/**
 * What runs a program: one interface over loops of our own (fused), TensorFlow's session (native), tfjs on WebAssembly and tfjs on plain
 * JavaScript. An engine owns the state; callers see typed arrays in and out and never a tensor.
 */
import type { Program, StateVariable } from "../../compiler/graph/graph.js";
import { rowsOf, stateBytes } from "../../compiler/graph/initialize.js";

/** Those that train, from fast to slow, and those that only predict. All give the same numbers within float32 rounding. */
export type EngineName = "fused" | "native" | "wasm" | "cpu" | "onnx" | "simd";

/** A dense row-major array with its shape. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface OpenOptions {
  /**
   * Rows of every training batch. Training functions are specialised to it (the native engine compiles them for that
   * size), so each `train` call must provide exactly this many rows; pad with rows of weight 0.
   */
  readonly trainBatch?: number;
  /** The functions that will be called; the others are not compiled. Default: all. */
  readonly functions?: readonly string[];
  /** Whether calls will be watched: the session then has {@link Session.trace}. Default: false. */
  readonly traced?: boolean;
}

/** Makes sessions. */
export interface Engine {
  readonly name: EngineName;
  /** One line for people: the engine, its version, threads, XLA or not. */
  readonly description: string;
  /** Whether the first training step waits for a compiler, which makes the others fast. */
  readonly compiles: boolean;
  open(program: Program, options?: OpenOptions): Promise<Session>;
}

/** Bytes that are read, made, hashed or written at once, where what is there may be larger than the memory. */
export const chunkBytes = 1 << 21;

/** Bytes of the largest state variable that is taken whole. */
export const wholeBytes = 1 << 24;

/** Whether a state variable is read and written a chunk of rows at a time; smaller ones are taken whole. */
export function isLarge(variable: StateVariable): boolean {
  return stateBytes(variable) > wholeBytes && rowsOf(variable).rows > 1;
}

/** Something that a thread did while calls were watched. Spans of a thread are apart or within one another. */
export interface TraceSpan {
  readonly thread: string;
  /** Nanoseconds since the trace began. */
  readonly start: number;
  readonly end: number;
  /** As the runtime calls it. */
  readonly name: string;
  /** `op`: computes or moves numbers. `start`: gets ops to run. `wait`: for other threads. */
  readonly kind: "op" | "start" | "wait";
  /** The kind of op in the runtime's words, such as `MatMul`. */
  readonly op?: string;
  /** Of the node of the program that is computed; absent: none has a label, or it is not known. */
  readonly label?: string;
}

/** A program with its state. Not for use from two calls at once. */
export interface Session {
  /**
   * Runs one function of the program: feeds every input by name, applies its updates, returns its outputs by name.
   * Throws when a feed is missing or has another size than the function's type says.
   */
  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>>;
  /**
   * Calls of a function that one call may be, at least 1, once its queue is full: see {@link Session.runSteps}. Absent: one, as for a function
   * that this engine cannot repeat.
   */
  readonly stepsPerCall?: (name: string) => number;
  /**
   * Runs a function `count` times, over the state that each leaves: each feed has an axis of `stepsPerCall` before its own, of which
   * the first `count` entries are read. Returns the outputs of each.
   */
  readonly runSteps?: (
    name: string,
    queue: Readonly<Record<string, HostTensor>>,
    count: number,
  ) => readonly Readonly<Record<string, HostTensor>>[];
  /** Has the calls of {@link Session.runSteps} compiled, which the first one would wait for; the state stays as it is. Absent: nothing is compiled. */
  readonly compileSteps?: (name: string) => void;
  /** The engine that has opened it where the one that was asked cannot run the program. */
  readonly by?: Engine;
  /** What the session does while `work` runs. Absent: it was not opened for that. */
  readonly trace?: (work: () => void) => readonly TraceSpan[];
  /** Copies the named state variables out (all when absent). */
  get(names?: readonly string[]): ReadonlyMap<string, HostTensor>;
  /** Replaces state variables. A session starts with all state zero. */
  set(values: ReadonlyMap<string, HostTensor>): void;
  /** A copy of `count` rows of a large state variable (`isLarge`) from row `first` on, row-major; no more memory than that. */
  readRows(name: string, first: number, count: number): Float32Array | Int32Array;
  /** Replaces rows of a large state variable from row `first` on; the array may be used again when this returns. */
  writeRows(name: string, first: number, values: Float32Array | Int32Array): void;
  /** Frees what the session holds; it must not be used afterwards. */
  close(): void;
}
