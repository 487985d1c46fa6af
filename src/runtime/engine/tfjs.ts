/**
 * The engines that need only this package: the program op by op on tfjs-core, on WebAssembly or plain JavaScript.
 * The backward pass and the updates are ops like any other; tfjs's own gradients are not used.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { DType, GraphFunction, Program, Shape, StateVariable, ValueId } from "../../compiler/graph/graph.js";
import { sizeOf } from "../../compiler/graph/dims.js";
import { rowsOf } from "../../compiler/graph/initialize.js";
import { liveValues, rootsOf } from "../../compiler/graph/passes/eliminate-dead-code.js";
import { type FunctionInput, functionInputs } from "../../compiler/graph/reads.js";
import type { Engine, HostTensor, Session, TraceSpan } from "./engine.js";
import { checkFeeds, checkTensor, zeroTensor } from "./feeds.js";
import { memoryOf, startBackend, type TfjsBackendName, useBackend } from "./tfjs-backend.js";
import { scatterRows, type UniqueIds, uniqueIds } from "./tfjs-kernels.js";
import { computeNode, type TfjsContext } from "./tfjs-ops.js";

/** Throws when the backend does not start. */
export async function createTfjsEngine(backend: TfjsBackendName): Promise<Engine> {
  await startBackend(backend);
  const kind = backend === "wasm" ? "WebAssembly" : "plain JavaScript";
  return {
    name: backend,
    description: `${backend}: tfjs ${tf.version_core} on ${kind}, 1 thread`,
    compiles: false,
    open: async (program, options = {}) => {
      const session = new TfjsSession(backend, program, options.functions);
      return options.traced === true ? Object.assign(session, { trace: session.watched.bind(session) }) : session;
    },
  };
}

/** A function with what is known of it before any call. */
interface PreparedFunction {
  readonly fn: GraphFunction;
  readonly inputs: readonly FunctionInput[];
  /** Values that an output or update needs, in order. */
  readonly live: readonly ValueId[];
  /** For each live value, the values that nothing needs after it. */
  readonly lastUses: ReadonlyMap<ValueId, readonly ValueId[]>;
}

class TfjsSession implements Session {
  readonly #state = new Map<string, tf.Tensor>();
  readonly #variables: ReadonlyMap<string, StateVariable>;
  readonly #functions: ReadonlyMap<string, PreparedFunction>;
  /** Of the trace that is under way. */
  #spans: TraceSpan[] | undefined;

