/**
 * The engine that trains fastest: a step as loops over rows that stay in near caches, run by an addon of our own. It needs no TensorFlow, compiles nothing
 * when it opens, and its state lies in arrays of JavaScript.
 */
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import { bindDims } from "../../../compiler/graph/passes/bind-dims.js";
import { joinTables, type JoinedTable } from "../../../compiler/graph/passes/join-tables.js";
import { functionInputs, type FunctionInput } from "../../../compiler/graph/reads.js";
import { isStatic } from "../../../compiler/graph/dims.js";
import { rowsOf } from "../../../compiler/graph/initialize.js";
import type { DType, GraphFunction, Program, StateVariable } from "../../../compiler/graph/graph.js";
import { sizeOfShape } from "../../../compiler/graph/tensor.js";
import {
  fusedPlan,
  type FusedPlan,
  type Layout,
  layoutOf,
  plannedStep,
  type Products,
  stackedSteps,
} from "../../../compiler/targets/fused/index.js";
import type { Engine, HostTensor, OpenOptions, Session, TraceSpan } from "../engine.js";
import { checkFeeds, checkTensor } from "../feeds.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import { withParts } from "../stacked-state.js";
import { threadCount } from "../../thread-count.js";
import { createFailure } from "../../failure.js";
import { loadStepsAddon } from "./addon.js";
import type { Bfloat16Kind, FoundAddon, PlanHandle, StepsAddon } from "./steps-addon.js";
import { bfloat16Kind } from "./bfloat16.js";
import { encodePlan } from "./encode-plan.js";

type Numbers = Float32Array | Int32Array;

/**
 * The engine; `undefined`: its addon is not there. What it does not run is opened by `other`: lists of a length that a batch decides, such as those of a loss that
 * compares rows. `threads`: of a call, at least 1.
 */
export function createFusedEngine(
  environment: NodeJS.ProcessEnv,
  other: () => Promise<Engine>,
  threads = threadCount(environment) ?? availableParallelism(),
  products: Products = "float32",
): Engine | undefined {
  const found = loadStepsAddon(environment);
  if (found === undefined) return undefined;
  const kind = products === "bfloat16" ? bfloat16Kind(found.addon) : undefined;
  const rounding = kind === undefined ? "" : "bfloat16 products, ";
  return {
    name: "fused",
    description: `fused: ${found.vectors}, ${rounding}${threads} thread${threads === 1 ? "" : "s"}`,
    compiles: false,
    open: async (program, options = {}) => {
      const session = openFused(found, threads, program, options, kind);
      if (session !== undefined) return session;
      if (kind !== undefined)
        throw createFailure("MTL7441", { problem: "the fused engine does not run steps of this model" });
      const engine = await other();
      return Object.assign(await engine.open(program, options), { by: engine });
    },
  };
}

/**
 * A session where all functions are ones that the engine runs; `undefined` otherwise. `threads`: of a call. `kind`: what products of bfloat16 are made of,
 * which the processor must have; absent: products are of float32. Throws without the addon.
 */
export function openFusedOnly(
  program: Program,
  options: OpenOptions,
  threads = threadCount() ?? availableParallelism(),
  kind?: Bfloat16Kind,
): Session | undefined {
  const found = loadStepsAddon();
  if (found === undefined) throw new Error("the addon of the fused engine is not there");
  // Tiles are there once the process has asked for them, which that does.
  if (kind !== undefined) found.addon.bfloat16();
  return openFused(found, threads, program, options, kind);
}

/** A session as {@link openFusedOnly} opens it; `undefined` also without the addon. */
export function openFusedIfThere(program: Program, options: OpenOptions, threads?: number): Session | undefined {
  return loadStepsAddon() === undefined ? undefined : openFusedOnly(program, options, threads);
}

/** Rows of a part at least, so that it is worth waiting for. */
const leastRows = 16;
/** State of so many bytes lies in large pages. */
const largeBytes = 1 << 23;
/** Plans of functions for calls of so many numbers of rows are kept. */
const keptPlans = 16;
/** Steps of a call at most: see the native engine. */
const mostSteps = 64;
const queueBytes = 1 << 22;

