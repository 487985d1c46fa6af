import { type Program, sizeOfShape, type StateVariable } from "../graph/index.js";

/** A logical tensor of a program's state: one row of what `cost` and the manifest print. */
export interface ParameterRow {
  /** As in the spec: `user_id.embedding`, `pool.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly count: number;
  readonly role: StateVariable["role"];
  /** The state variable that holds it, from row `row` on. */
  readonly variable: string;
  readonly row: number;
}

/** In the order of the program's state. */
export function parameterTable(program: Program): readonly ParameterRow[] {
  return program.state.flatMap((variable) =>
    variable.pieces.map((piece): ParameterRow => {
      const [, ...rest] = variable.type.shape.map(Number);
      const shape = variable.type.shape.length === 0 ? [] : [piece.rows, ...rest];
      const { name, row } = piece;
      return { name, shape, count: sizeOfShape(shape), role: variable.role, variable: variable.name, row };
    }),
  );
}
