import type { StateVariable } from "./graph.js";

/** A slot lies beside its parameter, piece by piece: `user_id.embedding/mean`. */
export function slotVariable(variable: StateVariable, slot: string, initial: number): StateVariable {
  return {
    name: `${variable.name}/${slot}`,
    type: variable.type,
    role: "slot",
    pieces: variable.pieces.map((piece) => ({
      ...piece,
      name: `${piece.name}/${slot}`,
      initializer: { kind: "constant", value: initial },
    })),
  };
}

/** A slot of one number for each row of a table, 0 at first. */
export function rowSlot(variable: StateVariable, slot: string): StateVariable {
  const beside = slotVariable(variable, slot, 0);
  return { ...beside, type: { dtype: "float32", shape: variable.type.shape.slice(0, 1) } };
}

/** A number of the training's own. */
export function scalarSlot(name: string, dtype: "float32" | "int32", initial = 0): StateVariable {
  return {
    name,
    type: { dtype, shape: [] },
    role: "slot",
    pieces: [{ name, row: 0, rows: 1, initializer: { kind: "constant", value: initial } }],
  };
}
