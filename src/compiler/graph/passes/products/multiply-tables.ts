/**
 * Products of tables in the place of products of their rows, in a training step. A table of a few hundred rows is read by a batch far more often than it
 * has rows: its product with the weights that its rows meet is made once a step, and what a row of the batch needs is read of that and added up. In the
 * gradients, where a feature has few values, a column that says which value a row has takes the place of the columns of its embedding: the product with
 * those columns is the gradient of the product of the table, from which those of table and weights follow. Sums are the same, in another order.
 */
import type { GraphFunction, ValueId } from "../../graph.js";
import { float32, int32 } from "../../dims.js";
import { AppendedNodes } from "../append-nodes.js";
import { type FirstProducts, firstProductsOf, type InputPiece, type ReadTable } from "./first-products.js";
import { inverse } from "../join-columns.js";
import { readersOf, shapeOf } from "../readers.js";

/** When products of tables are made. */
export interface MultiplyLimits {
  /** Multiplications of a batch's products below which there is nothing to win. */
  readonly leastWork: number;
  /** The share of these that is won at least. */
  readonly leastShare: number;
  /** Values of a feature at most, for each row of a batch; of one with more, rows are multiplied. */
  readonly mostValues: number;
  /** Whether whoever runs the step computes reads of tables again for each reader, as XLA does. */
  readonly readsAgain: boolean;
}

export const multiplyDefaults: MultiplyLimits = {
  leastWork: 1 << 24,
  leastShare: 0.2,
  mostValues: 1 / 8,
  readsAgain: true,
};

/** Numbers of products of tables at most, so that they stay in the processor's caches. */
const mostNumbers = 1 << 19;

/** Features whose products are added up, at most: of 200 a step was 1.3 times as fast, of 500 there was no difference. */
const mostFeatures = 256;

/** Reading a row of a product and adding it takes as long as the product with so many columns. */
const columnsOfRead = 2;

/** The same function with products of tables where that is less work, `fn` itself where it is not. All sizes must be known. */
export function multiplyTables(fn: GraphFunction, limits = multiplyDefaults): GraphFunction {
  const plans = firstProductsOf(fn, readersOf(fn)).flatMap((found) => planOf(fn, found, limits) ?? []);
  if (plans.length === 0) return fn;
  const nodes = new AppendedNodes(fn);
  for (const plan of plans) new Multiplication(nodes, plan).write();
  return nodes.finish();
}

/** Features of a table whose products are made in the same way. */
interface Group {
  readonly piece: InputPiece;
  readonly table: ReadTable;
  /** Places of the features in the table's columns of ids, ascending. */
  readonly features: readonly number[];
}

interface Plan {
  readonly found: FirstProducts;
  readonly batch: number;
  /** Columns of all products together. */
  readonly units: number;
  readonly readsAgain: boolean;
  /** Features whose gradients are added up by value: by columns that say which where there are few values, else by sums of rows. */
  readonly few: readonly Group[];
  /** Of more, whose products are still worth being made of the table. */
  readonly some: readonly Group[];
  /** Of so many values that rows are multiplied. */
  readonly many: readonly Group[];
}

/** With features of some values, or with those of few only where products of all are too large. */
function planOf(fn: GraphFunction, found: FirstProducts, limits: MultiplyLimits): Plan | undefined {
  return planWithin(fn, found, limits) ?? planWithin(fn, found, { ...limits, mostValues: 0 });
}

