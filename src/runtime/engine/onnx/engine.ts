/**
 * The engine that predicts fastest: functions without updates on onnxruntime, where its package is installed. It does not train. The
 * state is held here; what is large is fed with each call, so that it is in memory once, the rest is in the model, where onnxruntime
 * lays it out for its kernels.
 */
import type { GraphFunction, Program, StateVariable } from "../../../compiler/graph/graph.js";
import { rowsOf } from "../../../compiler/graph/initialize.js";
import { type FunctionInput, functionInputs, stateOf } from "../../../compiler/graph/reads.js";
import {
  functionGraph,
  joinProducts,
  modelFiles,
  orderColumns,
  orderRows,
  pureFunction,
} from "../../../compiler/targets/onnx/index.js";
import { version } from "../../version.js";
import { type Engine, type HostTensor, isLarge, type OpenOptions, type Session } from "../engine.js";
import { checkFeeds, checkTensor, zeroTensor } from "../feeds.js";
import { loadOnnxBinding, type OnnxBinding, type OnnxSession, type OnnxTensor } from "./binding.js";

/** The engine, or why it cannot run here. `threads`: of an op, at least 1. */
export function createOnnxEngine(threads = 1): Engine | { readonly reasons: readonly string[] } {
  const found = loadOnnxBinding();
  if (found.kind === "missing") return { reasons: [found.reason] };
  const { binding } = found;
  return {
    name: "onnx",
    description: `onnx: onnxruntime ${binding.version}, ${threads} thread${threads === 1 ? "" : "s"}; predicts only`,
    compiles: false,
    open: async (program, options = {}) => new OnnxEngineSession(binding, threads, program, options),
  };
}

interface OnnxFunction {
  readonly fn: GraphFunction;
  readonly inputs: readonly FunctionInput[];
  readonly fetches: Readonly<Record<string, null>>;
  /** State that is fed with each call. */
  readonly fed: ReadonlySet<string>;
  /** Absent until it is called, and after state has changed that the model holds. */
  loaded?: LoadedModel | undefined;
}

interface LoadedModel {
  readonly session: OnnxSession;
  /** What is fed, and the name of its input. */
  readonly fed: ReadonlyMap<StateVariable, string>;
  /** The feeds of the call before, and what they were as tensors of onnxruntime: a caller that fills the same arrays again is as fast. */
  last?: { readonly feeds: readonly HostTensor[]; readonly given: Readonly<Record<string, OnnxTensor>> } | undefined;
}

class OnnxEngineSession implements Session {
  readonly #variables: ReadonlyMap<string, StateVariable>;
  readonly #state: Map<string, HostTensor>;
  readonly #functions: ReadonlyMap<string, OnnxFunction>;

