import type { FileHandle } from "node:fs/promises";
import type { StateVariable } from "../../compiler/graph/graph.js";
import { rowsOf } from "../../compiler/graph/initialize.js";
import type { HostTensor } from "../engine/engine.js";
import { rowChunks, type StateReader } from "../engine/state.js";
import { createFailure } from "../failure.js";
import { bytesOf, readFully, type StoredTensor, type TensorSource } from "./safetensors.js";

/**
 * Between the state of a session, whose tables may be merged, and what is kept on disk: one tensor a logical name, as in
 * the spec (`user_id.embedding`). Weights therefore outlive a change of how tables are merged.
 */

/** The logical tensors of some state variables, in the order of the program; their memory is that of `state`. */
export function splitState(
  variables: readonly StateVariable[],
  state: ReadonlyMap<string, HostTensor>,
): ReadonlyMap<string, HostTensor> {
  return new Map(
    variables.flatMap((variable) => {
      const value = state.get(variable.name);
      if (value === undefined) throw new Error(`the session gave no state variable ${variable.name}`);
      const { width } = rowsOf(variable);
      return variable.pieces.map((piece): readonly [string, HostTensor] => {
        const data = value.data.subarray(piece.row * width, (piece.row + piece.rows) * width);
        return [piece.name, { shape: pieceShape(variable, piece), data }];
      });
    }),
  );
}

/** The logical tensors of some state variables, in the order of the program, as they are read: some rows at a time. */
export function pieceSources(
  variables: readonly StateVariable[],
  reader: StateReader,
): ReadonlyMap<string, TensorSource> {
  return new Map(
    variables.flatMap((variable) =>
      variable.pieces.map((piece): readonly [string, TensorSource] => [
        piece.name,
        {
          shape: pieceShape(variable, piece),
          dtype: variable.type.dtype === "float32" ? "float32" : "int32",
          chunks: function* () {
            for (const { first, count } of rowChunks(variable, piece.row, piece.row + piece.rows))
              yield reader.rows(variable, first, count);
          },
        },
      ]),
    ),
  );
}

/**
 * State variables out of a file of logical tensors, each read to its place. Throws a {@link Failure} when a tensor is missing or
 * has another shape.
 */
export async function readState(
  variables: readonly StateVariable[],
  handle: FileHandle,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<ReadonlyMap<string, HostTensor>> {
  for (const variable of variables) for (const piece of variable.pieces) checkPiece(variable, piece, tensors);
  const state = new Map<string, HostTensor>();
  for (const variable of variables) {
    const { rows, width } = rowsOf(variable);
    const data = variable.type.dtype === "float32" ? new Float32Array(rows * width) : new Int32Array(rows * width);
    for (const piece of variable.pieces) {
      const part = data.subarray(piece.row * width, (piece.row + piece.rows) * width);
      await readFully(handle, bytesOf(part), tensors.get(piece.name)?.offset ?? 0);
    }
    state.set(variable.name, { shape: staticShape(variable), data });
  }
  return state;
}

function checkPiece(
  variable: StateVariable,
  piece: StateVariable["pieces"][number],
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  const { name } = piece;
  const found = tensors.get(name);
  if (found === undefined) throw createFailure("MTL7207", { name, problem: "is missing" });
  const expected = pieceShape(variable, piece);
  const problem = `has shape [${found.shape.join(", ")}] and the model wants [${expected.join(", ")}]`;
  const isFloat = variable.type.dtype === "float32";
  if (found.shape.join() !== expected.join() || (found.dtype === "float32") !== isFloat)
    throw createFailure("MTL7207", { name, problem });
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
