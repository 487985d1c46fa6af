/**
 * The fast engine: a program as one TensorFlow graph in a session of the library inside tfjs-node, so that a training
 * step is one call into C++. Synchronous; a server calls it from a worker.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { DType, GraphFunction, Program, TensorType } from "../../compiler/graph/graph.js";
import { bindDims } from "../../compiler/graph/passes/bind-dims.js";
import { joinTables } from "../../compiler/graph/passes/join-tables.js";
import { partition } from "../../compiler/graph/passes/partition.js";
import { repeatedStep } from "../../compiler/graph/passes/repeat.js";
import { trainingPasses } from "../../compiler/graph/step-passes.js";
import { functionInputs } from "../../compiler/graph/reads.js";
import { int32, isStatic } from "../../compiler/graph/dims.js";
import { rowsOf } from "../../compiler/graph/initialize.js";
import { sizeOfShape } from "../../compiler/graph/tensor.js";
import {
  createSavedModel,
  type NodeLabels,
  type RowEndpoints,
  type SavedModel,
  servingTag,
  type StateEndpoints,
  type StepsOptions,
} from "../../compiler/targets/savedmodel/index.js";
import { joinedBytes } from "../../compiler/targets/protobuf.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { type Engine, type HostTensor, isLarge, type OpenOptions, type Session, type TraceSpan } from "./engine.js";
import { checkFeeds, checkTensor, zeroTensor } from "./feeds.js";
import type { CompiledEntry } from "./compiled-store.js";
import { withParts } from "./stacked-state.js";
import { keepMemory, shareHeaps } from "./keep-memory.js";
import { loadBinding, type LoadedBinding, type NativeBinding, type TensorHandle } from "./native-binding.js";
import { threadCount } from "../thread-count.js";

export interface NativeEngine extends Engine {
  /** As {@link Engine.open}, at once. */
  readonly openNow: (program: Program, options?: OpenOptions) => Session;
}

/** The engine, or why there is none. */
export function createNativeEngine(
  environment: NodeJS.ProcessEnv = process.env,
): NativeEngine | { readonly reasons: readonly string[] } {
  const found = loadBinding(environment);
  if (found.kind === "unavailable") return { reasons: found.reasons };
  const library: Library = found;
  const { binding } = found;
  return {
    name: "native",
    get description() {
      const threads = threadCount(environment) ?? availableParallelism();
      return `native: TensorFlow ${binding.TF_Version}, ${threads} threads, ${hasXla(library) ? "XLA" : "without XLA"}`;
    },
    get compiles() {
      return hasXla(library);
    },
    open: async (program, options = {}) =>
      options.traced === true ? openTraced(library, program, options) : openSession(library, program, options),
    openNow: (program, options = {}) => openSession(library, program, options),
  };
}

async function openTraced(library: Library, program: Program, options: OpenOptions): Promise<Session> {
  const [{ loadTraceAddon }, { nativeSpans }, { dumpedModules }] = await Promise.all([
    import("./trace/addon.js"),
    import("./trace/native-spans.js"),
    import("./trace/compiled-labels.js"),
  ]);
  const addon = await loadTraceAddon();
  const labels: NodeLabels = { graph: new Map(), compiled: new Map() };
  const trace = (work: () => void): readonly TraceSpan[] => {
    if (!addon.start()) throw new Error("a trace is under way already");
    try {
      work();
    } catch (error) {
      addon.stop();
      throw error;
    }
    return nativeSpans(addon.stop(), labels, dumpedModules());
  };
  return Object.assign(openSession(library, program, options, labels), { trace });
}

function openSession(library: Library, program: Program, options: OpenOptions, labels?: NodeLabels): Session {
  const { functions, trainBatch } = options;
  const wanted = program.functions.filter((fn) => functions === undefined || functions.includes(fn.name));
  const bound = wanted.map((fn) =>
    trainBatch === undefined || fn.updates.length === 0 ? fn : bindDims(fn, { B: trainBatch }),
  );
  const compile = trainBatch !== undefined && bound.some((fn) => fn.updates.length > 0) && hasXla(library);
  const trained = { ...program, functions: bound };
  const { program: joined, ...passes } = compile
    ? trainingPasses(trained)
    : { ...joinTables(trained), stacked: [], apart: trained.state };
  const model = createSavedModel(joined, {
    joined: passes.joined,
    byRows: new Set(passes.apart.filter(isLarge).map(({ name }) => name)),
    ...omitUndefined({ labels }),
    ...(compile ? { compiled: (fn) => (fn.updates.length > 0 ? partition(fn) : new Set()), steps: stepsOf } : {}),
  });
  const isTrained = trainBatch !== undefined;
  if (isTrained) shareHeaps();
  return withParts(createSession(library, model, isTrained), passes.stacked);
}