  constructor(
    readonly binding: OnnxBinding,
    readonly threads: number,
    readonly program: Program,
    { functions }: OpenOptions,
  ) {
    this.#variables = new Map(program.state.map((variable) => [variable.name, variable]));
    this.#state = new Map(
      program.state.map((variable) => [
        variable.name,
        zeroTensor(variable.type.dtype, variable.type.shape.map(Number)),
      ]),
    );
    const names = functions ?? program.functions.map(({ name }) => name);
    this.#functions = new Map(names.map((name) => [name, prepare(program, pureFunction(program, name))]));
  }

  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>> {
    const target = this.#functions.get(name);
    if (target === undefined) throw new Error(`the session has no function \`${name}\``);
    const { fetches } = target;
    const loaded = (target.loaded ??= this.#load(target));
    const found = loaded.session.run(this.#given(target, loaded, feeds), fetches, {});
    const outputs: Record<string, HostTensor> = {};
    for (const output in fetches) outputs[output] = hostTensor(found[output]);
    return outputs;
  }

  #given(
    { fn, inputs }: OnnxFunction,
    loaded: LoadedModel,
    feeds: Readonly<Record<string, HostTensor>>,
  ): Readonly<Record<string, OnnxTensor>> {
    const { last } = loaded;
    if (last !== undefined && inputs.every(({ name }, at) => feeds[name] === last.feeds[at])) return last.given;
    const { tensors } = checkFeeds(fn.name, inputs, feeds);
    const given: Record<string, OnnxTensor> = {};
    inputs.forEach(({ name, type }, at) => (given[name] = onnxTensor(type.dtype, tensors[at]!)));
    for (const [{ name, type }, input] of loaded.fed) given[input] = onnxTensor(type.dtype, this.#value(name));
    // A boolean is copied, and state may be other arrays at the next call.
    const isKept = loaded.fed.size === 0 && inputs.every(({ type }) => type.dtype !== "bool");
    loaded.last = isKept ? { feeds: tensors, given } : undefined;
    return given;
  }

  get(names?: readonly string[]): ReadonlyMap<string, HostTensor> {
    return new Map(
      (names ?? [...this.#state.keys()]).map((name) => {
        const { shape, data } = this.#value(name);
        return [name, { shape, data: data.slice() }];
      }),
    );
  }

  set(values: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of values) {
      checkTensor(`state \`${name}\``, this.#variable(name).type, value, new Map());
      this.#state.set(name, { shape: value.shape, data: value.data.slice() });
    }
    this.#unload([...values.keys()]);
  }

  readRows(name: string, first: number, count: number): Float32Array | Int32Array {
    const { width } = rowsOf(this.#variable(name));
    return this.#value(name).data.slice(first * width, (first + count) * width);
  }

  writeRows(name: string, first: number, values: Float32Array | Int32Array): void {
    const { width } = rowsOf(this.#variable(name));
    this.#value(name).data.set(values, first * width);
    this.#unload([name]);
  }

  close(): void {
    for (const target of this.#functions.values()) disposeOf(target);
    this.#state.clear();
  }

  /** Forgets the models that hold one of these. */
  #unload(names: readonly string[]): void {
    for (const target of this.#functions.values()) if (names.some((name) => !target.fed.has(name))) disposeOf(target);
  }

  #load({ fn, fed }: OnnxFunction): LoadedModel {
    const better = orderColumns(this.program, fn, ({ name }) => !fed.has(name));
    const program = { ...this.program, state: [...this.program.state, ...better.ordered.keys()] };
    const { graph, state, fed: inputs } = functionGraph(program, joinProducts(better.fn), { fed });
    const bytesOf = ({ name }: StateVariable): Uint8Array => {
      const { buffer, byteOffset, byteLength } = this.#value(name).data;
      return new Uint8Array(buffer, byteOffset, byteLength);
    };
    const value = (variable: StateVariable, from: number, to: number): Uint8Array => {
      const weights = better.ordered.get(variable);
      const bytes = weights === undefined ? bytesOf(variable) : orderRows(weights, bytesOf(weights.of));
      return bytes.subarray(from, to);
    };
    const [file] = modelFiles(graph, state, value, { version, name: fn.name, inline: Infinity });
    const session = this.binding.createSession();
    for (const bytes of file?.content() ?? [])
      session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
        intraOpNumThreads: this.threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
      });
    return { session, fed: inputs };
  }

  #value(name: string): HostTensor {
    const value = this.#state.get(name);
    if (value === undefined) throw new Error(`the program has no state \`${name}\``);
    return value;
  }

  #variable(name: string): StateVariable {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
    return variable;
  }
}

function prepare(program: Program, fn: GraphFunction): OnnxFunction {
  return {
    fn,
    inputs: functionInputs(fn),
    fetches: Object.fromEntries(fn.outputs.map(({ name }) => [name, null])),
    fed: new Set(
      stateOf(program, fn)
        .filter(isLarge)
        .map(({ name }) => name),
    ),
  };
}

function disposeOf(target: OnnxFunction): void {
  target.loaded?.session.dispose();
  target.loaded = undefined;
}

function onnxTensor(type: "float32" | "int32" | "bool", { shape, data }: HostTensor): OnnxTensor {
  return { type, dims: shape, data: type === "bool" ? Uint8Array.from(data) : data, location: "cpu" };
}

function hostTensor(tensor: OnnxTensor | undefined): HostTensor {
  if (tensor === undefined) throw new Error("onnxruntime did not give an output back");
  const { dims, data } = tensor;
  if (data instanceof Float32Array || data instanceof Int32Array) return { shape: dims, data };
  return { shape: dims, data: Int32Array.from(data as Uint8Array) };
}