function planWithin(fn: GraphFunction, found: FirstProducts, limits: MultiplyLimits): Plan | undefined {
  const [batch = 0, columns = 0] = shapeOf(fn, found.input);
  const units = found.products.reduce((sum, { node }) => sum + Number(node.type.shape[1]), 0);
  const groups = { few: [] as Group[], some: [] as Group[], many: [] as Group[] };
  for (const piece of found.pieces) {
    const { table } = piece;
    if (table === undefined) continue;
    const kinds = table.ranges.map((range) => kindOf(sizeOf(range), table.width, batch * limits.mostValues));
    for (const kind of ["few", "some", "many"] as const) {
      const features = kinds.flatMap((each, i) => (each === kind ? [i] : []));
      // Sums by value take as long whatever there are of values, where marks take a column each.
      const taken = kind === "some" && !limits.readsAgain ? "few" : kind;
      if (features.length > 0) groups[taken].push({ piece, table, features });
    }
  }
  const plan = { found, batch, units, ...groups, readsAgain: limits.readsAgain };
  if (plan.few.length + plan.some.length === 0) return undefined;
  const numbers = units * [...plan.few, ...plan.some].reduce((sum, group) => sum + paddedRows(group), 0);
  const before = workBefore(plan, columns);
  const isWorth = before * units >= limits.leastWork && workAfter(plan, columns) <= (1 - limits.leastShare) * before;
  const features = [...plan.few, ...plan.some].reduce((sum, group) => sum + group.features.length, 0);
  return numbers <= mostNumbers && features <= mostFeatures && isWorth ? plan : undefined;
}

function kindOf(values: number, width: number, most: number): "few" | "some" | "many" {
  if (values < 2 * width) return "few";
  return values <= most ? "some" : "many";
}

/** Multiplications for each column of the products: forward, for weights, and for the tables. */
function workBefore({ found, batch }: Plan, columns: number): number {
  const trained = found.pieces.reduce((sum, { size, table }) => sum + (table?.gradient === undefined ? 0 : size), 0);
  return batch * (2 * columns + trained);
}

function workAfter({ found, batch, few, some, many, readsAgain }: Plan, columns: number): number {
  const inTables = found.pieces.reduce((sum, { size, table }) => sum + (table === undefined ? 0 : size), 0);
  const rest = columns - inTables;
  const tables = [...few, ...some].reduce((sum, group) => sum + paddedRows(group) * group.table.width, 0);
  const values = few.reduce(
    (sum, group) => sum + (readsAgain ? valuesOf(group) : columnsOfRead * group.features.length),
    0,
  );
  const read = [...few, ...some].reduce((sum, { features }) => sum + features.length, 0);
  const rows = [...some, ...many].reduce((sum, { features, table }) => sum + features.length * table.width, 0);
  const late = many.reduce((sum, { features, table }) => sum + features.length * table.width, 0);
  return 3 * tables + batch * (rest + late + columnsOfRead * read) + batch * (values + 2 * rows + rest);
}

/** Writes what a plan says behind the nodes of a function. */
class Multiplication {
  readonly #products: readonly ProductOfTables[];
  /** Weights of all products beside each other, [columns of the input, units]. */
  readonly #weights: ValueId;

  constructor(
    readonly b: AppendedNodes,
    readonly plan: Plan,
  ) {
    const { found, few, some } = plan;
    const weights = found.products.map(({ node }) => node.inputs[1] ?? -1);
    this.#weights = this.#like("", () => this.b.join(weights, 1));
    this.#products = this.#like("", () => [...few, ...some].map((group) => this.#multiply(group)));
  }