function openFused(
  { addon }: FoundAddon,
  threads: number,
  program: Program,
  { functions, trainBatch, traced }: OpenOptions,
  kind: Bfloat16Kind | undefined,
): Session | undefined {
  const wanted = program.functions.filter((fn) => functions === undefined || functions.includes(fn.name));
  const chosen = { ...program, functions: wanted };
  const { program: stacked, stacked: stacks } =
    trainBatch === undefined ? { program: chosen, stacked: [] } : stackedSteps(chosen, trainBatch);
  const { program: joined, joined: tables } = joinTables(stacked);
  const ready: Ready[] = [];
  const layout = layoutOf(tables);
  for (const fn of stacked.functions) {
    const inputs = functionInputs(fn);
    const whole = fn.updates.length > 0 ? plannedStep(fn) : fn;
    if (whole === undefined) return undefined;
    const batch = trainBatch ?? 1;
    // What measures and predicts has the numbers that everybody else gets of the same weights.
    const products = kind !== undefined && fn.updates.length > 0 ? "bfloat16" : "float32";
    const plan = isKnown(whole)
      ? fusedPlan(whole, batch, layout, products)
      : fusedPlan(bindDims(whole, { B: 16 }), 16, layout, products);
    if (plan === undefined) return undefined;
    ready.push({
      name: fn.name,
      fn: whole,
      inputs,
      products,
      ...(isKnown(whole) ? { known: { plan, rows: batch } } : {}),
    });
  }
  const session = new FusedSession(addon, threads, stacked, { joined, tables, functions: ready, kind });
  const whole = withParts(session, stacks);
  return traced === true ? Object.assign(whole, { trace: (work: () => void) => session.traced(work) }) : whole;
}

const isKnown = (fn: GraphFunction): boolean => fn.nodes.every(({ type }) => isStatic(type.shape));

interface Ready {
  readonly name: string;
  readonly fn: GraphFunction;
  readonly inputs: readonly FunctionInput[];
  readonly products: Products;
  /** Absent: it depends on the rows of a call. */
  readonly known?: PlanOfRows;
}

interface PlanOfRows {
  readonly plan: FusedPlan;
  /** Of a batch. */
  readonly rows: number;
}

interface Made {
  readonly plan: FusedPlan;
  readonly handle: PlanHandle;
}

/** Where a variable of the program lies: columns of an array of rows. */
interface Place {
  readonly data: Numbers;
  readonly stride: number;
  readonly begin: number;
  readonly width: number;
  readonly rows: number;
}

/** From the first number of a row to the last one of the last row. */
function runsOf(
  data: Numbers,
  first: number,
  count: number,
  place: Pick<Place, "stride" | "begin" | "width">,
): Numbers {
  const { stride, begin, width } = place;
  return data.subarray(first * stride + begin, (first + count - 1) * stride + begin + width);
}

interface Opened {
  readonly joined: Program;
  readonly tables: readonly JoinedTable[];
  readonly functions: readonly Ready[];
  readonly kind: Bfloat16Kind | undefined;
}

class FusedSession implements Session {
  readonly #kind: Bfloat16Kind | undefined;
  readonly #state = new Map<string, Numbers>();
  readonly #variables: ReadonlyMap<string, StateVariable>;
  readonly #columns = new Map<string, Place>();
  readonly #functions: ReadonlyMap<string, Ready>;
  readonly #made = new Map<string, Made>();
  readonly #layout: Layout;
  readonly #codes: ReadonlyMap<string, number>;

  constructor(
    readonly addon: StepsAddon,
    readonly threads: number,
    program: Program,
    { joined, tables, functions, kind }: Opened,
  ) {
    this.#kind = kind;
    this.#layout = layoutOf(tables);
    this.#codes = new Map(addon.names().map((name, code) => [name, code]));
    this.#functions = new Map(functions.map((fn) => [fn.name, fn]));
    this.#variables = new Map(program.state.map((variable) => [variable.name, variable]));
    for (const { name, type } of joined.state) {
      const size = sizeOfShape(type.shape.map(Number));
      const memory = 4 * size < largeBytes ? new ArrayBuffer(4 * size) : addon.allocate(4 * size, threads);
      this.#state.set(name, type.dtype === "int32" ? new Int32Array(memory) : new Float32Array(memory));
    }
    for (const variable of program.state) this.#columns.set(variable.name, this.#columnsOf(variable, tables));
  }

