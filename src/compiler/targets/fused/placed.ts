/** Which loop computes a value, where it lies, and what an op reads of its operands there. */
import type { GraphFunction, GraphNode, Update, ValueId } from "../../graph/graph.js";
import { atLeastOne, type Strides } from "./views.js";

/** What a loop goes over. */
export interface Domain {
  readonly rows: number;
  /** Set for the rows of a list of distinct ids, of which only as many are gone through as are distinct: the ids. */
  readonly list?: ValueId;
}

/** A loop over a domain, in a phase. `isWhole`: its instructions take all rows of a thread at once. */
export interface LoopPlace extends Domain {
  readonly phase: number;
  readonly isWhole: boolean;
}

export interface Placed {
  /** At least one axis. */
  readonly shape: readonly number[];
  readonly strides: Strides;
  /** The value in whose memory it lies; itself for those that are computed. */
  readonly root: ValueId;
  readonly offset: number;
  /** Absent: it is there before the first phase. */
  readonly loop?: LoopPlace;
  /** Of a sum over rows: the loop in which each thread makes its own. */
  readonly partial?: LoopPlace;
  /** Of a value that is computed: where it lies from the start, since it is joined there. */
  readonly home?: Home;
  /** Whether all of it is read by other loops, so that it is kept whole. */
  isGlobal: boolean;
}

/** A part of another value's memory, from `offset` on. */
export interface Home {
  readonly of: ValueId;
  readonly offset: number;
}

export interface PlacedUpdate {
  readonly update: Update;
  readonly loop: LoopPlace;
}

export interface Packed {
  readonly of: ValueId;
  readonly loop: LoopPlace;
}

export interface Schedule {
  readonly fn: GraphFunction;
  readonly live: ReadonlySet<ValueId>;
  readonly values: ReadonlyMap<ValueId, Placed>;
  readonly updates: readonly PlacedUpdate[];
  /** Second factors of products that are transposed before, by product. */
  readonly packs: ReadonlyMap<ValueId, Packed>;
}

/** Whether of an operand the rows at hand are read, or any. */
export type Use = "row" | "whole";

export const keyOf = ({ rows, list, phase, isWhole }: LoopPlace): string =>
  `${phase} ${isWhole ? 0 : 1} ${rows} ${list ?? ""}`;

export const isSameDomain = (a: Domain, b: Domain): boolean => a.rows === b.rows && a.list === b.list;

/** Columns of an array of rows that several tables share, in which a table lies. */
export interface Columns {
  /** The array's name. */
  readonly array: string;
  readonly begin: number;
  /** Numbers of a row of the array. */
  readonly stride: number;
}

/** Tables that do not lie by themselves, by name. */
export type Layout = ReadonlyMap<string, Columns>;

export const shapeOf = (node: GraphNode): readonly number[] => atLeastOne(node.type.shape.map(Number));

/** What a node reads of its operands when it is computed by rows of a domain; undefined: it cannot be. */
export function usesOf(fn: GraphFunction, node: GraphNode, rows: number): readonly Use[] | undefined {
  const shape = shapeOf(node);
  const [lead = 1] = shape;
  if (rows === 1) return node.inputs.map(() => "row");
  if (lead % rows !== 0) return undefined;
  const operands = node.inputs.map((id) => fn.nodes[id]?.type.shape.map(Number) ?? []);
  const all = (): readonly Use[] => node.inputs.map(() => "row");
  switch (node.op) {
    case "reshape":
      return (operands[0]?.[0] ?? 1) % rows === 0 ? all() : undefined;
    case "transpose":
      return node.attributes.permutation[0] === 0 ? all() : undefined;
    case "concat":
    case "slice":
    case "pad":
      return node.attributes.axis === 0 ? undefined : all();
    case "softmax":
      return shape.length > 1 && node.type.shape.length > 1 ? all() : undefined;
    case "sum":
    case "max":
      return node.attributes.axes.includes(0) ? undefined : all();
    case "gather":
      return (operands[1]?.[0] ?? 1) % rows === 0 ? ["whole", "row"] : undefined;
    case "matmul":
      if (node.type.shape.length > 2) return all();
      return [node.attributes.transposeA ? "whole" : "row", "whole"];
    case "random":
      return ["whole", "whole"];
    case "segmentSum":
    case "unique":
    case "uniqueIndex":
    case "input":
    case "state":
    case "constant":
      return undefined;
    default:
      return operands.map((operand) =>
        operand.length === node.type.shape.length && operand[0] === lead ? "row" : "whole",
      );
  }
}
