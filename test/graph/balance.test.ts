/** Where losses part, and what becomes of their gradients there, on graphs small enough for paper. */
import { describe, expect, it } from "vitest";
import {
  balancedGradients,
  type CombineRule,
  createInterpreter,
  float32,
  type Gradient,
  GraphBuilder,
  int32,
  type StateVariable,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { splitLosses } from "../../src/compiler/graph/balance/split.js";

function variable(name: string, shape: readonly number[]): StateVariable {
  const pieces = [{ name, row: 0, rows: shape[0] ?? 1, initializer: { kind: "constant", value: 0 } as const }];
  return { name, type: float32(...shape), role: "parameter", pieces };
}

const first = { a: [1, -2], u: [3, 4], v: [-1, 2] };

/** h = a ∘ (5, 7); the losses are u·h and v·h. So ∂/∂h is u and v, ∂/∂a is u ∘ (5, 7) and v ∘ (5, 7). */
function twoHeads(): {
  readonly builder: GraphBuilder;
  readonly state: readonly StateVariable[];
  readonly reads: readonly [ValueId, ValueId, ValueId];
  readonly h: ValueId;
  readonly losses: readonly [ValueId, ValueId];
} {
  const builder = new GraphBuilder("f");
  const state = ["a", "u", "v"].map((name) => variable(name, [2]));
  const [a = -1, u = -1, v = -1] = state.map((each) => builder.state(each));
  const h = builder.mul(a, builder.constant(float32(2), [5, 7]));
  const losses = [u, v].map((head) => builder.sum(builder.mul(head, h)));
  return { builder, state, reads: [a, u, v], h, losses: [losses[0] ?? -1, losses[1] ?? -1] };
}

/** Values of a function of no inputs over {@link first}. */
function evaluate(
  builder: GraphBuilder,
  state: readonly StateVariable[],
  values: Readonly<Record<string, ValueId>>,
): Readonly<Record<string, readonly number[]>> {
  const fn = builder.finish(Object.entries(values).map(([name, value]) => ({ name, value })));
  const out = createInterpreter({ state, functions: [fn] }, new Map(Object.entries(first))).run("f", {});
  return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, [...data]]));
}

function dense(gradient: Gradient | undefined): ValueId {
  if (gradient?.kind !== "dense") throw new Error(`the gradient is ${gradient?.kind ?? "absent"}`);
  return gradient.value;
}

describe("losses part", () => {
  it("at the parameters that both depend on, or at the last tensor that both read", () => {
    const { builder, reads, h, losses } = twoHeads();
    const [a, u, v] = reads;
    expect(splitLosses(builder, losses, reads, [])).toEqual({ cut: [a], own: [[u], [v]] });
    expect(splitLosses(builder, losses, reads, [h])).toEqual({ cut: [h], own: [[u], [v]] });
  });

  it("nowhere, where one of them has no gradient there", () => {
    const { builder, reads, h } = twoHeads();
    const [a, u, v] = reads;
    const one = builder.sum(builder.mul(u, h));
    const stopped = builder.sum(builder.mul(v, builder.stopGradient(h)));
    const sign = builder.sum(builder.mul(v, builder.sign(h)));
    for (const other of [stopped, sign])
      expect(splitLosses(builder, [one, other], reads, [h])).toEqual({ cut: [], own: [[a, u], [v]] });
  });

  it("at a parameter as well, where both read it by themselves", () => {
    const { builder, reads, h } = twoHeads();
    const [a, u, v] = reads;
    const one = builder.sum(builder.mul(builder.add(u, a), h));
    const other = builder.sum(builder.mul(builder.sub(v, a), h));
    expect(splitLosses(builder, [one, other], reads, [h])).toEqual({ cut: [a, h], own: [[u], [v]] });
  });

  it("at the tensor nearest to the loss, not before it", () => {
    const { builder, reads, h } = twoHeads();
    const [, u, v] = reads;
    const next = builder.tanh(h);
    const losses = [builder.sum(builder.mul(u, next)), builder.sum(builder.mul(v, next))];
    expect(splitLosses(builder, losses, reads, [h, next]).cut).toEqual([next]);
    const third = builder.sum(h);
    expect(splitLosses(builder, [...losses, third], reads, [h, next]).cut).toEqual([h, next]);
  });
});

const rule = (builder: GraphBuilder, seen: ValueId[]): CombineRule => ({
  by: "products",
  over: "all",
  coefficients: (products) => {
    seen.push(products);
    return builder.constant(float32(2), [2, 3]);
  },
});

