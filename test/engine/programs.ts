/** Small programs written out node by node, for tests of engines and targets. */
import type { DType, GraphNode, Program, Shape, StateVariable, TensorType } from "../../src/compiler/graph/graph.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

export const float = (...shape: Shape): TensorType => ({ dtype: "float32", shape });
export const int = (...shape: Shape): TensorType => ({ dtype: "int32", shape });

export const floats = (shape: readonly number[], ...data: readonly number[]): HostTensor => ({
  shape,
  data: Float32Array.from(data),
});
export const ints = (shape: readonly number[], ...data: readonly number[]): HostTensor => ({
  shape,
  data: Int32Array.from(data),
});

export function variable(name: string, dtype: DType, ...shape: Shape): StateVariable {
  const rows = typeof shape[0] === "number" ? shape[0] : 1;
  const initializer = { kind: "constant", value: 0 } as const;
  return { name, type: { dtype, shape }, pieces: [{ name, row: 0, rows, initializer }], role: "parameter" };
}

const input = (name: string, type: TensorType): GraphNode => ({
  op: "input",
  inputs: [],
  attributes: { name, type },
  type,
});
const state = (name: string, type: TensorType): GraphNode => ({ op: "state", inputs: [], attributes: { name }, type });

/**
 * State of every kind of update: `w` grows by the fed `x`, `copy` takes the fed value itself, `old` the value that `w`
 * had, and the rows `ids` of `table` are replaced by those of `rows`. `evaluate` reads without writing.
 */
export const updatesProgram: Program = {
  state: [
    variable("w", "float32", 2),
    variable("copy", "float32", 2),
    variable("old", "float32", 2),
    variable("table", "float32", 4, 2),
    variable("step", "int32"),
  ],
  functions: [
    {
      name: "train",
      nodes: [
        input("x", float(2)),
        state("w", float(2)),
        { op: "add", inputs: [0, 1], attributes: {}, type: float(2) },
        input("ids", int("N")),
        input("rows", float("N", 2)),
        state("table", float(4, 2)),
        { op: "gather", inputs: [5, 3], attributes: {}, type: float("N", 2) },
        state("step", int()),
        { op: "constant", inputs: [], attributes: { type: int(), value: 1 }, type: int() },
        { op: "add", inputs: [7, 8], attributes: {}, type: int() },
        { op: "reshape", inputs: [0], attributes: { shape: [2] }, type: float(2) },
      ],
      outputs: [
        { name: "before", value: 1 },
        { name: "rowsBefore", value: 6 },
      ],
      updates: [
        { kind: "assign", state: "w", value: 2 },
        { kind: "assign", state: "copy", value: 10 },
        { kind: "assign", state: "old", value: 1 },
        { kind: "scatter", state: "table", ids: 3, rows: 4 },
        { kind: "assign", state: "step", value: 9 },
      ],
    },
    {
      name: "evaluate",
      nodes: [
        input("x", float("B", 2)),
        state("w", float(2)),
        { op: "mul", inputs: [0, 1], attributes: {}, type: float("B", 2) },
        { op: "constant", inputs: [], attributes: { type: float("B"), value: 1 }, type: float("B") },
      ],
      outputs: [
        { name: "y", value: 2 },
        { name: "ones", value: 3 },
      ],
      updates: [],
    },
  ],
};