  write(): void {
    const { found, some, many } = this.plan;
    const { rest, rows } = this.#like("", () => {
      const read = { rest: this.#columnsLeft(), rows: this.#rowsOf([...some, ...many]) };
      this.b.replaceByColumns(
        found.products.map(({ id }) => id),
        this.#forward(read.rest, read.rows),
      );
      return read;
    });
    this.#like("gradient", () => {
      const upstream = this.b.join(
        found.gradients.map(({ node }) => node.inputs[1] ?? -1),
        1,
      );
      const back = this.#backward(rest, rows, upstream);
      this.b.replaceByColumns(
        found.gradients.map(({ id }) => id),
        back.weights,
      );
      for (const { table } of found.pieces)
        if (table?.gradient !== undefined) this.b.replace(table.gradient, this.#gradientOf(table, back, upstream));
    });
  }

  /** What goes under the input: the products of all who read it are one. */
  #like<T>(phase: "" | "gradient", body: () => T): T {
    const input = this.b.node(this.plan.found.input);
    const label = input.label ?? "input";
    return this.b.like(phase === "" ? label : `${phase}/${label}`, input, body);
  }

  /** The product of each feature's rows of a table with the weights that they meet, [features, values, units]. */
  #multiply(group: Group): ProductOfTables {
    const { b } = this;
    const { table, width } = group.table;
    const most = mostValues(group);
    const places = valuesByFeature(group, ({ begin, end }, value) => begin + Math.min(value, end - begin - 1));
    const shape = [group.features.length, most, width];
    const rows = b.reshape(b.gather(table, this.#list(places)), shape);
    // What fills a feature up stands for no value.
    const isValue = valuesByFeature(group, (range, value) => (value < sizeOf(range) ? 1 : 0));
    const mask = b.constant(float32(group.features.length, most, 1), isValue);
    const weights = b.reshape(this.#rowsOfWeights(group), [group.features.length, width, this.plan.units]);
    return { group, masked: b.mul(rows, mask), weights, product: b.matmul(rows, weights) };
  }

  #rowsOfWeights(group: Group): ValueId {
    return this.b.gather(this.#weights, this.#list(columnsOf(group)));
  }

  #list(values: readonly number[]): ValueId {
    return this.b.constant(int32(values.length), values);
  }

  /** Columns of the input that are no rows of a table, [B, n]; undefined where there are none. */
  #columnsLeft(): ValueId | undefined {
    const { pieces } = this.plan.found;
    const left = pieces.filter(({ table }) => table === undefined).map((piece) => this.b.columns(piece));
    return left.length === 0 ? undefined : this.b.join(left, 1);
  }

  /** Rows of tables for the features of groups, [B, features · width], a group behind the other. */
  #rowsOf(groups: readonly Group[]): readonly ValueId[] {
    return groups.map(({ table, features }) => {
      const ids = this.#idsOf(table, features);
      const rows = this.b.gather(table.table, ids);
      return this.b.reshape(rows, [this.plan.batch, features.length * table.width]);
    });
  }

  #idsOf({ ids }: ReadTable, features: readonly number[]): ValueId {
    return this.b.joinColumns(features.map((begin) => ({ of: ids, begin, size: 1 })));
  }

  #forward(rest: ValueId | undefined, rows: readonly ValueId[]): ValueId {
    const { b } = this;
    const { few, some, many } = this.plan;
    const late = rows.slice(some.length);
    const terms: ValueId[] = [];
    const multiplied = [...(rest === undefined ? [] : [rest]), ...late];
    if (multiplied.length > 0) {
      const weights = [...this.#restColumns(), ...many.flatMap(columnsOf)];
      terms.push(b.matmul(this.b.join(multiplied, 1), b.gather(this.#weights, this.#list(weights))));
    }
    const flat = this.#products.map(({ product }) => b.flattenRows(product, 2));
    const table = this.b.join(flat, 0);
    let first = 0;
    for (const group of [...few, ...some]) {
      const most = mostValues(group);
      group.features.forEach((feature, at) => {
        // Rows of the table as they are, moved to where the feature's values are in the product.
        const id = b.reshape(b.slice(group.table.ids, { axis: 1, begin: feature, size: 1 }), [this.plan.batch]);
        const by = first + at * most - (group.table.ranges[feature]?.begin ?? 0);
        terms.push(b.gather(table, b.add(id, b.scalar(by, "int32"))));
      });
      first += group.features.length * most;
    }
    const sum = terms.reduce((all, term) => b.add(all, term));
    return this.plan.readsAgain ? this.#computedOnce(sum) : sum;
  }

  /**
   * The same numbers, divided by 1. XLA computes again for each reader what it takes for cheap, reads of tables included, and a division is not; that it is by 1 it
   * cannot know: the exponential of an id that is no less than 0 and of 0.
   */
  #computedOnce(value: ValueId): ValueId {
    const { b } = this;
    const ids = this.#products[0]?.group.table.ids ?? -1;
    const first = b.slice(b.slice(ids, { axis: 0, begin: 0, size: 1 }), { axis: 1, begin: 0, size: 1 });
    const none = b.minimum(b.reshape(first, []), b.scalar(0, "int32"));
    return b.div(value, b.exp(b.cast(none, "float32")));
  }

  /** Columns of the input that are no rows of a table. */
  #restColumns(): readonly number[] {
    return this.plan.found.pieces.flatMap(({ first, size, table }) =>
      table === undefined ? Array.from({ length: size }, (_, at) => first + at) : [],
    );
  }

  #backward(rest: ValueId | undefined, rows: readonly ValueId[], upstream: ValueId): Backward {
    const { b } = this;
    const { few, some, many } = this.plan;
    const others = [...rows, ...(rest === undefined ? [] : [rest])];
    const { sums, left } = this.plan.readsAgain
      ? this.#sumsByMarks(others, upstream)
      : {
          sums: few.map((group) => this.#sumsByValue(group, upstream)),
          left: others.length === 0 ? undefined : this.#slopes(others, upstream),
        };
    const byGroup = new Map<Group, ValueId>();
    const parts: ValueId[] = [];
    const order: number[] = [];
    sums.forEach((sum, at) => {
      const product = this.#products[at];
      if (product === undefined) return;
      byGroup.set(product.group, sum);
      parts.push(b.flattenRows(b.matmul(product.masked, sum, { transposeA: true }), 2));
      order.push(...columnsOf(product.group));
    });
    if (left !== undefined) parts.push(left);
    order.push(...[...some, ...many].flatMap(columnsOf), ...this.#restColumns());
    const weights = b.gather(this.b.join(parts, 0), this.#list(inverse(order)));
    return { weights, sums: byGroup };
  }

  /** The gradient of weights, by columns of what they multiply. */
  #slopes(columns: readonly ValueId[], upstream: ValueId): ValueId {
    return this.b.matmul(this.b.join(columns, 1), upstream, { transposeA: true });
  }

  /** The gradients of the rows that have each value of each feature, added up, [features, values, units] for each group: sums of rows. */
  #sumsByValue(group: Group, upstream: ValueId): ValueId {
    const { b } = this;
    const { ids, ranges } = group.table;
    const most = mostValues(group);
    const { units, batch } = this.plan;
    const parts = group.features.flatMap((feature) => {
      const range = ranges[feature] ?? { begin: 0, end: 0 };
      const column = b.reshape(b.slice(ids, { axis: 1, begin: feature, size: 1 }), [batch]);
      const values = sizeOf(range);
      const sum = b.segmentSum(upstream, b.sub(column, b.scalar(range.begin, "int32")), values);
      return values < most ? [sum, b.zeros([most - values, units])] : [sum];
    });
    return b.reshape(b.join(parts, 0), [group.features.length, most, units]);
  }

  /** The same, of features of few values, as a product with columns that say which value a row has; and that of other columns, which is made with it. */
  #sumsByMarks(
    others: readonly ValueId[],
    upstream: ValueId,
  ): { readonly sums: readonly ValueId[]; readonly left: ValueId | undefined } {
    const { b } = this;
    const { few, units } = this.plan;
    const products = this.#slopes([...few.map((group) => this.#marks(group)), ...others], upstream);
    let first = 0;
    const sums = few.map((group) => {
      const begin = first;
      first += valuesOf(group);
      const places = valuesByFeature(
        group,
        (range, value, before) => begin + before + Math.min(value, sizeOf(range) - 1),
      );
      return b.reshape(b.gather(products, this.#list(places)), [group.features.length, mostValues(group), units]);
    });
    const size = Number(b.shape(products)[0]) - first;
    return { sums, left: size > 0 ? b.slice(products, { axis: 0, begin: first, size }) : undefined };
  }

  /** Which of its values each feature of a group has, [B, values]: 1 there, and 0. */
  #marks(group: Group): ValueId {
    const { b } = this;
    const { ids, ranges } = group.table;
    const own = group.features.flatMap((feature) => {
      const { begin = 0, end = 0 } = ranges[feature] ?? {};
      return Array.from({ length: end - begin }, (_, value) => ({ feature, row: begin + value }));
    });
    const features = b.gather(b.transpose(ids, [1, 0]), this.#list(own.map(({ feature }) => feature)));
    const rows = b.constant(
      int32(own.length, 1),
      own.map(({ row }) => row),
    );
    return b.transpose(b.cast(b.equal(features, rows), "float32"), [1, 0]);
  }

  #gradientOf(table: ReadTable, { sums }: Backward, upstream: ValueId): ValueId {
    const { b } = this;
    const rows = Number(b.shape(table.table)[0]);
    const parts: ValueId[] = [];
    const places = Array.from({ length: rows }, () => -1);
    let first = 0;
    for (const { group, weights } of this.#products) {
      const sum = sums.get(group);
      if (group.table !== table || sum === undefined) continue;
      parts.push(b.flattenRows(b.matmul(sum, weights, { transposeB: true }), 2));
      const most = mostValues(group);
      group.features.forEach((feature, at) => {
        const { begin = 0, end = 0 } = table.ranges[feature] ?? {};
        for (let row = begin; row < end; row++) places[row] = first + at * most + row - begin;
      });
      first += group.features.length * most;
    }
    const others = [...this.plan.some, ...this.plan.many].filter((group) => group.table === table);
    for (const group of others) {
      const back = b.matmul(upstream, this.#rowsOfWeights(group), { transposeB: true });
      const { features } = group;
      const count = this.plan.batch * features.length;
      const ids = b.reshape(this.#idsOf(table, features), [count]);
      parts.push(b.segmentSum(b.reshape(back, [count, table.width]), ids, rows));
      for (const feature of features) {
        const { begin = 0, end = 0 } = table.ranges[feature] ?? {};
        for (let row = begin; row < end; row++) places[row] = first + row;
      }
      first += rows;
    }
    return b.gather(this.b.join(parts, 0), this.#list(places));
  }
}

/** A group's rows of a table, and their product with weights. */
interface ProductOfTables {
  readonly group: Group;
  /** [features, values, width]; 0 behind the values of a feature that has fewer than the most. */
  readonly masked: ValueId;
  /** [features, width, units]. */
  readonly weights: ValueId;
  /** [features, values, units]. */
  readonly product: ValueId;
}

interface Backward {
  /** [columns of the input, units]. */
  readonly weights: ValueId;
  /** Gradients of the products of tables, [features, values, units], for features of few values. */
  readonly sums: ReadonlyMap<Group, ValueId>;
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

function sizeOf({ begin, end }: Range): number {
  return end - begin;
}

function rangesOf({ table, features }: Group): readonly Range[] {
  return features.flatMap((feature) => table.ranges[feature] ?? []);
}

function valuesOf(group: Group): number {
  return rangesOf(group).reduce((sum, range) => sum + sizeOf(range), 0);
}

/** Values of the feature that has the most. */
function mostValues(group: Group): number {
  return Math.max(...rangesOf(group).map(sizeOf));
}

function paddedRows(group: Group): number {
  return group.features.length * mostValues(group);
}

/** A number for each feature and value, all features with as many values; `before` counts the values of the features before. */
function valuesByFeature(
  group: Group,
  numberOf: (range: Range, value: number, before: number) => number,
): readonly number[] {
  const most = mostValues(group);
  let before = 0;
  return rangesOf(group).flatMap((range) => {
    const numbers = Array.from({ length: most }, (_, value) => numberOf(range, value, before));
    before += sizeOf(range);
    return numbers;
  });
}

/** Columns of the input that are the features of a group. */
function columnsOf({ piece, table, features }: Group): readonly number[] {
  return features.flatMap((feature) =>
    Array.from({ length: table.width }, (_, at) => piece.first + feature * table.width + at),
  );
}
