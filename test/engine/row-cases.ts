/** The applications of `op-cases.ts` with more rows: the same op over a first axis of any size, between values that are computed too. */
import type { DType, GraphFunction, GraphNode, Shape, ValueId } from "../../src/compiler/graph/graph.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";
import type { OpCase } from "./op-cases.js";

interface Shaped {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

const shapedOf = ({ type }: GraphNode): Shaped => ({ dtype: type.dtype, shape: type.shape.map(Number) });
const sizeOf = (shape: readonly number[]): number => shape.reduce((all, side) => all * side, 1);

/** `rows` times the numbers, each time from another one on, so that rows differ and ids stay in their range. */
function repeated(data: ArrayLike<number>, length: number): readonly number[] {
  const size = Math.max(1, data.length);
  return Array.from({ length }, (_, at) => data[((at % size) + Math.floor(at / size)) % size] ?? 0);
}

interface Rows {
  readonly node: GraphNode;
  /** Of each operand: whether it has the axis of rows, too. */
  readonly isByRow: readonly boolean[];
}

/** The op with an axis of `rows` before its own; undefined where it has no such form. */
function byRows(node: GraphNode, operands: readonly Shaped[], rows: number): Rows | undefined {
  const { dtype } = node.type;
  const shape: Shape = [rows, ...node.type.shape];
  const type = { dtype, shape };
  const all = operands.map(() => true);
  switch (node.op) {
    case "unique":
    case "uniqueIndex":
      return undefined;
    case "constant": {
      const { value: given } = node.attributes;
      const value = typeof given === "number" ? given : repeated(given, sizeOf(shape.map(Number)));
      return { node: { ...node, attributes: { type, value }, type }, isByRow: all };
    }
    case "random":
      return {
        node: { ...node, attributes: { ...node.attributes, shape: shape.map(Number) }, type },
        isByRow: [false, false],
      };
    case "reshape":
    case "broadcast": {
      const isByRow = node.op === "reshape" || operands[0]?.shape.length === node.type.shape.length;
      return { node: { ...node, attributes: { shape }, type } as GraphNode, isByRow: [isByRow] };
    }
    case "transpose": {
      const permutation = [0, ...node.attributes.permutation.map((axis) => axis + 1)];
      return { node: { ...node, attributes: { permutation }, type }, isByRow: all };
    }
    case "concat":
    case "slice":
    case "pad":
      return {
        node: { ...node, attributes: { ...node.attributes, axis: node.attributes.axis + 1 }, type } as GraphNode,
        isByRow: all,
      };
    case "sum":
    case "max": {
      const axes = node.attributes.axes.map((axis) => axis + 1);
      return { node: { ...node, attributes: { ...node.attributes, axes }, type }, isByRow: all };
    }
    case "gather":
      return { node: { ...node, type }, isByRow: [false, true] };
    case "segmentSum":
      return undefined;
    default: {
      const isByRow = operands.map((operand) => operand.shape.length === node.type.shape.length);
      return { node: { ...node, type }, isByRow };
    }
  }
}

/** A reduction over the first axis, of which the operands have `rows` times as much. */
function overRows(node: GraphNode): Rows | undefined {
  switch (node.op) {
    case "sum":
    case "max": {
      const axes = [0, ...node.attributes.axes.map((axis) => axis + 1)];
      const shape = node.attributes.keepDims ? [1, ...node.type.shape] : node.type.shape;
      return {
        node: { ...node, attributes: { ...node.attributes, axes }, type: { ...node.type, shape } },
        isByRow: [true],
      };
    }
    case "segmentSum":
      return { node, isByRow: [true, true] };
    default:
      return undefined;
  }
}

/** Operands of which the first axis, not one before it, is longer. */
const isLonger = (node: GraphNode): boolean => node.op === "segmentSum";

function shapeWith(operand: Shaped, isByRow: boolean, rows: number, longer: boolean): readonly number[] {
  if (!isByRow) return operand.shape;
  return longer ? [(operand.shape[0] ?? 1) * rows, ...operand.shape.slice(1)] : [rows, ...operand.shape];
}

/** A matrix product with `rows` times the rows of its first factor, or with as many of what it adds up. */
function product(node: GraphNode, operands: readonly Shaped[], rows: number, isDepth: boolean) {
  if (node.op !== "matmul" || node.type.shape.length !== 2) return undefined;
  const { transposeA, transposeB } = node.attributes;
  const longer = (operand: Shaped | undefined, axis: number): readonly number[] =>
    (operand?.shape ?? []).map((side, at) => (at === axis ? side * rows : side));
  const [a, b] = operands;
  const shapes = isDepth
    ? [longer(a, transposeA ? 0 : 1), longer(b, transposeB ? 1 : 0)]
    : [longer(a, transposeA ? 1 : 0), b?.shape ?? []];
  const [m = 1, n = 1] = node.type.shape.map(Number);
  const shape = isDepth ? [m, n] : [m * rows, n];
  return { node: { ...node, type: { ...node.type, shape } }, shapes };
}

/** Operands and the result go through ops that undo nothing: a value that is fed is `-x` or `not x` of what the op reads. */
function around(
  name: string,
  node: GraphNode,
  shapes: readonly (readonly number[])[],
  dtypes: readonly DType[],
): GraphFunction {
  const nodes: GraphNode[] = [];
  const push = (each: GraphNode): ValueId => nodes.push(each) - 1;
  const turned = (value: ValueId, dtype: DType, shape: Shape): ValueId =>
    push({ op: dtype === "bool" ? "not" : "neg", inputs: [value], attributes: {}, type: { dtype, shape } });
  const inputs = shapes.map((shape, at) => {
    const dtype = dtypes[at] ?? "float32";
    const type = { dtype, shape };
    return turned(push({ op: "input", inputs: [], attributes: { name: `x${at}`, type }, type }), dtype, shape);
  });
  const result = push({ ...node, inputs } as GraphNode);
  const y = turned(result, node.type.dtype, node.type.shape);
  return { name, nodes, outputs: [{ name: "y", value: y }], updates: [] };
}

function fed(dtype: DType, { data }: HostTensor, shape: readonly number[]): HostTensor {
  const turn = dtype === "bool" ? (value: number) => 1 - value : (value: number) => -value;
  const values = repeated(data, sizeOf(shape)).map(turn);
  return { shape, data: dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values) };
}

