/** Runs the rule of one balance by itself, over some steps: losses and inner products of gradients in, numbers out. */
import { type BalanceBuiltin, type BalanceContext, resolveBalance } from "../../src/compiler/builtins/index.js";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  gradients,
  initialize,
  int32,
  type StateVariable,
  type Update,
} from "../../src/compiler/graph/index.js";
import type { Arguments } from "../../src/compiler/model/index.js";
import { withDefaults } from "./harness.js";

export interface BalanceStep {
  /** Default: all 1. */
  readonly losses?: readonly number[];
  /** gᵢ, one vector each; their inner products are what a rule by products sees. */
  readonly gradients?: readonly (readonly number[])[];
  /** Default: all there. */
  readonly present?: readonly number[];
  readonly epoch?: number;
}

export interface BalanceResult {
  /** Of a method that weights losses: what is minimised, and its derivative by each loss. */
  readonly total?: number;
  readonly weights?: readonly number[];
  /** Of a method that combines gradients: Σ cₖ gₖ and c, or what is left of the gradients element by element. */
  readonly coefficients: readonly number[];
  readonly direction: readonly number[];
  /** Derivatives of what is minimised by the numbers that the optimizer trains, by their names. */
  readonly trained: Readonly<Record<string, readonly number[]>>;
}

export function balanceNamed(name: string): Exclude<BalanceBuiltin, { readonly form: "fixed" }> {
  const row = resolveBalance(name);
  if (row === undefined || row.form === "fixed") throw new Error(`there is no balance ${name}`);
  return row;
}

/** One result for each step; what the balance remembers goes from one to the next. `trained`: values in place of the first. */
export function runBalance(
  name: string,
  steps: readonly BalanceStep[],
  options: {
    readonly arguments?: Arguments;
    readonly trained?: Readonly<Record<string, readonly number[]>>;
    readonly seed?: number;
  } = {},
): readonly BalanceResult[] {
  const row = balanceNamed(name);
  const count = steps[0]?.losses?.length ?? steps[0]?.gradients?.length ?? 2;
  const width = steps[0]?.gradients?.[0]?.length ?? 1;
  const builder = new GraphBuilder("step");
  const updates: Update[] = [];
  const state: StateVariable[] = [];
  const variable = (full: string, shape: readonly number[], initial: number, role: StateVariable["role"]) => {
    const type = full === "step" ? int32() : float32(...shape);
    const made: StateVariable = {
      name: full,
      type,
      role,
      pieces: [{ name: full, row: 0, rows: shape[0] ?? 1, initializer: { kind: "constant", value: initial } }],
    };
    state.push(made);
    return made;
  };
  const step = builder.state(variable("step", [], 0, "step"));
  updates.push({ kind: "assign", state: "step", value: builder.add(step, builder.scalar(1, "int32")) });
  const scalarsOf = (input: string) =>
    Array.from({ length: count }, (_, k) => builder.input(`${input}/${k}`, float32()));
  const losses = scalarsOf("loss");
  const trained = new Map<string, readonly number[]>();
  let draws = 0;
  const context: BalanceContext = {
    builder,
    arguments: withDefaults(row.parameters, options.arguments),
    heads: losses.map((_, k) => `h${k}`),
    losses,
    present: scalarsOf("present"),
    steps: builder.cast(step, "float32"),
    epoch: () => builder.cast(builder.input("epoch", int32()), "float32"),
    trained: (each, initial) => {
      const values = losses.map((_, k) => builder.state(variable(`${each}/${k}`, [], initial, "slot")));
      trained.set(each, values);
      return values;
    },
    memory: (each, shape, initial) => {
      const made = variable(each, shape, initial, "slot");
      return {
        value: builder.state(made),
        update: (value) => void updates.push({ kind: "assign", state: each, value }),
      };
    },
    random: (shape) => builder.random(step, builder.scalar(options.seed ?? 1, "int32"), { stream: draws++, shape }),
  };
  const vectors = Array.from({ length: count }, (_, k) => builder.input(`gradient/${k}`, float32(width)));
  const outputs: { name: string; value: number }[] = [];
  const put = (each: string, values: readonly number[]): void =>
    values.forEach((value, k) => outputs.push({ name: `${each}/${k}`, value }));
  const total = (() => {
    if (row.form === "losses") return row.weight(context);
    const terms = row.transform?.(context) ?? losses;
    return terms.reduce((sum, term) => builder.add(sum, term));
  })();
  put("total", [total]);
  put("weight", gradients(builder, total, losses));
  for (const [each, values] of trained) put(`trained/${each}`, gradients(builder, total, values));
  if (row.form === "gradients") {
    const rule = row.rule(context);
    const stacked = builder.concat(
      vectors.map((vector) => builder.expandDims(vector, 0)),
      0,
    );
    if (rule.by === "products") {
      const coefficients = rule.coefficients(builder.matmul(stacked, stacked, { transposeB: true }), "t");
      put("coefficients", [coefficients]);
      put("direction", [builder.matmul(builder.expandDims(coefficients, 0), stacked)]);
    } else {
      const factors = rule.factors(vectors, builder.ones([width]));
      const left = vectors.map((vector, k) => builder.mul(vector, factors[k] ?? -1));
      put("coefficients", [builder.zeros([count])]);
      put("direction", [left.reduce((sum, each) => builder.add(sum, each))]);
    }
  }
  const fn = builder.finish(outputs, updates);
  const first = new Map<string, ArrayLike<number>>(state.map((each) => [each.name, initialize(each, 1)]));
  for (const [each, values] of Object.entries(options.trained ?? {}))
    values.forEach((value, k) => first.set(`${each}/${k}`, [value]));
  const interpreter = createInterpreter({ state, functions: [fn] }, first);
  return steps.map((given) => {
    const feeds = Object.fromEntries([
      ...Array.from({ length: count }, (_, k) => [
        [`loss/${k}`, { shape: [], data: [given.losses?.[k] ?? 1] }],
        [`present/${k}`, { shape: [], data: [given.present?.[k] ?? 1] }],
        [`gradient/${k}`, { shape: [width], data: given.gradients?.[k] ?? Array.from({ length: width }, () => 0) }],
      ]).flat(),
      ["epoch", { shape: [], data: [given.epoch ?? 0] }],
    ] as [string, { shape: number[]; data: number[] }][]);
    const found = interpreter.run("step", feeds);
    const read = (each: string): readonly number[] => losses.map((_, k) => found[`${each}/${k}`]?.data[0] ?? NaN);
    return {
      ...(row.form === "losses" ? { total: found["total/0"]?.data[0] ?? NaN } : {}),
      weights: read("weight"),
      coefficients: [...(found["coefficients/0"]?.data ?? [])],
      direction: [...(found["direction/0"]?.data ?? [])],
      trained: Object.fromEntries([...trained.keys()].map((each) => [each, read(`trained/${each}`)])),
    };
  });
}

/** Σ of the vectors. */
export function sum(vectors: readonly (readonly number[])[]): readonly number[] {
  return (vectors[0] ?? []).map((_, at) => vectors.reduce((total, vector) => total + (vector[at] ?? 0), 0));
}

export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((total, value, at) => total + value * (y[at] ?? 0), 0);
}

export function norm(x: readonly number[]): number {
  return Math.sqrt(dot(x, x));
}
