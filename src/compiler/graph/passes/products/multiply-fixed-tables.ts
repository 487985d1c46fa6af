/**
 * Products of tables in the place of products of their rows, in a function that changes no state. A table of a few hundred rows is multiplied with
 * the weights that its rows meet once for all calls; a row of a batch reads a row of each product and adds them up. Sums are the same, in another
 * order.
 */
import { float32, int32 } from "../../dims.js";
import type { GraphFunction, GraphNode, Program, StateVariable, ValueId } from "../../graph.js";
import { AppendedNodes } from "../append-nodes.js";
import { type NodeAt, type ReadTable, readTable } from "./first-products.js";
import { bySource, type Place, placesOf } from "../join-columns.js";
import { isProduct, type Readers, readersIn, readersOf } from "../readers.js";

/** A variable that others decide: made once for each change of theirs. */
export interface DerivedVariable {
  readonly variable: StateVariable;
  /** Its numbers, of those of the variables that `read` gives by name. */
  readonly compute: (read: (name: string) => ArrayLike<number>) => Float32Array;
}

export interface MultipliedFunction {
  readonly fn: GraphFunction;
  /** What the function reads besides the program's state. */
  readonly derived: readonly DerivedVariable[];
}

/** The share of an input's columns that are rows of multiplied tables, at least. */
const leastShare = 1 / 8;

/** The same function with products of tables of at most `mostNumbers` numbers in all, features of few values first; `fn` itself where there are none. */
export function multiplyFixedTables(program: Program, fn: GraphFunction, mostNumbers: number): MultipliedFunction {
  const readers = readersOf(fn);
  const nodes = new AppendedNodes(fn);
  const derived: DerivedVariable[] = [];
  let left = mostNumbers;
  fn.nodes.forEach((node, id) => {
    const input = fixedProducts(program, fn, readers, id, node);
    if (input === undefined) return;
    const plan = planOf(input, left);
    if (plan === undefined) return;
    left -= plan.rows * input.units;
    nodes.like(node.label, node, () => derived.push(...write(nodes, plan, `multiplied/${id}`)));
  });
  return derived.length === 0 ? { fn, derived } : { fn: nodes.finish(), derived };
}

/** An input [B, W] of products with weights. */
interface FixedProducts {
  readonly input: ValueId;
  readonly features: readonly Feature[];
  /** Columns that are no rows of a table. */
  readonly others: readonly Place[];
  readonly columns: number;
  readonly products: readonly (NodeAt<"matmul"> & Weights)[];
  /** Columns of all products together. */
  readonly units: number;
}

/** The variable that the weights of a product are, [W, units]. */
interface Weights {
  readonly weights: string;
  readonly units: number;
}

/** A feature whose rows of a table are columns of the input. */
interface Feature {
  readonly table: ReadTable;
  readonly name: string;
  /** Its column among the table's ids. */
  readonly column: number;
  /** Its first column in the input. */
  readonly first: number;
  /** Rows [begin, begin + values) of the table. */
  readonly begin: number;
  readonly values: number;
}

function fixedProducts(
  program: Program,
  fn: GraphFunction,
  readers: Readers,
  id: ValueId,
  node: GraphNode,
): FixedProducts | undefined {
  if ((node.op !== "concat" && node.op !== "reshape") || node.type.shape.length !== 2) return undefined;
  if (node.type.dtype !== "float32") return undefined;
  const columns = Number(node.type.shape[1]);
  const places = node.op === "concat" ? placesOf(fn.nodes, node) : [{ of: id, begin: 0, size: columns, first: 0 }];
  if (places === undefined) return undefined;
  const products: (NodeAt<"matmul"> & Weights)[] = [];
  for (const reader of readersIn(readers, id)) {
    if (!isProduct(reader) || reader.node.attributes.transposeA) return undefined;
    const weights = weightsOf(program, fn, reader.node.inputs[1] ?? -1, columns);
    if (weights === undefined) return undefined;
    products.push({ id: reader.id, node: reader.node, ...weights });
  }
  if (products.length === 0) return undefined;
  const found = places.map((place) => featuresOf(fn, place) ?? place);
  return {
    input: id,
    features: found.flatMap((each) => (isPlace(each) ? [] : each)),
    others: found.filter(isPlace),
    columns,
    products,
    units: products.reduce((sum, { units }) => sum + units, 0),
  };
}

function isPlace(each: Place | readonly Feature[]): each is Place {
  return "of" in each;
}

/** A variable of the program, as it is or with its later axes in one. */
function weightsOf(program: Program, { nodes }: GraphFunction, id: ValueId, columns: number): Weights | undefined {
  const node = nodes[id];
  const state = node?.op === "reshape" ? nodes[node.inputs[0] ?? -1] : node;
  const isMatrix = node?.type.shape.length === 2 && Number(node.type.shape[0]) === columns;
  if (state?.op !== "state" || !isMatrix) return undefined;
  const { name } = state.attributes;
  const isKnown = program.state.some((variable) => variable.name === name && variable.type.dtype === "float32");
  return isKnown ? { weights: name, units: Number(node.type.shape[1]) } : undefined;
}

/** The features whose rows a piece of an input has, whole. */
function featuresOf(fn: GraphFunction, { of, begin, size, first }: Place): readonly Feature[] | undefined {
  const whole = Number(fn.nodes[of]?.type.shape[1]);
  const table = readTable(fn, { of, begin: 0, size: whole });
  const state = fn.nodes[table?.table ?? -1];
  if (table === undefined || state?.op !== "state" || begin % table.width !== 0 || size % table.width !== 0)
    return undefined;
  return table.ranges.slice(begin / table.width, (begin + size) / table.width).map((range, at) => ({
    table,
    name: state.attributes.name,
    column: begin / table.width + at,
    first: first + at * table.width,
    begin: range.begin,
    values: range.end - range.begin,
  }));
}