describe("a rule by inner products", () => {
  const cases = [
    // ⟨u, u⟩ …: 25, 5, 5; times the squares of 5 and 7 with respect to a.
    { on: "representation", products: [25, 5, 5, 5] },
    { on: "parameters", products: [9 * 25 + 16 * 49, -3 * 25 + 8 * 49, -3 * 25 + 8 * 49, 25 + 4 * 49] },
  ];
  it.each(cases)("sees those of the gradients by the $on, and weights what is shared", ({ on, products }) => {
    for (const weightsOwn of [false, true]) {
      const { builder, state, reads, h, losses } = twoHeads();
      const seen: ValueId[] = [];
      const tensors = on === "representation" ? [h] : [];
      const balance = { losses, tensors, rule: rule(builder, seen), weightsOwn };
      const [a, u, v] = balancedGradients(builder, balance, { wrt: reads, sparse: new Set() }).gradients;
      const [own, other] = weightsOwn ? [2, 3] : [1, 1];
      expect(evaluate(builder, state, { seen: seen[0] ?? -1, a: dense(a), u: dense(u), v: dense(v) })).toEqual({
        seen: products,
        a: [(2 * 3 - 3) * 5, (2 * 4 + 3 * 2) * 7],
        u: [5 * own, -14 * own],
        v: [5 * other, -14 * other],
      });
    }
  });

  it("adds what is not balanced as it is, through the representation and past it", () => {
    const { builder, state, reads, h, losses } = twoHeads();
    const [a0, u0] = reads;
    const rest = builder.add(builder.sum(h), builder.sum(builder.add(a0, builder.scale(u0, 10))));
    const balance = { losses, tensors: [h], rule: rule(builder, []), weightsOwn: false };
    const [a, u, v] = balancedGradients(builder, balance, { rest, wrt: reads, sparse: new Set() }).gradients;
    expect(evaluate(builder, state, { a: dense(a), u: dense(u), v: dense(v) })).toEqual({
      a: [15 + 5 + 1, 98 + 7 + 1],
      u: [5 + 10, -14 + 10],
      v: [5, -14],
    });
  });

  it("takes the products of each tensor by itself under its own name", () => {
    const { builder, state, reads, h, losses } = twoHeads();
    const names: (string | undefined)[] = [];
    const byTensor: CombineRule = {
      by: "products",
      over: "tensor",
      coefficients: (_, tensor) => {
        names.push(tensor);
        return builder.constant(float32(2), [2, 3]);
      },
    };
    const balance = { losses, tensors: [], rule: byTensor, weightsOwn: false };
    const found = balancedGradients(builder, balance, { wrt: reads, sparse: new Set() });
    expect([names, found.coefficients]).toEqual([["a"], undefined]);
    expect(evaluate(builder, state, { a: dense(found.gradients[0]) })).toEqual({ a: [15, 98] });
    balancedGradients(builder, { ...balance, tensors: [h] }, { wrt: reads, sparse: new Set() });
    expect(names).toEqual(["a", "0"]);
  });
});

describe("running means of gradients", () => {
  /** Σ of rows of a table times factors, for two losses: what is left of the table's gradient, step by step. */
  function steps(
    sparse: boolean,
    count: number,
  ): { readonly gradient: readonly number[]; readonly means: readonly (readonly number[])[] }[] {
    const builder = new GraphBuilder("f");
    const table = variable("table", [4, 1]);
    const read = builder.state(table);
    const loss = (ids: readonly number[], factors: readonly number[]): ValueId => {
      const gathered = builder.gather(read, builder.constant(int32(ids.length), ids));
      return builder.sum(builder.mul(gathered, builder.constant(float32(factors.length, 1), factors)));
    };
    const losses = [loss([0, 2, 2], [1, 2, 3]), loss([2, 1], [10, 20])];
    const rule: CombineRule = {
      by: "products",
      over: "all",
      running: { names: ["one", "other"], shares: [builder.scalar(0.5), builder.scalar(0.25)] },
      coefficients: () => builder.constant(float32(2), [1, 100]),
    };
    const balance = { losses, tensors: [], rule, weightsOwn: false };
    const options = { wrt: [read], sparse: new Set(sparse ? [read] : []), variables: [table] };
    const { gradients: found, slots, updates } = balancedGradients(builder, balance, options);
    const [gradient] = found;
    const value =
      gradient?.kind === "sparse"
        ? gradient.parts.map((part) => builder.segmentSum(part.rows, part.ids, 4)).reduce((a, b) => builder.add(a, b))
        : dense(gradient);
    expect(gradient?.kind).toBe(sparse ? "sparse" : "dense");
    const fn = builder.finish([{ name: "gradient", value }], updates);
    const state = [table, ...slots];
    const first = new Map(state.map((each) => [each.name, Float64Array.of(0, 0, 0, 0)]));
    const interpreter = createInterpreter({ state, functions: [fn] }, first);
    return Array.from({ length: count }, () => {
      const { gradient: now } = interpreter.run("f", {});
      const means = slots.map(({ name }) => [...interpreter.get(name).data]);
      return { gradient: [...(now?.data ?? [])], means };
    });
  }

  it.each([false, true])("stand for the gradients, and are kept beside the parameter; by rows: %s", (sparse) => {
    const [first, second] = steps(sparse, 2);
    expect(first).toEqual({
      gradient: [0.5, 500, 2.5 + 250, 0],
      means: [
        [0.5, 0, 2.5, 0],
        [0, 5, 2.5, 0],
      ],
    });
    expect(second?.means).toEqual([
      [0.75, 0, 3.75, 0],
      [0, 8.75, 4.375, 0],
    ]);
    expect(second?.gradient).toEqual([0.75, 875, 3.75 + 437.5, 0]);
  });
});