/** Steps of a call at most: the cost of a call is then small beside theirs, and a signal waits for few of them. */
const mostSteps = 64;
/** Bytes of a queue of batches at most. */
const queueBytes = 1 << 22;

/** How many calls of a training function, the batch bound, one may be; undefined: a queue needs inputs of known sizes, and outputs that go into a row. */
function stepsOf(fn: GraphFunction): StepsOptions | undefined {
  const inputs = functionInputs(fn).map(({ type }) => type);
  const outputs = fn.outputs.flatMap(({ value }) => fn.nodes[value]?.type ?? []);
  const isLoop =
    fn.updates.length > 0 &&
    outputs.length > 0 &&
    [...inputs, ...outputs].every(({ shape }) => isStatic(shape)) &&
    outputs.every(({ dtype }) => dtype === "float32");
  if (!isLoop) return undefined;
  const batch = inputs.reduce((sum, { shape }) => sum + 4 * sizeOfShape(shape.map(Number)), 0);
  const most = Math.max(1, Math.min(mostSteps, Math.floor(queueBytes / Math.max(1, batch))));
  return { most, ...omitUndefined({ whole: repeatedStep(fn) }) };
}

/** The library, and what it has compiled before. */
export type Library = Pick<Extract<LoadedBinding, { readonly kind: "loaded" }>, "binding" | "compiled">;

let xla: boolean | undefined;

/** Whether the library compiles functions with XLA: found out once, by compiling one. */
export function hasXla(library: Library): boolean {
  xla ??= probeXla(library);
  return xla;
}

function probeXla(library: Library): boolean {
  const type: TensorType = { dtype: "float32", shape: [1] };
  const fn: GraphFunction = {
    name: "probe",
    nodes: [
      { op: "input", inputs: [], attributes: { name: "x", type }, type },
      { op: "neg", inputs: [0], attributes: {}, type },
    ],
    outputs: [{ name: "y", value: 1 }],
    updates: [],
  };
  const model = createSavedModel({ state: [], functions: [fn] }, { compiled: () => new Set([1]) });
  try {
    const session = createSession(library, model);
    const { y } = session.run("probe", { x: { shape: [1], data: Float32Array.of(2) } });
    session.close();
    return y?.data[0] === -2;
  } catch {
    return false;
  }
}

