import type { StateVariable } from "../../compiler/graph/graph.js";
import type { HostTensor } from "../engine/engine.js";
import { createFailure } from "../failure.js";

/**
 * Between the state of a session, whose tables may be merged, and what is kept on disk: one tensor a logical name, as in
 * the spec (`user_id.embedding`). Weights therefore outlive a change of how tables are merged.
 */

/** The logical tensors of some state variables, in the order of the program. */
export function splitState(
  variables: readonly StateVariable[],
  state: ReadonlyMap<string, HostTensor>,
): ReadonlyMap<string, HostTensor> {
  const pieces = new Map<string, HostTensor>();
  for (const variable of variables) {
    const value = state.get(variable.name);
    if (value === undefined) throw new Error(`the session gave no state variable ${variable.name}`);
    const rowSize = sizeOfRow(value.shape);
    for (const piece of variable.pieces) {
      const shape = pieceShape(variable, piece);
      pieces.set(piece.name, {
        shape,
        data: value.data.slice(piece.row * rowSize, piece.row * rowSize + sizeOf(shape)),
      });
    }
  }
  return pieces;
}

/** The reverse of {@link splitState}. Throws a {@link Failure} when a tensor is missing or has another shape. */
export function joinState(
  variables: readonly StateVariable[],
  pieces: ReadonlyMap<string, HostTensor>,
): ReadonlyMap<string, HostTensor> {
  const state = new Map<string, HostTensor>();
  for (const variable of variables) {
    const shape = staticShape(variable);
    const data = variable.type.dtype === "float32" ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape));
    const rowSize = sizeOfRow(shape);
    for (const piece of variable.pieces) {
      const value = pieces.get(piece.name);
      const expected = pieceShape(variable, piece);
      if (value === undefined) throw createFailure("MTL7207", { name: piece.name, problem: "is missing" });
      if (value.shape.join() !== expected.join() || value.data.constructor !== data.constructor)
        throw createFailure("MTL7207", {
          name: piece.name,
          problem: `has shape [${value.shape.join(", ")}] and the model wants [${expected.join(", ")}]`,
        });
      data.set(value.data, piece.row * rowSize);
    }
    state.set(variable.name, { shape, data });
  }
  return state;
}

/** The shape of one piece: the variable's, with the piece's rows on the leading axis when the variable is merged. */
export function pieceShape(variable: StateVariable, piece: StateVariable["pieces"][number]): readonly number[] {
  const shape = staticShape(variable);
  return shape.length === 0 || variable.pieces.length === 1 ? shape : [piece.rows, ...shape.slice(1)];
}

/** State has no symbolic dimension. */
function staticShape(variable: StateVariable): readonly number[] {
  return variable.type.shape.map((extent) => {
    if (typeof extent === "string") throw new Error(`state variable ${variable.name} has a symbolic dimension`);
    return extent;
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function sizeOfRow(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}
