/** What each pass of the compiler saves of a program: ops that were written and are not computed, and what is joined of those that are. */
import {
  bindDims,
  type GraphFunction,
  type GraphNode,
  partition,
  type Program,
  repeatedStep,
  type Saving,
  type StepPass,
  symbolsOf,
  type TensorType,
  trainingPasses,
  type WatchPass,
} from "../graph/index.js";
import { lowerModel, type LowerOptions, planEmbeddings } from "../lower/index.js";
import type { FittedSizes, Model } from "../model/index.js";
import { flopsOfNode } from "./flops.js";
import { countFused, type FusedSteps } from "./fused-steps.js";

/** Ops, and the floating-point operations of a batch that they are. Inputs, constants and reads of state are no ops. */
export interface OpAmount {
  readonly ops: number;
  readonly flops: number;
}

export interface FunctionSavings {
  readonly name: string;
  /** Ops that lowering asks for, before any pass. */
  readonly written: OpAmount;
  /** Of those, what each pass leaves out. */
  readonly saved: Readonly<Record<Saving, OpAmount>>;
  /** What an engine computes: what was written without what was saved. */
  readonly left: OpAmount;
}

export interface Savings {
  readonly model: string;
  /** Rows of a batch, of which the operations are. An axis whose size only the batch's rows decide counts as 1. */
  readonly batch: number;
  readonly functions: readonly FunctionSavings[];
  /** Tables of embeddings of the spec, and the variables that hold them, each of which is looked up and updated at once. */
  readonly tables: { readonly declared: number; readonly variables: number };
  /** What the engine `fused` runs as a training step; absent: the spec trains nothing, or another engine runs its steps. */
  readonly fused?: OpAmount &
    FusedSteps & {
      /** As of {@link Savings.compiled}; what `joined` saves is in how tables lie. */
      readonly saved: Readonly<Record<FusedPass, OpAmount>>;
    };
  /** What XLA computes of a training step in one call, on the engine `native`; absent: the spec trains nothing, or there is no product of matrices. */
  readonly compiled?: OpAmount & {
    /** Whether that is the whole step, updates included, so that several steps are one loop that is compiled too. */
    readonly whole: boolean;
    /** What each pass over the step leaves out; below zero: it adds ops that cost less than what they save, such as cuts. */
    readonly saved: Readonly<Record<StepPass, OpAmount>>;
  };
}

/** The passes over a step that the engine `fused` plans. */
export type FusedPass = Extract<StepPass, "aligned" | "multiplied" | "merged" | "narrowed">;

/** Lowers a model, and counts on the way. `options.serving` as for {@link lowerModel}. */
export function countSavings(model: Model, sizes: FittedSizes, options: Pick<LowerOptions, "serving"> = {}): Savings {
  const { batch } = model.train;
  const counts = new Map<string, Record<Saving | "written", OpAmount>>();
  const program = lowerModel(model, sizes, {
    ...options,
    watch: (name) => {
      const count = { ...noCounts };
      counts.set(name, count);
      const add = (to: keyof typeof count, node: GraphNode, inputs: readonly TensorType[]): void => {
        if (!sources.has(node.op)) count[to] = plus(count[to], amountOf(node, inputs, batch));
      };
      return {
        onWritten: (node, inputs) => add("written", node, inputs),
        onSaved: (saving, node, inputs) => add(saving, node, inputs),
      };
    },
  });
  const functions = program.functions.map((fn): FunctionSavings => {
    const { written, ...saved } = counts.get(fn.name) ?? noCounts;
    return { name: fn.name, written, saved, left: sumOf(fn, batch) };
  });
  const tables = planEmbeddings(model, sizes);
  const fused = fusedOf(program, batch);
  const compiled = compiledOf(program, batch);
  return {
    model: model.name,
    batch,
    functions,
    tables: { declared: tables.reduce((sum, { pieces }) => sum + pieces.length, 0), variables: tables.length },
    ...(fused === undefined ? {} : { fused }),
    ...(compiled === undefined ? {} : { compiled }),
  };
}

/** Nodes that compute nothing. */
const sources: ReadonlySet<GraphNode["op"]> = new Set<GraphNode["op"]>(["input", "state", "constant"]);

const nothing: OpAmount = { ops: 0, flops: 0 };

const noCounts: Readonly<Record<Saving | "written", OpAmount>> = {
  written: nothing,
  simplified: nothing,
  folded: nothing,
  shared: nothing,
  dropped: nothing,
};

function minus(a: OpAmount, b: OpAmount): OpAmount {
  return { ops: a.ops - b.ops, flops: a.flops - b.flops };
}

function plus(a: OpAmount, b: OpAmount): OpAmount {
  return { ops: a.ops + b.ops, flops: a.flops + b.flops };
}

function amountOf(node: GraphNode, inputs: readonly TensorType[], batch: number): OpAmount {
  const names = [node.type, ...inputs].flatMap(({ shape }) => shape.flatMap(symbolsOf));
  const sizes = new Map(names.map((name) => [name, name === "B" ? batch : 1]));
  return { ops: 1, flops: flopsOfNode(node, inputs, sizes) };
}

function sumOf(fn: GraphFunction, batch: number, isCounted: (id: number) => boolean = () => true): OpAmount {
  return fn.nodes.reduce((sum, node, id) => {
    if (sources.has(node.op) || !isCounted(id)) return sum;
    return plus(
      sum,
      amountOf(
        node,
        node.inputs.flatMap((input) => fn.nodes[input]?.type ?? []),
        batch,
      ),
    );
  }, nothing);
}

const noPasses: Readonly<Record<StepPass, OpAmount>> = {
  stacked: nothing,
  aligned: nothing,
  joined: nothing,
  multiplied: nothing,
  merged: nothing,
  narrowed: nothing,
};

function fusedOf(program: Program, batch: number): Savings["fused"] {
  const saved = { ...noPasses };
  const found = countFused(program, batch, (pass, before, after) => {
    saved[pass] = minus(sumOf(before, batch), sumOf(after, batch));
  });
  if (found === undefined) return undefined;
  const { aligned, multiplied, merged, narrowed } = saved;
  return { ...sumOf(found.fn, batch), ...found.steps, saved: { aligned, multiplied, merged, narrowed } };
}

function compiledOf({ state, functions }: Program, batch: number): Savings["compiled"] {
  const saved = { ...noPasses };
  const watch: WatchPass = (pass, before, after) => {
    if (before.name === "train") saved[pass] = minus(sumOf(before, batch), sumOf(after, batch));
  };
  const steps = functions.flatMap((fn) => (fn.updates.length > 0 ? [bindDims(fn, { B: batch })] : []));
  const { program } = trainingPasses({ state, functions: steps }, watch);
  const train = program.functions.find(({ name }) => name === "train");
  if (train === undefined) return undefined;
  const repeated = repeatedStep(train, watch);
  if (repeated !== undefined) {
    if (repeated.distinct.length === 0) return { ...sumOf(repeated.fn, batch), whole: true, saved };
    // Lists that the loop fills up have an axis that only the rows decide, which counts as 1.
    const inLoop = [saved.multiplied, saved.merged, saved.narrowed];
    return { ...inLoop.reduce(minus, sumOf(train, batch)), whole: true, saved };
  }
  const inside = partition(train);
  if (inside.size === 0) return undefined;
  return {
    ...sumOf(train, batch, (id) => inside.has(id)),
    whole: false,
    saved: { ...saved, multiplied: nothing, merged: nothing, narrowed: nothing },
  };
}
