/** The reference interpreter: a program op by op in float64, the oracle of every engine. For tests, not for speed. */
import { formatType, sizeOf } from "./dims.js";
import { GraphError } from "./graph-error.js";
import type { GraphFunction, GraphNode, Program, StateVariable, TensorType, ValueId } from "./graph.js";
import { evaluateNode } from "./ops/table.js";
import { liveValues } from "./passes/eliminate-dead-code.js";
import { createTensor, filledTensor, sizeOfShape, type Tensor } from "./tensor.js";

/** A row-major array of any kind; booleans are 0 and 1. */
export interface ArrayValue {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Interpreter {
  /** Runs a function: feeds by name in, outputs by name out, updates applied. Throws on a feed that does not fit. */
  run(fn: string, feeds: Readonly<Record<string, ArrayValue>>): Readonly<Record<string, Tensor>>;
  /** A copy of a state variable. */
  get(name: string): Tensor;
  set(name: string, data: ArrayLike<number>): void;
}

/** State that `initial` does not name starts at zero. */
export function createInterpreter(
  program: Program,
  initial: ReadonlyMap<string, ArrayLike<number>> = new Map(),
): Interpreter {
  const state = new Map(program.state.map((variable) => [variable.name, initialTensor(variable, initial)]));
  const read = (name: string): Tensor => found(state.get(name), `the program has no state \`${name}\``);
  return {
    run: (name, feeds) => {
      const fn = found(
        program.functions.find((each) => each.name === name),
        `the program has no function \`${name}\``,
      );
      const values = evaluateFunction(fn, feeds, read);
      const value = (id: ValueId): Tensor => found(values[id], `\`${name}\` has no value ${id}`);
      const updated = fn.updates.map((update): readonly [string, Tensor] =>
        update.kind === "assign"
          ? [update.state, value(update.value)]
          : [update.state, scatter(read(update.state), value(update.ids), value(update.rows))],
      );
      for (const [variable, tensor] of updated) state.set(variable, tensor);
      return Object.fromEntries(fn.outputs.map((output) => [output.name, value(output.value)]));
    },
    get: (name) => ({ ...read(name), data: read(name).data.slice() }),
    set: (name, data) => {
      const { dtype, shape } = read(name);
      state.set(name, createTensor(dtype, shape, data));
    },
  };
}

function initialTensor({ name, type }: StateVariable, initial: ReadonlyMap<string, ArrayLike<number>>): Tensor {
  const shape = type.shape.map((dim) => sizeOf(dim, new Map()));
  const data = initial.get(name);
  return data === undefined ? filledTensor(type.dtype, shape, 0) : createTensor(type.dtype, shape, data);
}

/** The value of every live node; dead ones stay empty. */
function evaluateFunction(
  fn: GraphFunction,
  feeds: Readonly<Record<string, ArrayValue>>,
  state: (name: string) => Tensor,
): readonly (Tensor | undefined)[] {
  const sizes = new Map<string, number>();
  const inputs = new Map<string, Tensor>();
  for (const node of fn.nodes) {
    if (node.op === "input") inputs.set(node.attributes.name, feed(fn, node.attributes.name, node.type, feeds, sizes));
  }
  const live = liveValues(fn);
  const values: (Tensor | undefined)[] = [];
  fn.nodes.forEach((node, id) => {
    if (!live.has(id)) return;
    values[id] = evaluateNode(
      node,
      node.inputs.map((input) => found(values[input], `%${id} reads %${input} before it is known`)),
      {
        sizes: (shape) => shape.map((dim) => sizeOf(dim, sizes)),
        bind: (name, size) => sizes.set(name, size),
        input: (name) => found(inputs.get(name), `there is no input \`${name}\``),
        state,
      },
    );
    checkSizes(node, found(values[id], `%${id} has no value`), sizes, id);
  });
  return values;
}

function feed(
  fn: GraphFunction,
  name: string,
  type: TensorType,
  feeds: Readonly<Record<string, ArrayValue>>,
  sizes: Map<string, number>,
): Tensor {
  const { shape, data } = found(feeds[name], `\`${fn.name}\` needs the input \`${name}\``);
  type.shape.forEach((dim, axis) => {
    const size = shape[axis];
    if (typeof dim === "string" && size !== undefined && !sizes.has(dim)) sizes.set(dim, size);
  });
  if (shape.length !== type.shape.length || type.shape.some((dim, axis) => sizeOf(dim, sizes) !== shape[axis])) {
    throw new GraphError(`the input \`${name}\` has the shape [${shape.join(", ")}]; it is ${formatType(type)}`);
  }
  return createTensor(type.dtype, shape, data);
}

/** The type rules promise it; a rule that lies is found here. */
function checkSizes(node: GraphNode, { shape, data }: Tensor, sizes: ReadonlyMap<string, number>, id: ValueId): void {
  const fits =
    shape.length === node.type.shape.length &&
    shape.every((side, axis) => side === sizeOf(node.type.shape[axis] ?? 0, sizes));
  if (!fits || data.length !== sizeOfShape(shape)) {
    throw new GraphError(`%${id} \`${node.op}\` came out as [${shape.join(", ")}]; it is ${formatType(node.type)}`);
  }
}

function scatter(table: Tensor, ids: Tensor, rows: Tensor): Tensor {
  const width = sizeOfShape(table.shape.slice(1));
  const count = table.shape[0] ?? 0;
  const data = table.data.slice();
  const seen = new Set<number>();
  ids.data.forEach((id, row) => {
    if (id < 0 || id >= count || seen.has(id)) {
      throw new GraphError(`the rows to replace are distinct and in [0, ${count}); ${id} is not`);
    }
    seen.add(id);
    data.set(rows.data.subarray(row * width, (row + 1) * width), id * width);
  });
  return { ...table, data };
}

function found<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new GraphError(otherwise);
  return value;
}