  #columnsOf(variable: StateVariable, tables: readonly JoinedTable[]): Place {
    for (const { table, parts } of tables) {
      const part = parts.find((each) => each.variable.name === variable.name);
      if (part === undefined) continue;
      const { rows, width } = rowsOf(table);
      return { data: this.#array(table.name), stride: width, begin: part.begin, width: part.width, rows };
    }
    const data = this.#array(variable.name);
    const { rows, width } = rowsOf(variable);
    return { data, stride: width, begin: 0, width, rows };
  }

  #array(name: string): Numbers {
    const data = this.#state.get(name);
    if (data === undefined) throw new Error(`the program has no state \`${name}\``);
    return data;
  }

  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>> {
    const fn = this.#function(name);
    const { tensors, sizes } = checkFeeds(name, fn.inputs, feeds);
    const made = this.#plan(fn, sizes.get("B"));
    const [outputs = {}] = this.#runPlan(made, new Map(fn.inputs.map((input, at) => [input.name, tensors[at]])), 1);
    return outputs;
  }

  stepsPerCall(name: string): number {
    const { known, inputs } = this.#function(name);
    if (known === undefined || known.plan.outputs.length === 0) return 1;
    const batch = inputs.reduce((sum, { type }) => sum + 4 * sizeOfShape(type.shape.map(Number)), 0);
    return Math.max(1, Math.min(mostSteps, Math.floor(queueBytes / Math.max(1, batch))));
  }

  runSteps(
    name: string,
    queue: Readonly<Record<string, HostTensor>>,
    count: number,
  ): readonly Readonly<Record<string, HostTensor>>[] {
    const fn = this.#function(name);
    return this.#runPlan(this.#plan(fn, undefined), new Map(Object.entries(queue)), count);
  }

  compileSteps(name: string): void {
    this.#plan(this.#function(name), undefined);
  }

  /** What each thread does while `work` runs. */
  traced(work: () => void): readonly TraceSpan[] {
    const made = [...this.#made.values()];
    for (const { handle } of made) this.addon.trace(handle, true);
    let spans: readonly TraceSpan[] = [];
    try {
      work();
    } finally {
      spans = made.flatMap(({ plan, handle }) => spansOf(plan, this.addon.trace(handle, false)));
    }
    const first = spans.reduce((least, { start }) => Math.min(least, start), Infinity);
    return spans.map((span) => ({ ...span, start: span.start - first, end: span.end - first }));
  }

  #function(name: string): Ready {
    const fn = this.#functions.get(name);
    if (fn === undefined) throw new Error(`the session has no function \`${name}\``);
    return fn;
  }

  #plan(ready: Ready, batch: number | undefined): Made {
    const { name, known } = ready;
    const key = known === undefined ? `${name} ${batch ?? 0}` : name;
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const made = this.#make(known ?? this.#planFor(ready, batch ?? 1));
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > keptPlans && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }

  #planFor({ name, fn, products }: Ready, rows: number): PlanOfRows {
    const plan = fusedPlan(bindDims(fn, { B: rows }), rows, this.#layout, products);
    if (plan === undefined) throw new Error(`\`${name}\` has no plan for ${rows} rows`);
    return { plan, rows };
  }

  #make({ plan, rows }: PlanOfRows): Made {
    const given = plan.buffers.flatMap((buffer): readonly Numbers[] => {
      if (buffer.kind === "state") return [this.#array(buffer.name)];
      if (buffer.kind !== "constant") return [];
      const values = typeof buffer.value === "number" ? [buffer.value] : buffer.value;
      return [buffer.isInt ? Int32Array.from(values) : Float32Array.from(values)];
    });
    const parts = Math.max(1, Math.min(this.threads, Math.floor(rows / leastRows)));
    return { plan, handle: this.addon.create(encodePlan(plan, parts, this.#codes, this.#kind), given) };
  }

  #runPlan(
    { plan, handle }: Made,
    feeds: ReadonlyMap<string, HostTensor | undefined>,
    count: number,
  ): readonly Readonly<Record<string, HostTensor>>[] {
    const outputs: { readonly data: Numbers; readonly dtype: DType; readonly elements: number }[] = [];
    const queues = plan.buffers.flatMap((buffer): readonly Numbers[] => {
      if (buffer.kind === "output") {
        const { dtype, elements } = buffer;
        const data = dtype === "int32" ? new Int32Array(elements * count) : new Float32Array(elements * count);
        outputs.push({ data, dtype, elements });
        return [data];
      }
      if (buffer.kind !== "input") return [];
      const data = feeds.get(buffer.name)?.data;
      if (data === undefined) throw new Error(`the input \`${buffer.name}\` is missing`);
      return [buffer.dtype === "bool" ? Float32Array.from(data, (value) => (value === 0 ? 0 : 1)) : data];
    });
    // Threads of a pool have a training each.
    this.addon.run(handle, queues, count, !isMainThread);
    return Array.from({ length: count }, (_, step) =>
      Object.fromEntries(
        plan.outputs.map(({ name, shape }, at): readonly [string, HostTensor] => {
          const output = outputs[at];
          if (output === undefined) throw new Error(`the plan has no output \`${name}\``);
          const data = output.data.subarray(step * output.elements, (step + 1) * output.elements);
          return [name, { shape, data: output.dtype === "bool" ? Int32Array.from(data) : data }];
        }),
      ),
    );
  }

  get(names?: readonly string[]): ReadonlyMap<string, HostTensor> {
    return new Map(
      (names ?? [...this.#variables.keys()]).map((name) => {
        const { rows } = this.#place(name);
        return [name, { shape: this.#shape(name), data: this.#copyRows(name, 0, rows) }];
      }),
    );
  }

  set(values: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of values) {
      const variable = this.#variables.get(name);
      if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
      checkTensor(`state \`${name}\``, variable.type, value, new Map());
      this.writeRows(name, 0, value.data);
    }
  }

  readRows(name: string, first: number, count: number): Numbers {
    return this.#copyRows(name, first, count);
  }

  writeRows(name: string, first: number, values: Numbers): void {
    const { data, stride, begin, width } = this.#place(name);
    if (stride === width) {
      data.set(values, first * width);
      return;
    }
    const count = values.length / width;
    if (count > 0)
      this.addon.copyRows(values, width, runsOf(data, first, count, { stride, begin, width }), stride, width);
  }

  #copyRows(name: string, first: number, count: number): Numbers {
    const { data, stride, begin, width } = this.#place(name);
    if (stride === width) return data.slice(first * width, (first + count) * width);
    const copy = data instanceof Float32Array ? new Float32Array(count * width) : new Int32Array(count * width);
    if (count > 0)
      this.addon.copyRows(runsOf(data, first, count, { stride, begin, width }), stride, copy, width, width);
    return copy;
  }

  #shape(name: string): readonly number[] {
    return this.#variables.get(name)?.type.shape.map(Number) ?? [];
  }

  #place(name: string): Place {
    const place = this.#columns.get(name);
    if (place === undefined) throw new Error(`the program has no state \`${name}\``);
    return place;
  }

  close(): void {
    this.#made.clear();
    this.#state.clear();
    this.#columns.clear();
  }
}

function spansOf({ phases }: FusedPlan, notes: Float64Array): readonly TraceSpan[] {
  const instructions = phases.flatMap((phase) => phase.flatMap((loop) => loop.instructions));
  return Array.from({ length: notes.length / 4 }, (_, at): TraceSpan => {
    const [part = 0, place = 0, start = 0, end = 0] = notes.subarray(4 * at, 4 * at + 4);
    const { code, label } = instructions[place] ?? { code: "" };
    return { thread: `fused ${part}`, start, end, name: code, kind: "op", op: code, ...omitUndefined({ label }) };
  });
}