/** Loads the model. TensorFlow reads it from a folder, which is gone when this returns. `isTrained`: calls are steps, many of one kind. */
export function createSession({ binding, compiled }: Library, model: SavedModel, isTrained = false): NativeSession {
  const bytes = joinedBytes(model.content);
  const kept = compiled?.offer(bytes);
  const directory = mkdtempSync(join(tmpdir(), "mtlc-"));
  let id: number;
  try {
    writeFileSync(join(directory, "saved_model.pb"), bytes);
    id = binding.loadSavedModel(directory, servingTag);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return new NativeSession(binding, id, model, kept, isTrained);
}

export class NativeSession implements Session {
  constructor(
    readonly binding: NativeBinding,
    readonly id: number,
    readonly model: SavedModel,
    readonly kept?: CompiledEntry,
    readonly isTrained = false,
  ) {}

  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>> {
    const fn = this.model.functions.get(name);
    if (fn === undefined) throw new Error(`the session has no function \`${name}\``);
    const { tensors } = checkFeeds(name, fn.inputs, feeds);
    const fetches = fn.outputs.length > 0 ? fn.outputs.map((output) => output.tensor) : [fn.done];
    const results = this.#run(
      fn.inputs.map(({ tensor, type }, index) => ({ tensor, type, value: tensors[index] })),
      fetches,
    );
    this.#keepMemory();
    return Object.fromEntries(fn.outputs.map((output, index) => [output.name, results[index] ?? missing()]));
  }

  stepsPerCall(name: string): number {
    return this.model.steps.get(name)?.most ?? 1;
  }

  runSteps(
    name: string,
    queue: Readonly<Record<string, HostTensor>>,
    count: number,
  ): readonly Readonly<Record<string, HostTensor>>[] {
    const steps = this.model.steps.get(name);
    if (steps === undefined || count > steps.most) throw new Error(`the session has no ${count} steps of \`${name}\``);
    const { tensors } = checkFeeds(name, steps.inputs, queue);
    const taken = { shape: [], data: Int32Array.of(count) };
    const feeds: Feed[] = steps.inputs.map(({ tensor, type }, index) => ({ tensor, type, value: tensors[index] }));
    const [rows = missing()] = this.#run(
      [...feeds, { tensor: steps.count, type: int32(), value: taken }],
      [steps.outputs],
    );
    this.#keepMemory();
    const width = rows.data.length / steps.most;
    return Array.from({ length: count }, (_, step) =>
      Object.fromEntries(
        steps.columns.map(({ name: output, shape, first, width: size }) => {
          const from = step * width + first;
          return [output, { shape, data: rows.data.subarray(from, from + size) }];
        }),
      ),
    );
  }

  compileSteps(name: string): void {
    const steps = this.model.steps.get(name);
    if (steps === undefined) return;
    const queue = steps.inputs.map(
      ({ name: input, type: { dtype, shape } }) => [input, zeroTensor(dtype, shape.map(Number))] as const,
    );
    this.runSteps(name, Object.fromEntries(queue), 0);
    this.kept?.keep();
  }

  get(names?: readonly string[]): ReadonlyMap<string, HostTensor> {
    const wanted = names ?? [...this.model.state.keys()];
    if (wanted.length === 0) return new Map();
    const results = this.#run(
      [],
      wanted.map((name) => this.#state(name).get),
    );
    return new Map(wanted.map((name, index) => [name, results[index] ?? missing()]));
  }

  set(values: ReadonlyMap<string, HostTensor>): void {
    if (values.size === 0) return;
    const targets = [...values].map(([name, value]) => {
      const { variable, set } = this.#state(name);
      checkTensor(`state \`${name}\``, variable.type, value, new Map());
      return { tensor: set.value, done: set.done, type: variable.type, value };
    });
    this.#run(
      targets,
      targets.map((target) => target.done),
    );
  }

  readRows(name: string, first: number, count: number): Float32Array | Int32Array {
    const { rows } = this.#byRows(name);
    const data = Int32Array.from({ length: count }, (_, row) => first + row);
    const [found = missing()] = this.#run(
      [{ tensor: rows.get.ids, type: int32("N"), value: { shape: [count], data } }],
      [rows.get.rows],
    );
    return found.data;
  }

  writeRows(name: string, first: number, values: Float32Array | Int32Array): void {
    const { rows, variable } = this.#byRows(name);
    const { width } = rowsOf(variable);
    const count = values.length / width;
    const place = (tensor: string, row: number): Feed => ({
      tensor,
      type: int32(1),
      value: { shape: [1], data: Int32Array.of(row) },
    });
    const value = { shape: [count, ...variable.type.shape.slice(1).map(Number)], data: values };
    this.#run(
      [
        place(rows.set.begin, first),
        place(rows.set.end, first + count),
        { tensor: rows.set.value, type: variable.type, value },
      ],
      [rows.set.done],
    );
  }

  close(): void {
    this.kept?.keep();
    this.binding.deleteSavedModel(this.id);
  }

  /** The first call has compiled; what comes takes and frees the same blocks. */
  #keepMemory(): void {
    if (this.isTrained) keepMemory();
  }

  #byRows(name: string): StateEndpoints & { readonly rows: RowEndpoints } {
    const { rows, ...rest } = this.#state(name);
    if (rows === undefined) throw new Error(`the state \`${name}\` is not read by rows`);
    return { ...rest, rows };
  }

  #state(name: string): StateEndpoints {
    const endpoints = this.model.state.get(name);
    if (endpoints === undefined) throw new Error(`the program has no state \`${name}\``);
    return endpoints;
  }

  #run(feeds: readonly Feed[], fetches: readonly string[]): readonly HostTensor[] {
    const { binding } = this;
    const inputs: number[] = [];
    let outputs: readonly TensorHandle[] = [];
    try {
      for (const { type, value = missing() } of feeds) {
        inputs.push(binding.createTensor(value.shape, typeCode(binding, type.dtype), elements(type.dtype, value)));
      }
      const names = feeds.map((feed) => feed.tensor).join(",");
      outputs = binding.runSavedModel(this.id, inputs, names, fetches.join(","));
      return outputs.map((output) => {
        const data = binding.tensorDataSync(output.id);
        return { shape: output.shape, data: data instanceof Uint8Array ? Int32Array.from(data) : data };
      });
    } finally {
      for (const tensor of inputs) binding.deleteTensor(tensor);
      for (const output of outputs) binding.deleteTensor(output.id);
    }
  }
}

interface Feed {
  readonly tensor: string;
  readonly type: TensorType;
  readonly value: HostTensor | undefined;
}

function missing(): never {
  throw new Error("the session returned fewer tensors than were asked for");
}

function typeCode(binding: NativeBinding, dtype: DType): number {
  switch (dtype) {
    case "float32":
      return binding.TF_FLOAT;
    case "int32":
      return binding.TF_INT32;
    case "bool":
      return binding.TF_BOOL;
  }
}

function elements(dtype: DType, { data }: HostTensor): Float32Array | Int32Array | Uint8Array {
  return dtype === "bool" ? Uint8Array.from(data, (element) => (element === 0 ? 0 : 1)) : data;
}