  constructor(
    readonly backend: TfjsBackendName,
    program: Program,
    wanted: readonly string[] | undefined,
  ) {
    useBackend(backend);
    this.#variables = new Map(program.state.map((variable) => [variable.name, variable]));
    this.#functions = new Map(
      program.functions
        .filter((fn) => wanted === undefined || wanted.includes(fn.name))
        .map((fn) => [fn.name, prepareFunction(fn)]),
    );
    for (const { name, type } of program.state) {
      const shape = knownSizes(name, type.shape);
      this.#state.set(name, toTensor(zeroTensor(type.dtype, shape), type.dtype));
    }
  }

  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>> {
    const prepared = this.#functions.get(name);
    if (prepared === undefined) throw new Error(`the session has no function \`${name}\``);
    useBackend(this.backend);
    const { tensors, sizes } = checkFeeds(name, prepared.inputs, feeds);
    const call = new Call(prepared, this.#state, new Map(sizes), this.#spans);
    try {
      prepared.inputs.forEach((input, index) => {
        const feed = tensors[index];
        if (feed !== undefined) call.feeds.set(input.name, toTensor(feed, input.type.dtype));
      });
      call.compute();
      const outputs = Object.fromEntries(
        prepared.fn.outputs.map((output) => [output.name, toHost(call.value(output.value))]),
      );
      this.#update(call);
      return outputs;
    } finally {
      call.dispose();
    }
  }

  /** What {@link Session.trace} is: an op after another on one thread. */
  watched(work: () => void): readonly TraceSpan[] {
    const spans: TraceSpan[] = [];
    const began = nanoseconds();
    this.#spans = spans;
    try {
      work();
    } finally {
      this.#spans = undefined;
    }
    return spans.map((span) => ({ ...span, start: span.start - began, end: span.end - began }));
  }

  get(names?: readonly string[]): ReadonlyMap<string, HostTensor> {
    useBackend(this.backend);
    return new Map((names ?? [...this.#state.keys()]).map((name) => [name, toHost(this.#tensor(name))]));
  }

  set(values: ReadonlyMap<string, HostTensor>): void {
    useBackend(this.backend);
    for (const [name, value] of values) {
      const { type } = this.#variable(name);
      checkTensor(`state \`${name}\``, type, value, new Map());
      this.#replace(name, toTensor({ shape: value.shape, data: value.data.slice() }, type.dtype));
    }
  }

  readRows(name: string, first: number, count: number): Float32Array | Int32Array {
    useBackend(this.backend);
    const { width } = rowsOf(this.#variable(name));
    const data = memoryOf(this.#tensor(name)).subarray(first * width, (first + count) * width);
    return data instanceof Float32Array ? data.slice() : Int32Array.from(data);
  }

  writeRows(name: string, first: number, values: Float32Array | Int32Array): void {
    useBackend(this.backend);
    const { width } = rowsOf(this.#variable(name));
    memoryOf(this.#tensor(name)).set(values, first * width);
  }

  close(): void {
    useBackend(this.backend);
    for (const tensor of this.#state.values()) tensor.dispose();
    this.#state.clear();
  }

  /** Whole assignments first: they may read what a scatter overwrites in place. */
  #update(call: Call): void {
    const { updates } = call.prepared.fn;
    const shared = new Set<object>([...this.#state.values(), ...call.feeds.values()].map((tensor) => tensor.dataId));
    for (const update of updates) {
      if (update.kind !== "assign") continue;
      const value = call.value(update.value);
      // A reshape, say, has the memory of its input; state has memory of its own.
      const own = shared.has(value.dataId)
        ? toTensor(toHost(value), this.#variable(update.state).type.dtype)
        : value.clone();
      shared.add(own.dataId);
      this.#replace(update.state, own);
    }
    for (const update of updates) {
      if (update.kind !== "scatter") continue;
      const table = this.#tensor(update.state);
      const rows = call.value(update.rows);
      const width = tf.util.sizeFromShape(table.shape.slice(1));
      const source = memoryOf(rows);
      const values = rows.dataId === table.dataId ? source.slice() : source;
      const start = this.#spans === undefined ? 0 : nanoseconds();
      scatterRows(
        memoryOf(table) as Float32Array,
        memoryOf(call.value(update.ids)) as Int32Array,
        values as Float32Array,
        width,
      );
      this.#spans?.push(spanOf("scatter", `update/${update.state}`, start));
    }
  }

  #replace(name: string, tensor: tf.Tensor): void {
    this.#state.get(name)?.dispose();
    this.#state.set(name, tensor);
  }

  #tensor(name: string): tf.Tensor {
    const tensor = this.#state.get(name);
    if (tensor === undefined) throw new Error(`the program has no state \`${name}\``);
    return tensor;
  }

  #variable(name: string): StateVariable {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
    return variable;
  }
}

/** The values of one call; each is disposed after its last use. */
class Call implements TfjsContext {
  readonly feeds = new Map<string, tf.Tensor>();
  readonly #values = new Map<ValueId, tf.Tensor>();
  readonly #uniques = new Map<ValueId, UniqueIds>();

  constructor(
    readonly prepared: PreparedFunction,
    readonly states: ReadonlyMap<string, tf.Tensor>,
    readonly bound: Map<string, number>,
    readonly spans: TraceSpan[] | undefined,
  ) {}

  compute(): void {
    const { fn, live, lastUses } = this.prepared;
    for (const id of live) {
      const node = fn.nodes[id];
      if (node === undefined) throw new Error(`\`${fn.name}\` has no value ${id}`);
      const inputs = node.inputs.map((input) => this.value(input));
      const start = this.spans === undefined ? 0 : nanoseconds();
      this.#values.set(id, computeNode(node, inputs, this));
      this.spans?.push(spanOf(node.op, node.label, start));
      for (const dead of lastUses.get(id) ?? []) {
        this.value(dead).dispose();
        this.#values.delete(dead);
      }
    }
  }

  value(id: ValueId): tf.Tensor {
    return known(this.#values.get(id), `value ${id}`);
  }

  feed(name: string): tf.Tensor {
    return known(this.feeds.get(name), `feed \`${name}\``);
  }

  state(name: string): tf.Tensor {
    return known(this.states.get(name), `state \`${name}\``);
  }

  sizes(shape: Shape): number[] {
    return shape.map((size) => sizeOf(size, this.bound));
  }

  bind(dimension: string, size: number): void {
    this.bound.set(dimension, size);
  }

  unique(id: ValueId, ids: Int32Array): UniqueIds {
    const found = this.#uniques.get(id) ?? uniqueIds(ids);
    this.#uniques.set(id, found);
    return found;
  }

  dispose(): void {
    for (const tensor of [...this.#values.values(), ...this.feeds.values()]) tensor.dispose();
  }
}

function nanoseconds(): number {
  return Math.round(1e6 * performance.now());
}

/** What has been computed from `start` on. */
function spanOf(op: string, label: string | undefined, start: number): TraceSpan {
  const place = { thread: "main", start, end: nanoseconds() };
  return { ...place, name: label ?? op, kind: "op", op, ...(label === undefined ? {} : { label }) };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the call has no ${what}`);
  return value;
}

function prepareFunction(fn: GraphFunction): PreparedFunction {
  const live = liveValues(fn);
  const lastUses = new Map<ValueId, ValueId[]>();
  const seen = new Set(rootsOf(fn));
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) {
    if (!live.has(id)) continue;
    for (const input of fn.nodes[id]?.inputs ?? []) {
      if (seen.has(input)) continue;
      seen.add(input);
      lastUses.set(id, [...(lastUses.get(id) ?? []), input]);
    }
  }
  return { fn, inputs: functionInputs(fn), live: [...live].sort((a, b) => a - b), lastUses };
}

function knownSizes(name: string, shape: Shape): number[] {
  return shape.map((size) => {
    if (typeof size === "number") return size;
    throw new Error(`state \`${name}\` has the unknown size \`${size}\``);
  });
}

function toTensor({ shape, data }: HostTensor, dtype: DType): tf.Tensor {
  return tf.tensor(dtype === "bool" ? Uint8Array.from(data) : data, [...shape], dtype);
}

function toHost(tensor: tf.Tensor): HostTensor {
  const data = memoryOf(tensor);
  return {
    shape: [...tensor.shape],
    data: data instanceof Float32Array ? data.slice() : Int32Array.from(data),
  };
}
