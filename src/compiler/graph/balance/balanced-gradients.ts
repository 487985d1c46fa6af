/**
 * Gradients of several losses, put together by a rule where the losses share the network.
 *
 * Each loss is differentiated from itself to the values at which it leaves what is shared ({@link splitLosses}). There the
 * rule says how much of each gradient counts, and what it leaves goes on as one gradient. What only one loss depends on gets
 * that loss's gradient.
 */
import { omitUndefined } from "../../text/index.js";
import { backward, type Gradient, unitSeed } from "../autodiff.js";
import type { GraphBuilder } from "../builder.js";
import { GraphError } from "../graph-error.js";
import type { StateVariable, Update, ValueId } from "../graph.js";
import { addGradients, type Aligned, alignGradients, scaleGradient } from "./align.js";
import { type RunningGradients, runningGradients, type RunningMean, weightMeans } from "./running-gradients.js";
import { splitLosses } from "./split.js";

/** How gradients g₁ … g_K become one, Σ cₖ gₖ. */
export type CombineRule =
  /** From their inner products [K, K], over everything that is shared, or over each shared tensor by itself. */
  | {
      readonly by: "products";
      readonly over: "all" | "tensor";
      /** `tensor`: a name of the tensor, set when the products are over one. Returns c, [K]. */
      readonly coefficients: (products: ValueId, tensor?: string) => ValueId;
      /** Set when running means stand for the gradients: over all, where losses part at parameters only. */
      readonly running?: RunningMean;
    }
  /** Element by element: K tensors of one shape in, as many factors of that shape out. `of`: the shared tensor's value. */
  | {
      readonly by: "elements";
      readonly factors: (gradients: readonly ValueId[], of: ValueId) => readonly ValueId[];
    };

export interface GradientBalance {
  /** float32[], at least two. */
  readonly losses: readonly ValueId[];
  /** Where losses may part; see {@link splitLosses}. */
  readonly tensors: readonly ValueId[];
  readonly rule: CombineRule;
  /** Whether c also weights what only one loss trains: then the method weights losses, else it only combines what is shared. */
  readonly weightsOwn: boolean;
}

export interface BalancedGradients {
  /** In the order of `wrt`. */
  readonly gradients: readonly Gradient[];
  /** [K], where one number says what a loss counts for. */
  readonly coefficients?: ValueId;
  /** Of running means of gradients. */
  readonly slots: readonly StateVariable[];
  readonly updates: readonly Update[];
}

/** `rest`: float32[], added to the losses as it is. `wrt` and `sparse` as for `stateGradients`; `variables`: those of `wrt`. */
export function balancedGradients(
  builder: GraphBuilder,
  balance: GradientBalance,
  {
    rest,
    wrt,
    sparse,
    variables = [],
  }: {
    readonly rest?: ValueId;
    readonly wrt: readonly ValueId[];
    readonly sparse: ReadonlySet<ValueId>;
    readonly variables?: readonly StateVariable[];
  },
): BalancedGradients {
  const { losses } = balance;
  const { cut, own: ownParameters } = splitLosses(builder, losses, wrt, balance.tensors);
  const leaves = new Set(cut);
  const byLoss = losses.map((loss, term) => {
    const targets = [...cut, ...(ownParameters[term] ?? [])];
    const seeds = new Map([[loss, unitSeed(builder, loss)]]);
    const found = backward(builder, { seeds, wrt: targets, sparse, leaves });
    return new Map(targets.map((id, i) => [id, found[i] ?? none]));
  });
  const gradientsOf = (id: ValueId): readonly Gradient[] => byLoss.map((found) => found.get(id) ?? none);
  const variableOf = new Map(wrt.map((id, i) => [id, variables[i]]));
  const { combined, coefficients, running } = builder.within("balance", undefined, () =>
    combine(builder, balance, { cut, gradientsOf, variableOf }),
  );

  const roots = new Set(wrt);
  const seeds = new Map<ValueId, ValueId>();
  for (const [id, gradient] of combined) {
    if (!roots.has(id) && gradient.kind === "dense") seeds.set(id, gradient.value);
  }
  if (rest !== undefined) seeds.set(rest, unitSeed(builder, rest));
  const shared = seeds.size === 0 ? [] : backward(builder, { seeds, wrt, sparse });

  const weights = coefficients === undefined || !balance.weightsOwn ? undefined : scalars(builder, coefficients);
  const gradients = wrt.map((id, i) => {
    const own = byLoss.map((found, term): Gradient => {
      const gradient = leaves.has(id) ? none : (found.get(id) ?? none);
      const weight = weights?.[term];
      return weight === undefined ? gradient : scaleGradient(builder, gradient, weight);
    });
    const parts = [...own, combined.get(id) ?? none, shared[i] ?? none].filter(({ kind }) => kind !== "none");
    return addGradients(builder, parts, builder.shape(id));
  });
  return {
    gradients,
    ...omitUndefined({ coefficients }),
    slots: running.flatMap(({ slots }) => slots),
    updates: running.flatMap(({ updates }) => updates),
  };
}

const none: Gradient = { kind: "none" };

interface Combined {
  readonly combined: ReadonlyMap<ValueId, Gradient>;
  readonly coefficients?: ValueId;
  readonly running: readonly RunningGradients[];
}