/** The forms of a case over `rows`; none for ops whose results have a size of their own. */
export function rowCases({ name, op, fn, feeds }: OpCase, rows: number): readonly OpCase[] {
  const node = fn.nodes.at(-1);
  if (node === undefined) return [];
  const operands = node.inputs.flatMap((input) => {
    const operand = fn.nodes[input];
    return operand === undefined ? [] : [shapedOf(operand)];
  });
  const forms: { readonly node: GraphNode; readonly shapes: readonly (readonly number[])[] }[] = [];
  for (const form of [byRows(node, operands, rows), overRows(node)]) {
    if (form === undefined || (node.op === "matmul" && form.node.type.shape.length === 2)) continue;
    const shapes = operands.map((operand, at) => shapeWith(operand, form.isByRow[at] ?? true, rows, isLonger(node)));
    forms.push({ node: form.node, shapes });
  }
  for (const isDepth of [false, true]) {
    const form = product(node, operands, rows, isDepth);
    if (form !== undefined) forms.push(form);
  }
  const dtypes = operands.map(({ dtype }) => dtype);
  return forms.map((form, at) => {
    const own = `${name}_${rows}_${at}`;
    return {
      name: own,
      op,
      fn: around(own, form.node, form.shapes, dtypes),
      feeds: Object.fromEntries(
        form.shapes.map((shape, place) => [
          `x${place}`,
          fed(dtypes[place] ?? "float32", feeds[`x${place}`] ?? { shape: [], data: new Float32Array(1) }, shape),
        ]),
      ),
    };
  });
}