interface Plan extends FixedProducts {
  /** In the order of the input. */
  readonly multiplied: readonly Feature[];
  /** Of so many values that rows are multiplied. */
  readonly late: readonly Feature[];
  /** Rows of all products of tables. */
  readonly rows: number;
}

function planOf(input: FixedProducts, mostNumbers: number): Plan | undefined {
  const chosen = new Set<Feature>();
  let rows = 0;
  for (const feature of input.features.toSorted((a, b) => a.values - b.values)) {
    if ((rows + feature.values) * input.units > mostNumbers) break;
    if (feature.table.width < 2) continue;
    rows += feature.values;
    chosen.add(feature);
  }
  const multiplied = input.features.filter((feature) => chosen.has(feature));
  const columns = multiplied.reduce((sum, { table }) => sum + table.width, 0);
  if (columns < leastShare * input.columns || columns === 0) return undefined;
  return { ...input, multiplied, late: input.features.filter((feature) => !chosen.has(feature)), rows };
}

/** Writes what a plan says behind the nodes of a function, in the place of its products. */
function write(b: AppendedNodes, plan: Plan, name: string): readonly DerivedVariable[] {
  const { multiplied, products, units, rows } = plan;
  const table = variableOf(`${name}/tables`, rows, units);
  const sum = b.sum(b.gather(b.state(table), multipliedIds(b, multiplied)), { axes: [1] });
  const rest = restOf(b, plan);
  const derived: DerivedVariable[] = [{ variable: table, compute: (read) => multiplyTables(plan, read) }];
  let whole = sum;
  if (rest !== undefined) {
    const weights = variableOf(`${name}/weights`, rest.columns.length, units);
    derived.push({ variable: weights, compute: (read) => joinedRows(plan, read, rest.columns) });
    whole = b.add(b.matmul(rest.value, b.state(weights)), sum);
  }
  b.replaceByColumns(
    products.map(({ id }) => id),
    whole,
  );
  return derived;
}

function variableOf(name: string, rows: number, units: number): StateVariable {
  return { name, type: float32(rows, units), pieces: [], role: "parameter" };
}

/** Rows of the products of tables, one feature's behind another's, int32[B, features]. */
function multipliedIds(b: AppendedNodes, features: readonly Feature[]): ValueId {
  const ids = idsOf(b, features);
  let first = 0;
  const shifts = features.map(({ begin, values }) => {
    const shift = first - begin;
    first += values;
    return shift;
  });
  return shifts.every((shift) => shift === 0) ? ids : b.add(ids, b.constant(int32(shifts.length), shifts));
}

/** Rows of tables that features have, int32[B, features]. */
function idsOf(b: AppendedNodes, features: readonly Feature[]): ValueId {
  return b.joinColumns(features.map(({ table: { ids }, column }) => ({ of: ids, begin: column, size: 1 })));
}

/** What is left of the input, [B, n], and which columns of it these were; undefined where nothing is. */
function restOf(
  b: AppendedNodes,
  { late, others }: Plan,
): { readonly value: ValueId; readonly columns: readonly number[] } | undefined {
  const parts: ValueId[] = [];
  const columns: number[] = [];
  const sorted = bySource(others);
  if (sorted.length > 0) parts.push(b.joinColumns(sorted));
  for (const { first, size } of sorted) for (let at = 0; at < size; at += 1) columns.push(first + at);
  for (const table of new Set(late.map((feature) => feature.table))) {
    const features = late.filter((feature) => feature.table === table);
    const rows = b.gather(table.table, idsOf(b, features));
    parts.push(b.reshape(rows, [b.shape(rows)[0] ?? 1, features.length * table.width]));
    for (const { first } of features) for (let at = 0; at < table.width; at += 1) columns.push(first + at);
  }
  return parts.length === 0 ? undefined : { value: b.join(parts, 1), columns };
}

/** Rows of the weights of all products beside each other, [columns, units]. */
function joinedRows(
  { products, units }: FixedProducts,
  read: (name: string) => ArrayLike<number>,
  columns: readonly number[],
): Float32Array {
  const out = new Float32Array(columns.length * units);
  let first = 0;
  for (const product of products) {
    const values = read(product.weights);
    columns.forEach((column, at) => {
      for (let unit = 0; unit < product.units; unit += 1)
        out[at * units + first + unit] = values[column * product.units + unit]!;
    });
    first += product.units;
  }
  return out;
}

/** The product of each feature's rows of a table with the weights that they meet, [rows, units]; summed in float64. */
function multiplyTables(plan: Plan, read: (name: string) => ArrayLike<number>): Float32Array {
  const { multiplied, units, rows } = plan;
  const out = new Float32Array(rows * units);
  const sums = new Float64Array(units);
  let to = 0;
  for (const { name, table, first, begin, values } of multiplied) {
    const { width } = table;
    const columns = Array.from({ length: width }, (_, at) => first + at);
    const weights = joinedRows(plan, read, columns);
    const embeddings = read(name);
    for (let row = begin; row < begin + values; row += 1, to += units) {
      sums.fill(0);
      for (let at = 0; at < width; at += 1) {
        const factor = embeddings[row * width + at]!;
        for (let unit = 0; unit < units; unit += 1) sums[unit]! += factor * weights[at * units + unit]!;
      }
      out.set(sums, to);
    }
  }
  return out;
}