/** The values at which losses part, and what is known of each. */
interface Parting {
  readonly cut: readonly ValueId[];
  readonly gradientsOf: (id: ValueId) => readonly Gradient[];
  readonly variableOf: ReadonlyMap<ValueId, StateVariable | undefined>;
}

function combine(
  builder: GraphBuilder,
  { rule, losses: { length: count } }: GradientBalance,
  { cut, gradientsOf, variableOf }: Parting,
): Combined {
  const aligned = new Map(cut.map((id) => [id, alignGradients(builder, gradientsOf(id), builder.shape(id))]));
  const weight = (id: ValueId, factors: readonly ValueId[]): Gradient =>
    addGradients(
      builder,
      gradientsOf(id).map((gradient, term) => scaleGradient(builder, gradient, factors[term] ?? -1)),
      builder.shape(id),
    );
  switch (rule.by) {
    case "elements":
      return {
        combined: new Map([...aligned].map(([id, each]) => [id, combineElements(builder, rule, id, each)])),
        running: [],
      };
    case "products": {
      if (rule.over === "tensor") {
        const name = (id: ValueId, i: number): string => stateName(builder, id) ?? String(i);
        return {
          combined: new Map(
            [...aligned].map(([id, each], i) => {
              const factors = rule.coefficients(productsOf(builder, [each], count), name(id, i));
              return [id, weight(id, scalars(builder, factors))];
            }),
          ),
          running: [],
        };
      }
      if (rule.running !== undefined) return combineMeans(builder, rule, { ...rule.running, aligned, variableOf });
      const coefficients = rule.coefficients(productsOf(builder, [...aligned.values()], count));
      const factors = scalars(builder, coefficients);
      return { combined: new Map(cut.map((id) => [id, weight(id, factors)])), coefficients, running: [] };
    }
  }
}

function combineMeans(
  builder: GraphBuilder,
  { coefficients: coefficientsOf }: Extract<CombineRule, { by: "products" }>,
  {
    aligned,
    variableOf,
    ...mean
  }: RunningMean & {
    readonly aligned: ReadonlyMap<ValueId, Aligned>;
    readonly variableOf: ReadonlyMap<ValueId, StateVariable | undefined>;
  },
): Combined {
  const means = new Map(
    [...aligned].map(([id, each]) => {
      const variable = variableOf.get(id);
      if (variable === undefined) throw new GraphError("running means of gradients are kept by parameter");
      return [id, runningGradients(builder, variable, each, mean)] as const;
    }),
  );
  const running = [...means.values()];
  const products = productsOf(
    builder,
    running.map((each) => each.aligned),
    mean.names.length,
  );
  const coefficients = coefficientsOf(products);
  const factors = scalars(builder, coefficients);
  return {
    combined: new Map([...means].map(([id, each]) => [id, weightMeans(builder, each.aligned, factors)])),
    coefficients,
    running,
  };
}

function stateName(builder: GraphBuilder, id: ValueId): string | undefined {
  const node = builder.node(id);
  return node.op === "state" ? node.attributes.name : undefined;
}

function combineElements(
  builder: GraphBuilder,
  rule: Extract<CombineRule, { by: "elements" }>,
  id: ValueId,
  { values, rows }: Aligned,
): Gradient {
  const filled = (given: readonly (ValueId | undefined)[]): readonly ValueId[] => {
    const shape = given.flatMap((value) => (value === undefined ? [] : [builder.shape(value)]))[0] ?? [];
    return given.map((value) => value ?? builder.zeros(shape));
  };
  const weighted = (given: readonly ValueId[], factors: readonly ValueId[]): ValueId =>
    given.map((value, term) => builder.mul(value, factors[term] ?? -1)).reduce((sum, value) => builder.add(sum, value));
  if (rows === undefined) {
    const all = filled(values);
    return { kind: "dense", value: weighted(all, rule.factors(all, id)) };
  }
  const { gathered, ids } = rows;
  const index = builder.uniqueIndex(ids);
  const factors = rule.factors(filled(values), builder.gather(id, builder.unique(ids)));
  const spread = factors.map((factor) => builder.gather(factor, index));
  return { kind: "sparse", parts: [{ gathered, ids, rows: weighted(filled(rows.values), spread) }] };
}

/** ⟨gᵢ, gⱼ⟩ over all the tensors, [K, K]. */
function productsOf(builder: GraphBuilder, aligned: readonly Aligned[], count: number): ValueId {
  const product = (i: number, j: number): ValueId =>
    aligned
      .flatMap(({ values }) => {
        const [left, right] = [values[Math.min(i, j)], values[Math.max(i, j)]];
        return left === undefined || right === undefined ? [] : [builder.sum(builder.mul(left, right))];
      })
      .reduce((sum, each) => builder.add(sum, each), builder.scalar(0));
  const places = Array.from({ length: count * count }, (_, at) => [Math.floor(at / count), at % count] as const);
  const elements = places.map(([i, j]) => builder.reshape(product(i, j), [1]));
  return builder.reshape(builder.concat(elements, 0), [count, count]);
}

/** The elements of a vector of known length. */
export function scalars(builder: GraphBuilder, vector: ValueId): readonly ValueId[] {
  const [count = 0] = builder.shape(vector);
  return Array.from({ length: Number(count) }, (_, begin) =>
    builder.reshape(builder.slice(vector, { axis: 0, begin, size: 1 }), []),
  );
}