describe("gradients by rows", () => {
  /** Two losses that read rows (0, 2, 2) and (2, 1) of a table, Σ of the rows times 1, 2, 3 and times 10, 20. */
  function rows(combine: (builder: GraphBuilder) => CombineRule): {
    readonly ids: readonly number[];
    readonly rows: readonly number[];
    readonly products: readonly number[];
  } {
    const builder = new GraphBuilder("f");
    const table = builder.state(variable("table", [4, 1]));
    const loss = (ids: readonly number[], factors: readonly number[]): ValueId => {
      const gathered = builder.gather(table, builder.constant(int32(ids.length), ids));
      return builder.sum(builder.mul(gathered, builder.constant(float32(factors.length, 1), factors)));
    };
    const losses = [loss([0, 2, 2], [1, 2, 3]), loss([2, 1], [10, 20])];
    let products = builder.scalar(0);
    const made = combine(builder);
    const seeing: CombineRule =
      made.by === "products"
        ? { ...made, coefficients: (given, name) => made.coefficients((products = given), name) }
        : made;
    const balance = { losses, tensors: [], rule: seeing, weightsOwn: false };
    const options = { wrt: [table], sparse: new Set([table]) };
    const [gradient] = balancedGradients(builder, balance, options).gradients;
    if (gradient?.kind !== "sparse") throw new Error("the gradient is not one of rows");
    const out = evaluateRows(builder, {
      ids: builder.concat(
        gradient.parts.map((part) => part.ids),
        0,
      ),
      rows: builder.concat(
        gradient.parts.map((part) => part.rows),
        0,
      ),
      products: builder.flatten(products),
    });
    return { ids: out["ids"] ?? [], rows: out["rows"] ?? [], products: out["products"] ?? [] };
  }

  function evaluateRows(
    builder: GraphBuilder,
    values: Readonly<Record<string, ValueId>>,
  ): Readonly<Record<string, readonly number[]>> {
    const fn = builder.finish(Object.entries(values).map(([name, value]) => ({ name, value })));
    const out = createInterpreter({ state: [variable("table", [4, 1])], functions: [fn] }).run("f", {});
    return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, [...data]]));
  }

  const total = ({ ids, rows: values }: { ids: readonly number[]; rows: readonly number[] }): readonly number[] => {
    const sums = [0, 0, 0, 0];
    ids.forEach((id, at) => (sums[id] = (sums[id] ?? 0) + (values[at] ?? 0)));
    return sums;
  };

  it("meet on the union of their ids, equal ones added up first", () => {
    const found = rows((builder) => ({
      by: "products",
      over: "all",
      coefficients: () => builder.constant(float32(2), [2, 3]),
    }));
    // g₁ = (1, 0, 5, 0), g₂ = (0, 20, 10, 0).
    expect(found.products).toEqual([26, 50, 50, 500]);
    expect(total(found)).toEqual([2, 60, 40, 0]);
  });

  it("are weighted element by element after equal ids are added up", () => {
    const found = rows((builder) => ({
      by: "elements",
      // What is larger than 6 in either is kept, else halved: rows 1 and 2 of the second.
      factors: (gradients) =>
        gradients.map((gradient) =>
          builder.select(builder.less(builder.scalar(6), gradient), builder.scalar(1), builder.scalar(0.5)),
        ),
    }));
    expect(total(found)).toEqual([0.5, 20, 12.5, 0]);
  });
});
